# What the case files share; each reads this first. A case sets scenes, runs the
# program in them and states what it expects; nothing here can hang, and a
# failed check is told with the scene it belongs to and the case goes on.
set -u
checks=0
failures=0
top=$PWD
told=
arguments=
trap 'echo "$checks $failures" >"$COUNT"; [ "$failures" -eq 0 ] || exit 1' EXIT

# ---- scenes ----

# A fresh folder with a home of its own.
scene() {
  scene=$1
  folder=$(mktemp -d "$top/scene-XXXXXX")
  cd "$folder" || exit 1
  HOME=$top/home-${folder##*-}
  XDG_STATE_HOME=$HOME/state
  mkdir -p "$XDG_STATE_HOME"
  export HOME XDG_STATE_HOME
}

# Runs the program: its exit status in $status, its output in ../out and ../err.
run() {
  arguments=$*
  timeout -k 2 "${limit:-30}" "$ORRERY" "$@" >"$top/out" 2>"$top/err"
  status=$?
}
quietly() { run "$@" --quiet --no-plots; }

skip() { echo "SKIPPED $1"; }

# A bare chroot has no /proc, where nothing can be written, and no terminals to lend.
has_proc() { [ -r /proc/self/stat ]; }
has_terminal() { command -v script >/dev/null 2>&1 && script -qec true /dev/null >/dev/null 2>&1 </dev/null; }

# ---- checks ----

# What failed, and once for each run of the program what it was and said.
bad() {
  failures=$((failures + 1))
  echo "$scene: $*"
  [ "$told" != "$arguments" ] || return 0
  told=$arguments
  echo "  orrery $arguments"
  [ ! -s "$top/err" ] || head -n 3 "$top/err" | LC_ALL=C tr -c '[:print:]\n' '?' | sed 's/^/  | /'
}
check() { # check WHAT COMMAND...
  checks=$((checks + 1))
  what=$1
  shift
  "$@" || bad "$what"
}
lacks() { ! grep -qF -e "$2" "$1"; }
differ() { ! cmp -s "$1" "$2"; }
absent() { [ ! -e "$1" ] && [ ! -L "$1" ]; }
between() { awk -v x="$1" -v a="$2" -v b="$3" 'BEGIN { exit !(x != "" && x + 0 >= a + 0 && x + 0 <= b + 0) }'; }

expect_exit() { check "exit status $status where $1 is expected" [ "$status" -eq "$1" ]; }
expect_contains() { check "${1##*/} does not say '$2'" grep -qF -e "$2" "$1"; }
expect_lacks() { check "${1##*/} says '$2'" lacks "$1" "$2"; }
expect_same() { check "$1 and $2 are not the same" cmp -s "$1" "$2"; }
expect_differ() { check "$1 and $2 are the same" differ "$1" "$2"; }
expect_file() { check "$1 is not there" [ -s "$1" ]; }
expect_absent() { check "$1 is there" absent "$1"; }
expect_empty() { check "${1##*/} is not empty" [ ! -s "$1" ]; }
expect_equal() { check "$3: got '$1', expected '$2'" [ "$1" = "$2" ]; }

# One line, that begins as every failure does and is not cut short.
is_one_line() { [ "$(wc -l <"$1")" -eq 1 ] && [ "$(grep -c '^orrery: .\{10,\}' "$1")" -eq 1 ]; }
expect_stderr_one_line() { check "not exactly one line of complaint" is_one_line "$top/err"; }

# No byte that a terminal would act on: only printable text, line ends and tabs.
is_inert() { ! LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]' "$1"; }
expect_inert() { check "${1##*/} holds bytes that a terminal would act on" is_inert "$1"; }

# No run, whole or half, in this folder.
nothing_kept() { [ -z "$(find . -name 'runs' -o -name '*.partial*' -o -name 'numbers.json' -o -name 'journal.lua')" ]; }
expect_nothing_kept() { check "something is left behind: $(find . -name runs -o -name '*.partial*')" nothing_kept; }

# fails STATUS "WORDS" ARGUMENTS...: a failure, told in one line that holds the words, that leaves nothing behind.
fails() {
  expected=$1
  words=$2
  shift 2
  quietly "$@"
  expect_exit "$expected"
  expect_stderr_one_line
  expect_contains "$top/err" "$words"
  expect_nothing_kept
}

# The same for a verb without a --quiet.
verb_fails() {
  expected=$1
  words=$2
  shift 2
  run "$@"
  expect_exit "$expected"
  expect_stderr_one_line
  expect_contains "$top/err" "$words"
}

# recipe_fails STATUS "WORDS" [ARGUMENTS...]: the same for a recipe given on standard input, on the scene's t.csv.
recipe_fails() {
  expected=$1
  words=$2
  shift 2
  cat >bad.lua
  [ -e t.csv ] || small_table 60 >t.csv
  fails "$expected" "$words" run bad.lua --data t.csv "$@"
}

# ---- waiting ----

# seconds N: a deadline; CLI_SLOW=5 makes them longer where the program is slowed down (a sanitizer, say).
seconds() { awk "BEGIN { print $1 * ${CLI_SLOW:-1} }"; }

# wait_for COMMAND...: until it succeeds, ten seconds at most.
wait_for() {
  tries=0
  until "$@" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || return 1
    sleep 0.05
  done
}

# journal_says WORDS [FOLDER]: in the journal of the run that is being made under runs/.
journal_says() { grep -q "$1" "${2:-.}"/runs/.*.partial*/journal.lua; }

exec_timed() { exec timeout -k 2 "${limit:-30}" "$ORRERY" "$@" >"$top/out" 2>"$top/err"; }

# Starts the program in the background, as $program; `finish` waits for it.
start() {
  arguments=$*
  exec_timed "$@" &
  program=$!
}
finish() {
  wait "$program"
  status=$?
}

# ---- tables and numbers ----

# small_table ROWS [SEED]: x, y, kind (text) and class (yes, no), the same on every machine.
small_table() {
  awk -v n="$1" -v s="${2:-12345}" '
    function u() { s = (s * 69069 + 12345) % 4294967296; return int(s / 65536) / 65536 }
    BEGIN {
      print "x,y,kind,class"
      for (i = 0; i < n; i++) {
        a = u(); b = u(); c = u()
        printf "%.5f,%.5f,%s,%s\n", a, b, (i % 3 ? "red" : "blue"), (a + b + 0.8 * c > 1.4 ? "yes" : "no")
      }
    }'
}

# number FILE NAME [FIELD]: of a numbers.json.
number() {
  awk -v name="\"$2\":" -v field="\"${3:-value}\":" '
    $1 == name { inside = 1 }
    inside && $1 == field { sub(/,$/, "", $2); print $2; exit }' "$1"
}
names_of() { awk '/^\t\t"/ { gsub(/[":]/, "", $1); print $1 }' "$1" | sort; }
