/* A group of datasets of one length as a table: vectors are columns, matrices of as many rows join with all of theirs.
 * In netCDF files what counts is the dimension, not its length. Also MATLAB's structs of vectors. */
#include <inttypes.h>
#include <string.h>

#include "data/hdf5/layout.h"
#include "data/hdf5/matlab.h"

/* Members of one length (and one dimension). */
typedef struct family {
  uint64_t rows;
  const char *dimension; /* of a netCDF file; NULL: none is known */
  size_t members, vectors, numeric;
  long double cells;
} family;

typedef struct families {
  ORR_VECTOR(family) all;
} families;

static bool is_member(const orr_h5_node *n) {
  if (n->kind != ORR_H5_DATASET || n->none || !n->rank || n->hidden || n->is_placeholder) return false;
  if (n->matlab && !orr_h5_matlab_is_numeric(n->matlab)) return false;
  return (n->numeric || n->text) && n->type != H5T_COMPOUND && orr_h5_node_rows(n) > 0;
}

static const char *dimension_of(orr_h5_reader *r, const orr_h5_node *n) {
  orr_h5_texts scales;
  if (!r->is_netcdf) return NULL;
  if (n->is_scale) return n->path;
  hid_t dataset = H5Dopen2(r->file, n->path, H5P_DEFAULT);
  if (dataset < 0) return NULL;
  bool found = orr_h5_attribute_paths(r, dataset, "DIMENSION_LIST", &scales) && scales.count;
  H5Dclose(dataset);
  return found ? scales.items[0] : NULL;
}

static bool is_same(const char *a, const char *b) { return a && b ? !strcmp(a, b) : a == b; }

static orr_status family_of(orr_h5_reader *r, families *f, const orr_h5_node *n, size_t *at, orr_error *e) {
  uint64_t rows = orr_h5_node_rows(n);
  const char *dimension = dimension_of(r, n);
  for (*at = 0; *at < f->all.count; ++*at)
    if (f->all.items[*at].rows == rows && is_same(f->all.items[*at].dimension, dimension)) return ORR_OK;
  family one = {.rows = rows, .dimension = dimension};
  ORR_PUSH(&f->all, one, e);
  return ORR_OK;
}

static orr_status count_families(orr_h5_reader *r, const orr_h5_nodes *nodes, int group, families *f,
                                 orr_error *e) {
  for (int i = group + 1; i < nodes->all.items[group].end; i = nodes->all.items[i].end) {
    const orr_h5_node *n = &nodes->all.items[i];
    size_t at;
    if (!is_member(n)) continue;
    ORR_TRY(family_of(r, f, n, &at, e));
    family *own = &f->all.items[at];
    uint64_t cells = orr_h5_node_cells(n);
    own->members++;
    own->vectors += cells == 1;
    own->numeric += n->numeric;
    own->cells += (long double)own->rows * (long double)cells;
  }
  return ORR_OK;
}

/* The largest family that makes a table: two members, one of them a vector. */
static const family *best(const families *f) {
  const family *found = NULL;
  for (size_t i = 0; i < f->all.count; i++) {
    const family *one = &f->all.items[i];
    if (one->members < 2 || !one->vectors || one->rows < 2) continue;
    if (!found || (one->numeric > 0) > (found->numeric > 0) ||
        ((one->numeric > 0) == (found->numeric > 0) && one->cells > found->cells))
      found = one;
  }
  return found;
}

static orr_h5_worth judge(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, hid_t object) {
  families f = {{0}};
  (void)object;
  if (nodes->all.items[at].kind != ORR_H5_GROUP || count_families(r, nodes, at, &f, NULL)) {
    orr_free(f.all.items);
    return ORR_H5_NO_TABLE;
  }
  const family *found = best(&f);
  orr_h5_worth worth = !found ? ORR_H5_NO_TABLE : found->numeric ? ORR_H5_TABLE : ORR_H5_WEAK;
  orr_free(f.all.items);
  return worth;
}

uint64_t orr_h5_group_rows(orr_h5_reader *r, const orr_h5_nodes *nodes, int group) {
  families f = {{0}};
  const family *found = count_families(r, nodes, group, &f, NULL) ? NULL : best(&f);
  uint64_t rows = found ? found->rows : 0;
  orr_free(f.all.items);
  return rows;
}

static orr_status add_member(orr_h5_reader *r, const orr_h5_node *n, orr_h5_plan *out, orr_error *e) {
  orr_h5_array *a;
  orr_h5_view *v;
  orr_h5_meaning meaning;
  size_t added;
  ORR_TRY(orr_h5_array_open(r, n->path, &a, e));
  ORR_TRY(orr_h5_view_new(r, a, &v, e));
  orr_h5_meaning_of(r, a->id, &meaning);
  orr_h5_naming naming = {.base = n->name};
  if (orr_h5_view_row_axes(v) == 1) naming.names = orr_h5_column_names(r, a, v->cells);
  return orr_h5_plan_view(r, out, v, &naming, &meaning, &added, e);
}

/* Coordinates first, then the rest, each in the order of their names. */
static orr_status add_members(orr_h5_reader *r, const orr_h5_nodes *nodes, int group, families *f,
                              size_t wanted, orr_h5_plan *out, orr_text *left, orr_error *e) {
  for (int scales = 1; scales >= 0; scales--)
    for (int i = group + 1; i < nodes->all.items[group].end; i = nodes->all.items[i].end) {
      const orr_h5_node *n = &nodes->all.items[i];
      size_t at = f->all.count;
      if (n->is_scale != scales || n->kind != ORR_H5_DATASET || n->hidden || n->is_placeholder) continue;
      if (is_member(n)) ORR_TRY(family_of(r, f, n, &at, e));
      if (at == wanted && orr_h5_node_cells(n) <= ORR_H5_MOST_COLUMNS * 100ull)
        ORR_TRY(add_member(r, n, out, e));
      else orr_text_printf(left, "%s%s", left->length ? ", " : "", n->name);
    }
  return ORR_OK;
}

static orr_status plan_family(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, families *f,
                              orr_h5_plan *out, orr_text *left, orr_error *e) {
  const char *path = nodes->all.items[at].path;
  ORR_TRY(count_families(r, nodes, at, f, e));
  const family *found = best(f);
  if (!found)
    return orr_fail(e, ORR_DATA, "the group %s is no table: it has no two datasets of one length", path);
  out->rows = found->rows;
  ORR_TRY(add_members(r, nodes, at, f, (size_t)(found - f->all.items), out, left, e));
  if (left->length)
    orr_h5_note(r, "left out of %s, for they are no columns of %" PRIu64 " rows: %.300s", path, out->rows,
                orr_text_get(left));
  return ORR_OK;
}

static orr_status plan(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out, orr_error *e) {
  families f = {{0}};
  orr_text left = {0};
  orr_status status = plan_family(r, nodes, at, &f, out, &left, e);
  orr_text_fini(&left);
  orr_free(f.all.items);
  return status;
}

const orr_h5_layout orr_h5_layout_group = {.judge = judge, .plan = plan};
