/* How one value lies in memory once libhdf5 has handed it over: what numbers are made of, what text is. */
#ifndef ORR_DATA_HDF5_CELL_H
#define ORR_DATA_HDF5_CELL_H

#include "data/hdf5/reader.h"

typedef enum orr_h5_kind {
  ORR_H5_SIGNED,
  ORR_H5_UNSIGNED,
  ORR_H5_FLOAT,       /* IEEE of 2, 4 or 8 bytes */
  ORR_H5_LONG_DOUBLE, /* this machine's */
  ORR_H5_TEXT,        /* of `bytes` bytes */
  ORR_H5_POINTER,     /* to text that ends in NUL; NULL is empty */
  ORR_H5_ODD,         /* a number in a form of its own: the library converts it */
  ORR_H5_OTHER        /* no table's cell: references, lists of any length, opaque bytes */
} orr_h5_kind;

/* The names of an enumeration's values. */
typedef struct orr_h5_names {
  size_t count;
  int64_t *values;
  const char **names;
} orr_h5_names;

typedef struct orr_h5_cell {
  orr_h5_kind kind;
  size_t bytes;
  bool swapped;       /* not in this machine's byte order */
  bool truth;         /* 0 and 1 mean false and true */
  bool blanks;        /* text is padded with blanks */
  bool zeros;         /* text is padded with NULs, and may hold others */
  bool bits;          /* a bit field */
  orr_h5_names names; /* count 0: no enumeration */
} orr_h5_cell;

/* What a value of the type is; arrays and compounds are ORR_H5_OTHER (take them apart first). */
orr_status orr_h5_cell_of(orr_h5_reader *r, hid_t type, orr_h5_cell *out, orr_error *e);

static inline bool orr_h5_cell_is_integer(const orr_h5_cell *c) {
  return c->kind == ORR_H5_SIGNED || c->kind == ORR_H5_UNSIGNED;
}
static inline bool orr_h5_cell_is_number(const orr_h5_cell *c) { return c->kind <= ORR_H5_LONG_DOUBLE; }
static inline bool orr_h5_cell_is_text(const orr_h5_cell *c) {
  return c->kind == ORR_H5_TEXT || c->kind == ORR_H5_POINTER;
}

/* The type as numpy prints it: "float64", ">f8", "|S20", "object", "[('a', '<i4'), …]". */
void orr_h5_dtype(hid_t type, orr_text *out);

/* What a person would call a type that is no cell: "a reference", "a list of any length", … */
const char *orr_h5_type_words(hid_t type);

/* n values at from, from + stride, … in other forms. Only numbers; to_integers takes integers only and hands
 * over unsigned ones of 64 bits bit by bit. */
void orr_h5_to_doubles(const orr_h5_cell *c, const char *from, size_t stride, size_t n, double *to);
void orr_h5_to_floats(const orr_h5_cell *c, const char *from, size_t stride, size_t n, float *to);
void orr_h5_to_integers(const orr_h5_cell *c, const char *from, size_t stride, size_t n, int64_t *to);

/* The text of a value: its start, with *n its bytes without padding; NULs may be among them where `zeros` is set. */
const char *orr_h5_text_of(const orr_h5_cell *c, const char *from, size_t *n);

#endif
