/* Trainings of every kind with a place for their checkpoint, and an interruption at any moment. */
#ifndef TESTS_RUN_RESUME_FIXTURE_H
#define TESTS_RUN_RESUME_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "trainer_fixture.h"

static char folder[64], path[96];

static inline int make_folder(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/orrery-checkpoint-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/fit1", folder);
  return 0;
}

static inline int remove_folder(void **state) {
  (void)state;
  orr_file_remove_tree(folder);
  return 0;
}

static const orr_key_part key[] = {{"data", "a1b2"}, {"cpu", "SkylakeX"}};
static const orr_checkpoint place = {path, key, 2, 0};

/* Trainings of every kind; what differs is named. */
typedef struct kind {
  const char *name;
  void (*learner)(orr_learner *);
  orr_trainer_options options;
} kind;

static const orr_change given[] = {
    {.step = 0, .set = {"weight_decay", 0.01}}, {.step = 7, .set = {"learning_rate", 2e-3}},
    {.step = 7, .set = {"batch_size", 40}},     {.step = 11, .set = {"beta", 0.5}},
    {.step = 19, .set = {"clip_norm", 0.01}},
};

static const kind kinds[] = {
    {"adam",
     learner_make,
     {.method = ORR_METHOD_ADAM,
      .epochs = 5,
      .batch_size = 64,
      .learning_rate = 1e-2,
      .average = 0.9,
      .clip_norm = 1,
      .keep_best = true,
      .seed = 3,
      .schedule = {ORR_SCHEDULE_COSINE, .warm_up = {.steps = 4}}}},
    {"sgd",
     learner_make,
     {.method = ORR_METHOD_SGD,
      .epochs = 5,
      .batch_size = 30,
      .accumulation = 3,
      .learning_rate = 0.1,
      .momentum = 0.9,
      .patience = 1,
      .schedule = {ORR_SCHEDULE_PLATEAU, .shrink = 0.5, .patience = 0}}},
    {"adamw, changed",
     learner_make,
     {.method = ORR_METHOD_ADAMW,
      .epochs = 4,
      .batch_size = 64,
      .learning_rate = 1e-2,
      .schedule = {ORR_SCHEDULE_ONE_CYCLE},
      .changes = given,
      .n_changes = 5}},
    {"diverging",
     linear_make,
     {.method = ORR_METHOD_SGD, .epochs = 3, .batch_size = 4, .learning_rate = 3, .attempts = 9}},
    {"lbfgs", learner_make, {.method = ORR_METHOD_LBFGS, .epochs = 12, .batch_size = 128, .memory = 3}},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static inline void take_kind(desk *d, const kind *k) {
  desk_make(d, k->learner);
  d->options = k->options;
  unlink(path);
}

/* Asks to end after so many reports. */
typedef struct fuse {
  size_t left, seen;
} fuse;

static inline orr_signal burn(void *context, const orr_report *r) {
  fuse *f = context;
  (void)r;
  f->seen++;
  return f->left && --f->left == 0 ? ORR_ABANDON : ORR_GO_ON;
}

#endif
