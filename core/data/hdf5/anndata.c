/* AnnData: what is known of each observation (obs), then its values of all variables (X), which var names. */
#include <string.h>

#include "data/hdf5/layout.h"
#include "data/hdf5/sparse.h"

static bool holds(const orr_h5_nodes *nodes, int at, const char *name) {
  return orr_h5_child(nodes, at, name) >= 0;
}

static orr_h5_worth judge(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, hid_t object) {
  if (nodes->all.items[at].kind != ORR_H5_GROUP || !holds(nodes, at, "obs")) return ORR_H5_NO_TABLE;
  const char *encoding = orr_h5_attribute_text(r, object, "encoding-type");
  if (encoding && !strcmp(encoding, "anndata")) return ORR_H5_MARKED;
  return at == 0 && holds(nodes, at, "var") && holds(nodes, at, "X") ? ORR_H5_MARKED : ORR_H5_NO_TABLE;
}

/* The variables' names: var's index, or the first member of an old compound. */
static const orr_h5_texts *variable_names(orr_h5_reader *r, const char *var) {
  void *room;
  hid_t group = H5Gopen2(r->file, var, H5P_DEFAULT);
  H5Eclear2(H5E_DEFAULT);
  if (group < 0 || orr_arena_take(&r->arena, 1, sizeof(orr_h5_texts), &room, NULL)) return NULL;
  const char *index = orr_h5_attribute_text(r, group, "_index");
  H5Gclose(group);
  const char *path = orr_h5_join(r, var, index ? index : "_index");
  return path && orr_h5_load_texts(r, path, room, NULL) == ORR_OK ? room : NULL;
}

static orr_status add_dense(orr_h5_reader *r, const char *path, const orr_h5_texts *names, orr_h5_plan *out,
                            orr_error *e) {
  orr_h5_array *a;
  orr_h5_view *v;
  size_t added;
  orr_h5_meaning plain = {.factor = 1};
  ORR_TRY(orr_h5_array_open(r, path, &a, e));
  ORR_TRY(orr_h5_view_new(r, a, &v, e));
  if (v->rows != out->rows) return orr_fail(e, ORR_DATA, "AnnData: X and obs differ in their number of rows");
  return orr_h5_plan_view(r, out, v, &(orr_h5_naming){.base = "X", .names = names}, &plain, &added, e);
}

static orr_status add_matrix(orr_h5_reader *r, const char *path, const orr_h5_texts *names, orr_h5_plan *out,
                             orr_error *e) {
  const orr_h5_sparse *s;
  if (!orr_h5_is_sparse(r, path)) return add_dense(r, path, names, out, e);
  ORR_TRY(orr_h5_sparse_open(r, path, &s, e));
  if (s->rows != out->rows) return orr_fail(e, ORR_DATA, "AnnData: X and obs differ in their number of rows");
  return orr_h5_plan_sparse(r, out, s, names, e);
}

static orr_status plan(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out, orr_error *e) {
  const char *path = nodes->all.items[at].path, *obs = orr_h5_join(r, path, "obs");
  const char *var = orr_h5_join(r, path, "var"), *x = orr_h5_join(r, path, "X");
  if (!obs || !var || !x) return orr_fail_memory(e, "a path", 0);
  ORR_TRY(orr_h5_plan_dataframe(r, obs, out, e));
  if (holds(nodes, at, "X")) ORR_TRY(add_matrix(r, x, variable_names(r, var), out, e));
  orr_h5_note(
      r, "AnnData: the columns of obs, then X named by var; what else is in the file has names of its own");
  return ORR_OK;
}

const orr_h5_layout orr_h5_layout_anndata = {
    .why = "AnnData: obs and X", .judge = judge, .owns = true, .plan = plan};
