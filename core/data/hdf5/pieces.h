/* The pieces that a dataset is stored in, seen as rows of elements: where each lies in the file, and its elements. */
#ifndef ORR_DATA_HDF5_PIECES_H
#define ORR_DATA_HDF5_PIECES_H

#include "data/hdf5/array.h"

enum { ORR_H5_PIECES = 4096 /* at a time */ };

typedef struct orr_h5_piece {
  uint64_t row, cell; /* its first row, and its first element within the rows */
  uint64_t at;        /* in the file */
  size_t size;        /* as it is stored; 0: it never was */
  uint32_t skipped;   /* filters that were not applied */
} orr_h5_piece;

/* A dataset in pieces of `height` rows by `width` elements. */
typedef struct orr_h5_pieces {
  const orr_h5_array *array;
  uint64_t height, width;
  uint64_t inner;         /* elements of one step along the second axis */
  orr_h5_filters filters; /* to be undone; without the shuffling when that was last */
  bool shuffled;          /* elements come as planes of bytes, unless a piece skipped that */
  orr_h5_piece *pieces;   /* [n] those of the present turn */
  size_t n;
  char *spare; /* nothing is ever written to it */
  size_t spare_size;
} orr_h5_pieces;

bool orr_h5_is_in_pieces(const orr_h5_array *a);
orr_status orr_h5_pieces_init(const orr_h5_array *a, orr_h5_pieces *p, orr_error *e);
void orr_h5_pieces_fini(orr_h5_pieces *p);

/* Adds the piece that holds this row and element. */
orr_status orr_h5_pieces_add(orr_h5_reader *r, orr_h5_pieces *p, uint64_t row, uint64_t cell, orr_error *e);

/* One worker's memory for them; {0} is empty. */
typedef struct orr_h5_worker {
  orr_h5_scratch scratch;
  char *raw, *tile, *stage;
  size_t raw_size, tile_size, stage_size;
} orr_h5_worker;
void orr_h5_worker_fini(orr_h5_worker *w);
bool orr_h5_worker_holds(char **buffer, size_t *size, size_t wanted);

/* The elements of a stored piece, or planes of their bytes. On any thread. Returns what is wrong, or NULL. */
const char *orr_h5_piece_read(const orr_h5_pieces *p, const orr_h5_piece *piece, int fd, orr_h5_worker *w,
                              const char **elements, bool *planes);

#endif
