# The doors: tables of any dialect and of HDF5, named on the command line and in
# recipes, kept as explicit options that replay, and written out again.
. "$LIB"

bundled=$(cd "$(dirname "$ORRERY")/../../recipes/data" && pwd)

# Semicolons, decimal commas, a preamble, units below the names, -999 for missing.
export_table() {
  printf 'Logger 7\r\nSite: north\r\n\r\nx;y;kind;class\r\nm;m/s;;\r\n'
  small_table "$1" | awk -F, 'NR > 1 { x = $1; y = $2; gsub(/\./, ",", x); gsub(/\./, ",", y);
    printf "%s;%s;%s;%s\r\n", NR % 17 ? x : "-999", y, $3, $4 }'
}

scene "a European export"
export_table 200 >t.csv
run peek t.csv
expect_exit 0
expect_contains "$top/out" "decimal comma"
expect_contains "$top/out" "200 × 4"
quietly run classification --data t.csv --load 'missing=["-999"]' --set target=class --set repeats=1 --out r
expect_exit 0
expect_contains r/recipe.lua '"delimiter":";"'
expect_contains r/recipe.lua '"decimal":","'
expect_contains r/recipe.lua '"missing":["-999"]'
expect_contains r/journal.lua '"decimal":","'
for kept in recipe.lua journal.lua; do
  quietly run r/$kept --check r/numbers.json --out again
  expect_exit 0
  rm -rf again
done

scene "what --load cannot mean"
export_table 60 >t.csv
fails 2 "did you mean 'delimiter'" run classification --data t.csv --load delimeter=, --set target=class
fails 2 "KEY=VALUE" run classification --data t.csv --load delimiter --set target=class
fails 2 "no --data has that name" run classification --data t.csv --load 'b:delimiter=;' --set target=class
fails 2 "no meaning for a CSV file" run classification --data t.csv --load flatten=columns --set target=class
fails 2 "nothing inside it can be named" run classification --data t.csv:/x --set target=class

scene "o.load says how, and its record replays from elsewhere"
mkdir own elsewhere
export_table 120 >own/t.csv
cat >own/r.lua <<'END'
return { run = function(o)
  local t = o.load { "t.csv", delimiter = ";", decimal = ",", missing = { "-999" } }
  local parts = o.split { t, stratify = "class" }
  o.save { t, "all.h5" }
  o.save { parts.test, "test.csv" }
  o.evaluate { o.fit { "logistic", parts, target = "class" }, on = parts.test }
end }
END
quietly run own/r.lua --out r
expect_exit 0
expect_contains r/recipe.lua '--@file "t.csv"="'
expect_file r/tables/all.h5
expect_file r/tables/test.csv
run peek --json r/tables/all.h5
expect_exit 0
expect_contains "$top/out" '"rows":	120'
expect_contains "$top/out" '"unit":	"m/s"'
cd elsewhere
quietly run ../r/recipe.lua --check ../r/numbers.json --out again
expect_exit 0
cd ..

scene "o.save writes into the run's folder and nowhere else"
save_fails() { # save_fails WORDS NAME
  printf 'return { run = function(o) o.save { o.data(), [[%s]] } end }\n' "$2" >bad.lua
  fails 4 "$1" run bad.lua --data "$bundled/htru2.csv"
}
save_fails "no plain file name" "../up.h5"
save_fails "no plain file name" "a/b.csv"
save_fails "no plain file name" "x.txt"
save_fails "no plain file name" ".h5"
mkdir own
export_table 60 >own/t.csv
printf 'return { run = function(o) o.load { "t.csv", delimeter = ";" } end }\n' >own/bad.lua
fails 4 "did you mean 'delimiter'" run own/bad.lua

scene "HDF5 in and out"
run run classification --data "$bundled/digits.h5:/digits" --set target=label --set model=logistic --set repeats=1 --out r --quiet --no-plots
expect_exit 0
expect_contains r/recipe.lua 'digits.h5:/digits" xxh3:'
quietly run r/recipe.lua --check r/numbers.json --out again
expect_exit 0
run predict r --data "$bundled/digits.h5:/digits" --out p.h5
expect_exit 0
run predict r --data "$bundled/digits.h5:/digits" --out p.csv
expect_exit 0
run peek --csv p.h5
expect_exit 0
tr -d '"' <"$top/out" >from_h5
tr -d '"' <p.csv >from_csv
expect_same from_h5 from_csv
for missing in nowhere digits/nowhere; do
  run peek "$bundled/digits.h5:/$missing"
  expect_exit 3
  expect_stderr_one_line
done
run peek "$bundled/digits.h5:/digits/pixels[0:10,:3]" --json
expect_exit 0
expect_contains "$top/out" '"rows":	10'
verb_fails 2 "is the input itself" predict r --data p.h5 --out p.h5

scene "standard input"
export_table 90 >t.csv
timeout 30 "$ORRERY" run classification --data - --set target=class --set repeats=1 --out r --quiet --no-plots <t.csv >"$top/out" 2>"$top/err"
status=$?
expect_exit 0
