/* Expressions: any text is a column, a choice of rows, or an error. */
#include "data/expression.h"
#include "fuzz_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static orr_table *t;
  orr_arena arena = {0};
  orr_expression *x;
  orr_column *c;
  size_t *index, n, missing;
  orr_error e = {0};
  char *text = text_of(data, size);
  if (!t) t = fuzz_table();
  if (orr_expression_parse(text, t, &arena, &x, &e)) must(*e.message != 0);
  else {
    if (!orr_expression_derive(x, t, "made", NULL, &c, &e)) {
      must(c->rows == t->rows);
      orr_column_unref(c);
    }
    if (!orr_expression_filter(x, t, NULL, &arena, &index, &n, &missing, &e)) must(n + missing <= t->rows);
  }
  orr_arena_fini(&arena);
  free(text);
  return 0;
}
