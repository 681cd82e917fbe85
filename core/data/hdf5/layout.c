/* What layouts share; see layout.h. */
#include "data/hdf5/layout.h"

#include <string.h>

const char *orr_h5_join(orr_h5_reader *r, const char *folder, const char *name) {
  return orr_arena_printf(&r->arena, "%s/%s", folder[1] ? folder : "", name);
}

int orr_h5_find(const orr_h5_reader *r, const orr_h5_nodes *nodes, const char *path) {
  H5O_info_t info;
  bool there = H5Oget_info_by_name2(r->file, path, &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0;
  H5Eclear2(H5E_DEFAULT);
  for (size_t i = 0; i < nodes->all.count && there; i++) {
    const orr_h5_node *n = &nodes->all.items[i];
    if (n->kind == ORR_H5_GROUP && !n->same && n->address == info.addr) return (int)i;
  }
  return -1;
}

int orr_h5_child(const orr_h5_nodes *nodes, int group, const char *name) {
  for (int i = group + 1; i < nodes->all.items[group].end; i = nodes->all.items[i].end)
    if (!strcmp(nodes->all.items[i].name, name)) return i;
  return -1;
}

/* The axis of the rows: the first; MATLAB's last, or the longer one of a vector. */
static int row_axis(const orr_h5_node *n) {
  if (!n->matlab) return 0;
  return n->rank == 2 && n->dims[1] == 1 && n->dims[0] != 1 ? 0 : n->rank - 1;
}

uint64_t orr_h5_node_rows(const orr_h5_node *n) {
  if (n->none) return 0;
  return n->rank ? n->dims[row_axis(n)] : 1;
}

uint64_t orr_h5_node_cells(const orr_h5_node *n) {
  uint64_t cells = 1;
  for (int i = 0; i < n->rank; i++)
    if (i != row_axis(n) && __builtin_mul_overflow(cells, n->dims[i], &cells)) return UINT64_MAX;
  return n->none ? 0 : cells;
}
