#!/bin/sh
# The house's laws, checked. Usage: lint.sh ROOT [CPPFLAGS...], with CC set or cc.
# Needs POSIX sh, awk and a C compiler, so that it runs wherever the program
# builds. Each rule prints its offenders as FILE:LINE: words; silence is good.
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:?usage: lint.sh ROOT [CPPFLAGS...]}" || exit 2
shift
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT INT TERM

rooms=
for room in core lua app; do [ -d "$room" ] && rooms="$rooms $room"; done
[ "$rooms" ] || { echo "lint: no core, lua or app in $PWD"; exit 2; }
find $rooms -type f -name '*.[ch]' | sort >"$work/c"
find $rooms -type f \( -name '*.[ch]' -o -name '*.def' -o -name '*.lua' \) | sort >"$work/all"
grep '\.h$' "$work/c" >"$work/headers"
grep '^core/' "$work/c" >"$work/core"

# Runs awk over a list of files; an empty list must not make it read standard input.
over() {
  list=$1
  shift
  [ -s "$list" ] && awk "$@" $(cat "$list")
}

include_law() { over "$work/c" -v known="$work/all" -f "$here/includes.awk"; }
one_home() { over "$work/c" -v system_list="$here/system_headers" -f "$here/homes.awk"; }
no_talking() { over "$work/core" -f "$here/source.awk" -f "$here/calls.awk"; }
lengths() { over "$work/c" -f "$here/functions.awk" >"$work/functions"; grep ': ' "$work/functions"; }
opening() { over "$work/all" -f "$here/opening.awk"; }

file_length() {
  while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 500 ] || echo "$file:$lines: a file of more than 500 lines; cut it in two"
  done <"$work/all"
}

headers_alone() {
  while read -r header; do
    ${CC:-cc} -std=c11 -D_GNU_SOURCE "$@" -fsyntax-only -x c "$header" 2>"$work/cc" && continue
    echo "$header:1: does not compile alone: $(sed -n "/error/{p;q;}" "$work/cc")"
  done <"$work/headers"
}

readmes() {
  find $rooms -type d | sort | while read -r folder; do
    [ -f "$folder/README.md" ] || echo "$folder:0: has no README.md"
  done
}

# A row NAME of FOLDER/x.def has its file FOLDER/NAME.c or FOLDER/x/NAME.c, unless the table says that its rows
# have "no files of their own".
def_rows() {
  grep '\.def$' "$work/all" | while read -r def; do
    folder=$(dirname "$def")
    grep -q 'no files of their own' "$def" && continue
    sed -n 's/^[A-Z_]*(\([A-Za-z0-9_]*\).*/\1/p' "$def" | while read -r name; do
      [ -f "$folder/$name.c" ] || [ -f "${def%.def}/$name.c" ] || echo "$def:0: row $name has no file $name.c"
    done
  done
}

# A function that two headers declare is two functions, and the linker takes either.
one_name() {
  while read -r header; do
    sed -n 's/^[a-z][A-Za-z0-9_ ]*[ *]\(orr_[a-z0-9_]*\)(.*/\1/p' "$header" | sort -u | sed "s|\$| $header|"
  done <"$work/headers" | sort | awk '$1 == name { print $2 ":0: " $1 " is declared in " header " too" } { name = $1; header = $2 }'
}

for rule in include_law one_home no_talking lengths file_length opening readmes def_rows one_name; do
  $rule >"$work/$rule" 2>&1
  sed "s/\$/  [$rule]/" "$work/$rule" >>"$work/offences"
done
headers_alone "$@" | sed 's/$/  [headers_alone]/' >>"$work/offences"
sort -t: -k1,1 -k2,2n "$work/offences"

n_offences=$(wc -l <"$work/offences")
p90=$(awk -F'\t' 'NF == 3 { print $1 }' "$work/functions" | sort -n | awk -f "$here/quantiles.awk" -v p=0.9)
median=$(awk -F'\t' 'NF == 3 { print $1 }' "$work/functions" | sort -n | awk -f "$here/quantiles.awk" -v p=0.5)
longest=$(grep -v ': ' "$work/functions" | sort -rn | head -n 1 | awk -F'\t' '{ print $1 " (" $3 ", " $2 ")" }')
if [ "${p90:-0}" -gt 40 ]; then
  echo "functions: a tenth are longer than 40 lines; the house is getting stiff  [lengths]"
  n_offences=$((n_offences + 1))
fi
echo "lint: $(wc -l <"$work/all") files, $(wc -l <"$work/headers") headers alone, $n_offences offences"
echo "functions: $(grep -cv ': ' "$work/functions"), lines: median ${median:-0}, p90 ${p90:-0}, longest ${longest:-0}"
[ "$n_offences" -eq 0 ]
