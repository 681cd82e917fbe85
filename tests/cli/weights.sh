# Row weights and the ways to split: a weight counts in the fit and in every
# score, negative ones do what was asked, and no split leaks.
. "$LIB"

# weighted_table: 240 rows with weights w (whole numbers from 0 to 3), and v, where some of them are negative.
weighted_table() {
  small_table 240 | awk -F, 'NR == 1 { print $0 ",w,v"; next } { w = NR * 13 % 7 % 4; print $0 "," w "," (NR % 11 ? w : -w) }' >w.csv
  seq 0 4 239 >rows.txt
}
score() { number "$1/numbers.json" "$2" "${3:-value}"; }
near() { check "$4: got $1, expected $2" awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; exit !(a != "" && d <= t && -d <= t) }'; }

scene "weights in the scores"
weighted_table
quietly run classification --data w.csv --set target=class --set exclude=v --set weight=w --set test_rows=rows.txt --set model=logistic --set l2=0.01 --set validation=0 --set repeats=1 --out r
expect_exit 0
expect_contains r/recipe.lua '--@set weight="w"'
# By hand, from the predictions and the weights: the share of right answers and the mean log loss.
awk -F, 'NR == FNR { w[FNR - 2] = $5; next }
         FNR > 1 { p = $2 == "yes" ? $5 : $4; all += w[$1]; right += w[$1] * ($2 == $3); loss -= w[$1] * log(p) }
         END { printf "%.9f %.9f\n", right / all, loss / all }' w.csv r/predictions.csv >by_hand
read -r accuracy loss <by_hand
near "$(score r test.accuracy)" "$accuracy" 1e-8 "weighted accuracy"
near "$(score r test.log_loss)" "$loss" 1e-8 "weighted log loss"
check "n_eff $(score r test.accuracy n_eff) of n $(score r test.accuracy n)" between "$(score r test.accuracy n_eff)" 10 "$(awk "BEGIN { print $(score r test.accuracy n) - 1 }")"
run report r
expect_contains "$top/out" "weighted by w"

scene "a weight is as good as a repeated row"
weighted_table
awk -F, 'NR == 1 { print "x,y,kind,class,part" } NR > 1 && (NR - 2) % 4 { for (i = 0; i < $5; i++) print $1 "," $2 "," $3 "," $4 ",train" }' w.csv >repeated.csv
awk -F, 'NR > 1 && (NR - 2) % 4 == 0 && $5 > 0 { print $1 "," $2 "," $3 "," $4 ",test" }' w.csv >>repeated.csv
awk -F, '$5 == "test" { print NR - 2 }' repeated.csv >repeated.txt
quietly run classification --data w.csv --set target=class --set exclude=v --set weight=w --set test_rows=rows.txt --set validation=0 --set model=logistic --set l2=0.01 --set repeats=1 --out weighted
quietly run classification --data repeated.csv --set target=class --set exclude=part --set test_rows=repeated.txt --set validation=0 --set model=logistic --set l2=0.01 --set repeats=1 --out repeated
expect_exit 0
# rows of weight 0 are not in the repeated table
awk -F, 'NR == FNR { if (NR > 1 && $5 > 0) keep[FNR - 2] = 1; next } FNR > 1 && ($1 in keep) { print $5 }' w.csv weighted/predictions.csv >a
awk -F, 'FNR > 1 { print $5 }' repeated/predictions.csv >b
check "the probabilities differ" [ "$(paste a b | awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > m) m = d } END { print (NR > 20 && m < 2e-3) }')" = 1 ]

scene "negative weights"
weighted_table
sign="run classification --data w.csv --set target=class --set exclude=w --set weight=v --set test_rows=rows.txt --set repeats=1"
for model in boosted_trees random_forest logistic knn; do
  quietly $sign --set model=$model --out error_$model
  expect_exit 3
  expect_contains "$top/err" "negative"
  expect_contains "$top/err" "negative_weights"
  expect_stderr_one_line
  for policy in drop absolute; do
    quietly $sign --set model=$model --set negative_weights=$policy --out ${policy}_$model
    expect_exit 0
    expect_contains ${policy}_$model/recipe.lua "--@set negative_weights=\"$policy\""
  done
done
run report drop_logistic
expect_contains "$top/out" "rows of negative weight dropped"
run report absolute_logistic
expect_contains "$top/out" "negative weights by their size"
check "n of drop $(score drop_logistic test.accuracy n) is not below absolute's $(score absolute_logistic test.accuracy n)" [ "$(score drop_logistic test.accuracy n)" -lt "$(score absolute_logistic test.accuracy n)" ]
quietly run classification --data w.csv --set target=class --set exclude=v --set weight=w --set test_rows=rows.txt --set repeats=1 --set model=logistic --out plain
expect_equal "$(score absolute_logistic test.log_loss)" "$(score plain test.log_loss)" "absolute weights against the same without a sign"
quietly $sign --set negative_weights=keep
expect_exit 2
expect_stderr_one_line
expect_contains "$top/err" "negative_weights"

scene "weights that cannot be"
weighted_table
awk -F, 'NR > 1 { $5 = 0 } 1' OFS=, w.csv >zero.csv
fails 3 "weight" run classification --data zero.csv --set target=class --set weight=w
sed '2,$ s/,[0-9]*,\(-*[0-9]*\)$/,inf,\1/' w.csv >infinite.csv
quietly run classification --data infinite.csv --set target=class --set weight=w
check "exit status $status" [ "$status" -eq 3 ]
expect_stderr_one_line
expect_nothing_kept

# ---- splits ----

tested() { sed 1d "$1/predictions.csv" | cut -d, -f1 | sort -n; }

scene "exactly the rows that were named"
small_table 200 >t.csv
printf '0\r\n17\n\n 199 \n3\n5\n8\n11\n' >rows.txt
quietly run classification --data t.csv --set target=class --set test_rows=rows.txt --set repeats=1 --out r
expect_exit 0
expect_equal "$(tested r | tr '\n' ' ')" "0 3 5 8 11 17 199 " "test rows"
expect_equal "$(score r test.accuracy n)" 7 "n"
quietly run classification --data t.csv --set target=class --set test_rows=rows.txt --where 'x > 0.2' --set repeats=1 --out filtered
expect_exit 0
awk -F, 'NR > 1 && $1 > 0.2 { print NR - 2 }' t.csv >left
tested filtered >got
printf '0\n3\n5\n8\n11\n17\n199\n' | grep -xF -f left >wanted
expect_same got wanted
printf '3\n3\n5\n8\n' >twice.txt
quietly run classification --data t.csv --set target=class --set test_rows=twice.txt --set repeats=1 --out twice
check "row 3 tests $(tested twice 2>/dev/null | grep -cx 3) times" [ "$(tested twice 2>/dev/null | grep -cx 3)" -le 1 ]

scene "groups stay together"
awk 'BEGIN { print "x,star,class"; for (i = 0; i < 240; i++) printf "%.4f,star%d,%s\n", (i * 37 % 101) / 101, i * 13 % 40, (i * 37 % 101 + i * 7 % 29 > 60 ? "yes" : "no") }' >g.csv
quietly run classification --data g.csv --set target=class --set group=star --set repeats=1 --set keep=star --out r
expect_exit 0
awk -F, 'NR == FNR { if (FNR > 1) tested[$1] = 1; next } FNR > 1 { star = $2; (FNR - 2) in tested ? inside[star]++ : outside[star]++ }
         END { for (s in inside) if (s in outside) print s }' r/predictions.csv g.csv >leaks
expect_empty leaks
check "$(tested r | wc -l) rows test" between "$(tested r | wc -l)" 24 84
expect_lacks r/models/model.orrery '"star"'

scene "the latest rows test"
awk 'BEGIN { print "x,night,class"; for (i = 0; i < 200; i++) printf "%.4f,%d,%s\n", (i * 37 % 101) / 101, i * 71 % 200, (i * 37 % 101 + i * 7 % 29 > 60 ? "yes" : "no") }' >n.csv
quietly run classification --data n.csv --set target=class --set time=night --set repeats=1 --out r
expect_exit 0
tested r >got
awk -F, 'NR > 1 && $2 >= 160 { print NR - 2 }' n.csv | sort -n >wanted
expect_same got wanted
quietly run r/recipe.lua --check r/numbers.json --out again
expect_exit 0

scene "shares of the classes are kept"
awk 'BEGIN { print "x,class"; for (i = 0; i < 500; i++) printf "%.4f,%s\n", (i * 37 % 101) / 101, i % 10 ? "common" : "rare" }' >s.csv
quietly run classification --data s.csv --set target=class --set test=0.3 --set repeats=1 --out r
expect_exit 0
expect_equal "$(tested r | wc -l)" 150 "test rows"
expect_equal "$(cut -d, -f2 r/predictions.csv | grep -c rare)" 15 "rare rows that test"
