/* All objects of a file, in the order of their names, each once: the tree that a person sees and the layouts choose
 * from. */
#ifndef ORR_DATA_HDF5_WALK_H
#define ORR_DATA_HDF5_WALK_H

#include "data/hdf5/cell.h"

typedef enum orr_h5_node_kind {
  ORR_H5_GROUP,
  ORR_H5_DATASET,
  ORR_H5_NAMED_TYPE,
  ORR_H5_LINK
} orr_h5_node_kind;

typedef struct orr_h5_node {
  orr_h5_node_kind kind;
  const char *path, *name; /* the name is the path's end */
  const char *note;        /* what a person is to know of it; NULL: nothing */
  uint64_t address;        /* of the object, whatever it is called */
  int parent;              /* index; -1: the root's */
  int end;                 /* index after the last object below it */
  bool hidden;             /* a helper of a file layout, of no interest to people */
  bool same;               /* a further name of an object that was met before */
  /* of datasets */
  bool none; /* a null dataspace */
  int rank;
  const uint64_t *dims;
  H5T_class_t type;
  bool numeric, text;  /* of its elements, or of the arrays that they are */
  const char *matlab;  /* the class that MATLAB gave it; NULL: it is none of MATLAB's */
  bool is_scale;       /* the coordinate of a dimension */
  bool is_placeholder; /* a netCDF dimension without values */
} orr_h5_node;

typedef struct orr_h5_nodes {
  ORR_VECTOR(orr_h5_node) all; /* [0] is the root */
  bool cut;                    /* there are more than were listed */
} orr_h5_nodes;

enum { ORR_H5_MOST_OBJECTS = 100000, ORR_H5_DEEPEST = 64 };

/* Lists the file; orr_h5_nodes_fini is due either way. */
orr_status orr_h5_walk(orr_h5_reader *r, orr_h5_nodes *out, orr_error *e);
void orr_h5_nodes_fini(orr_h5_nodes *nodes);

/* [{"path":…, "kind":…, "shape":…, "dtype":…, "attributes":…, …}, …], without what is hidden */
orr_status orr_h5_tree(orr_h5_reader *r, const orr_h5_nodes *nodes, orr_json **out, orr_error *e);

#endif
