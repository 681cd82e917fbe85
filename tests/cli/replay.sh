# A record replays: the same bits for any number of threads, from the recipe and
# from the journal, and a check that names what changed. A kept model gives to
# the same rows the same predictions, and a damaged one is an error.
. "$LIB"

fast="--set repeats=2 --set subsample=0.7 --set epochs=40"
train() { quietly run classification --data "$data" --set target=class $fast "$@"; }

scene "the same bits for any number of threads"
small_table 400 >t.csv
data=t.csv
for threads in 1 2 3; do
  train --threads $threads --out r$threads
  expect_exit 0
done
for threads in 2 3; do
  for file in numbers.json predictions.csv recipe.lua journal.lua models/model.orrery models/baseline.orrery; do
    expect_same r1/$file r$threads/$file
  done
done
awk 'BEGIN { print "x,y,z"; for (i = 0; i < 300; i++) { a = (i * 37 % 101) / 101; b = (i * 53 % 97) / 97; printf "%.5f,%.5f,%.5f\n", a, b, a * a + 2 * b + (i * 29 % 13) / 40 } }' >s.csv
for model in random_forest knn ridge; do
  for threads in 1 3; do
    quietly run regression --data s.csv --set target=z --set model=$model --set repeats=2 --threads $threads --out $model$threads
    expect_exit 0
  done
  expect_same ${model}1/numbers.json ${model}3/numbers.json
  expect_same ${model}1/predictions.csv ${model}3/predictions.csv
  expect_same ${model}1/models/model.orrery ${model}3/models/model.orrery
done

scene "a recipe replays, and a check tells"
small_table 400 >t.csv
data=t.csv
train --seed 7 --out r
cp r/numbers.json before.json
quietly run r/recipe.lua --check r/numbers.json --out again
expect_exit 0
expect_empty "$top/err"
expect_same r/numbers.json again/numbers.json
expect_same r/recipe.lua again/recipe.lua
expect_same r/predictions.csv again/predictions.csv
quietly run r --check r/numbers.json --out from_folder
expect_exit 0
(mkdir elsewhere && cd elsewhere && timeout 20 "$ORRERY" run ../r/recipe.lua --check ../r/numbers.json --quiet --no-plots >"$top/out" 2>"$top/err")
status=$?
expect_exit 0
quietly run r/journal.lua --check r/numbers.json --out journal
expect_exit 0
expect_same r/numbers.json journal/numbers.json
quietly run journal/recipe.lua --check r/numbers.json --out journal_again
expect_exit 0
expect_same before.json r/numbers.json

train --seed 8 --out other
expect_exit 0
expect_differ r/numbers.json other/numbers.json
quietly run r/recipe.lua --seed 8 --check other/numbers.json --out other_again
expect_exit 0
quietly run r/recipe.lua --seed 8 --check r/numbers.json --out wrong
expect_exit 1
expect_contains "$top/err" "test.log_loss is "
expect_contains "$top/err" "check failed"

scene "a cell that changed"
small_table 400 >t.csv
data=t.csv
train --out r
awk -F, 'NR == 200 { $4 = $4 == "yes" ? "no" : "yes" } 1' OFS=, t.csv >flipped.csv
mv flipped.csv t.csv
quietly run r/recipe.lua --check r/numbers.json --out again
expect_exit 1
expect_contains "$top/err" "t.csv changed"
expect_contains "$top/err" " is "
expect_contains "$top/err" ", was "
expect_contains "$top/err" "1 inputs changed"
check "the last line is no complaint" grep -q '^orrery: check failed against r/numbers.json' "$top/err"
expect_contains again/run.json '"status":	"check failed"'
quietly run r/journal.lua --check r/numbers.json --out journal
expect_exit 1
expect_contains "$top/err" "t.csv changed"
run r/recipe.lua --no-plots --out unchecked
small_table 400 >t.csv
echo "" >>t.csv
quietly run r/recipe.lua --check r/numbers.json --out blank
expect_exit 1
expect_contains "$top/err" "0 of "
small_table 400 >t.csv
quietly run r/recipe.lua --check r/numbers.json --out back
expect_exit 0
rm t.csv
quietly run r/recipe.lua --check r/numbers.json --out gone
expect_exit 3
expect_contains "$top/err" "t.csv"
small_table 400 >moved.csv
quietly run r/recipe.lua --data moved.csv --check r/numbers.json --out moved
expect_exit 0

scene "what a check accepts"
small_table 300 >t.csv
data=t.csv
train --out r
value=$(number r/numbers.json test.auc)
near=$(awk -v v="$value" 'BEGIN { printf "%.6f", v + 0.001 }')
edit() { sed "/\"test.auc\":/,/}/ s/\"value\":.*/$1/" r/numbers.json >edited.json; }
again() { quietly run r/recipe.lua --check edited.json --out again && rm -rf again; }
edit "\"value\": $near,"
again
expect_exit 1
expect_contains "$top/err" "test.auc is $value, was $near"
edit "\"value\": $near, \"tolerance\": 0.01,"
again
expect_exit 0
edit "\"value\": $near, \"tolerance\": 0.0001,"
again
expect_exit 1
edit "\"value\": $near, \"tolerance\": -1,"
again
expect_exit 1
edit "\"value\": null,"
again
expect_exit 1
sed 's/"test.auc":/"test.zebra":/' r/numbers.json >edited.json
again
expect_exit 1
expect_contains "$top/err" "test.zebra was there and is missing"
expect_contains "$top/err" "test.auc is new"
for text in '' '{' '[]' '{"schema":1}' '{"schema":1,"numbers":[]}' '{"schema":1,"numbers":3}' 'zebra'; do
  echo "$text" >edited.json
  again
  expect_exit 2
  expect_stderr_one_line
done

scene "parameters and rows survive in the kept recipe"
small_table 400 >t.csv
data=t.csv
train --where 'x > 0.1 and kind == "red"' --set 'features=x,y' --set learning_rate=0.125 --set 'keep=["kind"]' --out r
expect_exit 0
expect_contains r/recipe.lua '--@where "x > 0.1 and kind == \"red\""'
expect_contains r/recipe.lua '--@set features=["x","y"]'
expect_contains r/recipe.lua '--@set learning_rate=0.125'
expect_contains r/recipe.lua '--@set keep=["kind"]'
quietly run r/recipe.lua --check r/numbers.json --out again
expect_exit 0
expect_same r/recipe.lua again/recipe.lua
quietly run r/recipe.lua --set learning_rate=0.25 --out other
expect_exit 0
expect_contains other/recipe.lua '--@set learning_rate=0.25'
expect_lacks other/recipe.lua '0.125'
expect_differ r/numbers.json other/numbers.json
printf '"a ""quoted"" = name",b\\c,clas s\n' >odd.csv
small_table 200 | awk -F, 'NR > 1 { print $1 "," $2 "," $4 }' >>odd.csv
quietly run classification --data 'odd.csv' --set 'target=clas s' --set 'features=["a \"quoted\" = name","b\\c"]' --set repeats=1 --out odd
expect_exit 0
quietly run odd/recipe.lua --check odd/numbers.json --out odd_again
expect_exit 0
expect_same odd/recipe.lua odd_again/recipe.lua
quietly run odd/journal.lua --check odd/numbers.json --out odd_journal
expect_exit 0

scene "the spread over seeds"
small_table 300 >t.csv
data=t.csv
train --set repeats=3 --out r
expect_exit 0
check "the spread of the log loss" between "$(number r/numbers.json test.log_loss.seed_sd)" 1e-6 0.2
expect_equal "$(number r/numbers.json test.log_loss.seed_sd n)" 3 "how many seeds"
expect_equal "$(number r/numbers.json test.log_loss.seed_sd method)" '"seeds"' "the method"
train --set repeats=1 --out single
expect_lacks single/numbers.json seed_sd
expect_equal "$(number r/numbers.json test.log_loss)" "$(number single/numbers.json test.log_loss)" "the first seed's log loss"

scene "a kept model and new rows"
small_table 300 >t.csv
data=t.csv
train --out r
run predict r --data t.csv --out all.csv
expect_exit 0
expect_contains "$top/err" "300 rows predicted"
head -n 1 all.csv >here.csv
awk -F, 'NR == FNR { if (FNR > 1) wanted[$1] = 1; next } FNR > 1 && ($1 in wanted)' r/predictions.csv all.csv >>here.csv
sort here.csv >a
sort r/predictions.csv >b
expect_same a b
cut -d, -f1 r/predictions.csv | sed 1d | sort >tested
expect_equal "$(sort -u tested | wc -l)" 60 "rows in predictions.csv"
run predict r --data - <t.csv
expect_same "$top/out" all.csv
run predict r --model baseline --data t.csv --out base.csv
expect_exit 0
expect_differ base.csv all.csv
awk -F, '{ print $3 "," $2 "," $4 "," $1 }' t.csv >reordered.csv
run predict r --data reordered.csv --out out.csv
expect_exit 0
expect_same out.csv all.csv
cut -d, -f1,2,4 t.csv >narrow.csv
verb_fails 3 "'kind'" predict r --data narrow.csv --out out2.csv
expect_absent out2.csv
cut -d, -f1-3 t.csv >untargeted.csv
run predict r --data untargeted.csv --out out3.csv
expect_exit 0
expect_equal "$(head -n 1 out3.csv)" "row,prediction,p.no,p.yes" "columns without a target"
sed '2,6 s/red\|blue/green/' t.csv >unseen.csv
run predict r --data unseen.csv --out out4.csv
expect_exit 0
expect_contains "$top/err" "5 cells hold a category that training never saw"
sed 's/^[^,]*,/zebra,/; 1 s/^zebra/x/' t.csv >text.csv
verb_fails 3 "'x'" predict r --data text.csv --out out5.csv
awk -F, 'NR > 1 { $1 = "" } 1' OFS=, t.csv >gaps.csv
run predict r --data gaps.csv --out out6.csv
expect_exit 0
verb_fails 3 "keep" predict r --data t.csv --keep zebra
verb_fails 2 "kept no model" predict r --model nowhere --data t.csv
verb_fails 3 "kept no model" predict r --model ../models/model --data t.csv

scene "named test rows are part of the record"
small_table 120 >t.csv
awk 'BEGIN { for (i = 0; i < 120; i += 5) print i }' >rows.txt
quietly run classification --data t.csv --set target=class --set test_rows=rows.txt --set repeats=1 --out named
expect_exit 0
expect_contains named/run.json "rows.txt"
for again in recipe journal; do
  quietly run named/$again.lua --check named/numbers.json --out again_$again
  expect_exit 0
done
echo 1 >>rows.txt
run run named/recipe.lua --check named/numbers.json --no-plots --quiet --out changed
expect_exit 1
expect_contains "$top/err" "rows.txt changed"
echo 700 >>rows.txt
run run named/recipe.lua --no-plots --quiet --out beyond
expect_exit 3
expect_contains "$top/err" "names row 700, and the table ends at row 119"
run run classification --data t.csv --set target=class --set group=kind --set time=x --no-plots --quiet
expect_exit 2
expect_contains "$top/err" "both given"

scene "what cannot be drawn or held back ends no run"
small_table 40 | awk -F, -v OFS=, '{ $4 = NR == 1 ? "class" : NR == 9 ? "rare" : "usual"; print }' >t.csv
run run classification --data t.csv --set target=class --set repeats=1 --quiet --out rare
expect_exit 0
small_table 40 >t.csv
quietly run regression --data t.csv --set target=x --set repeats=1 --out few
expect_exit 0
expect_contains few/report.txt "No interval: its level needs 9 validation rows, and there are 8."

scene "a damaged model"
small_table 200 >t.csv
data=t.csv
train --set epochs=3 --out r
cp r/models/model.orrery whole
size=$(wc -c <whole)
damage() {
  timeout -k 2 20 "$ORRERY" predict r --data t.csv >"$top/out" 2>"$top/err"
  status=$?
  arguments="predict with $1"
}
for n in 0 1 7 8 9 100 $((size / 2)) $((size - 1)); do
  head -c "$n" whole >r/models/model.orrery
  damage "the first $n bytes"
  expect_exit 3
  expect_stderr_one_line
done
{ cat whole; echo; } >r/models/model.orrery
damage "a byte too many"
expect_exit 3
flip() { # flip OFFSET BYTE
  cp whole r/models/model.orrery
  printf "$2" | dd of=r/models/model.orrery bs=1 seek="$1" conv=notrunc 2>/dev/null
}
for at in 0 1 3 7 8 20 60 120 200 300 400 500 700 $((size - 9)) $((size - 1)); do
  for byte in '\000' '\377' '9' '{'; do
    flip "$at" "$byte"
    damage "byte $at = $byte"
    check "exit status $status" [ "$status" -eq 0 -o "$status" -eq 3 ]
    [ "$status" -eq 0 ] || expect_stderr_one_line
  done
done
head -c 4000 "$ORRERY" >r/models/model.orrery
damage "a program"
expect_exit 3
rm r/models/model.orrery
mkdir r/models/model.orrery
damage "a folder"
expect_exit 3
for file in run.json numbers.json; do
  cp -r r/$file kept
  for text in '' '{' '[]' '3' '{"model":3}' '{"model":"../../etc/passwd"}'; do
    echo "$text" >r/$file
    damage "$file: $text"
    check "exit status $status" [ "$status" -eq 2 -o "$status" -eq 3 ]
    expect_stderr_one_line
    for verb in "report r" "runs r r"; do
      run $verb
      check "exit status $status of $verb" [ "$status" -lt 4 ]
    done
  done
  cp -r kept r/$file
done
