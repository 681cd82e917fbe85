# The record of a run, and what the program says while it makes one: all the
# files of the contract and nothing else, results on standard output, talk on
# standard error, and no escapes where there is no terminal.
. "$LIB"

train="run classification --data t.csv --set target=class --set repeats=2 --set epochs=20"

scene "the run's folder"
small_table 300 >t.csv
cp t.csv before.csv
run $train --out r
expect_exit 0
(cd r && find . -type f | sort) >found
for file in ./events.jsonl ./journal.lua ./models/baseline.orrery ./models/model.orrery ./numbers.json ./predictions.csv ./recipe.lua ./report.txt ./run.json; do echo $file; done >wanted
for kind in confusion histogram precision_recall reliability roc; do
  echo ./plots/$kind.dat
  echo ./plots/$kind.gp
  ! command -v gnuplot >/dev/null || echo ./plots/$kind.png
done >>wanted
sort -o wanted wanted
expect_same found wanted
expect_same t.csv before.csv
check "other things are left: $(ls -A | tr '\n' ' ')" [ "$(ls -A | tr '\n' ' ')" = "before.csv found r t.csv wanted " ]
expect_equal "$(head -c 60 r/numbers.json | tr -d '\n\t ' | cut -c1-29)" '{"schema":1,"numbers":{"test.' "the beginning of numbers.json"
expect_lacks r/numbers.json seconds
expect_lacks r/numbers.json "$folder"
for name in accuracy auc average_precision log_loss brier ece f1 precision recall; do
  for prefix in test baseline.test difference.test; do
    check "$prefix.$name has no value" [ -n "$(number r/numbers.json $prefix.$name)" ]
    check "$prefix.$name has no error" [ -n "$(number r/numbers.json $prefix.$name error)" ]
  done
  expect_equal "$(number r/numbers.json test.$name n)" 60 "n of $name"
  expect_equal "$(number r/numbers.json test.$name n_eff)" 60 "n_eff of $name"
  check "the method of $name" [ -n "$(number r/numbers.json test.$name method)" ]
done
for key in version versions cpu seed threads inputs start end status stopped_because parameters cut_flow steps; do
  [ $key = version ] || expect_contains r/run.json "\"$key\":"
done
for library in orrery lua xgboost openblas nlopt sqlite; do expect_contains r/run.json "\"$library\":"; done
expect_contains r/run.json "\"path\":	\"$folder/t.csv\""
expect_contains r/run.json '"rows":	300'
expect_contains r/run.json '"columns":	4'
check "the hash in run.json is not recipe.lua's" grep -q "$(sed -n 's/.*xxh3:\([0-9a-f]*\).*/\1/p' r/recipe.lua)" r/run.json
expect_equal "$(sed -n 's/.*xxh3:\([0-9a-f]*\).*/\1/p' r/recipe.lua | tr -d '\n' | wc -c)" 32 "digits of the hash"
expect_contains r/recipe.lua '"delimiter":","'
sed '/^--@/d' r/recipe.lua >body
expect_same body "$(dirname "$ORRERY")/../../recipes/classification.lua"
expect_equal "$(head -n 1 r/predictions.csv)" "row,class,prediction,p.no,p.yes" "columns of predictions.csv"
expect_equal "$(head -n 1 r/journal.lua)" "--@journal 1" "the journal's first line"
check "events.jsonl has a line that is no object" [ "$(grep -vc '^{"seconds":.*}$' r/events.jsonl)" -eq 0 ]
expect_contains r/events.jsonl '"what":"boosted_trees","step":20'
expect_contains r/events.jsonl validation_loss

scene "a regression's record"
awk 'BEGIN { print "x,y,z"; for (i = 0; i < 300; i++) { a = (i * 37 % 101) / 101; b = (i * 53 % 97) / 97; printf "%.5f,%.5f,%.5f\n", a, b, a * a + 2 * b + (i * 29 % 13) / 40 } }' >s.csv
quietly run regression --data s.csv --set target=z --set repeats=1 --set keep=x --out r
expect_exit 0
expect_equal "$(head -n 1 r/predictions.csv)" "row,x,z,mean,sd,lower,upper" "columns of predictions.csv"
for name in rmse mae r2 coverage_90; do check "test.$name has no value" [ -n "$(number r/numbers.json test.$name)" ]; done
check "the coverage $(number r/numbers.json test.coverage_90)" between "$(number r/numbers.json test.coverage_90)" 0.7 1
awk -F, 'NR > 1 { d = $3 - $4; s += d * d; n++ } END { printf "%.9f\n", sqrt(s / n) }' r/predictions.csv >by_hand
check "RMSE $(number r/numbers.json test.rmse) against $(cat by_hand) by hand" between "$(number r/numbers.json test.rmse)" "$(awk '{ printf "%.9f", $1 - 1e-7 }' by_hand)" "$(awk '{ printf "%.9f", $1 + 1e-7 }' by_hand)"

# ---- what is said ----

scene "options that are lists"
small_table 60 >t.csv
echo 'return { run = function(o, p) o.fit { "mlp", o.data(), target = "class", hidden = { 4, 3 }, dropout = 0, epochs = 2 } end }' >lists.lua
quietly run lists.lua --data t.csv --out r
expect_exit 0
expect_contains r/run.json '"hidden":	[4, 3]'
expect_contains r/run.json '"dropout":	0'

scene "results and talk"
small_table 300 >t.csv
run $train --no-plots --out r
expect_exit 0
expect_inert "$top/out"
expect_inert "$top/err"
expect_contains "$top/out" "± is one standard error"
expect_contains "$top/out" "Record    r"
expect_contains "$top/out" "Again     orrery run r/recipe.lua"
expect_lacks "$top/out" "step 1"
expect_contains "$top/err" "boosted_trees  step 1"
expect_absent r/plots
check "a line is wider than 80 columns" [ "$(grep -v "$folder" "$top/out" | wc -L)" -le 80 ]
run $train --no-plots --quiet --out quiet
expect_exit 0
expect_empty "$top/err"
expect_contains "$top/out" "Record    quiet"
run $train --no-plots --json --out json
expect_exit 0
expect_equal "$(head -n 1 "$top/out")$(tail -n 1 "$top/out")" "{}" "one object"
expect_equal "$(grep -c '^{' "$top/out")" 1 "how many objects"
for key in '"schema":	1' '"recipe":	"classification"' '"run":	"json"' '"status":	"ok"' '"timings":' '"seconds.fit":' '"numbers":' '"test.auc":' '"method":	"bootstrap"' '"n_eff":	60'; do
  expect_contains "$top/out" "$key"
done
sed -n '/^\t"numbers"/,$p' "$top/out" >shown
sed -n '/^\t"numbers"/,$p' json/numbers.json >kept
expect_same shown kept
run $train --no-plots --jsonl --out jsonl
expect_exit 0
expect_empty "$top/err"
check "a line is no object" [ "$(grep -vc '^{.*}$' "$top/out")" -eq 0 ]
check "a line is no event" [ "$(sed '$d' "$top/out" | grep -vc '^{"event":"[a-z]*","seconds":[0-9.e-]*,.*}$')" -eq 0 ]
for event in command progress note; do expect_contains "$top/out" "{\"event\":\"$event\""; done
expect_equal "$(tail -n 1 "$top/out" | cut -c1-40)" '{"schema":1,"recipe":"classification","r' "the last line"
expect_same json/numbers.json jsonl/numbers.json
run run classification --data t.csv --set target=zebra --json --quiet
expect_exit 3
expect_stderr_one_line
expect_contains "$top/out" '"status":	"failed"'
expect_contains "$top/out" '"run":	null'
expect_contains "$top/out" '"error":	"'
run run classification --data t.csv --set target=zebra --jsonl
expect_exit 3
expect_contains "$top/out" '"status":"failed"'
run run zebra --json
expect_exit 2
expect_contains "$top/out" '"status":	"failed"'

# ---- runs, report ----

scene "runs made before"
small_table 300 >t.csv
run runs
expect_exit 0
expect_contains "$top/out" "No run yet"
run runs --json
expect_equal "$(tr -d '\n\t ' <"$top/out")" "[]" "an empty list"
quietly $train --out a
quietly $train --seed 2
name=$(ls runs)
expect_contains "$top/out" "Record    runs/$name"
check "the name $name" [ "$(echo "$name" | grep -c '^20[0-9]*-[0-9]*-classification$')" -eq 1 ]
expect_file "$XDG_STATE_HOME/orrery/history.sqlite"
run runs
expect_exit 0
expect_equal "$(grep -c 'classification, seed [0-9]*, ok' "$top/out")" 2 "runs listed"
check "the newest is not first" [ "$(sed -n 2p "$top/out")" = "    $folder/runs/$name" ]
expect_contains "$top/out" "log loss"
run runs --json
expect_contains "$top/out" "\"path\":	\"$folder/a\""
expect_contains "$top/out" '"exists":	true'
for past in last "$name" "runs/$name" "$folder/runs/$name"; do
  run report "$past"
  expect_exit 0
  expect_contains "$top/out" "with seed 2"
  expect_contains "$top/out" "± is one standard error"
done
(mkdir away && cd away && timeout 20 "$ORRERY" report "$name" >"$top/out" 2>"$top/err")
status=$?
expect_exit 0
run runs a "$name"
expect_exit 0
expect_contains "$top/out" "They read the same data; seeds 1 and 2."
expect_contains "$top/out" "test.log_loss"
run runs a a
expect_equal "$(grep -c ' same$' "$top/out")" "$(names_of a/numbers.json | wc -l)" "numbers that are the same"
small_table 200 >t.csv
quietly $train --out b
run runs a b
expect_contains "$top/out" "They read different data"
rm -r a
run runs
expect_equal "$(grep -c 'classification, seed [0-9]*, gone' "$top/out")" 1 "runs that are gone"
run report a
expect_exit 2
expect_stderr_one_line
rm -r runs b
run report last
expect_exit 2
expect_stderr_one_line

scene "two runs in one second"
small_table 60 >t.csv
for i in 1 2 3; do quietly $train; expect_exit 0; done
expect_equal "$(ls runs | wc -l)" 3 "runs"

scene "what the page says of rows and features"
small_table 100 >t.csv
quietly run classification --data t.csv --set target=class --set repeats=1 --no-plots --out whole
expect_exit 0
expect_contains whole/report.txt "Features  3: 2 of numbers, 1 of text"
expect_lacks whole/report.txt "Left out"
expect_lacks whole/report.txt "Missing"
awk -F, -v OFS=, 'NR > 1 && NR % 10 == 0 { $2 = ""; $4 = "" } { print }' t.csv >holes.csv
quietly run classification --data holes.csv --set target=class --set repeats=1 --no-plots --out holes
expect_exit 0
expect_contains holes/report.txt "Missing   y (10)"
expect_contains holes/report.txt "training rows without a target"
check "rows left out are not a few" [ "$(sed -n 's/^Left out  \([0-9]*\) .*/\1/p' holes/report.txt)" -le 10 ]

# ---- surroundings ----

scene "no home to write to"
small_table 60 >t.csv
mkdir locked
for home in $(has_proc && echo /proc/nowhere) /dev/null "$folder/t.csv"; do
  XDG_STATE_HOME=$home HOME=$home
  rm -rf r
  run $train --no-plots --out r
  expect_exit 0
  expect_contains "$top/err" "not in the history"
  expect_file r/numbers.json
  run runs
  expect_exit 0
done
unset HOME XDG_STATE_HOME
run $train --no-plots --out r2
expect_exit 0
HOME=$folder
export HOME
run $train --no-plots --out r3
expect_exit 0
expect_file .local/state/orrery/history.sqlite
XDG_STATE_HOME=relative
export XDG_STATE_HOME
run $train --no-plots --out r4
expect_absent relative
echo zebra >.local/state/orrery/history.sqlite
run $train --no-plots --out r5
expect_exit 0
expect_contains "$top/err" "not in the history"
run runs
check "exit status $status of runs" [ "$status" -eq 7 ]
expect_stderr_one_line

scene "no gnuplot"
small_table 60 >t.csv
mkdir bin
for program in timeout env sh; do ln -s "$(command -v $program)" bin/$program; done
whole=$PATH
PATH=$folder/bin
run $train --out r
PATH=$whole
expect_exit 0
expect_contains "$top/err" "gnuplot is not installed"
expect_file r/plots/roc.gp
expect_file r/plots/roc.dat
expect_absent r/plots/roc.png
printf '#!/bin/sh\necho "no display" >&2\nexit 3\n' >bin/gnuplot
chmod +x bin/gnuplot
PATH=$folder/bin:$whole
run $train --out broken
expect_exit 0
expect_contains "$top/err" "no display"
expect_absent broken/plots/roc.png
PATH=$whole

scene "locales and terminals"
small_table 120 >t.csv
quietly $train --out plain
for locale in C POSIX C.UTF-8 de_DE.UTF-8 nowhere; do
  LC_ALL=$locale
  rm -rf r
  quietly $train --out r
  expect_exit 0
  expect_same plain/numbers.json r/numbers.json
  expect_same plain/predictions.csv r/predictions.csv
done
LC_ALL=C
run report plain
check "bytes that are no ASCII in the C locale" [ "$(LC_ALL=C grep -c '[^ -~]' "$top/out")" -eq 0 ]
LC_ALL=C.UTF-8
if has_terminal; then
  say() { TERM=$1 timeout 30 script -qec "$2 '$ORRERY' $train --no-plots --out on_$3" /dev/null </dev/null >"$top/out" 2>&1; }
  say xterm "" terminal
  check "a terminal's line is not rewritten" [ "$(grep -c "$(printf '\033')\\[K" "$top/out")" -ge 1 ]
  say xterm "NO_COLOR=1" plain
  expect_lacks "$top/out" "$(printf '\033')"
  say dumb "" dumb
  expect_lacks "$top/out" "$(printf '\033')"
else
  skip "cli/record: nothing is tried on a terminal: no terminal can be lent here (script, /dev/pts)"
fi
