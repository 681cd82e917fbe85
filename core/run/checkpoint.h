/* Checkpoints: all that a training knows between two updates, in one file.
 *
 * The layout is a store's. A file is written beside the old one and renamed
 * over it, so that there is always a whole one; it is read as hostile input. It
 * carries the key of what is being trained, in named parts, and is refused with
 * the parts that differ.
 */
#ifndef ORR_RUN_CHECKPOINT_H
#define ORR_RUN_CHECKPOINT_H

#include <stdbool.h>

#include "model/store.h"

/* One thing that must be the same for a training to go on: {"data", "3f…"}, {"cpu", "SkylakeX, AVX-512"}. */
typedef struct orr_key_part {
  const char *name, *value;
} orr_key_part;

/* Where checkpoints go; owns nothing. */
typedef struct orr_checkpoint {
  const char *path;
  const orr_key_part *key;
  size_t n_key;
  double
      every_seconds; /* of training; 0: only when asked. No more than a hundredth of the time goes into it */
} orr_checkpoint;

/* Adds the key, the caller's parts and `own`, to the store and writes it. */
orr_status orr_checkpoint_write(const orr_checkpoint *c, const orr_key_part *own, size_t n_own, orr_store *s,
                                orr_error *e);

/* *found is false when there is no file. ORR_DATA when it is damaged, or of something else: says what differs. */
orr_status orr_checkpoint_read(const orr_checkpoint *c, const orr_key_part *own, size_t n_own, orr_store *s,
                               bool *found, orr_error *e);

#endif
