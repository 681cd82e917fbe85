#!/bin/sh
# Line coverage of the unit tests, a row a room, from a tree built with MODE=cover.
# Usage: cover.sh DIR [least]; with `least`, also the files below that share of lines.
dir=${1:?usage: cover.sh DIR [least]}
least=${2:-0}
root=$PWD
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT INT TERM

# gcov says "File 'core/base/text.c'" and, on the next line, "Lines executed:97.50% of 120".
find "$dir/core" "$dir/lua" "$dir/app" -name '*.gcda' 2>/dev/null | sort | while read -r data; do
  (cd "$work" && gcov -n -s "$root" "$root/$data" 2>/dev/null)
done | awk -v least="$least" -v root="$root/" '
  /^File / {
    file = $2
    gsub(/\047/, "", file)
    if (index(file, root) == 1) file = substr(file, length(root) + 1)
    next
  }
  /^Lines executed:/ && file ~ /^(core|lua|app)\/.*\.c$/ && !(file in seen) {
    seen[file] = 1
    split($2, part, /[:%]/)
    n = $NF
    room = file
    if (room ~ /^core\//) sub(/^core\//, "", room)
    sub(/\/.*/, "", room)
    lines[room] += n
    reached[room] += part[2] * n / 100
    all += n
    all_reached += part[2] * n / 100
    if (part[2] < least) low[file] = part[2]
  }
  /^$/ { file = "" }
  END {
    printf "%-10s %8s %8s %7s\n", "room", "lines", "reached", "share"
    order = split("base num data grad metric model run explain plot session lua app", rooms, " ")
    for (i = 1; i <= order; i++)
      if (lines[rooms[i]])
        printf "%-10s %8d %8.0f %6.1f%%\n", rooms[i], lines[rooms[i]], reached[rooms[i]], 100 * reached[rooms[i]] / lines[rooms[i]]
    if (all) printf "%-10s %8d %8.0f %6.1f%%\n", "all", all, all_reached, 100 * all_reached / all
    for (file in low) printf "  %5.1f%%  %s\n", low[file], file | "sort"
  }'
