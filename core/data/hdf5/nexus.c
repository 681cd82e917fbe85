/* NeXus: a group NXdata with a signal over axes, found by the `default` attributes from the root on, or by itself.
 * https://manual.nexusformat.org/datarules.html, the rules of 2014 and the older ones. */
#include <stdlib.h>
#include <string.h>

#include "data/hdf5/layout.h"

static const char *attribute_of(orr_h5_reader *r, const char *path, const char *name) {
  hid_t object = H5Oopen(r->file, path, H5P_DEFAULT);
  H5Eclear2(H5E_DEFAULT);
  if (object < 0) return NULL;
  const char *text = orr_h5_attribute_text(r, object, name);
  H5Oclose(object);
  return text;
}

static bool has_class(orr_h5_reader *r, const char *path, const char *class) {
  const char *found = attribute_of(r, path, "NX_class");
  return found && !strcmp(found, class);
}

/* The old rule: the dataset that carries signal = 1. */
static int marked_signal(orr_h5_reader *r, const orr_h5_nodes *nodes, int at) {
  for (int i = at + 1; i < nodes->all.items[at].end; i = nodes->all.items[i].end) {
    const orr_h5_node *n = &nodes->all.items[i];
    hid_t dataset = n->kind == ORR_H5_DATASET ? H5Dopen2(r->file, n->path, H5P_DEFAULT) : -1;
    if (dataset < 0) continue;
    double number = 0;
    const char *text = orr_h5_attribute_text(r, dataset, "signal");
    orr_h5_attribute_numbers(r, dataset, "signal", &number, 1);
    H5Dclose(dataset);
    if (number == 1 || (text && !strcmp(text, "1"))) return i;
  }
  return -1;
}

static int signal_of(orr_h5_reader *r, const orr_h5_nodes *nodes, int at) {
  const char *path = nodes->all.items[at].path, *name = attribute_of(r, path, "signal");
  int found = name ? orr_h5_child(nodes, at, name) : marked_signal(r, nodes, at);
  return found >= 0 && nodes->all.items[found].kind == ORR_H5_DATASET ? found : -1;
}

/* Follows `default` down; an entry without one has its only NXdata. */
static int data_of(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, int depth) {
  const orr_h5_node *n = &nodes->all.items[at];
  if (n->kind != ORR_H5_GROUP || depth > 8) return -1;
  if (has_class(r, n->path, "NXdata")) return signal_of(r, nodes, at) >= 0 ? at : -1;
  const char *name = attribute_of(r, n->path, "default");
  int child = name ? orr_h5_child(nodes, at, name) : -1;
  return child < 0 ? -1 : data_of(r, nodes, child, depth + 1);
}

static orr_h5_worth judge(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, hid_t object) {
  (void)object;
  return data_of(r, nodes, at, 0) >= 0 ? ORR_H5_MARKED : ORR_H5_NO_TABLE;
}

/* The name of axis 0: a list of names, or one text with colons between. */
static const char *first_axis(orr_h5_reader *r, const char *path) {
  orr_h5_texts axes;
  hid_t object = H5Oopen(r->file, path, H5P_DEFAULT);
  if (object < 0) return NULL;
  bool found = orr_h5_attribute_texts(r, object, "axes", &axes) && axes.count;
  H5Oclose(object);
  if (!found) return NULL;
  size_t n = strcspn(axes.items[0], ":,");
  const char *start = axes.items[0][0] == '[' ? axes.items[0] + 1 : axes.items[0];
  return orr_arena_strndup(&r->arena, start, n - (size_t)(start - axes.items[0]));
}

/* The old rule: the dataset that carries axis = 1. */
static int marked_axis(orr_h5_reader *r, const orr_h5_nodes *nodes, int at) {
  for (int i = at + 1; i < nodes->all.items[at].end; i = nodes->all.items[i].end) {
    double axis = 0;
    hid_t object = H5Oopen(r->file, nodes->all.items[i].path, H5P_DEFAULT);
    if (object < 0) continue;
    const char *text = orr_h5_attribute_text(r, object, "axis");
    orr_h5_attribute_numbers(r, object, "axis", &axis, 1);
    H5Oclose(object);
    if (axis == 1 || (text && !strcmp(text, "1"))) return i;
  }
  return -1;
}

static int axis_of(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, int signal) {
  const char *name = first_axis(r, nodes->all.items[at].path);
  if (!name) name = first_axis(r, nodes->all.items[signal].path);
  int found = name && *name ? orr_h5_child(nodes, at, name) : marked_axis(r, nodes, at);
  return found == signal ? -1 : found;
}

static bool is_vector(const orr_h5_node *n, uint64_t rows) {
  return n->kind == ORR_H5_DATASET && n->numeric && !n->none && n->type != H5T_COMPOUND &&
         orr_h5_node_rows(n) == rows && orr_h5_node_cells(n) == 1;
}

static orr_status add_signal(orr_h5_reader *r, const orr_h5_node *n, orr_h5_plan *out, orr_error *e) {
  orr_h5_array *a;
  orr_h5_view *v;
  orr_h5_meaning meaning;
  size_t added;
  ORR_TRY(orr_h5_array_open(r, n->path, &a, e));
  ORR_TRY(orr_h5_view_new(r, a, &v, e));
  orr_h5_meaning_of(r, a->id, &meaning);
  ORR_TRY(orr_h5_plan_view(r, out, v, &(orr_h5_naming){.base = n->name}, &meaning, &added, e));
  return added ? ORR_OK
               : orr_fail(e, ORR_DATA, "%s: the signal holds %s", n->path, orr_h5_type_words(a->type));
}

/* Axis, signal, then errors and further signals of the same length. */
static orr_status plan(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out, orr_error *e) {
  int data = data_of(r, nodes, at, 0), signal = data < 0 ? -1 : signal_of(r, nodes, data);
  if (signal < 0) return orr_fail(e, ORR_DATA, "%s names no signal", nodes->all.items[at].path);
  const orr_h5_node *all = nodes->all.items;
  int axis = axis_of(r, nodes, data, signal);
  uint64_t rows = orr_h5_node_rows(&all[signal]);
  out->rows = rows;
  if (!out->picked || !strcmp(out->picked, all[at].path)) out->picked = all[data].path;
  bool fits = axis >= 0 && is_vector(&all[axis], rows);
  if (fits) ORR_TRY(orr_h5_plan_vector(r, out, all[axis].path, all[axis].name, NULL, e));
  else if (axis >= 0)
    orr_h5_note(r, "the axis %.100s is left out: it has no value for each row", all[axis].path);
  ORR_TRY(add_signal(r, &all[signal], out, e));
  for (int i = data + 1; i < all[data].end; i = all[i].end)
    if (i != signal && i != axis && is_vector(&all[i], rows))
      ORR_TRY(orr_h5_plan_vector(r, out, all[i].path, all[i].name, NULL, e));
  return ORR_OK;
}

const orr_h5_layout orr_h5_layout_nexus = {
    .why = "NeXus: the default signal and its axis", .judge = judge, .owns = true, .plan = plan};
