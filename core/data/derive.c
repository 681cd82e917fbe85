/* Derived columns; see derive.h. */
#include "data/derive.h"

#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "data/expression.h"

/* One more of [{"name":…, "expression":…, "replaces":…}, …]. */
static orr_status remember(const orr_table *t, const char *name, const char *expression, orr_table *made,
                           orr_error *e) {
  orr_json *all = NULL, *one;
  orr_text text = {0};
  if (!t->derivations) all = orr_json_new_array();
  else ORR_TRY(orr_json_parse(t->derivations, strlen(t->derivations), &all, e));
  one = orr_json_push(all, orr_json_new_object());
  orr_json_set(one, "name", orr_json_new_string(name));
  orr_json_set(one, "expression", orr_json_new_string(expression));
  orr_json_set(one, "replaces", orr_json_new_boolean(orr_table_find(t, name) >= 0));
  orr_status status = orr_json_print(all, false, &text, e);
  orr_json_free(all);
  if (status) return orr_text_fini(&text), status;
  orr_free(made->derivations);
  made->derivations = text.data;
  return ORR_OK;
}

orr_status orr_derive(const orr_table *t, const orr_table *base, const char *name, const char *expression,
                      const orr_work *work, orr_arena *arena, orr_table **out, orr_error *e) {
  orr_expression *x;
  orr_column *made;
  ORR_TRY(orr_expression_parse(expression, base, arena, &x, e));
  ORR_TRY(orr_expression_derive(x, base, name, work, &made, e));
  orr_status status = orr_table_with_column(t, made, out, e);
  orr_column_unref(made);
  if (status) return status;
  status = remember(t, name, expression, *out, e);
  if (status) orr_table_unref(*out);
  return status;
}

static orr_status derive_one(orr_table **t, const orr_json *j, const orr_work *work, orr_arena *arena,
                             orr_error *e) {
  const char *name = orr_json_text_of(j, "name", NULL), *expression = orr_json_text_of(j, "expression", NULL);
  orr_table *wider;
  if (!name || !expression)
    return orr_fail(e, ORR_DATA, "the kept model has a derived column without name or expression");
  if (orr_table_find(*t, name) >= 0 && !orr_json_is_true(orr_json_get(j, "replaces"))) return ORR_OK;
  orr_status status = orr_derive(*t, *t, name, expression, work, arena, &wider, e);
  if (status) {
    orr_fail_in(e, "column '%.60s', which training derived as %.120s", name, expression);
    return e ? (e->status = ORR_DATA) : ORR_DATA;
  }
  orr_table_unref(*t);
  *t = wider;
  return ORR_OK;
}

orr_status orr_derive_again(orr_table *t, const char *derivations, const orr_work *work, orr_arena *arena,
                            orr_table **out, orr_error *e) {
  orr_json *all = NULL;
  orr_table *made = orr_table_ref(t);
  orr_status status = derivations ? orr_json_parse(derivations, strlen(derivations), &all, e) : ORR_OK;
  for (const orr_json *j = orr_json_first(all); j && !status; j = orr_json_next(j))
    status = derive_one(&made, j, work, arena, e);
  orr_json_free(all);
  if (status) return orr_table_unref(made), status;
  *out = made;
  return ORR_OK;
}
