#!/bin/sh
# Runs unit test programs quietly: a line for each that passes, the whole
# output of one that does not, and for several of them a line of totals.
# Usage: run-unit.sh PROGRAM... Exit status 0 when all passed.
limit=${UNIT_SECONDS:-600}
UNIT_RUNNER=${UNIT_RUNNER-}
output=$(mktemp) || exit 2
trap 'rm -f "$output"' EXIT INT TERM
tests=0
programs=0
failed=

for program; do
  name=$(basename "$(dirname "$program")")/$(basename "$program")
  programs=$((programs + 1))
  timeout "$limit" $UNIT_RUNNER "$program" >"$output" 2>&1
  status=$?
  n=$(sed -n 's/^\[=*\] \([0-9]*\) test(s) run.*/\1/p' "$output" | awk '{ n += $1 } END { print n + 0 }')
  tests=$((tests + n))
  if [ $status -eq 0 ] && [ "$n" -gt 0 ]; then
    echo "ok $name ($n tests)"
    continue
  fi
  failed="$failed $name"
  case $status in
  0) why="it ran no test" ;;
  124) why="it took more than $limit seconds" ;;
  *) why="exit status $status" ;;
  esac
  echo "FAILED $name: $why"
  grep -v -E '^\[ +(RUN|OK) +\]' "$output" | sed 's/^/    /'
done

if [ $programs -gt 1 ]; then echo "unit: $tests tests in $programs programs${failed:+, failed:$failed}"; fi
[ -z "$failed" ]
