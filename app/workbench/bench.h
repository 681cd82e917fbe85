/* What the workbench is made of; only its own files see this.
 *
 * Three owners: what stands under `lock` is shared, `engine` belongs to the
 * engine thread from its start to its end, `asking` has a lock of its own.
 */
#ifndef ORR_WORKBENCH_BENCH_H
#define ORR_WORKBENCH_BENCH_H

#include <pthread.h>

#include "app/workbench/asking.h"
#include "app/workbench/workbench.h"
#include "lua/language.h"
#include "session/fold.h"
#include "session/record.h"

typedef enum orr_errand_kind { ORR_DO_LINE, ORR_DO_RECIPE, ORR_DO_SAVE } orr_errand_kind;

/* Something to carry out; it owns its texts. */
typedef struct orr_errand {
  orr_errand_kind kind;
  char *text;         /* the line, the recipe, the path */
  orr_words settings; /* of a recipe, owned */
} orr_errand;

/* A line as the screen lists it. */
typedef struct orr_told_line {
  char *text, *error, *recipe; /* error, recipe: NULL: none */
  orr_line_state state;
  double seconds;
  size_t step; /* steps of the session before it */
} orr_told_line;

/* The engine's own: all that Lua and the session touch. */
typedef struct orr_bench_engine {
  orr_session_config config;
  orr_observer observer;
  orr_arena arena; /* what the config's texts live in */
  orr_source *sources;
  orr_stop *stops;
  orr_steered *controls;
  const char *grants[2];
  orr_text sugar;
  orr_folded before; /* of a session that goes on: its lines */
  orr_record record;
  orr_session session;
  orr_lua lua;
  orr_pool *pool;
  ORR_VECTOR(orr_told_line) lines;
  const char *recipe;  /* that is being run; NULL: none */
  const char *running; /* what is shown as such; NULL: idle */
  char *failure;       /* why the last line failed; NULL: it did not */
  double since, command_since;
  bool has_failed; /* the line that runs: one of its commands has */
  bool replaying;  /* the lines of before are not all done again */
  uint64_t version;
} orr_bench_engine;

struct orr_workbench {
  const orr_place *place;
  char *source; /* as named on the command line; "" none */
  unsigned threads;
  orr_clock clock;
  orr_control control;
  orr_events events;
  orr_live live;
  pthread_t thread;
  orr_asking asking;
  orr_bench_engine engine;

  pthread_mutex_t lock;
  pthread_cond_t errands;       /* one has come, or it is time to end */
  ORR_VECTOR(orr_errand) queue; /* first in, first out */
  orr_snapshot *snapshot;
  bool closing, busy; /* busy: something is being carried out */
  bool fitting;       /* a fit is */
  size_t steps;       /* that can be taken back */
};

extern const orr_report_head orr_bench_head; /* of a session's page */

/* folder.c: the session with its folder, from its beginning to the record. */
orr_status orr_bench_begin(orr_workbench *w, const orr_workbench_config *config, orr_error *e);
orr_status orr_bench_print(const orr_bench_engine *b, orr_text *out,
                           orr_error *e);                                 /* the session as a recipe */
orr_status orr_bench_keep(orr_workbench *w, char **folder, orr_error *e); /* NULL: nothing was worth it */
void orr_bench_end(orr_bench_engine *b);
void orr_bench_forget_unused(orr_bench_engine *b); /* stops and changes of fits that were taken back */

/* carry.c: the engine thread. */
void *orr_bench_run(void *workbench);
void orr_errand_fini(orr_errand *errand);

/* lines.c: the list of lines, as the session tells of its commands. */
void orr_lines_observe(orr_workbench *w);
void orr_lines_fail(orr_workbench *w, const char *text, const orr_error *error);
void orr_lines_fini(orr_bench_engine *b);

/* snapshot.c */
void orr_bench_publish(orr_workbench *w);       /* makes one of the engine's present state, and wakes */
orr_snapshot *orr_bench_look(orr_workbench *w); /* makes one; NULL: there is no memory */
orr_snapshot *orr_bench_swap(orr_workbench *w,
                             orr_snapshot *made); /* under the lock; the caller unrefs the old one */

/* Something is there to be looked at: the main thread wakes. */
void orr_bench_wake(orr_workbench *w);

#endif
