# Exit status: each number of the contract, by what people do wrong and by what
# machines do to them. A failure is one line that says what, which value and
# what to try, and leaves nothing behind when nothing was finished.
. "$LIB"

# ---- 2: usage ----

scene "no recipe of that name"
small_table 60 >t.csv
fails 2 "did you mean 'classification'?" run clasification
fails 2 "shipped are classification" run zebra
fails 2 "no recipe file 'x.lua'" run x.lua
fails 2 "no recipe file './nowhere/'" run ./nowhere/

scene "parameters"
small_table 60 >t.csv
fails 2 "did you mean 'target'?" run classification --data t.csv --set targett=class
fails 2 "parameter" run classification --data t.csv --set target=class --set zebra=1
fails 2 "expected KEY=VALUE" run classification --data t.csv --set target
fails 2 "repeats" run classification --data t.csv --set target=class --set repeats=many
fails 2 "repeats" run classification --data t.csv --set target=class --set repeats=2.5
fails 2 "repeats" run classification --data t.csv --set target=class --set repeats=0
fails 2 "repeats" run classification --data t.csv --set target=class --set repeats=101
fails 2 "test" run classification --data t.csv --set target=class --set test=1.5
fails 2 "test" run classification --data t.csv --set target=class --set test=-0.1
fails 2 "test" run classification --data t.csv --set target=class --set test=nan
fails 2 "model" run classification --data t.csv --set target=class --set model=boosted_tree
fails 2 "learning_rate" run classification --data t.csv --set target=class --set learning_rate=inf
fails 2 "features" run classification --data t.csv --set target=class --set 'features=[1,2]'
fails 2 "target" run classification --data t.csv
fails 2 "leave too few rows" run classification --data t.csv --set target=class --set test=0.6 --set validation=0.5

scene "flags of run"
small_table 60 >t.csv
fails 2 "did you mean --seed?" run classification --sead 1
fails 2 "two dashes" run classification -x
verb_fails 2 "--seed needs a value" run classification --seed
fails 2 "--seed = '-1'" run classification --seed -1
fails 2 "--seed = '1e3'" run classification --seed 1e3
fails 2 "--seed = '99999999999999999999'" run classification --seed 99999999999999999999
fails 2 "--threads = '0'" run classification --threads 0
fails 2 "--deadline = 'soon'" run classification --deadline soon
fails 2 "--deadline = '-5'" run classification --deadline -5
fails 2 "--deadline = 'nan'" run classification --deadline nan
fails 2 "--json takes no value" run classification --json=yes
fails 2 "given twice" run classification --seed 1 --seed 2
fails 2 "given twice" run classification --data t.csv --data t.csv
fails 2 "given twice as a" run classification --data a=t.csv --data a=t.csv
fails 2 "standard input can be read once only" run classification --data a=- --data b=-
fails 2 "no file is named" run classification --data a=
fails 2 "one word too many" run classification regression
fails 2 "usage: orrery run" run
fails 2 "where" run classification --data t.csv --set target=class --where 'x >'
fails 3 "did you mean 'x'?" run classification --data t.csv --set target=class --where 'xx > 1'
fails 2 "nowhere.json" run classification --data t.csv --set target=class --check nowhere.json

scene "the other verbs"
verb_fails 2 "did you mean \`orrery run\`?" rum
verb_fails 2 "lists what there is" zebra
verb_fails 2 "usage: orrery predict" predict
verb_fails 2 "--data is needed" predict r
verb_fails 2 "no run 'nowhere'" predict nowhere --data t.csv
verb_fails 2 "did you mean --data?" predict r --dta t.csv
verb_fails 2 "usage: orrery report" report
verb_fails 2 "no run 'nowhere'" report nowhere
verb_fails 2 "no run 'last'" report last
verb_fails 2 "one word too many" report a b
verb_fails 2 "name two runs" runs a
verb_fails 2 "no run 'a'" runs a b
verb_fails 2 "one word too many" runs a b c
verb_fails 2 "did you mean" recipes classificatio
verb_fails 2 "did you mean --json?" recipes --jsonn
verb_fails 2 "did you mean" demo regresion
verb_fails 2 "one word too many" doctor fit twice
verb_fails 2 "zebra" doctor zebra
verb_fails 2 "unknown option" doctor --zebra
for words in "" --help help --version "run --help" "runs --help" "recipes" "doctor" "runs"; do
  run $words
  expect_exit 0
  expect_empty "$top/err"
  check "orrery $words says nothing" [ -s "$top/out" ]
done

# ---- 3: data ----

scene "no usable file"
mkdir folder
: >empty.csv
echo "x,y,class" >header.csv
head -c 3000 "$ORRERY" >binary.csv
fails 3 "cannot open" run classification --data nowhere.csv --set target=class
fails 3 "is a folder" run classification --data folder --set target=class
fails 3 "empty.csv" run classification --data empty.csv --set target=class
fails 3 "header.csv" run classification --data header.csv --set target=class
fails 3 "binary.csv" run classification --data binary.csv --set target=class
fails 3 "standard input" run classification --data - --set target=class </dev/null
mkfifo pipe
fails 3 "not a regular file" run classification --data pipe --set target=class

scene "no usable target"
small_table 60 >t.csv
fails 3 "did you mean 'class'?" run classification --data t.csv --set target=clas
fails 3 "zebra" run classification --data t.csv --set target=zebra
fails 3 "features" run classification --data t.csv --set target=class --set features=x,yy
fails 3 "exclude" run classification --data t.csv --set target=class --set exclude=yy
fails 3 "weight" run classification --data t.csv --set target=class --set weight=kind
awk -F, 'NR == 1 || $4 == "yes"' OFS=, t.csv >one.csv
fails 3 "class" run classification --data one.csv --set target=class
awk -F, 'NR > 1 { $4 = "" } 1' OFS=, t.csv >missing.csv
fails 3 "class" run classification --data missing.csv --set target=class
fails 3 "no row is left" run classification --data t.csv --set target=class --where 'x > 9'
fails 3 "y" run regression --data t.csv --set target=kind
cut -d, -f4 t.csv >alone.csv
fails 2 "no feature is left" run classification --data alone.csv --set target=class
fails 3 "nowhere.txt" run classification --data t.csv --set target=class --set test_rows=nowhere.txt
echo zebra >rows.txt
fails 3 "line 1 is no row number" run classification --data t.csv --set target=class --set test_rows=rows.txt
echo 60 >rows.txt
fails 3 "test_rows" run classification --data t.csv --set target=class --set test_rows=rows.txt
seq 0 59 >rows.txt
fails 3 "train" run classification --data t.csv --set target=class --set test_rows=rows.txt

scene "what was finished before a failure is kept"
small_table 60 >t.csv
quietly run classification --data t.csv --set target=class --set repeats=1 --set keep=zebra --out r
expect_exit 3
expect_stderr_one_line
expect_contains "$top/err" "keep: no column 'zebra'"
expect_contains r/run.json '"status":	"failed"'
expect_contains r/numbers.json '"test.log_loss"'

# ---- 7: system ----

scene "nowhere to write"
small_table 60 >t.csv
echo mine >file
if has_proc; then fails 7 "/proc" run classification --data t.csv --set target=class --out /proc/orrery/run; fi
fails 7 "file" run classification --data t.csv --set target=class --out file/run
fails 2 "is there already" run classification --data t.csv --set target=class --out file
expect_equal "$(cat file)" mine "the file in the way"
mkdir full
echo mine >full/notes
fails 2 "is there already" run classification --data t.csv --set target=class --out full
expect_file full/notes
mkdir hollow
quietly run classification --data t.csv --set target=class --set repeats=1 --out hollow
expect_exit 0
expect_file hollow/numbers.json
run predict hollow --data t.csv --out file/p.csv
expect_exit 7
expect_stderr_one_line
cp t.csv kept.csv
verb_fails 2 "input itself" predict hollow --data t.csv --out ./t.csv
expect_same t.csv kept.csv
verb_fails 2 "part of the run" predict hollow --data t.csv --out hollow/numbers.json
expect_contains hollow/numbers.json '"test.log_loss"'
timeout 20 "$ORRERY" predict hollow --data t.csv >/dev/full 2>"$top/err"
status=$?
expect_exit 7
expect_contains "$top/err" "standard output"

scene "the disk is full"
mkdir disk
if has_proc && mount -t tmpfs -o size=64k tmpfs disk 2>/dev/null; then
  small_table 3000 >t.csv
  (cd disk && timeout 30 "$ORRERY" run classification --data ../t.csv --set target=class --quiet >"$top/out" 2>"$top/err")
  status=$?
  arguments="run in a full folder"
  expect_exit 7
  expect_stderr_one_line
  expect_contains "$top/err" "No space left"
  check "a run is there that is not whole" [ -z "$(find disk -path '*runs/2*')" ]
  rm -rf disk/runs
  small_table 60 >s.csv
  quietly run classification --data s.csv --set target=class --set repeats=1 --out r
  head -c 63000 /dev/zero >disk/ballast
  run predict r --data t.csv --out disk/p.csv
  expect_exit 7
  expect_stderr_one_line
  expect_absent disk/p.csv
  expect_absent disk/p.csv.part
  umount disk
else
  skip "cli/exit_status: a full disk is not tried: no small file system can be mounted here"
fi

# ---- 6: signals; 0 and 4: deadlines ----

endless="--set n_estimators=100000 --set early_stopping_rounds=100000"
half_done() { [ -s .r.partial-*/models/baseline.orrery ] && [ -s .r.partial-*/events.jsonl ] && grep -q boosted_trees .r.partial-*/events.jsonl; }

for signal in INT TERM HUP; do
  scene "SIG$signal in the middle of a fit"
  small_table 400 >t.csv
  start run classification --data t.csv --set target=class $endless --quiet --no-plots --out r --json
  wait_for half_done
  kill -$signal $program
  finish
  expect_exit 6
  expect_stderr_one_line
  expect_contains "$top/err" "SIG$signal"
  expect_contains "$top/err" "kept"
  expect_contains "$top/out" '"status":	"stopped"'
  expect_contains r/run.json '"status":	"stopped"'
  expect_contains r/run.json "SIG$signal"
  expect_file r/models/baseline.orrery
  expect_absent r/models/model.orrery
  expect_contains r/journal.lua 's.fit1 = o.fit { "logistic"'
  expect_contains r/journal.lua '-- not finished: s.fit2 = o.fit { "boosted_trees"'
  check "a half record is left" [ -z "$(find . -name '*.partial*')" ]
  run report r
  expect_exit 0
  expect_contains "$top/out" "stopped"
  quietly run r/journal.lua --check r/numbers.json --out again
  expect_exit 0
  expect_same r/models/baseline.orrery again/models/baseline.orrery
done

scene "SIGINT before anything was finished"
small_table 400 >t.csv
start run classification --data t.csv --set target=class $endless --set baseline=boosted_trees --quiet --no-plots
wait_for journal_says boosted_trees
kill -INT $program
finish
expect_exit 6
expect_stderr_one_line
expect_contains "$top/err" "nothing was finished"
expect_nothing_kept

scene "a hangup is ignored where it was asked to be"
small_table 4000 >t.csv
exec timeout 30 nohup "$ORRERY" run classification --data t.csv --set target=class $endless --quiet --no-plots --out r --deadline "$(seconds 4)" >"$top/out" 2>"$top/err" &
program=$!
arguments="under nohup"
wait_for half_done
kill -HUP $program
finish
expect_exit 0
expect_contains r/run.json '"status":	"deadline"'

scene "a deadline in the middle of a fit"
small_table 4000 >t.csv
quietly run classification --data t.csv --set target=class $endless --set repeats=4 --out r --deadline "$(seconds 4)" --json
expect_exit 0
expect_empty "$top/err"
expect_contains "$top/out" '"status":	"deadline"'
expect_contains "$top/out" '"test.log_loss"'
expect_contains r/run.json '"status":	"deadline"'
expect_contains r/recipe.lua '--@stop fit2 '
expect_file r/predictions.csv
quietly run r/recipe.lua --check r/numbers.json --out again
expect_exit 0
expect_same r/models/model.orrery again/models/model.orrery
expect_same r/predictions.csv again/predictions.csv
quietly run r/journal.lua --check r/numbers.json --out journal
expect_exit 0
quietly run again/recipe.lua --check r/numbers.json --out third
expect_exit 0
expect_same again/recipe.lua third/recipe.lua

scene "a deadline among the seeds"
small_table 400 >t.csv
quietly run classification --data t.csv --set target=class --set n_estimators=400 --set early_stopping_rounds=400 --set repeats=100 --set subsample=0.5 --out r --deadline "$(seconds 2)" --json
expect_exit 0
expect_contains "$top/out" '"status":	"deadline"'
expect_contains r/recipe.lua '--@stop fit2 models '
expect_contains r/numbers.json '"test.log_loss.seed_sd"'
quietly run r/recipe.lua --check r/numbers.json --out again
expect_exit 0
expect_same r/numbers.json again/numbers.json

scene "a deadline before any result"
small_table 400 >t.csv
fails 4 "deadline" run classification --data t.csv --set target=class --deadline 0.001

scene "a deadline in the middle of the first evaluation"
small_table 40000 >t.csv
start=$(date +%s)
quietly run classification --data t.csv --set target=class --set model=constant --set baseline=knn --threads 1 --deadline 0.4 --json
expect_exit 4
expect_stderr_one_line
check "it took $(($(date +%s) - start)) s" [ $(($(date +%s) - start)) -le 3 ]

scene "a deadline that is not met"
small_table 100 >t.csv
quietly run classification --data t.csv --set target=class --set repeats=1 --out r --deadline 10m --json
expect_exit 0
expect_contains "$top/out" '"status":	"ok"'
expect_lacks r/recipe.lua "--@stop"
