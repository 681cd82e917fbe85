/* A fixed pool of workers. What is left of a job is one atomic count: who lowers
 * it has a task, and until that task is done the job cannot end, so that whoever
 * comes late, even from the job before, takes a task of the present one or none.
 *
 * Waiting is spinning for some microseconds (the next job of a training step
 * follows at once), then sleeping. Where there are more threads than processors
 * nobody spins: the one awaited needs the processor. */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/memory.h"

enum { LINE = 64, SPINS = 1500, MOST_SHARES = 64 }; /* a pause is 10 to 50 ns */

static _Thread_local unsigned worker; /* the thread's number in its pool */

typedef struct start {
  struct orr_pool *pool;
  unsigned worker;
} start;

struct orr_pool {
  unsigned threads; /* workers + 1 */
  int spins;
  pthread_t *workers;
  start *starts;
  pthread_mutex_t lock; /* only for sleeping and waking */
  pthread_cond_t begun, finished;
  orr_task_fn fn; /* these three are still while a task is left or running */
  void *context;
  size_t tasks;
  char apart_job[LINE];
  atomic_uint job; /* how many have been started */
  atomic_uint sleepers;
  atomic_bool closing;
  char apart_left[LINE];
  atomic_size_t left; /* tasks nobody has taken */
  char apart_running[LINE];
  atomic_size_t unfinished;
  atomic_bool caller_sleeps;
};

static void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

/* The number of a task, or false when none is left. Tasks go in the order of their numbers. */
static bool take(orr_pool *p, size_t *task) {
  size_t left = atomic_load_explicit(&p->left, memory_order_relaxed);
  do
    if (!left) return false;
  while (!atomic_compare_exchange_weak(&p->left, &left, left - 1));
  *task = p->tasks - left;
  return true;
}

static void wake_caller(orr_pool *p) {
  pthread_mutex_lock(&p->lock);
  pthread_cond_signal(&p->finished);
  pthread_mutex_unlock(&p->lock);
}

static void drain(orr_pool *p) {
  for (size_t task; take(p, &task);) {
    p->fn(p->context, task);
    if (atomic_fetch_sub(&p->unfinished, 1) == 1 && atomic_load(&p->caller_sleeps)) wake_caller(p);
  }
}

static bool nothing_new(orr_pool *p, unsigned seen) {
  return atomic_load(&p->job) == seen && !atomic_load(&p->closing);
}

static void await_job(orr_pool *p, unsigned seen) {
  for (int i = 0; i < p->spins; i++) {
    if (!nothing_new(p, seen)) return;
    pause_briefly();
  }
  pthread_mutex_lock(&p->lock);
  atomic_fetch_add(&p->sleepers, 1);
  while (nothing_new(p, seen)) pthread_cond_wait(&p->begun, &p->lock);
  atomic_fetch_sub(&p->sleepers, 1);
  pthread_mutex_unlock(&p->lock);
}

static void *work(void *argument) {
  const start *s = argument;
  orr_pool *p = s->pool;
  unsigned seen = 0;
  worker = s->worker;
  for (;;) {
    await_job(p, seen);
    if (atomic_load(&p->closing)) return NULL;
    seen = atomic_load(&p->job);
    drain(p);
  }
}

/* Signals belong to the main thread: workers are born with all of them blocked. */
static unsigned start_workers(orr_pool *p, unsigned wanted) {
  sigset_t all, before;
  unsigned started = 0;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (started < wanted) {
    p->starts[started] = (start){p, started + 1};
    if (pthread_create(&p->workers[started], NULL, work, &p->starts[started])) break;
    started++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

static int spins_for(unsigned threads) {
  cpu_set_t mine;
  if (sched_getaffinity(0, sizeof mine, &mine)) return 0;
  return threads <= (unsigned)CPU_COUNT(&mine) ? SPINS : 0;
}

orr_status orr_pool_new(unsigned threads, orr_pool **out, orr_error *e) {
  orr_pool *p = orr_calloc(1, sizeof *p);
  pthread_t *workers = orr_calloc(threads, sizeof *workers);
  start *starts = orr_calloc(threads, sizeof *starts);
  if (!p || !workers || !starts) {
    orr_free(p);
    orr_free(workers);
    orr_free(starts);
    return orr_fail_memory(e, "the worker pool", threads * sizeof *workers);
  }
  p->workers = workers;
  p->starts = starts;
  p->spins = spins_for(threads);
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->begun, NULL);
  pthread_cond_init(&p->finished, NULL);
  p->threads = 1 + start_workers(p, threads - 1);
  *out = p;
  if (p->threads == threads) return ORR_OK;
  orr_pool_free(p);
  *out = NULL;
  return orr_fail(e, ORR_SYSTEM, "cannot start %u threads; try a smaller --threads", threads);
}

static void wake_workers(orr_pool *p) {
  pthread_mutex_lock(&p->lock);
  pthread_cond_broadcast(&p->begun);
  pthread_mutex_unlock(&p->lock);
}

void orr_pool_free(orr_pool *p) {
  if (!p) return;
  atomic_store(&p->closing, true);
  wake_workers(p);
  for (unsigned i = 0; i + 1 < p->threads; i++) pthread_join(p->workers[i], NULL);
  pthread_mutex_destroy(&p->lock);
  pthread_cond_destroy(&p->begun);
  pthread_cond_destroy(&p->finished);
  orr_free(p->workers);
  orr_free(p->starts);
  orr_free(p);
}

unsigned orr_pool_threads(const orr_pool *p) { return p ? p->threads : 1; }

static void await_finish(orr_pool *p) {
  for (int i = 0; i < p->spins; i++) {
    if (!atomic_load(&p->unfinished)) return;
    pause_briefly();
  }
  pthread_mutex_lock(&p->lock);
  atomic_store(&p->caller_sleeps, true);
  while (atomic_load(&p->unfinished)) pthread_cond_wait(&p->finished, &p->lock);
  atomic_store(&p->caller_sleeps, false);
  pthread_mutex_unlock(&p->lock);
}

unsigned orr_pool_worker(void) { return worker; }

static void run_here(size_t tasks, orr_task_fn fn, void *context) {
  for (size_t task = 0; task < tasks; task++) fn(context, task);
}

void orr_pool_run(orr_pool *p, size_t tasks, orr_task_fn fn, void *context) {
  unsigned outside = worker; /* a worker of one pool may be the caller of another */
  worker = 0;
  if (!p || p->threads == 1 || tasks < 2) {
    run_here(tasks, fn, context);
  } else {
    p->fn = fn;
    p->context = context;
    p->tasks = tasks;
    atomic_store(&p->unfinished, tasks);
    atomic_store(&p->left, tasks);
    atomic_fetch_add(&p->job, 1);
    if (atomic_load(&p->sleepers)) wake_workers(p);
    drain(p);
    await_finish(p);
  }
  worker = outside;
}

typedef struct share {
  atomic_size_t next;
  size_t end;
  char apart[LINE - 2 * sizeof(size_t)];
} share;

typedef struct shared_out {
  share share[MOST_SHARES];
  unsigned shares;
  orr_task_fn fn;
  void *context;
} shared_out;

/* As many of these run as there are tasks, and each runs one: its worker's own, or the next one's left over. */
static void run_share(void *context, size_t task) {
  shared_out *s = context;
  (void)task;
  for (unsigned i = 0; i < s->shares; i++) {
    share *from = &s->share[(worker + i) % s->shares];
    if (atomic_load(&from->next) >= from->end) continue;
    size_t mine = atomic_fetch_add(&from->next, 1);
    if (mine >= from->end) continue;
    s->fn(s->context, mine);
    return;
  }
}

void orr_pool_run_apart(orr_pool *p, size_t tasks, orr_task_fn fn, void *context) {
  shared_out s = {.fn = fn, .context = context};
  unsigned threads = orr_pool_threads(p);
  s.shares = threads < MOST_SHARES ? threads : MOST_SHARES;
  for (unsigned i = 0; i < s.shares; i++) {
    atomic_init(&s.share[i].next, tasks * i / s.shares);
    s.share[i].end = tasks * (i + 1) / s.shares;
  }
  orr_pool_run(p, tasks, run_share, &s);
}
