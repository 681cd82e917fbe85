/* A fixed pool of workers: one mutex guards the job; tasks are handed out by
 * an atomic counter. A worker that wakes late finds no task and idles. */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/memory.h"

struct orr_pool {
  unsigned threads; /* workers + 1 */
  pthread_t *workers;
  pthread_mutex_t lock;
  pthread_cond_t start, finished;
  unsigned long job; /* guarded by lock, as all below but `next` */
  unsigned busy;     /* workers that have not left the current job */
  bool closing;
  orr_task_fn fn;
  void *context;
  size_t tasks;
  atomic_size_t next;
};

static void drain(orr_pool *p, orr_task_fn fn, void *context, size_t tasks) {
  for (size_t task; (task = atomic_fetch_add(&p->next, 1)) < tasks;) fn(context, task);
}

static void *work(void *argument) {
  orr_pool *p = argument;
  unsigned long seen = 0;
  pthread_mutex_lock(&p->lock);
  for (;;) {
    while (p->job == seen && !p->closing) pthread_cond_wait(&p->start, &p->lock);
    if (p->closing) break;
    seen = p->job;
    orr_task_fn fn = p->fn;
    void *context = p->context;
    size_t tasks = p->tasks;
    pthread_mutex_unlock(&p->lock);
    drain(p, fn, context, tasks);
    pthread_mutex_lock(&p->lock);
    if (!--p->busy) pthread_cond_signal(&p->finished);
  }
  pthread_mutex_unlock(&p->lock);
  return NULL;
}

/* Signals belong to the main thread: workers are born with all of them blocked. */
static unsigned start_workers(orr_pool *p, unsigned wanted) {
  sigset_t all, before;
  unsigned started = 0;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (started < wanted && !pthread_create(&p->workers[started], NULL, work, p)) started++;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

orr_status orr_pool_new(unsigned threads, orr_pool **out, orr_error *e) {
  orr_pool *p = orr_calloc(1, sizeof *p);
  pthread_t *workers = orr_calloc(threads, sizeof *workers);
  if (!p || !workers) {
    orr_free(p);
    orr_free(workers);
    return orr_fail_memory(e, "the worker pool", threads * sizeof *workers);
  }
  p->workers = workers;
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->start, NULL);
  pthread_cond_init(&p->finished, NULL);
  p->threads = 1 + start_workers(p, threads - 1);
  *out = p;
  if (p->threads == threads) return ORR_OK;
  orr_pool_free(p);
  *out = NULL;
  return orr_fail(e, ORR_SYSTEM, "cannot start %u threads; try a smaller --threads", threads);
}

void orr_pool_free(orr_pool *p) {
  if (!p) return;
  pthread_mutex_lock(&p->lock);
  p->closing = true;
  pthread_cond_broadcast(&p->start);
  pthread_mutex_unlock(&p->lock);
  for (unsigned i = 0; i + 1 < p->threads; i++) pthread_join(p->workers[i], NULL);
  pthread_mutex_destroy(&p->lock);
  pthread_cond_destroy(&p->start);
  pthread_cond_destroy(&p->finished);
  orr_free(p->workers);
  orr_free(p);
}

unsigned orr_pool_threads(const orr_pool *p) { return p ? p->threads : 1; }

void orr_pool_run(orr_pool *p, size_t tasks, orr_task_fn fn, void *context) {
  if (!p || p->threads == 1 || tasks < 2) {
    for (size_t task = 0; task < tasks; task++) fn(context, task);
    return;
  }
  pthread_mutex_lock(&p->lock);
  p->fn = fn;
  p->context = context;
  p->tasks = tasks;
  p->busy = p->threads - 1;
  p->job++;
  atomic_store(&p->next, 0);
  pthread_cond_broadcast(&p->start);
  pthread_mutex_unlock(&p->lock);
  drain(p, fn, context, tasks);
  pthread_mutex_lock(&p->lock);
  while (p->busy) pthread_cond_wait(&p->finished, &p->lock);
  pthread_mutex_unlock(&p->lock);
}
