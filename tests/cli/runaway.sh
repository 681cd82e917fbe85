# Recipes that never end, eat memory or go too deep: each is ended, soon and with
# one line that says why, and what it takes of the machine is bounded.
. "$LIB"

# ---- no end ----

scene "endless loops end at the deadline"
small_table 60 >t.csv
loop() { # loop "LUA": at a deadline and within two seconds of it
  cat >bad.lua <<END
return { run = function(o, p)
  local spin = function() while true do end end
  $1
end }
END
  before=$(date +%s)
  fails 4 "deadline" run bad.lua --data t.csv --deadline 0.2
  check "it took $(($(date +%s) - before)) s" [ $(($(date +%s) - before)) -le 2 ]
}
loop 'spin()'
loop 'while true do pcall(spin) end'
loop 'while true do pcall(pcall, pcall, spin) end'
loop 'local function f() while true do pcall(f) end end f()'
loop 'while true do xpcall(spin, spin) end'
loop 'while true do xpcall(error, spin) end'
loop 'while true do coroutine.wrap(spin)() end'
loop 'while true do pcall(coroutine.wrap(function() while true do pcall(spin) end end)) end'
loop 'local function f() while true do coroutine.resume(coroutine.create(f)) end end f()'
loop 'do local c <close> = setmetatable({}, { __close = spin }) end'
loop 'pcall(function() local c <close> = setmetatable({}, { __close = spin }) error("x") end) spin()'
loop 'local t = setmetatable({}, { __index = spin }) while true do pcall(function() return t.x end) end'
loop 'local t = setmetatable({}, { __tostring = spin }) print(t)'
loop 'table.sort({ 3, 1, 2 }, spin)'
loop 'while true do pcall(table.sort, { 5, 3, 1, 2, 4 }, function() return true end) end'
loop '("x"):gsub(".", spin)'
loop 'for _ in spin do end'
loop 'while true do pcall(o.data, {}) pcall(o.note, { "x" }) end'
loop 'setmetatable({}, { __len = spin }) table.concat(setmetatable({}, { __len = spin }))'
loop 'while true do pcall(error, setmetatable({}, { __tostring = spin })) end'
loop '::again:: goto again'
printf 'while true do end' >bad.lua
fails 4 "deadline" run bad.lua --data t.csv --deadline 0.2
printf 'pcall(function() while true do end end) return { run = function() end }' >bad.lua
fails 4 "deadline" run bad.lua --data t.csv --deadline 0.2
printf 'return setmetatable({}, { __index = function() while true do end end })' >bad.lua
quietly run bad.lua --data t.csv --deadline 0.2
expect_exit 4
expect_stderr_one_line

scene "Ctrl-C ends an endless loop"
small_table 60 >t.csv
cat >bad.lua <<'END'
return { run = function(o, p) o.data() while true do pcall(function() while true do end end) end end }
END
start run bad.lua --data t.csv --quiet
wait_for journal_says o.data
kill -INT $program
finish
expect_exit 6
expect_stderr_one_line
expect_nothing_kept

scene "a step that does not answer is left"
small_table 60 >t.csv
stuck() { # stuck NAME "LUA" FLAGS...: in the background
  mkdir "$1"
  echo "return { run = function(o, p) o.data() $2 end }" >"$1/bad.lua"
  where=$1
  shift 2
  (cd "$where" && exec timeout 20 "$ORRERY" run bad.lua --data ../t.csv --quiet "$@" >out 2>err) &
}
backtrack='("a"):rep(40000):find((".-"):rep(40) .. "b")'
stuck deadline "$backtrack" --deadline 0.2
deadline=$!
stuck signal "while true do pcall(function() $backtrack end) end"
signal=$!
wait_for journal_says o.data signal
kill -INT $signal
stuck moving 'table.move(setmetatable({}, { __index = table, __newindex = table }), 1, math.maxinteger - 1, 2)' --deadline 0.2
moving=$!
stuck closing 'coroutine.wrap(function() local c <close> = setmetatable({}, { __close = function() while true do end end }) while true do end end)()' --deadline 0.2
closing=$!
for which in deadline:4 signal:6 moving:4 closing:4; do
  case=${which%:*}
  eval "wait \$$case"
  status=$?
  arguments="$case"
  cp $case/err "$top/err"
  expect_exit "${which#*:}"
  expect_stderr_one_line
done
expect_contains signal/err "did not answer"

# ---- memory and depth ----

scene "what eats memory"
small_table 60 >t.csv
peak_limit=${PEAK_KB:-700000}
has_proc || skip "cli/runaway: the memory of runs is not read: there is no /proc here"
eats() {
  cat >bad.lua <<END
return { run = function(o, p)
  $1
end }
END
  start run bad.lua --data t.csv --quiet
  peak=0
  while kill -0 $program 2>/dev/null; do
    for child in /proc/[0-9]*; do
      [ "$(cat "$child/comm" 2>/dev/null)" = orrery ] || continue
      [ "$(awk '/^PPid:/ { print $2 }' "$child/status" 2>/dev/null)" = "$program" ] || continue
      now=$(awk '/^VmHWM:/ { print $2 }' "$child/status" 2>/dev/null)
      [ "${now:-0}" -le "$peak" ] || peak=$now
    done
    sleep 0.02
  done
  finish
  expect_exit 4
  expect_stderr_one_line
  expect_nothing_kept
  check "it took $peak kB" [ "$peak" -lt "$peak_limit" ]
}
eats 'local s = "x" while true do s = s .. s end'
expect_contains "$top/err" "256 MiB"
eats 'local t = {} while true do t[#t + 1] = {} end'
eats 'local t = {} while true do t[#t + 1] = coroutine.create(function() end) end'
eats 'local t = {} while true do local ok, s = pcall(string.rep, "x", 1 << 24) t[#t + 1] = s if not ok then error(s) end end'
eats 'return ("x"):rep(1 << 40)'
eats 'return ("x"):rep(1 << 62, "y")'
eats 'local t = {} for i = 1, 1e9 do t[i] = i end'
eats 'local t = { ("x"):rep(1 << 20) } for i = 1, 20 do t[i + 1] = table.concat(t) end'
eats 'string.format(("%99.99f"):rep(1 << 20), table.unpack({}, 1, 1 << 20))'
eats 'local s = ("x"):rep(1 << 20) s:gsub("x", ("y"):rep(1 << 20))'

scene "what goes too deep"
deep() {
  recipe_fails "${2:-4}" "${3:-bad.lua:2: }" <<END
return { run = function(o, p)
  $1
end }
END
}
deep 'local function f() return 1 + f() end f()'
deep 'local function f(x) return (x:gsub(".", f)) end f("x")' 4 "stack overflow"
deep 'local function f() return pcall(f) and error("x") end error(tostring(f()))'
deep 'local function f() coroutine.wrap(f)() end f()'
deep 'local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k .. "x"] end return t.x'
deep 'local t = {} t.t = t o.fit(t)' 4 "nested too deep"
deep 'local t = {} for i = 1, 1e5 do t = { t } end o.fit(t)' 4 "nested too deep"
deep 'local t = {} for i = 1, 1e5 do t = { settings = t } end o.fit(t)' 4 "nested too deep"
deep 'xpcall(error, function(e) error(e) end) error("end")'
{ printf 'return '; awk 'BEGIN { for (i = 0; i < 100000; i++) printf "{" }'; } >bad.lua
fails 4 "bad.lua" run bad.lua --data t.csv
{ printf 'return '; awk 'BEGIN { for (i = 0; i < 100000; i++) printf "(" }'; } >bad.lua
fails 4 "bad.lua" run bad.lua --data t.csv

scene "errors that are no text"
for what in '{}' 'nil' 'true' '5' 'print' 'setmetatable({}, { __tostring = function() return "\27[2J" end })' 'setmetatable({}, { __tostring = error })' '"\27[2J\194\155\226\128\174 two\nlines"' '("x"):rep(1e6)' '""' 'coroutine.create(print)'; do
  recipe_fails 4 "" <<END
return { run = function(o, p) error($what) end }
END
  expect_inert "$top/err"
done
