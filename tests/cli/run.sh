#!/bin/sh
# Runs the program from outside: every case file of this folder in a fresh
# folder with a home of its own. Prints a line a file, what failed under it,
# and a line of totals. Usage: run.sh PROGRAM [CASE]... Exit status 0 when all passed.
cases=$(cd "$(dirname "$0")" && pwd)
[ -x "$1" ] || { echo "run.sh: no program '$1'" >&2; exit 2; }
ORRERY=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
unset ORRERY_DATA NO_COLOR COLUMNS XDG_STATE_HOME
LC_ALL=C.UTF-8 TERM=dumb
export ORRERY LC_ALL TERM

room=$(mktemp -d) || exit 2
trap 'cd / && rm -rf "$room"' EXIT
trap 'exit 2' INT TERM
total=0
files=0
failed=

[ $# -gt 0 ] || set -- $(cd "$cases" && ls ./*.sh | grep -v -e /run.sh -e /lib.sh)
for case; do
  name=$(basename "$case" .sh)
  files=$((files + 1))
  mkdir "$room/$name"
  echo "0 0" >"$room/count"
  (cd "$room/$name" && LIB="$cases/lib.sh" COUNT="$room/count" timeout -k 5 "${CLI_SECONDS:-300}" sh "$cases/$name.sh") >"$room/said" 2>&1 </dev/null
  status=$?
  read -r checks failures <"$room/count"
  total=$((total + checks))
  if [ $status -eq 0 ] && [ "$checks" -gt 0 ] && [ "$failures" -eq 0 ]; then
    echo "ok cli/$name ($checks checks)"
    grep '^SKIPPED' "$room/said"
    continue
  fi
  failed="$failed $name"
  echo "FAILED cli/$name: $failures of $checks checks, exit status $status"
  sed 's/^/    /' "$room/said"
done

echo "cli: $total checks in $files files${failed:+, failed:$failed}"
[ -z "$failed" ]
