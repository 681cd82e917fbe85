/* Counter-based random streams: Philox4x32-10 (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011), through Random123.
 *
 * A stream is named by seed, step and purpose; there is no global generator,
 * and no stream depends on what another one drew.
 */
#ifndef ORR_BASE_RANDOM_H
#define ORR_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef enum orr_purpose {
  ORR_FOR_SPLIT = 1,
  ORR_FOR_FOLDS,
  ORR_FOR_BOOTSTRAP,
  ORR_FOR_ROWS,
  ORR_FOR_COLUMNS,
  ORR_FOR_TIES,
  ORR_FOR_RECIPE,
  ORR_FOR_TEST,
  ORR_FOR_ORDER,
  ORR_FOR_PARAMETERS,
  ORR_FOR_SAMPLES
} orr_purpose;

typedef struct orr_random {
  uint32_t key[2];
  uint32_t counter[4];
  uint32_t block[4];
  unsigned left; /* unread words of `block` */
} orr_random;

orr_random orr_random_stream(uint64_t seed, uint64_t step, orr_purpose purpose);

/* A seed of its own for a part of a step (a repeat, a fold). */
uint64_t orr_random_derive(uint64_t seed, uint64_t index);

uint32_t orr_random_word(orr_random *r);
double orr_random_uniform(orr_random *r);                 /* [0, 1), 53 bits */
uint64_t orr_random_below(orr_random *r, uint64_t bound); /* 0 … bound-1, without bias */
double orr_random_normal(orr_random *r);                  /* mean 0, standard deviation 1 (Box–Muller) */
void orr_random_shuffle(orr_random *r, size_t *items, size_t n);

#endif
