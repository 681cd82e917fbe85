/* Which object of a file is the table, and its plan. */
#ifndef ORR_DATA_HDF5_CHOOSE_H
#define ORR_DATA_HDF5_CHOOSE_H

#include "data/hdf5/layout.h"

typedef struct orr_h5_candidate {
  int at; /* of nodes */
  const orr_h5_layout *layout;
  orr_h5_worth worth;
  long double size; /* cells, as far as is known */
} orr_h5_candidate;

typedef struct orr_h5_candidates {
  ORR_VECTOR(orr_h5_candidate) all; /* best first */
} orr_h5_candidates;

/* All objects of the file that are tables. The list's items are the caller's to free. */
orr_status orr_h5_find_tables(orr_h5_reader *r, const orr_h5_nodes *nodes, orr_h5_candidates *out,
                              orr_error *e);

/* The one of them that is the file's table, or NULL. */
const orr_h5_candidate *orr_h5_choose(const orr_h5_candidates *c, const char **why);

/* "x.h5 holds 5 tables: /a (10,000 x 5), …; name one: x.h5:/a" or that it holds none. */
orr_status orr_h5_fail_undecided(const orr_h5_reader *r, const orr_h5_nodes *nodes,
                                 const orr_h5_candidates *c, orr_error *e);

/* The plan of what was asked for by name; the file is listed only when that is needed (`nodes` is empty before). */
orr_status orr_h5_plan_inside(orr_h5_reader *r, const char *inside, orr_h5_nodes *nodes, orr_h5_plan *out,
                              orr_error *e);

/* Of datasets beside the picked one, those that no table can hold: a note each. */
void orr_h5_note_unread(orr_h5_reader *r, const orr_h5_nodes *nodes, int picked);

#endif
