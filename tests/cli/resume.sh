# A run that was stopped or died goes on to the same bits: killed at random
# moments, stopped by every signal, on a full disk; what was finished is not done
# again, and what would give other bits is refused. RESUME_KILLS=50 kills more often.
. "$LIB"

ORRERY_CHECKPOINT_SECONDS=0.05
export ORRERY_CHECKPOINT_SECONDS
kills=${RESUME_KILLS:-6}
rows=$top/rows.csv
small_table 1500 >"$rows"
classify="run classification --data $rows --set target=class --no-plots --quiet"
mlp() { mlp="$classify --set model=mlp --set repeats=2 --set epochs=$epochs --set batch_size=64 --set hidden=64,64 --set patience=0"; }
epochs=$((250 / ${CLI_SLOW:-1}))
mlp
resume() { run resume "$@" --quiet; }

# expect_record A B: the same numbers, models, predictions and recipe, and nothing left of the way there.
expect_record() {
  for file in numbers.json predictions.csv recipe.lua journal.lua report.txt models/model.orrery models/baseline.orrery; do
    expect_same "$1/$file" "$2/$file"
  done
  expect_absent "$2/checkpoints"
  check "a working folder is left" [ -z "$(find . -name '*.partial*')" ]
}

# launch WORD...: in the background and by itself, so that a kill hits it and nothing else.
launch() {
  arguments=$*
  "$ORRERY" "$@" >"$top/out" 2>"$top/err" &
  program=$!
}
wait_for() { # as in lib.sh, looking more often
  tries=0
  until "$@" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 1000 ] || return 1
    sleep 0.01
  done
}
under_way() { test -s .r.partial-*/checkpoints/fit2.json && test -s .r.partial-*/checkpoints/"${1:-fit2.json}"; }

# launch_and SIGNAL [FILE] -- WORD...: r, killed while its second fit is under way, or once FILE is in its checkpoints.
launch_and() {
  signal=$1
  file=$2
  shift 2
  launch "$@" --out r
  wait_for under_way "$file"
  kill -"$signal" $program
  finish
}

# ---- killed ----

draws=$$
some_time() { # of so many milliseconds, another each time
  draws=$((draws + 1))
  awk -v seed=$draws -v most="$1" 'BEGIN { srand(seed); rand(); printf "%.3f", rand() * most / 1000 }'
}
has_begun() { test -e .r.partial-*/checkpoints/recipe.lua; }

scene "killed at random moments"
whole=$top/whole
timed() {
  before=$(date +%s%N)
  run $mlp --out $whole
  expect_exit 0
  took=$((($(date +%s%N) - before) / 1000000))
}
timed
if [ $took -lt 1000 ]; then # a fast machine: long enough to be killed in the middle
  epochs=$((epochs * 1200 / took))
  rm -rf $whole
  mlp
  timed
fi
killed=0
rounds=0
launch $mlp --out r
while [ $killed -lt "$kills" ] && [ $rounds -lt $((4 * kills)) ]; do
  rounds=$((rounds + 1))
  sleep "$(some_time $((took * 2 / 3)))"
  kill -KILL $program 2>/dev/null
  finish
  killed=$((killed + (status == 137)))
  check "it was killed, or had done" [ $status -eq 137 -o $status -eq 0 ]
  if [ -e r/run.json ]; then # it had done, but perhaps not cleared up
    resume r
    expect_exit 0
    rm -rf r/checkpoints
    expect_record $whole r
    rm -rf r
    launch $mlp --out r
  elif has_begun; then launch resume r --quiet
  else rm -rf .r.partial-* && launch $mlp --out r; fi
done
finish
expect_exit 0
expect_record $whole r
check "killed only $killed times in $rounds rounds" [ $killed -ge $((kills / 2)) ]

scene "what a crash leaves is found by whatever name it has"
for name in ./r/ "$folder/r" .r.partial; do
  launch_and KILL fit2.ckpt $mlp
  case $name in *.partial) name=${name%.r.partial}$(echo .r.partial-*) ;; esac
  resume "$name"
  expect_exit 0
  expect_record $whole r
  rm -rf r
done
launch $mlp --out r
wait_for under_way fit2.ckpt
resume r
expect_exit 2
expect_contains "$top/err" "still being made"
kill -KILL $program
finish
mkdir elsewhere
(cd elsewhere && timeout 20 "$ORRERY" resume ../r --quiet >"$top/out" 2>"$top/err")
status=$?
expect_exit 0
expect_record $whole r
launch $mlp
wait_for journal_says mlp
kill -KILL $program
finish
resume last
expect_exit 0
expect_same $whole/numbers.json runs/*/numbers.json
check "more than the run is left: $(ls -A runs)" [ "$(ls -A runs | wc -l)" -eq 1 ]

# ---- stopped ----

scene "stopped by a signal while a network trains"
for case in INT:1 TERM:2 HUP:3 USR1:5; do
  signal=${case%:*}
  rm -rf r
  launch $mlp --out r
  wait_for under_way fit2.ckpt
  kill -$signal $program
  kill -$signal $program 2>/dev/null # a second Ctrl-C asks nothing and loses nothing
  finish
  expect_exit 6
  expect_stderr_one_line
  expect_contains "$top/err" "SIG$signal"
  expect_contains "$top/err" "resume"
  expect_contains r/run.json '"status":	"stopped"'
  expect_file r/checkpoints/fit2.ckpt
  expect_contains r/journal.lua '-- not finished: s.fit2'
  check "a working folder is left" [ -z "$(find . -name '*.partial*')" ]
  run report r
  expect_exit 0
  run resume r --threads "${case#*:}"
  expect_exit 0
  expect_contains "$top/err" "fit1: logistic regression is loaded from the record"
  expect_contains "$top/err" "taken up from its checkpoint at step"
  expect_record $whole r
  expect_contains r/run.json '"status":	"ok"'
  expect_contains r/run.json '"fit":	"fit2"'
  check "no step is named" [ "$(awk '/"resumed"/ { inside = 1 } inside && /"step"/ { print $2; exit }' r/run.json)" -gt 0 ]
done
run runs
expect_equal "$(grep -c "$folder/r\$" "$top/out")" 1 "times that the run is in the history"

scene "stopped again before it went on"
launch_and TERM fit2.ckpt $mlp
expect_exit 6
for signal in INT TERM HUP; do
  launch resume r --quiet
  wait_for has_begun
  kill -$signal $program
  finish
  expect_exit 6
  expect_stderr_one_line
  expect_file r/checkpoints/fit2.ckpt
done
resume r
expect_exit 0
expect_record $whole r

scene "what has come to its end says so"
small_table 200 >t.csv
quietly run classification --data t.csv --set target=class --set repeats=1 --out r
cp -r r before
for name in r "$folder/r/" last; do
  run resume "$name"
  expect_exit 0
  expect_contains "$top/out" "nothing to resume"
  check "it was changed" diff -r before r
done
quietly run classification --data t.csv --set target=class --set repeats=1 --set model=mlp --set epochs=1000000 --set patience=0 --deadline 1 --out late
expect_exit 0
expect_contains late/run.json '"status":	"deadline"'
run resume late
expect_exit 0
expect_contains "$top/out" "nothing to resume"
mkdir hollow .hollow.partial-12
for name in nowhere hollow .hollow.partial-12 "" / . ..; do verb_fails 2 "no run" resume "$name"; done

# ---- other models ----

scene "other models: what was finished is loaded, what was under way begins anew"
trees="$classify --set baseline=random_forest --set repeats=8 --set n_estimators=600 --set early_stopping_rounds=600"
for signal in KILL TERM; do
  rm -rf r whole
  [ $signal = KILL ] || trees="$classify --set model=ensemble --set members=3 --set hidden=32 --set repeats=1 --set epochs=100 --set patience=0"
  run $trees --out whole
  expect_exit 0
  launch_and $signal fit2.json $trees
  run resume r
  expect_exit 0
  expect_contains "$top/err" "is loaded from the record"
  expect_record whole r
done
awk 'BEGIN { print "x,y,z"; for (i = 0; i < 800; i++) { a = (i * 37 % 101) / 101; b = (i * 53 % 97) / 97; printf "%.5f,%.5f,%.5f\n", a, b, a * a + 2 * b + (i * 29 % 13) / 40 } }' >s.csv
regress="run regression --data s.csv --set target=z --set model=mlp --set repeats=2 --set epochs=$epochs --set hidden=64,64 --set patience=0 --no-plots --quiet"
rm -rf r
run $regress --out field
expect_exit 0
launch_and KILL fit2.ckpt $regress
resume r
expect_exit 0
expect_same field/numbers.json r/numbers.json
expect_same field/models/model.orrery r/models/model.orrery

# ---- steering ----

scene "a change made while a network trained replays from the record"
line='--@control fit2 {"step":300,"learning_rate":0.02}'
awk -v line="$line" '{ print } /^--@seed/ { print line }' $whole/recipe.lua >steered.lua
quietly run steered.lua --out steered
expect_exit 0
expect_differ $whole/numbers.json steered/numbers.json
expect_contains steered/recipe.lua "$line"
expect_contains steered/journal.lua "$line"
for again in recipe journal; do
  quietly run steered/$again.lua --check steered/numbers.json --out $again
  expect_exit 0
  expect_same steered/models/model.orrery $again/models/model.orrery
done
awk '{ print } /^s.fit2/ { print "o.control { \"fit2\", step = 300, learning_rate = 0.02 }" }' $whole/journal.lua >raw.lua # as a crash leaves it
quietly run raw.lua --check steered/numbers.json --out raw
expect_exit 0
expect_contains raw/journal.lua "$line"
expect_contains raw/journal.lua "-- by hand: o.control"
sed 's/s.fit2 = o.fit { "mlp"/s.fit2 = o.fit { control = { { step = 300, learning_rate = 0.02 } }, "mlp"/' $whole/journal.lua >said.lua
quietly run said.lua --check steered/numbers.json --out said
expect_exit 0
ORRERY_CHECKPOINT_SECONDS=0.005 launch_and KILL fit2.ckpt run steered.lua --quiet --no-plots
resume r
expect_exit 0
expect_same steered/models/model.orrery r/models/model.orrery
expect_same steered/recipe.lua r/recipe.lua
for wrong in '{ step = 3 }' '{ learning_rate = 3 }' '{ step = -1, learning_rate = 3 }' '{ step = 1, zebra = 3 }' '3'; do
  sed "s/s.fit2 = o.fit { \"mlp\"/s.fit2 = o.fit { control = { $wrong }, \"mlp\"/" $whole/journal.lua >wrong.lua
  quietly run wrong.lua --out wrong
  check "$wrong is taken: $status" [ $status -eq 4 -o $status -eq 2 ]
  expect_stderr_one_line
  rm -rf wrong
done

# ---- refused ----

# refused "WORDS": resuming r fails for the data's sake, in one line, and r is what it was.
refused() {
  rm -rf before
  cp -r r before
  resume r
  expect_exit 3
  expect_stderr_one_line
  expect_contains "$top/err" "$1"
  for file in journal.lua run.json numbers.json recipe.lua checkpoints; do
    check "$file is changed" diff -r before/$file r/$file
  done
  check "a working folder is left" [ -z "$(find . -name '*.partial*')" ]
}
swap() { sed "s/$2/$3/" "$1" >swapped && mv swapped "$1"; }

scene "what would give other bits is refused"
launch_and TERM fit2.ckpt $mlp
expect_exit 6
cp -r r kept
back() { rm -rf r && cp -r kept r; }
small_table 1500 7 >"$rows"
refused "data was rows.csv"
rm "$rows"
refused "rows.csv"
small_table 1500 >"$rows"
swap r/checkpoints/run.json '"xgboost":.*' '"xgboost":"9.9",'
refused "xgboost was 9.9 and is now"
back
swap r/checkpoints/run.json '"cpu":.*' '"cpu":"abacus",'
refused "CPU was abacus and is now"
back
swap r/checkpoints/run.json '"orrery":.*' '"orrery":"0.0.1",'
refused "orrery was 0.0.1 and is now"
back
swap r/checkpoints/fit2.json '"step":.*' '"step":"0"'
refused "fit2 was begun with something else: step was 0"
back
head -c 1000 kept/checkpoints/fit2.ckpt >r/checkpoints/fit2.ckpt
refused "checkpoint"
head -c 100000 /dev/urandom >r/checkpoints/fit2.ckpt
refused "checkpoint"
back
swap r/checkpoints/recipe.lua "epochs=$epochs" "epochs=7"
refused "step was"
back
echo "{" >r/checkpoints/run.json
refused "run.json"
back
head -c 100 kept/checkpoints/fit1.orrery >r/checkpoints/fit1.orrery # only a fit that is lost: it is trained again
run resume r
expect_exit 0
expect_contains "$top/err" "fit1 is trained again"
expect_record $whole r

# ---- a full disk ----

scene "a disk that is full when a checkpoint is due"
mkdir disk
wide="$classify --set model=mlp --set repeats=1 --set epochs=60 --set batch_size=64 --set hidden=128,128 --set patience=0"
run $wide --out whole
if has_proc && mount -t tmpfs -o size=300k tmpfs disk 2>/dev/null; then
  ORRERY_CHECKPOINT_SECONDS=0.002 run $wide --out disk/r
  expect_exit 0
  expect_contains disk/r/events.jsonl "no checkpoint, the one before is kept"
  expect_record whole disk/r
  umount disk
else
  skip "cli/resume: a full disk is not tried: no small file system can be mounted here"
fi
