/* A table that is to be read: where each column's values lie and what they mean. Layouts make plans; fill.c carries
 * them out. */
#ifndef ORR_DATA_HDF5_PLAN_H
#define ORR_DATA_HDF5_PLAN_H

#include <stdatomic.h>

#include "base/map.h"
#include "data/hdf5/attribute.h"
#include "data/hdf5/view.h"
#include "data/table.h"

enum { ORR_H5_MOST_COLUMNS = 100000, ORR_H5_MOST_FLAT = 4096, ORR_H5_MOST_FILLS = 4 };

/* What attributes say of a dataset's numbers, after the CF conventions. */
typedef struct orr_h5_meaning {
  const char *unit; /* NULL: none known */
  bool scaled;
  double factor, shift; /* value = stored factor + shift */
  size_t n_fills;
  double fills[ORR_H5_MOST_FILLS]; /* stored values that mean missing */
  bool is_time;
  int64_t origin, tick; /* nanoseconds: since 1970, of one unit */
  const char *nothing;  /* a text that means missing */
} orr_h5_meaning;

typedef enum orr_h5_summary {
  ORR_H5_EACH,      /* the cell itself */
  ORR_H5_SUMMARY,   /* the first of four columns: mean, sd, min, max of the row's cells */
  ORR_H5_SUMMARISED /* one of the other three */
} orr_h5_summary;

/* A matrix whose zeros are not stored: by rows (CSR) or by columns (CSC). */
typedef struct orr_h5_sparse {
  orr_h5_array *data, *indices, *starts;
  bool by_columns;
  uint64_t rows, columns;
} orr_h5_sparse;

/* Values that a layout has read already, one a row. */
typedef struct orr_h5_ready {
  size_t count;
  const char **texts; /* NULL: missing */
  const double *numbers;
  const int64_t *integers;
} orr_h5_ready;

typedef struct orr_h5_column {
  const char *name;
  orr_type type;
  orr_h5_meaning meaning;
  /* one of these: */
  orr_h5_view *view;
  const orr_h5_sparse *sparse;
  const orr_h5_ready *ready;

  uint64_t cell;     /* of the row */
  size_t offset;     /* of the value within an element */
  orr_h5_cell value; /* how it is stored */
  orr_h5_summary summary;
  const orr_h5_texts *categories; /* what its integers count, from 0; others are missing */
  const uint8_t *mask;            /* 1: missing; NULL: none is known so */

  /* set while it is filled */
  char *cells;
  uint8_t *missing;
  atomic_bool any_missing, misfit; /* misfit: values that its type cannot hold */
  atomic_bool inexact;             /* whole numbers that float64 does not hold either */
  atomic_size_t unnamed;           /* codes that the enumeration has no name for */
  bool digits;                     /* whole numbers as text */
  orr_map words;
  int32_t *codes;                          /* of the categories or enumeration names */
  uint64_t cells_at, missing_at, words_at; /* in the answer */
} orr_h5_column;

typedef struct orr_h5_plan {
  const char *picked, *why;
  uint64_t rows;
  uint64_t first, step; /* of the rows of sparse and ready columns; views are narrowed already */
  ORR_VECTOR(orr_h5_column *) columns;
} orr_h5_plan;

void orr_h5_plan_fini(orr_h5_plan *p);

/* How the cells of one dataset are named. */
typedef struct orr_h5_naming {
  const char *base;          /* "x" makes x_1, x_2, … */
  const orr_h5_texts *names; /* one a cell; NULL: none */
  bool alone; /* the dataset is the whole table: members keep their names, cells are x1, x2, … */
} orr_h5_naming;

/* A column of its own; the plan keeps a copy. *added (may be NULL) is that copy. */
orr_status orr_h5_plan_add(orr_h5_reader *r, orr_h5_plan *p, const orr_h5_column *c, orr_h5_column **added,
                           orr_error *e);

/* The columns of a view: one a cell, one a member of a compound, or a summary of many cells. What is no cell of a
 * table is left out with a note; *added counts the columns (0 is no error). */
orr_status orr_h5_plan_view(orr_h5_reader *r, orr_h5_plan *p, orr_h5_view *v, const orr_h5_naming *naming,
                            const orr_h5_meaning *meaning, size_t *added, orr_error *e);

/* The dataset at `path` as one column named `name`; ORR_DATA when it is no such thing. */
orr_status orr_h5_plan_vector(orr_h5_reader *r, orr_h5_plan *p, const char *path, const char *name,
                              orr_h5_column **added, orr_error *e);

/* The same for whole numbers that count `categories` from 0. */
orr_status orr_h5_plan_codes(orr_h5_reader *r, orr_h5_plan *p, const char *path, const char *name,
                             const char *categories, orr_error *e);

/* The column's type, from how it is stored and what that means; due when either changes. */
void orr_h5_column_retype(orr_h5_column *c);

/* Nanoseconds since 1970 in an integer column, the least of all for none, as numpy and pandas keep times. */
void orr_h5_column_is_time(orr_h5_column *c);

/* Keeps the rows first, first + step, … */
void orr_h5_plan_take_rows(orr_h5_plan *p, uint64_t first, uint64_t step, uint64_t count);

/* Keeps the column of that name, and those that it was taken apart into. */
orr_status orr_h5_plan_take_column(orr_h5_reader *r, orr_h5_plan *p, const char *name, orr_error *e);

/* Makes names distinct, and fit to be shown. */
orr_status orr_h5_plan_finish_names(orr_h5_reader *r, orr_h5_plan *p, orr_error *e);

/* What the attributes of a dataset say; never fails: what is not understood says nothing. */
void orr_h5_meaning_of(orr_h5_reader *r, hid_t dataset, orr_h5_meaning *out);

/* The unit, which may say that the numbers are times ("hours since 2000-01-01"). Calendar: NULL for the usual one. */
void orr_h5_meaning_take_unit(orr_h5_reader *r, orr_h5_meaning *m, const char *unit, const char *calendar);

/* All elements of a dataset as texts (numbers too), or as numbers; for names, categories and the like. */
orr_status orr_h5_load_texts(orr_h5_reader *r, const char *path, orr_h5_texts *out, orr_error *e);
orr_status orr_h5_column_texts(orr_h5_reader *r, const orr_h5_column *c, orr_h5_texts *out, orr_error *e);
orr_status orr_h5_load_integers(orr_h5_reader *r, const orr_h5_array *a, uint64_t first, uint64_t n,
                                int64_t *out, orr_error *e);
bool orr_h5_exists(const orr_h5_reader *r, const char *path);

/* Carries the plan out for the rows of `runs`: cells[rows] and missing[rows] of every column are set. */
typedef struct orr_h5_run {
  uint64_t start, count;
} orr_h5_run;
orr_status orr_h5_fill(orr_h5_reader *r, orr_h5_plan *p, const orr_h5_run *runs, size_t n_runs, orr_error *e);

#endif
