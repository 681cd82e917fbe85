/* Tables; see table.h. */
#include "data/table.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static void table_free(orr_table *t) {
  for (size_t i = 0; i < t->n_columns; i++) orr_column_unref(t->columns[i]);
  orr_free(t->columns);
  orr_free(t->roles);
  orr_free(t->row_index);
  orr_free(t->derivations);
  orr_free(t->source);
  orr_free(t);
}

orr_table *orr_table_ref(orr_table *t) {
  __atomic_add_fetch(&t->refs, 1, __ATOMIC_RELAXED);
  return t;
}

void orr_table_unref(orr_table *t) {
  if (t && __atomic_sub_fetch(&t->refs, 1, __ATOMIC_ACQ_REL) == 0) table_free(t);
}

orr_status orr_table_new(orr_column *const *columns, size_t n, const char *source, orr_table **out,
                         orr_error *e) {
  orr_table *t = orr_calloc(1, sizeof *t);
  if (!t) return orr_fail_memory(e, "a table", sizeof *t);
  t->refs = 1;
  t->rows = n ? columns[0]->rows : 0;
  t->columns = orr_calloc(n, sizeof *t->columns);
  t->roles = orr_calloc(n, sizeof *t->roles);
  t->source = orr_strdup(source ? source : "");
  if (!t->columns || !t->roles || !t->source) {
    table_free(t);
    return orr_fail_memory(e, "a table", n * sizeof *t->columns);
  }
  for (size_t i = 0; i < n; i++) t->columns[t->n_columns++] = orr_column_ref(columns[i]);
  *out = t;
  return ORR_OK;
}

int orr_table_find(const orr_table *t, const char *name) {
  for (size_t i = 0; i < t->n_columns; i++)
    if (!strcmp(t->columns[i]->name, name)) return (int)i;
  return -1;
}

orr_status orr_table_column(const orr_table *t, const char *name, size_t *at, orr_error *e) {
  int found = orr_table_find(t, name);
  *at = (size_t)found;
  if (found >= 0) return ORR_OK;
  const char **names = orr_calloc(t->n_columns, sizeof *names);
  orr_text some = {0};
  for (size_t i = 0; names && i < t->n_columns; i++) {
    names[i] = t->columns[i]->name;
    if (i < 12) orr_text_printf(&some, "%s%s", i ? ", " : "", names[i]);
  }
  const char *nearest = names ? orr_text_nearest(name, names, t->n_columns) : NULL;
  if (nearest) orr_fail(e, ORR_DATA, "no column '%.80s'; did you mean '%.80s'?", name, nearest);
  else
    orr_fail(e, ORR_DATA, "no column '%.80s'; the table has %.300s%s", name, orr_text_get(&some),
             t->n_columns > 12 ? ", …" : "");
  orr_text_fini(&some);
  orr_free(names);
  return ORR_DATA;
}

int64_t orr_table_input_row(const orr_table *t, size_t row) {
  return t->row_index ? t->row_index[row] : (int64_t)row;
}

static orr_status copy_index(const orr_table *t, const size_t *index, size_t n, orr_table *made,
                             orr_error *e) {
  if (!index && !t->row_index) return ORR_OK;
  made->row_index = orr_calloc(n, sizeof *made->row_index);
  if (!made->row_index) return orr_fail_memory(e, "row numbers", n * sizeof *made->row_index);
  for (size_t i = 0; i < n; i++) made->row_index[i] = orr_table_input_row(t, index ? index[i] : i);
  return ORR_OK;
}

/* Columns `columns` (references taken over), roles and row numbers as in t. */
static orr_status derive(const orr_table *t, orr_column **columns, size_t n_columns, const size_t *index,
                         size_t n, orr_table **out, orr_error *e) {
  orr_table *made = NULL;
  orr_status status = orr_table_new(columns, n_columns, t->source, &made, e);
  for (size_t i = 0; i < n_columns; i++) orr_column_unref(columns[i]);
  if (status) return status;
  made->rows = n;
  made->origin = t->origin;
  size_t known = n_columns < t->n_columns ? n_columns : t->n_columns;
  memcpy(made->roles, t->roles, known * sizeof *t->roles);
  status = copy_index(t, index, n, made, e);
  if (!status && t->derivations && !(made->derivations = orr_strdup(t->derivations)))
    status = orr_fail_memory(e, "derivations", 0);
  if (status) return orr_table_unref(made), status;
  *out = made;
  return ORR_OK;
}

orr_status orr_table_take(const orr_table *t, const size_t *index, size_t n, orr_table **out, orr_error *e) {
  orr_column **columns = orr_calloc(t->n_columns, sizeof *columns);
  if (!columns) return orr_fail_memory(e, "a table", t->n_columns * sizeof *columns);
  orr_status status = ORR_OK;
  size_t made = 0;
  for (; made < t->n_columns && !status; made++)
    status = orr_column_take(t->columns[made], index, n, &columns[made], e);
  if (status)
    for (size_t i = 0; i + 1 < made; i++) orr_column_unref(columns[i]);
  else status = derive(t, columns, t->n_columns, index, n, out, e);
  orr_free(columns);
  return status;
}

orr_status orr_table_with_column(const orr_table *t, orr_column *c, orr_table **out, orr_error *e) {
  if (t->n_columns && c->rows != t->rows)
    return orr_fail(e, ORR_SHAPE, "column '%s' has %zu rows, the table %zu", c->name, c->rows, t->rows);
  int at = orr_table_find(t, c->name);
  size_t n = t->n_columns + (at < 0);
  orr_column **columns = orr_calloc(n, sizeof *columns);
  if (!columns) return orr_fail_memory(e, "a table", n * sizeof *columns);
  for (size_t i = 0; i < t->n_columns; i++) columns[i] = orr_column_ref((int)i == at ? c : t->columns[i]);
  if (at < 0) columns[n - 1] = orr_column_ref(c);
  orr_status status = derive(t, columns, n, NULL, t->n_columns ? t->rows : c->rows, out, e);
  orr_free(columns);
  return status;
}

orr_status orr_table_with_role(const orr_table *t, const char *column, orr_role role, orr_table **out,
                               orr_error *e) {
  size_t at;
  ORR_TRY(orr_table_column(t, column, &at, e));
  ORR_TRY(orr_table_with_column(t, t->columns[at], out, e));
  (*out)->roles[at] = role;
  return ORR_OK;
}

const char *orr_table_with(const orr_table *t, orr_role role) {
  for (size_t i = 0; i < t->n_columns; i++)
    if (t->roles[i] == role) return t->columns[i]->name;
  return NULL;
}

orr_status orr_table_with_unit(const orr_table *t, const char *column, const char *unit, orr_table **out,
                               orr_error *e) {
  size_t at;
  orr_arena arena = {0};
  orr_column *copy;
  size_t *rows = NULL;
  ORR_TRY(orr_table_column(t, column, &at, e));
  orr_status status = orr_arena_take(&arena, t->rows, sizeof *rows, (void **)&rows, e);
  for (size_t i = 0; rows && i < t->rows; i++) rows[i] = i;
  if (!status) status = orr_column_take(t->columns[at], rows, t->rows, &copy, e);
  orr_arena_fini(&arena);
  ORR_TRY(status);
  orr_free(copy->unit);
  copy->unit = orr_strdup(unit);
  status = copy->unit ? orr_table_with_column(t, copy, out, e) : orr_fail_memory(e, "a unit", 0);
  orr_column_unref(copy);
  return status;
}

orr_hash orr_table_hash(const orr_table *t) {
  orr_hash all = orr_hash_bytes(&t->rows, sizeof t->rows);
  for (size_t i = 0; i < t->n_columns; i++) {
    const orr_column *c = t->columns[i];
    all = orr_hash_join(all, orr_hash_string(c->name));
    all = orr_hash_join(all, orr_hash_string(orr_type_name(c->type)));
    all = orr_hash_join(all, orr_hash_bytes(c->cells, c->rows * orr_type_bytes(c->type)));
    if (c->missing) all = orr_hash_join(all, orr_hash_bytes(c->missing, c->rows));
    for (size_t w = 0; w < c->words.count; w++)
      all = orr_hash_join(all, orr_hash_string(orr_map_key(&c->words, w)));
    all = orr_hash_join(all, orr_hash_bytes(&t->roles[i], sizeof t->roles[i]));
  }
  return all;
}
