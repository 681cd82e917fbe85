# Hostile input: names, titles and cells that would be commands elsewhere, recipes
# that want out, and calls that fit nothing. Nothing runs, and nothing reaches the
# terminal as it came.
. "$LIB"

ESC=$(printf '\033')
nothing_ran() { [ -z "$(find "$top" -name 'pwned*' -o -name x)" ]; }
expect_nothing_ran() { check "something ran: $(find "$top" -name 'pwned*' -o -name x)" nothing_ran; }

# ---- names and cells ----

# Every column but the last two has a name that some program would act on.
hostile_table() {
  printf '`touch x`,$(touch pwned1),"system(""touch pwned2"")",%%s%%n%%n,"'"'"'; system('"'"'touch pwned3'"'"') #","two\nlines",'
  printf '%s]0;title\007,\302\2332Jc1,\342\200\256bidi,@macro{/Symbol x}\\n,kind,class\n' "$ESC"
  small_table 240 | awk -F, -v esc="$ESC" '
    BEGIN { name["yes"] = esc "[31mred`touch x`"; name["no"] = "\"no\nsystem(\"\"touch pwned4\"\")\"" }
    NR > 1 {
      for (i = 0; i < 10; i++) printf "%.5f,", ($1 * (i + 1) + $2 * (10 - i)) % 1
      printf "%s%s,%s\n", esc "]0;" $3 "\a" esc "c", (NR % 2 ? "\302\233" "5m" : "\342\201\246"), name[$4]
    }'
}

scene "names, classes and cells that would be commands"
hostile_table >t.csv
run run classification --data t.csv --set target=class --set 'keep=["kind"]' --set repeats=1 --out r
expect_exit 0
expect_inert "$top/out"
expect_inert "$top/err"
for kind in roc precision_recall reliability confusion histogram; do
  expect_file r/plots/$kind.gp
  expect_inert r/plots/$kind.gp
  check "a line of $kind.gp is a command of the data's" [ "$(grep -c '^ *system' r/plots/$kind.gp)" -eq 0 ]
  command -v gnuplot >/dev/null && expect_file r/plots/$kind.png
done
expect_inert r/report.txt
expect_inert r/recipe.lua
expect_inert r/journal.lua
expect_inert r/run.json
expect_inert r/events.jsonl
if command -v gnuplot >/dev/null; then
  for script in r/plots/*.gp; do (cd r/plots && timeout 20 gnuplot "${script##*/}" >/dev/null 2>"$top/err") || bad "gnuplot fails on $script"; done
else
  skip "cli/hostile: plots are not drawn: gnuplot is not installed"
fi
for words in "report r" "runs" "runs --json" "runs r r"; do
  run $words
  expect_exit 0
  expect_inert "$top/out"
done
for format in --json --jsonl; do
  run run r/recipe.lua --check r/numbers.json --no-plots $format
  expect_exit 0
  expect_inert "$top/out"
  expect_inert "$top/err"
done
run run r/journal.lua --check r/numbers.json --no-plots
expect_exit 0
expect_inert "$top/err"
quietly run classification --data t.csv --set target=class --set "features=[\"\`touch x\`\"]" --set repeats=1 --out one
expect_exit 0
for words in "--set target=${ESC}[2Jclass" "--set ${ESC}]0;x=1" "--where ${ESC}c" "--${ESC}c" "--seed ${ESC}c" "--set model=${ESC}c" \
  "--set target=$(printf '\302\233')2J" "--set target=$(printf '\342\200\256')x" "--set target=$(printf '\233')2J"; do
  run run classification --data t.csv --quiet $words
  check "exit status $status" [ "$status" -ge 2 -a "$status" -le 4 ]
  expect_stderr_one_line
  expect_inert "$top/err"
done
run "${ESC}[31m"
expect_exit 2
expect_inert "$top/err"
expect_nothing_ran

scene "a record that someone edited"
small_table 100 >t.csv
quietly run classification --data t.csv --set target=class --set repeats=1 --out r
raw="$ESC]0;x\a\302\233\342\200\256"
for file in run.json numbers.json report.txt; do
  sed "s/test.auc/$(printf "$raw")/; s/\"20[^\"]*Z\"/\"$(printf "$raw")\"/; s/Data /$(printf "$raw")/" r/$file >edited
  cp edited r/$file
done
for words in "report r" "runs r r"; do
  run $words
  check "exit status $status" [ "$status" -le 3 ]
  expect_inert "$top/out"
  expect_inert "$top/err"
done

scene "on a terminal too"
hostile_table >t.csv
if has_terminal; then
  on_terminal() {
    arguments="on a terminal: $*"
    TERM=xterm timeout 30 script -qec "$*" /dev/null </dev/null 2>&1 | sed "s/\r//g; s/$ESC\\[K//g" >"$top/err"
  }
  on_terminal "'$ORRERY' run classification --data t.csv --set target=class --set repeats=1 --out r"
  expect_contains "$top/err" "Record    r"
  expect_inert "$top/err"
  on_terminal "'$ORRERY' predict r --data t.csv --keep kind"
  expect_contains "$top/err" "240 rows predicted"
  expect_inert "$top/err"
else
  skip "cli/hostile: nothing is tried on a terminal: no terminal can be lent here (script, /dev/pts)"
fi
expect_nothing_ran

scene "a file's own name"
name=$(printf 'a\033]0;x\007`touch x`\n\302\233\342\200\256$(touch pwned5)')
small_table 100 >"$name.csv"
cp "$(dirname "$ORRERY")/../../recipes/classification.lua" "$name.lua" 2>/dev/null || cp ./*.csv "$name.lua"
run run "$name.lua" --data "$name.csv" --set target=class --set repeats=1
expect_exit 0
expect_inert "$top/out"
expect_inert "$top/err"
for words in runs "runs --json" "report last" "runs last last"; do
  run $words
  expect_exit 0
  expect_inert "$top/out"
done
run run "$name.lua" --data "$name.csv" --set target=class --set repeats=1 --out "$name" --json
expect_exit 0
expect_inert "$top/out"
run run "$name/recipe.lua" --check "$name/numbers.json" --quiet --no-plots --out again
expect_exit 0
expect_nothing_ran

scene "a recipe's title, notes and plots"
small_table 100 >t.csv
cat >loud.lua <<'END'
return {
  title = "two\nlines\27]0;t\7 `touch x` system(\"touch pwned6\")", question = "\194\155 2J \226\128\174 why?",
  run = function(o, p)
    print("\27[2J", "\194\155", "\226\129\166", "\255\254")
    o.note { "\27c note\nsystem('touch pwned7')" }
    local d = o.derive { o.data(), ["\27]0;new\7`touch x`\194\155\226\128\174\n"] = "x * 2" }
    local parts = o.split { d, stratify = "class" }
    local fit = o.fit { "logistic", parts, target = "class" }
    local scores = o.evaluate { fit, on = parts.test, as = "\27]0;as\7`touch x`" }
    o.plot { "roc", scores, name = "fine_1" }
    for _, name in ipairs { "../pwned8", "a b", "", "`touch x`", "\27", "a/b", ("a"):rep(61), "é" } do
      if pcall(o.plot, { "roc", scores, name = name }) then error("the plot " .. name .. " was made") end
      if pcall(o.fit, { "logistic", parts, target = "class", name = name .. "/" }) then error("the model " .. name .. " was made") end
    end
  end,
}
END
run run loud.lua --data t.csv --out r
expect_exit 0
expect_inert "$top/out"
expect_inert "$top/err"
expect_inert r/report.txt
expect_inert r/numbers.json
expect_file r/plots/fine_1.gp
expect_inert r/journal.lua
run run r/journal.lua --check r/numbers.json --out again --jsonl
expect_exit 0
expect_inert "$top/out"
expect_inert "$top/err"
expect_nothing_ran

# ---- the wall ----

scene "a way out"
for call in 'os.execute("touch pwned")' 'io.popen("touch pwned")' 'io.open("pwned", "w")' 'require "os"' 'dofile "bad.lua"' 'loadfile "bad.lua"' \
  'load "return 1"' 'loadstring "return 1"' 'string.dump(print)' '("").dump(print)' 'debug.getregistry()' 'package.loadlib("libc.so.6", "*")' \
  'collectgarbage("stop")' 'os.time()' 'os.getenv("HOME")' 'warn("@on")' 'math.randomseed(1)' 'getmetatable("").__index.dump(print)' 'io.read()' \
  'setmetatable(_G, { __gc = print })' 'getmetatable(o.data()).__index = print' '_G.os.exit(0)' 'coroutine.wrap(function() os.exit(0) end)()'; do
  recipe_fails 4 "bad.lua:3: " <<END
return {
  run = function(o, p)
    $call
  end,
}
END
done
expect_nothing_ran
printf '\033LuaT\000\031\223\r\n\032\n' >bytes.lua
fails 4 "binary" run bytes.lua --data t.csv
printf '\033Lua return 1' >chunk.lua
fails 4 "" run chunk.lua --data t.csv
printf 'return { run = function() end }\000 os.execute("x")' >zero.lua
fails 4 "binary data" run zero.lua --data t.csv

scene "what is no recipe"
recipe_fails 4 "bad.lua" </dev/null
for text in 'return' 'return 5' 'return "text"' 'return {}' 'return { run = 3 }' 'return function() end' 'return {' 'this is no Lua' 'error("at once")' 'return nil' \
  'return setmetatable({}, { __index = function() return print end })' '<html>' 'goto nowhere'; do
  echo "$text" >text
  recipe_fails 4 "bad.lua" <text
done
for params in '5' '"text"' '{ 5 }' '{ {} }' '{ { 5 } }' '{ { "a" } }' '{ { "a", type = "zebra" } }' '{ { "a", type = 3 } }' '{ { "a", type = "choice" } }' \
  '{ { "a", type = "integer", default = "zebra" } }' '{ { "a", type = "integer", default = {} } }' '{ { "a", type = "integer", default = 9, max = 3, min = 1 } }' \
  '{ { "a", type = "list", default = { 5 } } }' '{ { "a", type = "choice", choices = { 5 } } }' '{ { "a b", type = "text" } }' \
  '{ { "a", type = "text", default = function() end } }' '{ { "a", type = "number", min = "x" } }' '{ { "a", type = "text", default = "a\0b" } }'; do
  recipe_fails 4 "param" <<END
return { run = function() end, params = $params }
END
done
recipe_fails 4 "bundled" <<'END'
return { run = function(o) o.data() end, bundled = { data = "../../etc/passwd" } }
END
for header in zebra 'seed x' 'stop fit1' 'stop fit1 0' 'set x' 'data' 'seed 1 2' 'data "a' 'stop fit1 models x'; do
  recipe_fails 4 "header" <<END
--@$header
return { run = function() end }
END
done
small_table 60 >t.csv
cat >elsewhere.lua <<'END'
--@recipe ../../pwned9
return { run = function(o) o.split { o.data() } end }
END
quietly run elsewhere.lua --data t.csv
check "exit status $status" [ "$status" -eq 0 -o "$status" -eq 4 ]
expect_nothing_ran

# ---- files ----

scene "files that were not granted"
mkdir granted recipe
small_table 60 >t.csv
small_table 60 >secret.csv
small_table 60 >granted/open.csv
small_table 60 >recipe/own.csv
ln -s ../secret.csv granted/link.csv
ln -s .. granted/up
ln -s ../secret.csv recipe/link.csv
ln -s "$folder/granted" granted_too
mkfifo granted/pipe
here=$PWD
try() { # try STATUS "WORDS" PATH
  cat >recipe/bad.lua <<END
return { run = function(o) o.load { [[$3]] } end }
END
  if [ "$1" -eq 0 ]; then
    quietly run recipe/bad.lua --data t.csv --grant granted --out r
    expect_exit 0
    rm -rf r
  else
    fails "$1" "$2" run recipe/bad.lua --data t.csv --grant granted
  fi
}
try 0 "" "$here/granted/open.csv"
try 0 "" "granted/open.csv"
try 0 "" "granted/up/granted/open.csv"
try 0 "" "granted_too/open.csv"
try 0 "" "recipe/own.csv"
for path in /etc/passwd /etc/shadow secret.csv ../secret.csv granted/link.csv granted/up/secret.csv granted/../secret.csv recipe/link.csv /proc/self/environ /dev/zero; do
  cat >recipe/bad.lua <<END
return { run = function(o) o.load { "$path" } end }
END
  quietly run recipe/bad.lua --data t.csv --grant granted
  check "exit status $status for $path" [ "$status" -eq 3 -o "$status" -eq 4 ]
  expect_stderr_one_line
  expect_nothing_kept
  expect_lacks "$top/err" "root:"
done
try 4 "outside the folders" "secret.csv"
try 4 "outside the folders" "granted/link.csv"
try 4 "outside the folders" "granted/up/secret.csv"
try 3 "not a regular file" "granted/pipe"
try 3 "is a folder" "granted"
try 3 "cannot open" "granted/nowhere.csv"
try 4 "name of a file is missing" ""
echo 3 >rows.txt
echo 3 >granted/rows.txt
rows() {
  cat >recipe/bad.lua <<END
return { params = { { "f", type = "file", default = "$here/rows.txt" } },
         run = function(o, p) local parts = o.split { o.data(), test_rows = $1 } print(parts.test.rows) end }
END
}
rows '"/etc/passwd"'
fails 4 "outside the folders" run recipe/bad.lua --data t.csv
rows '"rows.txt"'
fails 4 "outside the folders" run recipe/bad.lua --data t.csv
rows 'p.f' # a default is the recipe's own wish
fails 4 "outside the folders" run recipe/bad.lua --data t.csv
quietly run recipe/bad.lua --data t.csv --set f=rows.txt --out given
expect_exit 0
quietly run given/recipe.lua --out given_again
expect_exit 0
quietly run recipe/bad.lua --data t.csv --set f=granted/rows.txt --grant granted --out both
expect_exit 0

# ---- commands ----

scene "keys, objects and types that do not fit"
small_table 60 >t.csv
says() { # says STATUS "WORDS" "LUA": with the recipe's file and line
  recipe_fails "$1" "$2" <<END
return { run = function(o, p)
  local data = o.data()
  $3
end }
END
  expect_contains "$top/err" "bad.lua:3"
}
says 4 "did you mean o.fit?" 'o.fitt { "logistic" }'
says 4 "did you mean" 'o.split { data, strtify = "class" }'
says 4 "did you mean" 'o.fit { "logistic", data, target = "class", negative_weight = "drop" }'
says 4 "did you mean" 'o.fit { "boosted_trees", data, target = "class", learning_rat = 0.1 }'
says 4 "did you mean" 'o.fit { "boosted_tree", data, target = "class" }'
says 3 "did you mean" 'o.fit { "logistic", data, target = "clas" }'
says 4 "did you mean" 'o.plot { "histgram", data }'
says 4 "by position" 'o.split { data, 0.2, 0.3 }'
says 4 "takes one table" 'o.split(data, 0.2)'
says 4 "" 'o.split(data)'
says 4 "" 'o.split {}'
says 4 "given twice" 'o.fit { "logistic", data, model = "ridge", target = "class" }'
says 4 "where a fit is needed" 'o.evaluate { data, on = data }'
says 4 "where a table is needed" 'local parts = o.split { data } o.filter { parts, where = "x > 0" }'
says 4 "has no field 'zebra'" 'print(data.zebra)'
says 4 "dropped" 'o.drop { data } print(data.rows)'
says 4 "dropped" 'o.drop { data } o.drop { data }'
says 4 "dropped" 'o.drop { data } o.split { data }'
says 4 "" 'data.rows = 5'
says 4 "" 'o.data.x()'
cat >drops.lua <<'END'
return { run = function(o, p)
  local data = o.data()
  local parts = o.split { data, stratify = "class" }
  local base = o.fit { "constant", parts, target = "class" }
  local fit = o.fit { "logistic", parts, target = "class" }
  local scores = o.evaluate { fit, baseline = base, on = parts.test }
  o.drop { fit } o.drop { base } o.drop { data } o.drop { parts }
  for _, kind in ipairs { "roc", "confusion", "reliability", "precision_recall" } do o.plot { kind, scores } end
  assert(scores.accuracy.n == 12)
  o.drop { scores }
  assert(not pcall(function() return scores.accuracy end))
end }
END
run run drops.lua --data t.csv --out dropped
expect_exit 0
expect_file dropped/plots/confusion.gp

# Every command with every kind of value in every place: errors, but never a crash.
cat >fuzz.lua <<'END'
return { run = function(o, p)
  local data = o.data()
  local parts = o.split { data, stratify = "class" }
  local fit = o.fit { "logistic", parts, target = "class", l2 = 0.1 }
  local line = o.fit { "ridge", parts, target = "x", l2 = 0.1 }
  local scores = o.evaluate { fit, on = parts.test }
  local cycle = {} cycle.cycle = cycle
  local values = { false, true, 0, -1, 3, 1e308, -1e308, 0 / 0, 1 / 0, math.mininteger, "", "x", "class", "kind", "zebra", "logistic", "roc", "a\0b",
    "\27[2J", ("x"):rep(70000), {}, { 1, 2 }, { "x", "y" }, { "x", 5 }, { a = 1 }, { {} }, cycle, { [1e9] = 1 }, { [0.5] = 1 }, { data },
    print, coroutine.create(print), o, data, parts, parts.train, parts.test, fit, line, scores, setmetatable({}, { __index = error }) }
  local keys = { "name", "data", "test", "validation", "test_rows", "stratify", "group", "time", "model", "on", "target", "task", "weight", "features",
    "exclude", "encode", "repeats", "epochs", "settings", "stop_step", "baseline", "as", "keep", "kind", "of", "columns", "by", "level", "where",
    "object", "path", "text", "feature", "ignore", "l2", "zebra" }
  local sound = {
    split = { data }, filter = { data, "x > 0" }, derive = { data }, role = { data }, note = { "n" }, plot = { "roc", scores },
    predict = { fit, on = parts.test }, calibrate = { line, on = parts.validation }, load = { "t.csv" },
    fit = { "constant", parts, target = "class", name = "m" }, evaluate = { fit, on = parts.test, as = "b" },
  }
  local calls = 0
  for name, good in pairs(sound) do
    for v = 1, #values do
      for position = 1, 3 do
        local call = {}
        for k, w in pairs(good) do call[k] = w end
        call[position] = values[v]
        pcall(o[name], call)
      end
      for _, key in ipairs(keys) do
        if key ~= "repeats" and not (key == "as" and name == "evaluate") then
          local call = {}
          for k, w in pairs(good) do call[k] = w end
          call[key] = values[v]
          pcall(o[name], call)
          calls = calls + 1
        end
      end
      pcall(o[name], values[v])
    end
  end
  assert(calls > 10000)
  assert(data.rows == 60)
end }
END
quietly run fuzz.lua --data t.csv --out fuzz
expect_exit 0
expect_inert "$top/err"
expect_nothing_ran
