/* Frames: what a model family is given: numbers only, encoded by an encoder. */
#ifndef ORR_DATA_FRAME_H
#define ORR_DATA_FRAME_H

#include <stdint.h>

#include "num/matrix.h"

typedef struct orr_frame {
  orr_matrix x;             /* [n,d]; NaN where missing, for families that take it */
  const char *const *names; /* [d] of the encoded columns: "mass", "island=Biscoe" */
  const size_t *levels;     /* [d] of columns that are numbers of categories, how many; 0: a number. NULL: all are */
  size_t classes;           /* of `label`; 0 in regression */
  const int32_t *label;     /* [n] classification */
  const double *y;          /* [n] regression */
  const double *weight;     /* [n]; NULL: all one */
  orr_matrix row;           /* [n,k] raw numbers of columns that a loss looks at; no columns: none */
} orr_frame;

#endif
