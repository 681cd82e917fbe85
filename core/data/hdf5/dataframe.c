/* AnnData's data frames: a group with an index, an order of columns, and categories as codes (versions 0.7 and 0.8);
 * before 0.7 one compound dataset. https://anndata.readthedocs.io/en/latest/fileformat-prose.html */
#include <string.h>

#include "data/hdf5/layout.h"

static const char *encoding_of(orr_h5_reader *r, const char *path) {
  hid_t object = H5Oopen(r->file, path, H5P_DEFAULT);
  H5Eclear2(H5E_DEFAULT);
  if (object < 0) return "";
  const char *encoding = orr_h5_attribute_text(r, object, "encoding-type");
  H5Oclose(object);
  return encoding ? encoding : "";
}

/* Categories of version 0.7: an attribute refers to them. */
static const char *old_categories(orr_h5_reader *r, const char *path) {
  orr_h5_texts paths;
  hid_t dataset = H5Dopen2(r->file, path, H5P_DEFAULT);
  H5Eclear2(H5E_DEFAULT);
  if (dataset < 0) return NULL;
  bool found = orr_h5_attribute_paths(r, dataset, "categories", &paths) && paths.count == 1;
  H5Dclose(dataset);
  return found ? paths.items[0] : NULL;
}

static orr_status load_mask(orr_h5_reader *r, const char *path, uint64_t rows, const uint8_t **out,
                            orr_error *e) {
  orr_h5_array *a;
  int64_t *values;
  uint8_t *mask;
  ORR_TRY(orr_h5_array_open(r, path, &a, e));
  ORR_TAKE(&r->arena, values, (size_t)rows, e);
  ORR_TAKE(&r->arena, mask, (size_t)rows, e);
  ORR_TRY(orr_h5_load_integers(r, a, 0, rows, values, e));
  for (uint64_t i = 0; i < rows; i++) mask[i] = values[i] != 0;
  *out = mask;
  return ORR_OK;
}

static orr_status add_masked(orr_h5_reader *r, orr_h5_plan *p, const char *path, const char *name,
                             orr_error *e) {
  const char *values = orr_h5_join(r, path, "values"), *mask = orr_h5_join(r, path, "mask");
  orr_h5_column *c;
  if (!values || !mask) return orr_fail_memory(e, "a path", 0);
  ORR_TRY(orr_h5_plan_vector(r, p, values, name, &c, e));
  return load_mask(r, mask, c->view->rows, &c->mask, e);
}

static orr_status add_column(orr_h5_reader *r, orr_h5_plan *p, const char *path, const char *name,
                             orr_error *e) {
  const char *encoding = encoding_of(r, path), *categories = old_categories(r, path);
  if (!strcmp(encoding, "categorical")) {
    const char *codes = orr_h5_join(r, path, "codes");
    categories = orr_h5_join(r, path, "categories");
    return codes && categories ? orr_h5_plan_codes(r, p, codes, name, categories, e)
                               : orr_fail_memory(e, "a path", 0);
  }
  if (categories) return orr_h5_plan_codes(r, p, path, name, categories, e);
  if (!strncmp(encoding, "nullable-", 9)) return add_masked(r, p, path, name, e);
  return orr_h5_plan_vector(r, p, path, name, NULL, e);
}

/* Adds it if it is a column as long as the table; what is not is left out, and said so. */
static orr_status try_column(orr_h5_reader *r, orr_h5_plan *p, const char *path, const char *name,
                             orr_error *e) {
  orr_error fault = {0};
  size_t before = p->columns.count;
  orr_status status = path ? add_column(r, p, path, name, &fault) : orr_fail_memory(&fault, "a path", 0);
  if (status && status != ORR_DATA) return orr_fail(e, status, "%s", fault.message);
  if (!status && p->columns.items[before]->view->rows == p->rows) return ORR_OK;
  p->columns.count = before;
  orr_h5_note(r, "%.200s is left out: %.300s", path, status ? fault.message : "it has another length");
  return ORR_OK;
}

static orr_status plan_group(orr_h5_reader *r, hid_t group, const char *path, orr_h5_plan *out,
                             orr_error *e) {
  orr_h5_texts order;
  orr_h5_column *index;
  const char *name = orr_h5_attribute_text(r, group, "_index");
  const char *at = orr_h5_join(r, path, name ? name : "_index");
  if (!at) return orr_fail_memory(e, "a path", 0);
  ORR_TRY(orr_h5_plan_vector(r, out, at, !name || !strcmp(name, "_index") ? "index" : name, &index, e));
  out->rows = index->view->rows;
  if (!orr_h5_attribute_texts(r, group, "column-order", &order)) return ORR_OK;
  for (size_t i = 0; i < order.count; i++)
    ORR_TRY(try_column(r, out, orr_h5_join(r, path, order.items[i]), order.items[i], e));
  return ORR_OK;
}

/* Before 0.7: codes in the compound, their categories in /uns. */
static orr_status plan_compound(orr_h5_reader *r, const char *path, orr_h5_plan *out, orr_error *e) {
  size_t from = out->columns.count;
  ORR_TRY(orr_h5_plan_dataset(r, path, NULL, 0, out, e));
  for (size_t i = from; i < out->columns.count; i++) {
    orr_h5_column *c = out->columns.items[i];
    const char *categories = orr_arena_printf(&r->arena, "/uns/%s_categories", c->name);
    if (!categories || !orr_h5_cell_is_integer(&c->value) || !orr_h5_exists(r, categories)) continue;
    orr_h5_texts *words;
    ORR_TAKE(&r->arena, words, 1, e);
    ORR_TRY(orr_h5_load_texts(r, categories, words, e));
    c->categories = words, c->type = ORR_TEXT;
  }
  return ORR_OK;
}

orr_status orr_h5_plan_dataframe(orr_h5_reader *r, const char *path, orr_h5_plan *out, orr_error *e) {
  hid_t group = H5Gopen2(r->file, path, H5P_DEFAULT);
  H5Eclear2(H5E_DEFAULT);
  if (group < 0) return plan_compound(r, path, out, e);
  orr_status status = plan_group(r, group, path, out, e);
  H5Gclose(group);
  return status;
}

static orr_h5_worth judge(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, hid_t object) {
  if (nodes->all.items[at].kind != ORR_H5_GROUP) return ORR_H5_NO_TABLE;
  const char *encoding = orr_h5_attribute_text(r, object, "encoding-type");
  return encoding && !strcmp(encoding, "dataframe") ? ORR_H5_MARKED : ORR_H5_NO_TABLE;
}

static orr_status plan(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out, orr_error *e) {
  return orr_h5_plan_dataframe(r, nodes->all.items[at].path, out, e);
}

const orr_h5_layout orr_h5_layout_dataframe = {.judge = judge, .owns = true, .plan = plan};
