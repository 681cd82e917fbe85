/* Tables: typed columns with missing values, units and roles.
 *
 * A table is immutable from the moment its maker hands it out, and shared
 * between threads by reference count; columns are shared between tables in the
 * same way. Rows remember which row of the input they were, so that a
 * prediction can always be traced back after filters.
 */
#ifndef ORR_DATA_TABLE_H
#define ORR_DATA_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/map.h"
#include "data/mapping.h"

/*    type     name        bytes a cell                                        */
#define ORR_TYPE_LIST(X)                                                                                     \
  X(FLOAT64, "float64", 8)                                                                                   \
  X(FLOAT32, "float32", 4)                                                                                   \
  X(INT64, "int64", 8)                                                                                       \
  X(TIME, "time", 8) /* nanoseconds since 1970, UTC */                                                       \
  X(TEXT, "text", 4) /* codes into `words` */                                                                \
  X(BOOL, "bool", 1)

typedef enum orr_type {
#define X(type, name, bytes) ORR_##type,
  ORR_TYPE_LIST(X)
#undef X
} orr_type;

#define ORR_ROLE_LIST(X)                                                                                     \
  X(FEATURE, "feature")                                                                                      \
  X(TARGET, "target")                                                                                        \
  X(WEIGHT, "weight")                                                                                        \
  X(ERROR_OF, "error_of") /* measurement error of another column */                                          \
  X(GROUP, "group")                                                                                          \
  X(IGNORE, "ignore")

typedef enum orr_role {
#define X(role, name) ORR_ROLE_##role,
  ORR_ROLE_LIST(X)
#undef X
} orr_role;

typedef struct orr_column {
  int refs; /* atomic */
  char *name;
  char *unit; /* NULL: none known */
  orr_type type;
  size_t rows;
  union {
    void *cells;
    double *float64;
    float *float32;
    int64_t *int64; /* TIME too */
    int32_t *codes; /* TEXT */
    uint8_t *bools;
  };
  uint8_t *missing; /* a byte a row, 1 = missing; NULL when none is. Missing cells hold 0 (floats: NaN) */
  size_t n_missing;
  orr_map words;      /* TEXT: code to word, in order of first sight */
  orr_mapping *owner; /* of cells, and of missing marks, that lie in it; NULL: both are the column's own */
} orr_column;

typedef struct orr_table {
  int refs; /* atomic */
  size_t rows, n_columns;
  orr_column **columns;
  orr_role *roles;    /* [n_columns] */
  int64_t *row_index; /* [rows] row of the input, from 0; NULL: row i is row i */
  orr_hash
      origin; /* of the input whose rows these are: equal origins and row numbers, the same row; 0: none */
  char *derivations; /* JSON: how derived columns came about, in order; NULL: none are */
  char *source;      /* where it came from, for people */
} orr_table;

const char *orr_type_name(orr_type type);
size_t orr_type_bytes(orr_type type);
const char *orr_role_name(orr_role role);
bool orr_role_from_name(const char *name, orr_role *role);

/* A column with zeroed cells; its maker fills it, then calls orr_column_seal. */
orr_status orr_column_new(const char *name, orr_type type, size_t rows, orr_column **out, orr_error *e);
orr_status orr_column_set_missing(orr_column *c, size_t row, orr_error *e); /* a mapped cell holds 0 or NaN */
void orr_column_seal(orr_column *c); /* counts missing; NaN of float columns becomes missing */

/* A column over cells[rows] and missing[rows] (NULL: none) that lie in a mapping, of which it takes a reference of its
 * own. They are never written to; further marks of missing cells, and the words, are the column's own. */
orr_status orr_column_map(const char *name, orr_type type, size_t rows, orr_mapping *owner, const void *cells,
                          const uint8_t *missing, orr_column **out, orr_error *e);

orr_column *orr_column_ref(orr_column *c);
void orr_column_unref(orr_column *c);

static inline bool orr_column_is_missing(const orr_column *c, size_t row) {
  return c->missing && c->missing[row];
}

/* The cell as a number: NaN when missing; booleans 0 and 1; time in seconds since 1970; text its code. */
double orr_column_number(const orr_column *c, size_t row);
bool orr_column_is_numeric(const orr_column *c); /* everything but TEXT */

/* The cell as text ("" when missing), written into `buffer` where it is not a word. */
const char *orr_column_text(const orr_column *c, size_t row, char *buffer, size_t n);

/* Rows `index` of the column, in that order. */
orr_status orr_column_take(const orr_column *c, const size_t *index, size_t n, orr_column **out,
                           orr_error *e);

/* A table over columns of equal length; takes its own references. Roles default to feature. */
orr_status orr_table_new(orr_column *const *columns, size_t n, const char *source, orr_table **out,
                         orr_error *e);
orr_table *orr_table_ref(orr_table *t);
void orr_table_unref(orr_table *t);

const char *orr_table_with(const orr_table *t,
                           orr_role role); /* name of the first column of that role; NULL: none */
orr_status orr_table_with_unit(const orr_table *t, const char *column, const char *unit, orr_table **out,
                               orr_error *e);
int orr_table_find(const orr_table *t, const char *name); /* -1: no such column */
/* The column's number, or ORR_DATA with a did-you-mean. */
orr_status orr_table_column(const orr_table *t, const char *name, size_t *at, orr_error *e);
int64_t orr_table_input_row(const orr_table *t, size_t row);

/* New tables that share what they can with the old one. */
orr_status orr_table_take(const orr_table *t, const size_t *index, size_t n, orr_table **out, orr_error *e);
orr_status orr_table_with_column(const orr_table *t, orr_column *c, orr_table **out, orr_error *e);
orr_status orr_table_with_role(const orr_table *t, const char *column, orr_role role, orr_table **out,
                               orr_error *e);

/* Hash of names, types, cells and missing marks: equal tables, equal hash, on any machine of one byte order. */
orr_hash orr_table_hash(const orr_table *t);

#endif
