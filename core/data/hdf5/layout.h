/* Layouts: what groups and datasets of certain forms mean as a table. Each is one file and one row of layouts.def. */
#ifndef ORR_DATA_HDF5_LAYOUT_H
#define ORR_DATA_HDF5_LAYOUT_H

#include "data/hdf5/plan.h"
#include "data/hdf5/walk.h"

/* How good a table an object makes. */
typedef enum orr_h5_worth {
  ORR_H5_NO_TABLE,
  ORR_H5_WEAK,  /* a single vector, words, a table of no rows */
  ORR_H5_TABLE, /* columns, a matrix */
  ORR_H5_MARKED /* the file says so itself */
} orr_h5_worth;

typedef struct orr_h5_layout {
  const char *why; /* it was picked; NULL: only that there is no other */
  /* Of the object nodes[at], opened as `object`. */
  orr_h5_worth (*judge)(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, hid_t object);
  bool owns; /* objects below it are no tables of their own */
  orr_status (*plan)(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out, orr_error *e);
} orr_h5_layout;

#define ORR_H5_LAYOUT(name) extern const orr_h5_layout orr_h5_layout_##name;
#include "data/hdf5/layouts.def"
#undef ORR_H5_LAYOUT

/* The index of the group at `path`, which may lead through links; -1: there is none. */
int orr_h5_find(const orr_h5_reader *r, const orr_h5_nodes *nodes, const char *path);
int orr_h5_child(const orr_h5_nodes *nodes, int group, const char *name);

/* A dataset as a table, whole or a part; the way of the layout `dataset`. */
orr_status orr_h5_plan_dataset(orr_h5_reader *r, const char *path, const orr_h5_slice *slices, size_t n,
                               orr_h5_plan *out, orr_error *e);

/* Rows of a dataset as a table, and cells of each row. */
uint64_t orr_h5_node_rows(const orr_h5_node *n);
uint64_t orr_h5_node_cells(const orr_h5_node *n);

/* Rows of the table that a group makes; 0: it makes none. */
uint64_t orr_h5_group_rows(orr_h5_reader *r, const orr_h5_nodes *nodes, int group);

/* The names of a dataset's columns: from an attribute, or from a list beside it; NULL: there are none. */
const orr_h5_texts *orr_h5_column_names(orr_h5_reader *r, const orr_h5_array *a, uint64_t cells);

/* A group of AnnData's form `dataframe` (or its older compound): index first, then its columns. */
orr_status orr_h5_plan_dataframe(orr_h5_reader *r, const char *path, orr_h5_plan *out, orr_error *e);

/* "/a" and "b" make "/a/b"; NULL when out of memory. */
const char *orr_h5_join(orr_h5_reader *r, const char *folder, const char *name);

#endif
