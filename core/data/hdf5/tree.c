/* The tree as JSON; see walk.h. */
#include <inttypes.h>
#include <string.h>

#include "data/hdf5/array.h"
#include "data/hdf5/attribute.h"
#include "data/hdf5/walk.h"

static const char *const kinds[] = {[ORR_H5_GROUP] = "group",
                                    [ORR_H5_DATASET] = "dataset",
                                    [ORR_H5_NAMED_TYPE] = "type",
                                    [ORR_H5_LINK] = "link"};

static orr_json *numbers(const uint64_t *values, int n) {
  orr_json *list = orr_json_new_array();
  for (int i = 0; i < n; i++) orr_json_push(list, orr_json_new_integer((int64_t)values[i]));
  return list;
}

static void add_filters(hid_t creation, orr_json *node) {
  int n = H5Pget_nfilters(creation);
  orr_json *list = n > 0 ? orr_json_set(node, "filters", orr_json_new_array()) : NULL;
  for (int i = 0; i < n && i < 32; i++) {
    unsigned flags, config;
    size_t n_values = 0;
    orr_text t = {0};
    int id = H5Pget_filter2(creation, (unsigned)i, &flags, &n_values, NULL, 0, NULL, &config);
    const char *name = orr_h5_filter_name(id);
    if (name) orr_text_add(&t, name);
    else orr_text_printf(&t, "filter %d", id);
    if (H5Zfilter_avail(id) <= 0) orr_text_add(&t, " (not built in)");
    orr_json_push(list, orr_json_new_string(orr_text_get(&t)));
    orr_text_fini(&t);
  }
}

static void add_storage(hid_t object, orr_json *node) {
  hid_t creation = H5Dget_create_plist(object);
  hsize_t chunk[H5S_MAX_RANK];
  uint64_t chunks[H5S_MAX_RANK];
  if (creation < 0) return;
  H5D_layout_t layout = H5Pget_layout(creation);
  int rank = layout == H5D_CHUNKED ? H5Pget_chunk(creation, H5S_MAX_RANK, chunk) : 0;
  for (int i = 0; i < rank; i++) chunks[i] = chunk[i];
  if (rank > 0) orr_json_set(node, "chunks", numbers(chunks, rank));
  add_filters(creation, node);
  if (layout == H5D_VIRTUAL)
    orr_json_set(node, "note", orr_json_new_string("a virtual dataset, made of parts of other files"));
  if (layout == H5D_CONTIGUOUS && H5Pget_external_count(creation) > 0)
    orr_json_set(node, "note", orr_json_new_string("its data are stored in other files"));
  H5Pclose(creation);
}

static void add_dtype(hid_t type, orr_json *node) {
  orr_text t = {0};
  if (type < 0) return;
  orr_h5_dtype(type, &t);
  orr_json_set(node, "dtype", orr_json_new_string(orr_text_get(&t)));
  orr_text_fini(&t);
  H5Tclose(type);
}

static void add_object(orr_h5_reader *r, const orr_h5_node *n, orr_json *node) {
  hid_t object = H5Oopen(r->file, n->path, H5P_DEFAULT);
  if (object < 0) return;
  if (n->kind == ORR_H5_DATASET) {
    orr_json_set(node, "shape", n->none ? NULL : numbers(n->dims, n->rank));
    add_dtype(H5Dget_type(object), node);
    add_storage(object, node);
  }
  if (n->kind == ORR_H5_NAMED_TYPE) add_dtype(H5Topen2(r->file, n->path, H5P_DEFAULT), node);
  orr_json *attributes = orr_h5_attributes(r, object);
  if (attributes) orr_json_set(node, "attributes", attributes);
  H5Oclose(object);
  H5Eclear2(H5E_DEFAULT);
}

orr_status orr_h5_tree(orr_h5_reader *r, const orr_h5_nodes *nodes, orr_json **out, orr_error *e) {
  orr_json *tree = orr_json_new_array();
  for (size_t i = 0; i < nodes->all.count; i++) {
    const orr_h5_node *n = &nodes->all.items[i];
    const char *path;
    if (n->hidden) continue;
    orr_status status = orr_progress_step(r->work, "listing the file", i, nodes->all.count, e);
    if (!status) status = orr_h5_utf8(r, n->path, strlen(n->path), &path, e);
    if (status) return orr_json_free(tree), status;
    orr_json *node = orr_json_push(tree, orr_json_new_object());
    orr_json_set(node, "path", orr_json_new_string(path));
    orr_json_set(node, "kind", orr_json_new_string(kinds[n->kind]));
    if (n->kind != ORR_H5_LINK) add_object(r, n, node);
    if (n->note) orr_json_set(node, "note", orr_json_new_string(n->note));
  }
  *out = tree;
  return ORR_OK;
}
