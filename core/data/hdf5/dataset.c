/* One dataset as a table: a compound's members, a matrix's columns, a vector, one number. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "data/hdf5/layout.h"
#include "data/hdf5/matlab.h"

/* Names of the columns that a slice keeps. */
static const orr_h5_texts *names_of(orr_h5_reader *r, const orr_h5_view *v) {
  int axis = -1, axes = 0;
  for (int i = 0; i < v->array->rank; i++)
    if (i != v->row_axis && v->array->dims[i] != 1) axis = i, axes++;
  if (axes != 1) return NULL;
  const orr_h5_texts *all = orr_h5_column_names(r, v->array, v->array->dims[axis]);
  void *room, *items;
  if (!all || orr_arena_take(&r->arena, 1, sizeof *all, &room, NULL) ||
      orr_arena_take(&r->arena, (size_t)v->count[axis], sizeof *all->items, &items, NULL))
    return NULL;
  orr_h5_texts *kept = room;
  *kept = (orr_h5_texts){.count = (size_t)v->count[axis], .items = items};
  for (uint64_t k = 0; k < v->count[axis]; k++)
    kept->items[k] = all->items[v->start[axis] + k * v->step[axis]];
  return kept;
}

/* The coordinate of the row axis, where a netCDF file or h5py's dimension scales name one. */
static const char *coordinate_of(orr_h5_reader *r, const orr_h5_view *v) {
  orr_h5_texts scales;
  if (v->row_axis < 0 || !orr_h5_attribute_paths(r, v->array->id, "DIMENSION_LIST", &scales)) return NULL;
  const char *path = (size_t)v->row_axis < scales.count ? scales.items[v->row_axis] : NULL;
  hid_t scale = path && strcmp(path, v->array->path) != 0 ? H5Dopen2(r->file, path, H5P_DEFAULT) : -1;
  if (scale < 0) return NULL;
  const char *name = orr_h5_attribute_text(r, scale, "NAME");
  H5Dclose(scale);
  return name && !strncmp(name, "This is a netCDF dimension but not", 34) ? NULL : path;
}

static orr_status add_coordinate(orr_h5_reader *r, const orr_h5_view *v, orr_h5_plan *p, orr_error *e) {
  const char *path = coordinate_of(r, v);
  orr_h5_array *a;
  orr_h5_column *added;
  if (!path) return ORR_OK;
  ORR_TRY(orr_h5_array_open(r, path, &a, e));
  if (a->rank != 1 || a->dims[0] != v->array->dims[v->row_axis]) return ORR_OK;
  ORR_TRY(orr_h5_plan_vector(r, p, path, strrchr(path, '/') + 1, &added, e));
  orr_h5_view_take_rows(added->view, v->start[v->row_axis], v->step[v->row_axis], v->rows);
  return ORR_OK;
}

/* What attributes say of one member: FIELD_n_UNITS, and FIELD_n_MISSING as orr_hdf5_write leaves it. */
static void take_field(orr_h5_reader *r, const orr_h5_array *a, size_t field, const char *unit,
                       orr_h5_column *c) {
  char key[40];
  snprintf(key, sizeof key, "FIELD_%zu_UNITS", field);
  const char *own = orr_h5_attribute_text(r, a->id, key);
  if (own) unit = own;
  if (unit) orr_h5_meaning_take_unit(r, &c->meaning, unit, NULL);
  snprintf(key, sizeof key, "FIELD_%zu_MISSING", field);
  if (c->type == ORR_TEXT) c->meaning.nothing = orr_h5_attribute_text(r, a->id, key);
  else if (orr_h5_attribute_numbers(r, a->id, key, c->meaning.fills, 1)) c->meaning.n_fills = 1;
  orr_h5_column_retype(c);
}

/* Units of a matrix's columns, or of a compound's members: a list as long as they are many, or member by member. */
static void take_fields(orr_h5_reader *r, const orr_h5_array *a, orr_h5_plan *p, size_t from) {
  static const char *const lists[] = {"units", "unit", "UNITS", "column_units"};
  orr_h5_texts list = {0};
  bool compound = H5Tget_class(a->type) == H5T_COMPOUND;
  size_t columns = p->columns.count - from, members = compound ? (size_t)H5Tget_nmembers(a->type) : columns;
  for (size_t i = 0; i < sizeof lists / sizeof *lists && list.count != members; i++)
    orr_h5_attribute_texts(r, a->id, lists[i], &list);
  bool listed = list.count == members && members > 1;
  for (size_t k = 0; k < columns; k++) {
    orr_h5_column *c = p->columns.items[from + k];
    size_t at = k;
    for (size_t i = 0; compound && i < members; i++)
      if (H5Tget_member_offset(a->type, (unsigned)i) <= c->offset) at = i;
    if (compound) take_field(r, a, at, listed ? list.items[at] : NULL, c);
    else if (listed && c->summary == ORR_H5_EACH) c->meaning.unit = *list.items[at] ? list.items[at] : NULL;
  }
}

static orr_status plan_view(orr_h5_reader *r, orr_h5_view *v, orr_h5_plan *out, orr_error *e) {
  orr_h5_meaning meaning;
  orr_h5_array *a = v->array;
  size_t added = 0, from = out->columns.count;
  const char *slash = strrchr(a->path, '/');
  orr_h5_naming naming = {.base = slash ? slash + 1 : a->path, .names = names_of(r, v), .alone = true};
  orr_h5_meaning_of(r, a->id, &meaning);
  ORR_TRY(orr_h5_plan_view(r, out, v, &naming, &meaning, &added, e));
  if (!added && v->cells)
    return orr_fail(e, ORR_DATA, "%s holds %s; a table needs numbers, text, booleans or times", a->path,
                    orr_h5_type_words(a->type));
  take_fields(r, a, out, from);
  return ORR_OK;
}

orr_status orr_h5_plan_dataset(orr_h5_reader *r, const char *path, const orr_h5_slice *slices, size_t n,
                               orr_h5_plan *out, orr_error *e) {
  orr_h5_array *a;
  orr_h5_view *v;
  bool done = false;
  ORR_TRY(orr_h5_array_open(r, path, &a, e));
  if (a->none) return orr_fail(e, ORR_DATA, "%s is empty: it has a type, but no shape and no values", path);
  ORR_TRY(orr_h5_array_check(r, a, e));
  if (a->is_matlab) ORR_TRY(orr_h5_plan_matlab(r, a, out, &done, e));
  if (done) return n ? orr_fail(e, ORR_USAGE, "%s takes no slice", path) : ORR_OK;
  ORR_TRY(orr_h5_view_new(r, a, &v, e));
  ORR_TRY(orr_h5_view_slice(v, slices, n, e));
  out->rows = v->rows;
  ORR_TRY(add_coordinate(r, v, out, e));
  return plan_view(r, v, out, e);
}

static orr_h5_worth judge(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, hid_t object) {
  const orr_h5_node *n = &nodes->all.items[at];
  (void)r, (void)object;
  bool wordy = n->text && !n->numeric;
  if (n->kind != ORR_H5_DATASET || n->none || !n->rank || n->is_placeholder) return ORR_H5_NO_TABLE;
  if (n->matlab && !orr_h5_matlab_is_numeric(n->matlab)) return ORR_H5_NO_TABLE;
  uint64_t rows = orr_h5_node_rows(n), cells = orr_h5_node_cells(n);
  if (n->type == H5T_COMPOUND) return rows ? ORR_H5_TABLE : ORR_H5_WEAK;
  if (!n->numeric && !wordy) return ORR_H5_NO_TABLE;
  return cells > 1 && rows > 1 && n->numeric ? ORR_H5_TABLE : ORR_H5_WEAK;
}

static orr_status plan(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out, orr_error *e) {
  return orr_h5_plan_dataset(r, nodes->all.items[at].path, NULL, 0, out, e);
}

const orr_h5_layout orr_h5_layout_dataset = {.judge = judge, .plan = plan};
