/* Choosing; see choose.h. What the file itself marks as its table comes before matrices and columns, those before
 * single vectors; the first kind that has exactly one is the table. */
#include "data/hdf5/choose.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/hdf5/inside.h"

static const orr_h5_layout *const layouts[] = {
#define ORR_H5_LAYOUT(name) &orr_h5_layout_##name,
#include "data/hdf5/layouts.def"
#undef ORR_H5_LAYOUT
};

static const orr_h5_layout *layout_of(orr_h5_reader *r, const orr_h5_nodes *nodes, int at,
                                      orr_h5_worth *worth) {
  const orr_h5_layout *found = NULL;
  hid_t object = H5Oopen(r->file, nodes->all.items[at].path, H5P_DEFAULT);
  *worth = ORR_H5_NO_TABLE;
  for (size_t i = 0; i < sizeof layouts / sizeof *layouts && object >= 0 && !found; i++) {
    *worth = layouts[i]->judge(r, nodes, at, object);
    if (*worth) found = layouts[i];
  }
  if (object >= 0) H5Oclose(object);
  H5Eclear2(H5E_DEFAULT);
  return found;
}

static long double size_of(const orr_h5_nodes *nodes, int at) {
  const orr_h5_node *n = &nodes->all.items[at];
  long double size = 0;
  if (n->kind == ORR_H5_DATASET) return (long double)orr_h5_node_rows(n) * (long double)orr_h5_node_cells(n);
  for (int i = at + 1; i < n->end; i++)
    if (nodes->all.items[i].kind == ORR_H5_DATASET) size += size_of(nodes, i);
  return size;
}

static int compare(const void *a, const void *b) {
  const orr_h5_candidate *x = a, *y = b;
  if (x->worth != y->worth) return x->worth > y->worth ? -1 : 1;
  if (x->size != y->size) return x->size > y->size ? -1 : 1;
  return (x->at > y->at) - (x->at < y->at);
}

/* Members of a group's table are columns of it, not tables. */
static bool is_column(const orr_h5_node *n, const uint64_t *table_rows) {
  return n->kind == ORR_H5_DATASET && n->type != H5T_COMPOUND && n->parent >= 0 && table_rows[n->parent] &&
         table_rows[n->parent] == orr_h5_node_rows(n);
}

orr_status orr_h5_find_tables(orr_h5_reader *r, const orr_h5_nodes *nodes, orr_h5_candidates *out,
                              orr_error *e) {
  uint64_t *table_rows; /* of groups that are tables */
  ORR_TAKE(&r->arena, table_rows, nodes->all.count, e);
  for (int i = 0; i < (int)nodes->all.count;) {
    const orr_h5_node *n = &nodes->all.items[i];
    orr_h5_candidate one = {.at = i};
    bool object = n->kind == ORR_H5_GROUP || n->kind == ORR_H5_DATASET;
    ORR_TRY(orr_progress_step(r->work, "looking for tables", (size_t)i, nodes->all.count, e));
    if (n->hidden) {
      i = n->end;
      continue;
    }
    if (object && !n->same && !n->is_scale) one.layout = layout_of(r, nodes, i, &one.worth);
    one.size = one.layout ? size_of(nodes, i) : 0;
    if (one.layout == &orr_h5_layout_group) table_rows[i] = orr_h5_group_rows(r, nodes, i);
    if (one.layout && !is_column(n, table_rows)) ORR_PUSH(&out->all, one, e);
    i = one.layout && one.layout->owns ? n->end : i + 1;
  }
  if (out->all.count) qsort(out->all.items, out->all.count, sizeof *out->all.items, compare);
  return ORR_OK;
}

const orr_h5_candidate *orr_h5_choose(const orr_h5_candidates *c, const char **why) {
  if (!c->all.count) return NULL;
  const orr_h5_candidate *first = c->all.items;
  if (c->all.count > 1 && first[1].worth == first->worth) return NULL;
  *why = first->layout->why  ? first->layout->why
         : c->all.count == 1 ? "the only table in the file"
                             : "the only table in the file; the rest are single vectors or words";
  return first;
}

static void add_candidate(const orr_h5_nodes *nodes, const orr_h5_candidate *c, orr_text *t) {
  const orr_h5_node *n = &nodes->all.items[c->at];
  char count[32];
  orr_text_printf(t, "%.120s", n->path);
  if (n->kind != ORR_H5_DATASET) return;
  orr_text_add(t, " (");
  for (int i = 0; i < n->rank; i++)
    orr_text_printf(t, "%s%s", i ? " x " : "", orr_text_count(count, n->dims[i]));
  orr_text_add(t, ")");
}

orr_status orr_h5_fail_undecided(const orr_h5_reader *r, const orr_h5_nodes *nodes,
                                 const orr_h5_candidates *c, orr_error *e) {
  orr_text t = {0};
  if (!c->all.count) {
    size_t datasets = 0;
    for (size_t i = 0; i < nodes->all.count; i++) datasets += nodes->all.items[i].kind == ORR_H5_DATASET;
    return orr_fail(e, ORR_DATA, "%s holds no table (%zu dataset%s)%s", r->source, datasets,
                    datasets == 1 ? "" : "s", datasets ? "; orrery peek shows what is in it" : "");
  }
  size_t shown = c->all.count < 6 ? c->all.count : 6;
  for (size_t i = 0; i < shown; i++) {
    if (i) orr_text_add(&t, ", ");
    add_candidate(nodes, &c->all.items[i], &t);
  }
  orr_fail(e, ORR_DATA, "%s holds %zu tables: %s%s; name one: %s:%s", r->source, c->all.count,
           orr_text_get(&t), shown < c->all.count ? ", …" : "", r->source,
           nodes->all.items[c->all.items[0].at].path);
  orr_text_fini(&t);
  return ORR_DATA;
}

static bool is_dataset(const orr_h5_reader *r, const char *path) {
  H5O_info_t info;
  bool is = H5Oget_info_by_name2(r->file, path, &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
            info.type == H5O_TYPE_DATASET;
  H5Eclear2(H5E_DEFAULT);
  return is;
}

/* The candidates that lie below a group, in the same order. */
static void keep_below(const orr_h5_nodes *nodes, int at, orr_h5_candidates *c) {
  size_t kept = 0;
  for (size_t i = 0; i < c->all.count; i++)
    if (c->all.items[i].at > at && c->all.items[i].at < nodes->all.items[at].end)
      c->all.items[kept++] = c->all.items[i];
  c->all.count = kept;
}

/* The one table below a group that is none itself. */
static orr_status plan_below(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out,
                             orr_error *e) {
  orr_h5_candidates below = {{0}};
  const char *why = NULL;
  orr_status status = orr_h5_find_tables(r, nodes, &below, e);
  if (!status) keep_below(nodes, at, &below);
  const orr_h5_candidate *one = status ? NULL : orr_h5_choose(&below, &why);
  if (one) {
    out->picked = nodes->all.items[one->at].path, out->why = "the only table in the group";
    status = one->layout->plan(r, nodes, one->at, out, e);
  } else if (!status) {
    status = orr_h5_fail_undecided(r, nodes, &below, e);
    orr_fail_in(e, "the group %s", nodes->all.items[at].path);
  }
  orr_free(below.all.items);
  return status;
}

void orr_h5_note_unread(orr_h5_reader *r, const orr_h5_nodes *nodes, int picked) {
  int parent = nodes->all.items[picked].parent;
  if (nodes->all.items[picked].kind != ORR_H5_DATASET || parent < 0) return;
  for (int i = parent + 1; i < nodes->all.items[parent].end; i = nodes->all.items[i].end) {
    const orr_h5_node *n = &nodes->all.items[i];
    bool odd = n->type == H5T_OPAQUE || n->type == H5T_VLEN || n->type == H5T_REFERENCE;
    if (n->kind != ORR_H5_DATASET || n->hidden || n->same || !odd) continue;
    orr_h5_note(r, "%.200s is left out: it holds %s", n->path,
                n->type == H5T_OPAQUE ? "opaque bytes"
                : n->type == H5T_VLEN ? "lists of any length"
                                      : "references to other objects");
  }
}

static orr_status plan_group(orr_h5_reader *r, const char *path, orr_h5_nodes *nodes, orr_h5_plan *out,
                             orr_error *e) {
  orr_h5_worth worth;
  if (!nodes->all.count) ORR_TRY(orr_h5_walk(r, nodes, e));
  int at = orr_h5_find(r, nodes, path);
  if (at < 0) return orr_fail(e, ORR_DATA, "%s is neither a group nor a dataset", path);
  const orr_h5_layout *layout = layout_of(r, nodes, at, &worth);
  return layout ? layout->plan(r, nodes, at, out, e) : plan_below(r, nodes, at, out, e);
}

static orr_status plan_attribute(orr_h5_reader *r, const orr_h5_inside *in, orr_h5_plan *out, orr_error *e) {
  orr_h5_ready *ready;
  orr_h5_texts texts;
  double *numbers;
  enum { MOST = 1 << 20 };
  ORR_TAKE(&r->arena, ready, 1, e);
  hid_t object = H5Oopen(r->file, in->path, H5P_DEFAULT);
  if (object < 0) return orr_h5_fail(e, "%s cannot be opened", in->path);
  if (orr_h5_attribute_texts(r, object, in->attribute, &texts)) {
    ready->count = texts.count, ready->texts = texts.items;
  } else if (orr_arena_take(&r->arena, MOST, sizeof *numbers, (void **)&numbers, NULL) == ORR_OK) {
    ready->count = orr_h5_attribute_numbers(r, object, in->attribute, numbers, MOST);
    ready->numbers = numbers;
  }
  H5Oclose(object);
  if (!ready->count)
    return orr_fail(e, ORR_DATA, "%s has no attribute '%s' of numbers or text", in->path, in->attribute);
  out->rows = ready->count;
  return orr_h5_plan_add(r, out, &(orr_h5_column){.name = in->attribute, .ready = ready}, NULL, e);
}

static orr_status slice_rows(orr_h5_plan *p, const orr_h5_inside *in, orr_error *e) {
  uint64_t first, step, count;
  if (!in->n_slices) return ORR_OK;
  if (in->n_slices > 1)
    return orr_fail(e, ORR_USAGE, "%s is a table of columns; slice its rows only: [0:1000]", in->path);
  orr_h5_slice rows = in->slices[0];
  ORR_TRY(orr_h5_slice_resolve(&rows, p->rows, &first, &step, &count, e));
  orr_h5_plan_take_rows(p, first, step, count);
  return ORR_OK;
}

orr_status orr_h5_plan_inside(orr_h5_reader *r, const char *inside, orr_h5_nodes *nodes, orr_h5_plan *out,
                              orr_error *e) {
  orr_h5_inside in;
  ORR_TRY(orr_h5_inside_parse(r, inside, &in, e));
  out->picked = inside;
  out->why = "asked for by name";
  bool dataset = !in.attribute && is_dataset(r, in.path);
  if (in.attribute) ORR_TRY(plan_attribute(r, &in, out, e));
  else if (dataset) ORR_TRY(orr_h5_plan_dataset(r, in.path, in.slices, in.n_slices, out, e));
  else ORR_TRY(plan_group(r, in.path, nodes, out, e));
  if (!dataset) ORR_TRY(slice_rows(out, &in, e));
  return in.column ? orr_h5_plan_take_column(r, out, in.column, e) : ORR_OK;
}
