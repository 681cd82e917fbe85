/* Walking a file; see walk.h. Links are listed before they are followed, so that the library is never in the middle
 * of a group while another is read; objects met before are not entered again. */
#include "data/hdf5/walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "data/hdf5/attribute.h"

typedef struct walk {
  orr_h5_reader *reader;
  orr_h5_nodes *nodes;
  orr_map seen; /* addresses of objects */
} walk;

typedef struct names {
  orr_h5_reader *reader;
  ORR_VECTOR(const char *) list;
  orr_status status;
} names;

void orr_h5_nodes_fini(orr_h5_nodes *nodes) { orr_free(nodes->all.items); }

static orr_status push_name(names *n, const char *name) {
  const char *copy;
  ORR_TRY(orr_h5_copy(n->reader, name, &copy, NULL));
  ORR_PUSH(&n->list, copy, NULL);
  return ORR_OK;
}

static herr_t on_link(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  names *n = context;
  (void)group, (void)info;
  n->status = push_name(n, name);
  return n->status ? -1 : n->list.count > ORR_H5_MOST_OBJECTS;
}

/* Helpers of PyTables (indexes), MATLAB (what cells refer to) and netCDF's reserved names. */
static bool is_helper(const orr_h5_reader *r, const char *name) {
  if (!strcmp(name, "#refs#") || !strcmp(name, "#subsystem#") || !strncmp(name, "_nc4_non_coord_", 15))
    return true;
  return r->is_pytables && (!strncmp(name, "_i_", 3) || !strncmp(name, "_p_", 3));
}

static orr_status add_node(walk *w, int parent, const char *name, orr_h5_node_kind kind, orr_error *e) {
  orr_h5_node node = {.kind = kind, .parent = parent};
  const orr_h5_node *above = parent < 0 ? NULL : &w->nodes->all.items[parent];
  const char *folder = !above || !above->path[1] ? "" : above->path;
  node.path = orr_arena_printf(&w->reader->arena, "%s/%s", folder, name);
  if (!node.path) return orr_fail_memory(e, "a path", strlen(name));
  node.name = node.path + strlen(folder) + 1;
  node.hidden = (above && above->hidden) || is_helper(w->reader, name);
  node.end = (int)w->nodes->all.count + 1;
  ORR_PUSH(&w->nodes->all, node, e);
  return ORR_OK;
}

/* Whether the object has been met before. */
static orr_status meet(walk *w, const H5O_info_t *info, bool *again, orr_error *e) {
  char key[40];
  int32_t index;
  size_t known = w->seen.count;
  int n = snprintf(key, sizeof key, "%lx:%" PRIx64, info->fileno, (uint64_t)info->addr);
  ORR_TRY(orr_map_add(&w->seen, key, (size_t)n, &index, e));
  *again = (size_t)index < known;
  return ORR_OK;
}

static void note_link(walk *w, hid_t group, const char *name, const H5L_info_t *info) {
  char value[512] = "";
  const char *file = "", *path = "", *words = "a link of a kind of its own, not followed";
  unsigned flags;
  orr_h5_node *node = &w->nodes->all.items[w->nodes->all.count - 1];
  size_t room = sizeof value - 1;
  bool read = H5Lget_val(group, name, value, room, H5P_DEFAULT) >= 0;
  if (info->type == H5L_TYPE_EXTERNAL && read && H5Lunpack_elink_val(value, room, &flags, &file, &path) >= 0)
    words = orr_arena_printf(&w->reader->arena,
                             "external link to '%.150s' in the file '%.150s', not followed", path, file);
  if (info->type == H5L_TYPE_SOFT && read) {
    bool there = H5Oexists_by_name(group, name, H5P_DEFAULT) > 0;
    words =
        orr_arena_printf(&w->reader->arena, "link to %.300s%s", value, there ? "" : ", which is not there");
  }
  H5Eclear2(H5E_DEFAULT);
  if (words) orr_h5_utf8(w->reader, words, strlen(words), &node->note, NULL);
}

/* Numbers or text of the elements; arrays of them count as such. */
static void describe_type(orr_h5_reader *r, orr_h5_node *node, hid_t type) {
  orr_h5_cell cell;
  node->type = H5Tget_class(type);
  if (node->type == H5T_ARRAY) {
    hid_t base = H5Tget_super(type);
    describe_type(r, node, base);
    H5Tclose(base);
    return;
  }
  if (orr_h5_cell_of(r, type, &cell, NULL)) return;
  node->numeric = orr_h5_cell_is_number(&cell) || cell.kind == ORR_H5_ODD;
  node->text = orr_h5_cell_is_text(&cell);
}

static void describe_role(orr_h5_reader *r, orr_h5_node *node, hid_t object) {
  static const char phantom[] = "This is a netCDF dimension but not a netCDF variable";
  if (H5Aexists(object, "MATLAB_class") > 0) {
    node->matlab = orr_h5_attribute_text(r, object, "MATLAB_class");
    if (H5Aexists(object, "MATLAB_empty") > 0) node->none = true;
  }
  if (H5Aexists(object, "CLASS") <= 0) return;
  const char *class = orr_h5_attribute_text(r, object, "CLASS");
  node->is_scale = class && !strcmp(class, "DIMENSION_SCALE");
  const char *name = node->is_scale ? orr_h5_attribute_text(r, object, "NAME") : NULL;
  node->is_placeholder = name && !strncmp(name, phantom, sizeof phantom - 1);
}

static orr_status describe_dataset(walk *w, hid_t object, orr_error *e) {
  orr_h5_node *node = &w->nodes->all.items[w->nodes->all.count - 1];
  hsize_t dims[H5S_MAX_RANK];
  uint64_t *kept;
  hid_t space = H5Dget_space(object), type = H5Dget_type(object);
  node->none = space < 0 || H5Sget_simple_extent_type(space) == H5S_NULL;
  node->rank = node->none ? 0 : H5Sget_simple_extent_dims(space, dims, NULL);
  if (space >= 0) H5Sclose(space);
  if (type >= 0) describe_type(w->reader, node, type);
  if (type >= 0) H5Tclose(type);
  if (node->rank < 0) node->rank = 0, node->none = true;
  ORR_TAKE(&w->reader->arena, kept, (size_t)node->rank, e);
  for (int i = 0; i < node->rank; i++) kept[i] = dims[i];
  node->dims = kept;
  describe_role(w->reader, node, object);
  return ORR_OK;
}

static orr_status enter(walk *w, hid_t group, int at, int depth, orr_error *e);

static orr_status visit_object(walk *w, hid_t object, int parent, const char *name, int depth, orr_error *e) {
  H5O_info_t info;
  bool again;
  if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0) return orr_h5_fail(e, "%s cannot be read", name);
  orr_h5_node_kind kind = info.type == H5O_TYPE_GROUP     ? ORR_H5_GROUP
                          : info.type == H5O_TYPE_DATASET ? ORR_H5_DATASET
                                                          : ORR_H5_NAMED_TYPE;
  int at = (int)w->nodes->all.count;
  ORR_TRY(add_node(w, parent, name, kind, e));
  ORR_TRY(meet(w, &info, &again, e));
  w->nodes->all.items[at].same = again;
  w->nodes->all.items[at].address = info.addr;
  if (again) w->nodes->all.items[at].note = "another name of an object that is listed above";
  if (kind == ORR_H5_DATASET) return describe_dataset(w, object, e);
  return kind == ORR_H5_GROUP && !again ? enter(w, object, at, depth + 1, e) : ORR_OK;
}

static orr_status visit_link(walk *w, hid_t group, int parent, const char *name, int depth, orr_error *e) {
  H5L_info_t info;
  orr_error fault;
  if (H5Lget_info(group, name, &info, H5P_DEFAULT) < 0) return orr_h5_fail(e, "%s cannot be read", name);
  if (info.type != H5L_TYPE_HARD) {
    ORR_TRY(add_node(w, parent, name, ORR_H5_LINK, e));
    note_link(w, group, name, &info);
    return ORR_OK;
  }
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  orr_status status = object < 0 ? orr_h5_fail(&fault, "it cannot be opened")
                                 : visit_object(w, object, parent, name, depth, e);
  if (object >= 0) {
    H5Oclose(object);
    return status;
  }
  ORR_TRY(add_node(w, parent, name, ORR_H5_LINK, e));
  w->nodes->all.items[w->nodes->all.count - 1].note = orr_arena_strdup(&w->reader->arena, fault.message);
  return ORR_OK;
}

static orr_status enter(walk *w, hid_t group, int at, int depth, orr_error *e) {
  names n = {.reader = w->reader};
  orr_status status = ORR_OK;
  herr_t listed = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, on_link, &n);
  if (listed < 0 && n.status) status = orr_fail_memory(e, "names", n.list.count);
  else if (listed < 0) status = orr_h5_fail(e, "the group %s cannot be listed", w->nodes->all.items[at].path);
  if (depth > ORR_H5_DEEPEST) n.list.count = 0, w->nodes->cut = true;
  for (size_t i = 0; i < n.list.count && !status; i++) {
    if (w->nodes->all.count >= ORR_H5_MOST_OBJECTS) {
      w->nodes->cut = true;
      break;
    }
    status = orr_progress_step(w->reader->work, "listing the file", w->nodes->all.count, 0, e);
    if (!status) status = visit_link(w, group, at, n.list.items[i], depth, e);
  }
  w->nodes->all.items[at].end = (int)w->nodes->all.count;
  orr_free(n.list.items);
  return status;
}

orr_status orr_h5_walk(orr_h5_reader *r, orr_h5_nodes *out, orr_error *e) {
  walk w = {.reader = r, .nodes = out};
  hid_t root = H5Oopen(r->file, "/", H5P_DEFAULT);
  if (root < 0) return orr_h5_fail(e, "%s: its root cannot be opened", r->source);
  orr_status status = visit_object(&w, root, -1, "", 0, e);
  H5Oclose(root);
  orr_map_fini(&w.seen);
  if (out->cut)
    orr_h5_note(r, "the file holds more than %d objects, or deeper than %d levels; the rest is not listed",
                ORR_H5_MOST_OBJECTS, ORR_H5_DEEPEST);
  return status;
}
