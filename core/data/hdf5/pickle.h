/* Python's pickles of lists, texts and numbers, read as data. Nothing is ever looked up, built or run: an object of a
 * class is a name and the values that were to make it. */
#ifndef ORR_DATA_HDF5_PICKLE_H
#define ORR_DATA_HDF5_PICKLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef enum orr_h5_pickle_kind {
  ORR_H5_PICKLE_NONE,
  ORR_H5_PICKLE_BOOLEAN,
  ORR_H5_PICKLE_INTEGER,
  ORR_H5_PICKLE_FLOAT,
  ORR_H5_PICKLE_TEXT, /* bytes too */
  ORR_H5_PICKLE_LIST, /* tuples and sets too; of a dict keys and values in turn */
  ORR_H5_PICKLE_CLASS,
  ORR_H5_PICKLE_OBJECT, /* items: class, arguments, states that were set on it */
  ORR_H5_PICKLE_MARK
} orr_h5_pickle_kind;

typedef struct orr_h5_pickle {
  orr_h5_pickle_kind kind;
  int64_t integer;
  double number;
  const char *text;
  size_t count, capacity; /* of items; of text its bytes */
  struct orr_h5_pickle **items;
} orr_h5_pickle;

/* ORR_DATA for what is no pickle or does more than hold values. */
orr_status orr_h5_pickle_read(orr_arena *arena, const char *bytes, size_t n, const orr_h5_pickle **out,
                              orr_error *e);

/* The array of Python objects of numpy: its values in C order, [rows, columns]. NULL: it is no such thing. */
const orr_h5_pickle *orr_h5_pickle_array(const orr_h5_pickle *p, uint64_t *rows, uint64_t *columns,
                                         bool *by_columns);

#endif
