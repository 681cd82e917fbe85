#!/bin/sh
# Builds one fuzz target and lets it run, starting from its corpus and from what it found
# before. Usage: fuzz.sh NAME SECONDS. Exit status: 0 nothing found, 1 a find, 2 not built.
name=${1:?usage: fuzz.sh NAME SECONDS}
seconds=${2:-60}
CLANG=${CLANG:-clang}
cd "$(dirname "$0")/../.." || exit 2

if ! echo 'int LLVMFuzzerTestOneInput(const char *s, long n) { return !s + !n; }' |
  $CLANG -fsanitize=fuzzer,address,undefined -x c - -o /dev/null 2>/dev/null; then
  echo "fuzz: needs clang with libFuzzer; on Debian: apt-get install clang libclang-rt-14-dev"
  exit 2
fi
${MAKE:-make} -s --no-print-directory MODE=fuzz CC="$CLANG" "build/fuzz/fuzz/$name" || exit 2

grown=build/fuzz/corpus/$name
finds=build/fuzz/finds/$name
mkdir -p "$grown" "$finds"
seeds=tests/fuzz/corpus/$name
[ -d "tests/fuzz/finds/$name" ] && seeds="$seeds tests/fuzz/finds/$name"
dictionary=
[ -f "tests/fuzz/corpus/$name.dict" ] && dictionary=-dict=tests/fuzz/corpus/$name.dict
if "build/fuzz/fuzz/$name" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
  -artifact_prefix="$finds/" -print_final_stats=1 $dictionary "$grown" $seeds >"build/fuzz/$name.log" 2>&1; then
  echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$name.log") inputs, nothing found"
else
  echo "fuzz $name: a find, kept in $finds; when it is mended, move it to tests/fuzz/finds/$name"
  grep -E '^(==|SUMMARY|    #[0-9])|runtime error' "build/fuzz/$name.log" | head -n 20
  exit 1
fi
