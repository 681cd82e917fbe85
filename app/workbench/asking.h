/* The query thread: one pending question of each kind, the newest wins. What is
 * being answered ends early once a newer one of its kind has come. */
#ifndef ORR_WORKBENCH_ASKING_H
#define ORR_WORKBENCH_ASKING_H

#include <pthread.h>

#include "app/place.h"
#include "app/workbench/question.h"
#include "explain/latent.h"
#include "run/control.h"

/* What was measured last of a latent space; the query thread's own. */
typedef struct orr_latent_memory {
  orr_arena arena;
  orr_latent latent;
  orr_fit_object *fit; /* references; NULL: nothing is remembered */
  orr_table *table;
} orr_latent_memory;

void orr_latent_memory_fini(orr_latent_memory *m);

typedef struct orr_asking {
  const orr_place *place;
  uint64_t seed;               /* the session's: bands of figures are as in the record */
  void (*wake)(void *context); /* there is an answer */
  void *context;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t change;
  orr_question pending[ORR_QUESTIONS];
  uint64_t waiting[ORR_QUESTIONS]; /* number of the pending one; 0: none */
  uint64_t newest[ORR_QUESTIONS];  /* the last that was put */
  uint64_t count;
  orr_answer *answers[ORR_QUESTIONS];
  orr_question_kind kind; /* of what is being answered */
  uint64_t number;        /* of it; 0: nothing is */
  orr_control control;    /* ends what is being answered */
  bool closing;
  orr_latent_memory latent;
} orr_asking;

orr_status orr_asking_begin(orr_asking *a, orr_error *e); /* place, seed, wake and context are set */
void orr_asking_end(orr_asking *a);
uint64_t orr_asking_put(orr_asking *a, const orr_question *q);
orr_answer *orr_asking_newest(orr_asking *a, orr_question_kind kind);

/* What answering needs. The answer's refs are its own; all else in it lives in its arena. */
typedef struct orr_inquiry {
  const orr_question *q;
  const orr_place *place;
  uint64_t seed;
  orr_work work; /* one thread */
  orr_control *control;
  orr_latent_memory *latent;
  orr_answer *out;
} orr_inquiry;

typedef orr_status (*orr_answer_fn)(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_profile(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_order(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_figure(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_recipes(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_importance(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_dependence(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_why(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_traverse(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_runs(const orr_inquiry *asked, orr_error *e);
orr_status orr_answer_compare(const orr_inquiry *asked, orr_error *e);

#endif
