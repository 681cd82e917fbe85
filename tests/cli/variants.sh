# Damaged files: cut short, bits flipped, noise. Each is read, or refused in one line and in time.
. "$LIB"

data=$(cd "$(dirname "$ORRERY")/../../recipes/data" && pwd)
tool=$(dirname "$ORRERY")/variants
scene "variants of bundled files"
head -c 20000 "$data/htru2.csv" >t.csv
printf 'a;b;"c d"\r\n1,5;2;"x ""y"""\r\n-3,25;;"two\r\nlines"\r\n' >q.csv
"$tool" "$ORRERY" "${VARIANTS:-15}" "${VARIANT_SECONDS:-20}" "$data/digits.h5" t.csv q.csv >"$top/out" 2>&1
status=$?
expect_exit 0
check "$(cat "$top/out")" [ "$status" -eq 0 ]
