/* A fixed pool of workers.
 *
 * A job is n tasks, cut by the size of the problem and never by the number of
 * workers, so that results are the same bits for any of them. Tasks are taken
 * in order of their numbers; the caller works too. One job runs at a time.
 */
#ifndef ORR_BASE_POOL_H
#define ORR_BASE_POOL_H

#include <stddef.h>

#include "base/error.h"

typedef struct orr_pool orr_pool;
typedef void (*orr_task_fn)(void *context, size_t task);

orr_status orr_pool_new(unsigned threads, orr_pool **out,
                        orr_error *e); /* threads ≥ 1, the caller's included */
void orr_pool_free(orr_pool *p);
unsigned orr_pool_threads(const orr_pool *p); /* 1 for NULL */

/* Runs fn(context, 0 … tasks-1) and returns when all are done. A NULL pool runs them in order here. */
void orr_pool_run(orr_pool *p, size_t tasks, orr_task_fn fn, void *context);

/* The same, with the tasks shared out beforehand: a worker begins with its own stretch of them, the same in each
 * job of as many tasks, and finds there what it left in its cache; then it helps the others. */
void orr_pool_run_apart(orr_pool *p, size_t tasks, orr_task_fn fn, void *context);

/* Which of the pool's threads runs the present task: less than orr_pool_threads; the caller's is 0. */
unsigned orr_pool_worker(void);

#endif
