/* Columns that are the pixels of a picture, known by their names: two numbers at
 * the end are row and column ("r0c7", "x_28_28"), one is a place in a square
 * ("p0" … "p63"). */
#ifndef ORR_EXPLAIN_PICTURE_H
#define ORR_EXPLAIN_PICTURE_H

#include "data/encode.h"

typedef struct orr_picture {
  size_t rows, cols;
  size_t *pixel; /* [rows,cols] encoded column + 1 of each pixel; 0: none, a pixel that was left out */
} orr_picture;

/* *found is false where the encoder's columns are no picture: names of another kind, text, fewer than 16 pixels, less
 * than a quarter of the picture there. */
orr_status orr_picture_find(const orr_encoder *c, orr_arena *arena, orr_picture *out, bool *found,
                            orr_error *e);

/* to[rows,cols] of an encoded row; what was left out is `blank`. */
void orr_picture_lay(const orr_picture *p, const double *row, double blank, double *to);

#endif
