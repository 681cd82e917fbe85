# Peek: the page, the JSON and the CSV of what people have; pages that fit the
# terminal they are on, words that cannot act on it, and every wrong source told
# in one line.
. "$LIB"
data=${LIB%/tests/cli/lib.sh}/recipes/data

# No line wider than COLUMNS columns of a terminal.
fits() { [ "$(wc -L <"$top/out")" -le "$1" ]; }
expect_fits() { check "a line of $(wc -L <"$top/out") columns on $1" fits "$1"; }
lacks_high_bytes() { ! LC_ALL=C grep -qaP '[^\x00-\x7f]' "$top/out"; }
# value KEY: of the first column in the JSON that has it
value() { awk -v key="\"$1\":" '$1 == key { sub(/,$/, "", $2); print $2; exit }' "$top/out"; }

# ---- the page ----

scene "a small table"
small_table 90 >t.csv
run peek t.csv
expect_exit 0
expect_empty "$top/err"
expect_contains "$top/out" "t.csv  CSV"
expect_contains "$top/out" "90 × 4 columns, no cell missing"
expect_contains "$top/out" "red (60), blue (30)"
expect_contains "$top/out" "class is the target, most likely (its name; 2 classes)"
expect_contains "$top/out" "orrery run classification --data t.csv --set target=class"
expect_lacks "$top/out" "$(printf '\033')"
run peek t.csv --target x
expect_contains "$top/out" "x is the target (named by you; numbers)"
expect_contains "$top/out" "orrery run regression --data t.csv --set target=x"
run peek - <t.csv
expect_exit 0
expect_contains "$top/out" "standard input  CSV"

scene "what is worth knowing"
printf 'id,flux,e_flux,again,zero,temp,w,y\n' >t.csv
awk 'BEGIN { for (i = 0; i < 60; i++) printf "%d,%g,%g,%g,0,%s,%g,%g\n", i, 5 + sin(i), 0.1 + i / 1000, 5 + sin(i), i % 10 ? 20 + i / 100 : -999, 1 + i % 3, cos(i) }' >>t.csv
run peek t.csv
expect_exit 0
expect_contains "$top/out" "id: counts the rows"
expect_contains "$top/out" "again: same as flux"
expect_contains "$top/out" "zero: constant"
expect_contains "$top/out" "-999 stands 6 times, far from the rest: missing?"
expect_contains "$top/out" "e_flux of flux: measurement errors"
expect_contains "$top/out" "w: a weight of the rows"
expect_contains "$top/out" "y is the target, most likely (its name; numbers)"

scene "rows that stand twice"
printf 'a,b\n1,x\n2,y\n1,x\n1,x\n' >t.csv
run peek t.csv
expect_contains "$top/out" "2 rows equal an earlier row in every column"

scene "pages fit the terminal"
cp "$data/htru2.csv" .
printf 'a_very_long_name_of_a_column_that_someone_once_thought_up_and_never_shortened,%s\n' \
  'an entirely different long name (and its unit),k' >long.csv
awk 'BEGIN { for (i = 0; i < 50; i++) printf "%.17g,%s words that go on and on and do not end before the line does %d,%d\n", exp(i - 25), (i % 2 ? "some" : "more"), i, i % 3 }' >>long.csv
awk 'BEGIN { for (r = 0; r < 4; r++) for (c = 0; c < 60; c++) printf "%s%s", r ? r * c * 0.37 : "column" c, c < 59 ? "," : "\n" }' >wide.csv
printf '名前,ångström\n東京,1\n大阪,2\n東京,3\n' >wide_signs.csv
for columns in 60 80 120; do
  for file in htru2.csv long.csv wide.csv wide_signs.csv; do
    COLUMNS=$columns run peek $file
    expect_exit 0
    expect_fits $columns
    COLUMNS=$columns LC_ALL=C run peek $file
    expect_exit 0
    expect_fits $columns
    check "$file: signs beyond ASCII in an ASCII locale" lacks_high_bytes
  done
done
run peek wide.csv
expect_contains "$top/out" "… 20 more columns (--json has all)"

scene "colour is for terminals"
small_table 30 >t.csv
if has_terminal; then
  TERM=xterm script -qec "'$ORRERY' peek t.csv" /dev/null >coloured </dev/null
  expect_contains coloured "$(printf '\033[1m')"
  NO_COLOR=1 TERM=xterm script -qec "'$ORRERY' peek t.csv" /dev/null >plain </dev/null
  expect_lacks plain "$(printf '\033')"
  TERM=dumb script -qec "'$ORRERY' peek t.csv" /dev/null >dumb </dev/null
  expect_lacks dumb "$(printf '\033')"
else
  skip "cli/peek: colour is not tried: no terminal can be had here"
fi

scene "hostile words"
printf 'na\033[31mme,\302\233x,b\342\200\256d\nwo\033]0;title\007rd,1,2\nwo\033]0;title\007rd,2,3\nother,3,4\n' >t.csv
run peek t.csv
expect_exit 0
expect_inert "$top/out"
expect_inert "$top/err"
run peek t.csv --json
expect_exit 0
expect_inert "$top/out"
cp t.csv "$(printf 'f\033[2Jile.csv')"
run peek "$(printf 'f\033[2Jile.csv')"
expect_exit 0
expect_inert "$top/out"
run peek "$(printf 'no\033[2Jfile.csv')"
expect_exit 3
expect_inert "$top/err"

# ---- JSON ----

scene "the JSON"
printf 'x,kind,class\n1,a,yes\n2,b,no\n3.5,a,yes\n,b,no\n2,a,yes\n4,b,no\n' >t.csv
run peek t.csv --json
expect_exit 0
expect_empty "$top/err"
expect_equal "$(value source)" '"t.csv"' source
expect_equal "$(value picked)" null picked
expect_equal "$(value rows)" 6 rows
expect_equal "$(value name)" '"x"' "the first column"
expect_equal "$(value distinct)" 4 distinct
expect_equal "$(value min)" 1 min
expect_equal "$(value q1)" 2 q1
expect_equal "$(value median)" 2 median
expect_equal "$(value q3)" 3.5 q3
expect_equal "$(value max)" 4 max
expect_equal "$(value mean)" 2.5 mean
expect_contains "$top/out" '"role":	"target"'
expect_contains "$top/out" '"why":	"its name; 2 classes"'
expect_contains "$top/out" '"delimiter":	","'
if command -v python3 >/dev/null; then
  check "the JSON is none" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$top/out"
fi

scene "threads do not change it"
small_table 3000 >t.csv
run peek t.csv --json --threads 1
cp "$top/out" one
run peek t.csv --json --threads 3
expect_same "$top/out" one

# ---- CSV ----

scene "the CSV"
printf 'a;b\n"x ""y"""; 1,5\n"two\nlines";\n' >t.csv
run peek t.csv --csv
expect_exit 0
expect_equal "$(head -n 2 "$top/out")" "$(printf 'a,b\n"x ""y""","1,5"')" "cells as text"
printf '1,2\n3,4\n' >t.csv
run peek t.csv --csv --load header=0
expect_equal "$(cat "$top/out")" "$(printf '1,2\n3,4')" "no header where the file has none"
small_table 30000 >t.csv
run peek t.csv --csv
expect_same "$top/out" t.csv
timeout 20 "$ORRERY" peek t.csv --csv >/dev/full 2>"$top/err"
status=$?
expect_exit 7
expect_contains "$top/err" "standard output"
"$ORRERY" peek t.csv --csv 2>"$top/err" | head -n 1 >/dev/null
expect_empty "$top/err"
timeout 20 "$ORRERY" peek t.csv >/dev/full 2>"$top/err"
status=$?
expect_exit 7

# ---- by hand ----

scene "a dialect by hand"
printf 'a|b\n1|2\n3|4\n' >t.csv
run peek t.csv --json --load 'delimiter=|' --load header=1
expect_exit 0
expect_contains "$top/out" '"delimiter":	"|"'
expect_contains "$top/out" '"name":	"b"'
verb_fails 2 "did you mean 'delimiter'?" peek t.csv --load delimeter=,
verb_fails 2 "expected KEY=VALUE" peek t.csv --load delimiter
verb_fails 2 "header" peek t.csv --load header=many
verb_fails 2 "no meaning for a CSV file" peek t.csv --load flatten=columns

# ---- what cannot be ----

scene "wrong sources"
mkdir folder
: >empty.csv
mkfifo pipe
small_table 20 >t.csv
head -c 3000 "$ORRERY" >binary.csv
verb_fails 3 "cannot open" peek nowhere.csv
verb_fails 3 "is a folder" peek folder
verb_fails 3 "not a regular file" peek pipe
verb_fails 3 "empty.csv" peek empty.csv
verb_fails 3 "binary" peek binary.csv
verb_fails 3 "did you mean 'class'?" peek t.csv --target clas
verb_fails 2 "nothing inside it can be named" peek t.csv:/events
verb_fails 2 "usage: orrery peek" peek
verb_fails 2 "one word too many" peek t.csv t.csv
verb_fails 2 "did you mean --json?" peek t.csv --jsn
verb_fails 2 "choose one" peek t.csv --json --csv
verb_fails 2 "--threads" peek t.csv --threads 0
for words in nowhere.csv folder binary.csv; do
  for as in "" --json --csv; do
    run peek $words $as
    expect_exit 3
    expect_empty "$top/out"
  done
done

run peek empty.csv --csv # no cells are no cells, and nothing is wrong with that
expect_exit 0
expect_empty "$top/out"

# ---- HDF5 ----

if [ -r "$data/digits.h5" ]; then
  scene "a container"
  cp "$data/digits.h5" .
  run peek digits.h5
  expect_exit 0
  expect_empty "$top/err"
  expect_contains "$top/out" "digits.h5  HDF5"
  expect_contains "$top/out" "Picked"
  for columns in 60 80 120; do
    COLUMNS=$columns run peek digits.h5
    expect_fits $columns
    COLUMNS=$columns LC_ALL=C run peek digits.h5
    expect_fits $columns
  done
  run peek digits.h5 --json
  expect_exit 0
  expect_equal "$(value dialect)" null dialect
  expect_contains "$top/out" '"n_nan":	0'
  verb_fails 2 "no meaning for an HDF5 file" peek digits.h5 --load header=1
  verb_fails 3 "nothing_here" peek digits.h5:/nothing_here
  expect_empty "$top/out"
  head -c 9000 digits.h5 >half.h5
  run peek half.h5
  expect_exit 3
  expect_stderr_one_line
  expect_empty "$top/out"
fi
