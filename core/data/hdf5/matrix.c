/* A sparse matrix on its own, as AnnData and h5sparse write it. */
#include "data/hdf5/layout.h"
#include "data/hdf5/sparse.h"

static orr_h5_worth judge(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, hid_t object) {
  const orr_h5_node *n = &nodes->all.items[at];
  (void)object;
  return n->kind == ORR_H5_GROUP && orr_h5_is_sparse(r, n->path) ? ORR_H5_TABLE : ORR_H5_NO_TABLE;
}

static orr_status plan(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out, orr_error *e) {
  const orr_h5_sparse *s;
  ORR_TRY(orr_h5_sparse_open(r, nodes->all.items[at].path, &s, e));
  out->rows = s->rows;
  return orr_h5_plan_sparse(r, out, s, NULL, e);
}

const orr_h5_layout orr_h5_layout_matrix = {.judge = judge, .owns = true, .plan = plan};
