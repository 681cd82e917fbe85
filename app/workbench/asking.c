/* The query thread; see asking.h. */
#include "app/workbench/asking.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/memory.h"

/* ---- questions and answers ---- */

static void take_references(orr_question *q) {
  if (q->table) orr_table_ref(q->table);
  if (q->fit) orr_fit_ref(q->fit);
  if (q->evaluation) orr_evaluation_ref(q->evaluation);
}

static void release(orr_question *q) {
  orr_table_unref(q->table);
  orr_fit_unref(q->fit);
  orr_evaluation_unref(q->evaluation);
  q->table = NULL, q->fit = NULL, q->evaluation = NULL;
}

orr_answer *orr_answer_ref(orr_answer *a) {
  __atomic_add_fetch(&a->refs, 1, __ATOMIC_RELAXED);
  return a;
}

void orr_answer_unref(orr_answer *a) {
  if (!a || __atomic_sub_fetch(&a->refs, 1, __ATOMIC_ACQ_REL)) return;
  orr_arena_fini(&a->arena);
  orr_table_unref(a->table);
  orr_fit_unref(a->fit);
  orr_evaluation_unref(a->evaluation);
  orr_free(a);
}

static orr_answer *begin_answer(const orr_question *q, uint64_t number) {
  orr_answer *a = orr_calloc(1, sizeof *a);
  if (!a) return NULL;
  *a = (orr_answer){.refs = 1, .kind = q->kind, .number = number};
  a->table = q->table ? orr_table_ref(q->table) : NULL;
  a->fit = q->fit ? orr_fit_ref(q->fit) : NULL;
  a->evaluation = q->evaluation ? orr_evaluation_ref(q->evaluation) : NULL;
  return a;
}

/* ---- the thread ---- */

static const orr_answer_fn answers[ORR_QUESTIONS] = {[ORR_ASK_PROFILE] = orr_answer_profile,
                                                     [ORR_ASK_ORDER] = orr_answer_order,
                                                     [ORR_ASK_FIGURE] = orr_answer_figure,
                                                     [ORR_ASK_RECIPES] = orr_answer_recipes,
                                                     [ORR_ASK_IMPORTANCE] = orr_answer_importance,
                                                     [ORR_ASK_DEPENDENCE] = orr_answer_dependence,
                                                     [ORR_ASK_WHY] = orr_answer_why,
                                                     [ORR_ASK_TRAVERSE] = orr_answer_traverse,
                                                     [ORR_ASK_RUNS] = orr_answer_runs,
                                                     [ORR_ASK_COMPARE] = orr_answer_compare};

static orr_signal on_progress(void *context, const orr_report *report) {
  orr_asking *a = context;
  (void)report;
  return orr_control_read(&a->control);
}

/* The oldest that waits; ORR_QUESTIONS: none does. */
static orr_question_kind next_kind(const orr_asking *a) {
  orr_question_kind found = ORR_QUESTIONS;
  for (orr_question_kind k = 0; k < ORR_QUESTIONS; k++)
    if (a->waiting[k] && (found == ORR_QUESTIONS || a->waiting[k] < a->waiting[found])) found = k;
  return found;
}

static orr_answer *answer(orr_asking *a, const orr_question *q, uint64_t number) {
  orr_answer *made = begin_answer(q, number);
  if (!made) return NULL;
  orr_inquiry asked = {.q = q,
                       .place = a->place,
                       .seed = a->seed,
                       .work = {.progress = on_progress, .context = a},
                       .control = &a->control,
                       .latent = &a->latent,
                       .out = made};
  made->status = answers[q->kind](&asked, &made->error);
  return made;
}

/* An answer that was overtaken meanwhile is forgotten. */
static void publish(orr_asking *a, orr_answer *made) {
  orr_answer *old = made;
  pthread_mutex_lock(&a->lock);
  bool current = made && a->newest[made->kind] == made->number && !a->closing;
  if (current) old = a->answers[made->kind], a->answers[made->kind] = made;
  pthread_mutex_unlock(&a->lock);
  orr_answer_unref(old);
  if (current) a->wake(a->context);
}

/* false: it is time to end. */
static bool take(orr_asking *a, orr_question *q, uint64_t *number) {
  pthread_mutex_lock(&a->lock);
  a->number = 0;
  while (!a->closing && next_kind(a) == ORR_QUESTIONS) pthread_cond_wait(&a->change, &a->lock);
  bool any = !a->closing;
  if (any) {
    orr_question_kind kind = next_kind(a);
    *q = a->pending[kind];
    *number = a->number = a->waiting[kind];
    a->kind = kind;
    a->waiting[kind] = 0;
    orr_control_renew(&a->control);
  }
  pthread_mutex_unlock(&a->lock);
  return any;
}

static void *run(void *context) {
  orr_asking *a = context;
  orr_question q;
  uint64_t number = 0;
  while (take(a, &q, &number)) {
    publish(a, answer(a, &q, number));
    release(&q);
  }
  return NULL;
}

orr_status orr_asking_begin(orr_asking *a, orr_error *e) {
  sigset_t all, before;
  pthread_mutex_init(&a->lock, NULL);
  pthread_cond_init(&a->change, NULL);
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  errno = pthread_create(&a->thread, NULL, run, a);
  int failed = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!failed) return ORR_OK;
  pthread_mutex_destroy(&a->lock);
  pthread_cond_destroy(&a->change);
  errno = failed;
  return orr_fail_errno(e, "cannot start the query thread");
}

void orr_asking_end(orr_asking *a) {
  pthread_mutex_lock(&a->lock);
  a->closing = true;
  orr_control_ask(&a->control, ORR_ABANDON, ORR_REASON_HAND);
  pthread_cond_signal(&a->change);
  pthread_mutex_unlock(&a->lock);
  pthread_join(a->thread, NULL);
  for (orr_question_kind k = 0; k < ORR_QUESTIONS; k++) {
    if (a->waiting[k]) release(&a->pending[k]);
    orr_answer_unref(a->answers[k]);
  }
  orr_latent_memory_fini(&a->latent);
  pthread_mutex_destroy(&a->lock);
  pthread_cond_destroy(&a->change);
}

uint64_t orr_asking_put(orr_asking *a, const orr_question *q) {
  orr_question forgotten = {0}, put = *q;
  take_references(&put);
  pthread_mutex_lock(&a->lock);
  if (a->waiting[q->kind]) forgotten = a->pending[q->kind];
  uint64_t number = a->newest[q->kind] = a->waiting[q->kind] = ++a->count;
  a->pending[q->kind] = put;
  if (a->number && a->kind == q->kind) orr_control_ask(&a->control, ORR_ABANDON, ORR_REASON_HAND);
  pthread_cond_signal(&a->change);
  pthread_mutex_unlock(&a->lock);
  release(&forgotten);
  return number;
}

orr_answer *orr_asking_newest(orr_asking *a, orr_question_kind kind) {
  pthread_mutex_lock(&a->lock);
  orr_answer *found = a->answers[kind] ? orr_answer_ref(a->answers[kind]) : NULL;
  pthread_mutex_unlock(&a->lock);
  return found;
}
