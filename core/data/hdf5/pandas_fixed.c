/* pandas' form `fixed`: axis0 names the columns, axis1 is the index, and columns of one type lie together in blocks
 * [rows, columns]. Texts are pickled by pandas; they are read as data, never run. A Series has index and values.
 * pandas/io/pytables.py, GenericFixed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/hdf5/pandas.h"

static orr_h5_worth judge(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, hid_t object) {
  const char *type =
      nodes->all.items[at].kind == ORR_H5_GROUP ? orr_h5_attribute_text(r, object, "pandas_type") : NULL;
  return type && (!strcmp(type, "frame") || !strcmp(type, "series")) ? ORR_H5_MARKED : ORR_H5_NO_TABLE;
}

/* The one pickle of a list of bytes. */
static orr_status load_pickle(orr_h5_reader *r, const orr_h5_array *a, const orr_h5_pickle **out,
                              orr_error *e) {
  hvl_t list = {0};
  uint64_t start = 0, one = 1;
  if (a->rank != 1 || a->elements != 1 || a->bytes != sizeof list || H5Tget_class(a->type) != H5T_VLEN)
    return orr_fail(e, ORR_DATA, "%s holds pickled objects in a form that Orrery does not read", a->path);
  ORR_TRY(orr_h5_read_box(r, a, &start, NULL, &one, &list, e));
  orr_status status = orr_h5_pickle_read(&r->arena, list.p ? list.p : "", list.len, out, e);
  orr_h5_reclaim(a, &list, 1);
  return status ? orr_fail_in(e, "%s", a->path) : ORR_OK;
}

static bool is_nothing(const orr_h5_pickle *p) {
  return p->kind == ORR_H5_PICKLE_NONE || (p->kind == ORR_H5_PICKLE_FLOAT && isnan(p->number));
}

static bool is_number(const orr_h5_pickle *p) {
  return p->kind == ORR_H5_PICKLE_INTEGER || p->kind == ORR_H5_PICKLE_FLOAT;
}

static orr_status text_of(orr_h5_reader *r, const orr_h5_pickle *p, const char **out, orr_error *e) {
  *out = NULL;
  if (is_nothing(p)) return ORR_OK;
  if (p->kind == ORR_H5_PICKLE_TEXT) return orr_h5_utf8(r, p->text, p->count, out, e);
  if (p->kind == ORR_H5_PICKLE_BOOLEAN) return orr_h5_copy(r, p->integer ? "True" : "False", out, e);
  if (!is_number(p)) {
    orr_h5_note(r, "pickled objects that are no texts or numbers are missing");
    return ORR_OK;
  }
  orr_text t = {0};
  orr_text_add_number(&t, p->number);
  orr_status status = orr_h5_copy(r, orr_text_get(&t), out, e);
  orr_text_fini(&t);
  return status;
}

/* Column j of pickled values[rows, columns]: numbers when all are, else texts. */
static orr_status add_objects(orr_h5_reader *r, orr_h5_plan *p, const char *name, const orr_h5_pickle *values,
                              uint64_t rows, uint64_t first, uint64_t apart, orr_error *e) {
  orr_h5_ready *ready;
  bool numbers = false, others = false;
  double *x;
  ORR_TAKE(&r->arena, ready, 1, e);
  for (uint64_t i = 0; i < rows; i++) {
    const orr_h5_pickle *v = values->items[first + i * apart];
    numbers |= is_number(v);
    others |= !is_number(v) && !is_nothing(v);
  }
  ready->count = (size_t)rows;
  if (numbers && !others) {
    ORR_TAKE(&r->arena, x, (size_t)rows, e);
    for (uint64_t i = 0; i < rows; i++) {
      const orr_h5_pickle *v = values->items[first + i * apart];
      x[i] = is_nothing(v) ? NAN : v->number;
    }
    ready->numbers = x;
  } else {
    ORR_TAKE(&r->arena, ready->texts, (size_t)rows, e);
    for (uint64_t i = 0; i < rows; i++)
      ORR_TRY(text_of(r, values->items[first + i * apart], &ready->texts[i], e));
  }
  return orr_h5_plan_add(r, p, &(orr_h5_column){.name = name, .ready = ready}, NULL, e);
}

static orr_status add_pickled(orr_h5_reader *r, orr_h5_plan *p, const orr_h5_array *a,
                              const orr_h5_texts *names, orr_error *e) {
  const orr_h5_pickle *pickle, *values;
  uint64_t rows, columns;
  bool by_columns;
  ORR_TRY(load_pickle(r, a, &pickle, e));
  values = orr_h5_pickle_array(pickle, &rows, &columns, &by_columns);
  if (!values || columns != names->count || (p->rows && rows != p->rows))
    return orr_fail(e, ORR_DATA,
                    "%s holds pickled objects in a form that Orrery does not read; save with format='table'",
                    a->path);
  for (uint64_t j = 0; j < columns; j++) {
    uint64_t first = by_columns ? j * rows : j, apart = by_columns ? 1 : columns;
    ORR_TRY(add_objects(r, p, names->items[j], values, rows, first, apart, e));
  }
  return ORR_OK;
}

/* A dataset of pandas': its numbers or text, or pickled objects; named one a cell. */
static orr_status add_array(orr_h5_reader *r, orr_h5_plan *p, const char *path, const orr_h5_texts *names,
                            const char *kind, orr_error *e) {
  orr_h5_array *a;
  orr_h5_view *v;
  orr_h5_meaning plain = {.factor = 1};
  size_t added, from = p->columns.count;
  ORR_TRY(orr_h5_array_open(r, path, &a, e));
  if (H5Aexists(a->id, "PSEUDOATOM") > 0) return add_pickled(r, p, a, names, e);
  ORR_TRY(orr_h5_view_new(r, a, &v, e));
  if ((p->rows && v->rows != p->rows) || v->cells != names->count)
    return orr_fail(e, ORR_DATA, "%s does not fit the rest of its table", path);
  const char *stored = orr_h5_attribute_text(r, a->id, "value_type");
  ORR_TRY(orr_h5_plan_view(r, p, v, &(orr_h5_naming){.base = "x", .names = names}, &plain, &added, e));
  for (size_t i = from; i < p->columns.count; i++) {
    orr_h5_column *c = p->columns.items[i];
    orr_h5_pandas_kind(c, stored ? stored : kind);
    if (c->type == ORR_TEXT) c->meaning.nothing = "nan";
    if (H5Tget_class(a->type) == H5T_BITFIELD || (c->value.bits && c->value.bytes == 1)) c->type = ORR_BOOL;
  }
  return ORR_OK;
}

/* A level of numbers: the number that each code stands for; times stay times. */
static orr_status add_number_level(orr_h5_reader *r, orr_h5_plan *p, const char *codes,
                                   const orr_h5_array *values, const char *name, const char *kind,
                                   orr_error *e) {
  orr_h5_array *a;
  orr_h5_ready *ready;
  orr_h5_column *added;
  int64_t *level, *numbers;
  uint8_t *mask;
  ORR_TRY(orr_h5_array_open(r, codes, &a, e));
  ORR_TAKE(&r->arena, ready, 1, e);
  ORR_TAKE(&r->arena, level, (size_t)values->elements, e);
  ORR_TAKE(&r->arena, numbers, (size_t)a->elements, e);
  ORR_TAKE(&r->arena, mask, (size_t)a->elements, e);
  ORR_TRY(orr_h5_load_integers(r, values, 0, values->elements, level, e));
  ORR_TRY(orr_h5_load_integers(r, a, 0, a->elements, numbers, e));
  for (uint64_t i = 0; i < a->elements; i++) {
    mask[i] = numbers[i] < 0 || (uint64_t)numbers[i] >= values->elements;
    numbers[i] = mask[i] ? 0 : level[numbers[i]];
  }
  *ready = (orr_h5_ready){.count = (size_t)a->elements, .integers = numbers};
  ORR_TRY(orr_h5_plan_add(r, p, &(orr_h5_column){.name = name, .ready = ready, .mask = mask}, &added, e));
  if (kind && !strncmp(kind, "datetime", 8)) added->type = ORR_TIME;
  return ORR_OK;
}

/* One level of an index of several: codes and what they mean. */
static orr_status add_level(orr_h5_reader *r, orr_h5_plan *p, const char *path, const char *axis, int level,
                            orr_error *e) {
  const char *codes = orr_arena_printf(&r->arena, "%s/%s_label%d", path, axis, level);
  const char *values = orr_arena_printf(&r->arena, "%s/%s_level%d", path, axis, level);
  if (!codes || !values) return orr_fail_memory(e, "a path", 0);
  orr_h5_array *a;
  orr_h5_cell cell;
  ORR_TRY(orr_h5_array_open(r, values, &a, e));
  ORR_TRY(orr_h5_cell_of(r, a->type, &cell, e));
  const char *name = orr_h5_pandas_name(r, a->id, "name"), *kind = orr_h5_attribute_text(r, a->id, "kind");
  if (!name) name = orr_arena_printf(&r->arena, "level_%d", level);
  if (!name) return orr_fail_memory(e, "a name", 0);
  if (orr_h5_cell_is_integer(&cell) && a->rank == 1) return add_number_level(r, p, codes, a, name, kind, e);
  return orr_h5_plan_codes(r, p, codes, name, values, e);
}

static uint64_t rows_of(const orr_h5_column *c) { return c->view ? c->view->rows : c->ready->count; }

static orr_status add_index(orr_h5_reader *r, orr_h5_plan *p, hid_t group, const char *path, const char *axis,
                            orr_error *e) {
  char attribute[40];
  double levels = 0;
  snprintf(attribute, sizeof attribute, "%s_nlevels", axis);
  orr_h5_attribute_numbers(r, group, attribute, &levels, 1);
  for (int i = 0; i < levels && i < 32; i++) ORR_TRY(add_level(r, p, path, axis, i, e));
  if (levels > 0) return p->rows = rows_of(p->columns.items[0]), ORR_OK;
  const char *full = orr_h5_join(r, path, axis), *name = "index";
  hid_t dataset = full ? H5Dopen2(r->file, full, H5P_DEFAULT) : -1;
  if (dataset < 0) return orr_h5_fail(e, "%s has no index", path);
  const char *given = orr_h5_pandas_name(r, dataset, "name"),
             *kind = orr_h5_attribute_text(r, dataset, "kind");
  H5Dclose(dataset);
  if (given) name = given;
  ORR_TRY(add_array(r, p, full, &(orr_h5_texts){.count = 1, .items = &name}, kind, e));
  p->rows = rows_of(p->columns.items[0]);
  return given || !p->columns.items[0]->view ? ORR_OK : orr_h5_plan_drop_range(r, p, 0, e);
}

static orr_status add_block(orr_h5_reader *r, orr_h5_plan *p, const char *path, int i, orr_error *e) {
  orr_h5_texts names;
  const char *items = orr_arena_printf(&r->arena, "%s/block%d_items", path, i);
  const char *values = orr_arena_printf(&r->arena, "%s/block%d_values", path, i);
  if (!items || !values) return orr_fail_memory(e, "a path", 0);
  if (!orr_h5_exists(r, items))
    return orr_fail(e, ORR_DATA, "%s: columns of several levels of names are not read; give them one level",
                    path);
  ORR_TRY(orr_h5_load_texts(r, items, &names, e));
  return add_array(r, p, values, &names, NULL, e);
}

static orr_status plan_frame(orr_h5_reader *r, hid_t group, const char *path, orr_h5_plan *p, orr_error *e) {
  double blocks = 0;
  orr_h5_texts order;
  const char *axis = orr_h5_join(r, path, "axis0");
  ORR_TRY(add_index(r, p, group, path, "axis1", e));
  size_t from = p->columns.count;
  orr_h5_attribute_numbers(r, group, "nblocks", &blocks, 1);
  for (int i = 0; i < blocks && i < ORR_H5_MOST_COLUMNS; i++) ORR_TRY(add_block(r, p, path, i, e));
  if (!axis || !orr_h5_exists(r, axis) || orr_h5_load_texts(r, axis, &order, NULL)) return ORR_OK;
  return orr_h5_plan_order(r, p, from, &order, e);
}

static orr_status plan_series(orr_h5_reader *r, hid_t group, const char *path, orr_h5_plan *p, orr_error *e) {
  const char *given = orr_h5_pandas_name(r, group, "name"), *name = given ? given : "values";
  const char *values = orr_h5_join(r, path, "values");
  ORR_TRY(add_index(r, p, group, path, "index", e));
  if (!values) return orr_fail_memory(e, "a path", 0);
  return add_array(r, p, values, &(orr_h5_texts){.count = 1, .items = &name}, NULL, e);
}

static orr_status plan(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out, orr_error *e) {
  const char *path = nodes->all.items[at].path;
  hid_t group = H5Gopen2(r->file, path, H5P_DEFAULT);
  if (group < 0) return orr_h5_fail(e, "%s cannot be opened", path);
  const char *type = orr_h5_attribute_text(r, group, "pandas_type");
  bool frame = type && !strcmp(type, "frame");
  orr_status status = frame ? plan_frame(r, group, path, out, e) : plan_series(r, group, path, out, e);
  H5Gclose(group);
  return status;
}

const orr_h5_layout orr_h5_layout_pandas_fixed = {
    .why = "the only table of pandas in the file", .judge = judge, .owns = true, .plan = plan};
