#!/bin/sh
# The lint's own test: a small tree that keeps every law passes; each way of
# breaking one, made in a fresh copy, is named with its rule and its file.
lint=$(cd "$(dirname "$0")" && pwd)/lint.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT INT TERM
failed=0
checks=0

good_tree() {
  rm -rf "$work/t"
  mkdir -p "$work/t/core/base" "$work/t/core/metric" "$work/t/core/data" "$work/t/lua" "$work/t/app/verbs"
  cd "$work/t" || exit 2
  for folder in core core/base core/metric core/data lua app app/verbs; do echo "# $folder" >$folder/README.md; done
  cat >core/base/a.h <<'END'
/* Opens well: printf("no"), exit(1), getenv. */
#include <stddef.h>
size_t a_size(void);
END
  cat >core/base/a.c <<'END'
/* Opens well. */
#include "base/a.h"
#include <third.h>
typedef struct point { int exit; } point;
static const char *const words[] = {
    "printf(", "stdout"};
#define TWICE(x) \
  do { x; x; } while (0)
size_t a_size(void) { return sizeof words; }
static int long_head(const point *p,
                     char quote) {
  return p->exit + (quote == '"') + snprintf(NULL, 0, "exit(1) %s", ""); // stderr
}
END
  printf '/* Opens well. */\n#include "base/a.h"\n' >core/metric/b.c
  printf '/* Opens well. */\n#include "base/a.h"\n' >app/verbs/run.c
  printf '/* Rows. */\nX_ROW(b)\n' >core/metric/rows.def
  printf -- '-- Opens well.\n' >lua/x.lua
}

lines() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "  x++;" }'; }

# good WHAT: the tree as it stands passes.
good() {
  checks=$((checks + 1))
  sh "$lint" "$work/t" -Icore -I. >"$work/out" 2>&1 && return
  failed=1
  echo "lint selftest: complains of $1:"
  sed 's/^/    /' "$work/out"
}

# bad RULE WORDS: the tree as it stands fails, by that rule, with those words.
bad() {
  checks=$((checks + 1))
  if ! sh "$lint" "$work/t" -Icore -I. >"$work/out" 2>&1 && grep -F "[$1]" "$work/out" | grep -qF -- "$2"; then
    good_tree
    return
  fi
  failed=1
  echo "lint selftest: $1 does not say '$2':"
  sed 's/^/    /' "$work/out"
  good_tree
}

good_tree
good "a good tree"

printf '#include "metric/b.h"\n' >>core/base/a.c; echo '/* . */' >core/metric/b.h
bad include_law 'core/base/a.c:14: base may not include metric'
printf '#include "data/d.h"\n' >>core/metric/b.c; echo '/* . */' >core/data/d.h
bad include_law 'core/metric/b.c:3: metric may not include data'
printf '#include "lua/engine.h"\n' >>core/metric/b.c; echo '/* . */' >lua/engine.h
bad include_law 'core/metric/b.c:3: metric may not include lua'
printf '#include "app/verbs/v.h"\n' >>core/metric/b.c; echo '/* . */' >app/verbs/v.h
bad include_law 'metric may not include app'
printf '#include "nowhere.h"\n' >>core/metric/b.c
bad include_law '"nowhere.h" is not found'
mkdir core/attic; echo '# attic' >core/attic/README.md; echo '/* . */' >core/attic/a.c
bad include_law "the room 'attic' is not in the include law"

printf '#include <third.h>\n' >>core/metric/b.c
bad one_home 'core/metric/b.c:3: <third.h> lives in core/base/a.c already'

printf '/* . */\nsize_t lonely(void);\n' >core/base/lonely.h
bad headers_alone 'core/base/lonely.h:1: does not compile alone'

for call in 'printf("")' 'fprintf (f, "")' 'puts("")' 'perror("")' 'exit(1)' '_exit(1)' 'quick_exit(1)' 'getenv("A")' \
  'secure_getenv("A")' 'setenv("A", "b", 1)' 'system("ls")' 'rand()'; do
  printf 'void f(void) { %s; }\n' "$call" >>core/metric/b.c
  bad no_talking "core/metric/b.c:3: ${call%%[ (]*}()"
done
printf 'void *f(void) { return /* not a comment */ stderr; }\n' >>core/metric/b.c
bad no_talking 'core/metric/b.c:3: stderr'
printf '/* a comment\nthat ends */ int x = 1; void f(void) { exit(x); }\n' >>core/metric/b.c
bad no_talking 'core/metric/b.c:4: exit()'
printf 'void f(void) { printf("apps may"); exit(getenv("A") != 0); }\n' >>app/verbs/run.c
good "an app that prints"
good_tree

{ echo 'int f(int x,'; echo '      int y) {'; lines 78; echo '}'; } >>core/metric/b.c
bad lengths 'core/metric/b.c:3: f has 81 lines'
{ echo '/* long: one table,'; echo ' * read from the paper */'; echo 'int f(int x) {'; lines 79; echo '}'; } >core/data/f.c
for i in 1 2 3 4 5 6 7 8; do echo "int g$i(void) { return 1; }" >>core/data/f.c; done
good "a long function with its reason"
good_tree
{ echo 'int f(int x) {'; lines 40; echo '}'; echo 'int g(int x) {'; lines 40; echo '}'; } >>core/metric/b.c
bad lengths 'a tenth are longer than 40 lines'
{ echo '/* . */'; lines 500; } >core/data/d.c
bad file_length 'core/data/d.c:501: a file of more than 500 lines'

printf '#include "base/a.h"\n' >core/metric/b.c
bad opening 'core/metric/b.c:1: does not open with a comment'
printf 'return {}\n' >lua/x.lua
bad opening 'lua/x.lua:1: does not open with a comment'
rm app/verbs/README.md
bad readmes 'app/verbs:0: has no README.md'
printf 'X_ROW(missing, 3)\n' >>core/metric/rows.def
bad def_rows 'core/metric/rows.def:0: row missing has no file missing.c'
printf '/* Rows, with no files of their own. */\nX_ROW(missing, 3)\n' >>core/data/rows.def
good "rows without files"

for folder in data metric; do printf '/* . */\n#include <stddef.h>\nsize_t orr_twice(const char *s);\n' >core/$folder/twice.h; done
bad one_name 'core/metric/twice.h:0: orr_twice is declared in core/data/twice.h too'

[ $failed -eq 0 ] && [ "$1" ] && echo "lint selftest: $checks checks"
exit $failed
