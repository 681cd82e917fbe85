/* The workbench behind the screen: an engine thread that carries out lines of
 * Lua one after the other, a query thread that answers questions meanwhile, and
 * what both tell the main thread.
 *
 * A line is what a key, the palette, a form or a person wrote:
 * `s.fit1 = o.fit { "logistic", s.split1, target = "class" }`. It is journaled
 * and flushed before it runs. The session's folder is a run's folder: a crash
 * leaves its journal, which the next start offers to continue; closing it
 * writes the record like any run's, and recipe.lua replays it.
 */
#ifndef ORR_WORKBENCH_WORKBENCH_H
#define ORR_WORKBENCH_WORKBENCH_H

#include "app/place.h"
#include "app/verb.h"
#include "app/workbench/live.h"
#include "app/workbench/question.h"
#include "run/control.h"

typedef struct orr_workbench orr_workbench;

typedef struct orr_workbench_config {
  const orr_place *place;
  const char *source;     /* of the data; NULL: none yet */
  const orr_words *loads; /* of --load; NULL: none */
  uint64_t seed;
  unsigned threads;
  const char *out;    /* the session's folder; NULL: runs/TIME-session */
  const char *resume; /* unfinished session to continue, its folder; NULL: a new one */
  orr_clock clock;    /* of everything people see; tests freeze it */
} orr_workbench_config;

/* Starts both threads; reading the data begins at once, on the engine's. */
orr_status orr_workbench_open(const orr_workbench_config *config, orr_workbench **out, orr_error *e);

/* Ends what runs (keep: as "stop and keep best"), writes the record when there is something worth keeping (*folder, the
 * caller's to free; NULL when nothing was kept), and joins the threads. */
orr_status orr_workbench_close(orr_workbench *w, bool keep, char **folder, orr_error *e);

int orr_workbench_wake(const orr_workbench *w); /* readable when there are events, a snapshot or an answer */

/* Queues a line of Lua. Lines are carried out in order; the rest of the queue is dropped when one fails. */
orr_status orr_workbench_do(orr_workbench *w, const char *line, orr_error *e);

/* Queues a run of a recipe over the current table: `settings` are "key=value" words, as --set takes them. Its commands
 * are journaled one by one, so that the journal replays without the recipe. */
orr_status orr_workbench_run(orr_workbench *w, const char *recipe, const orr_words *settings, orr_error *e);

/* Takes back the last line that is not undone (all of a recipe's at once); ORR_USAGE while something runs, or when there
 * is none. */
orr_status orr_workbench_undo(orr_workbench *w, orr_error *e);

/* Writes the journal, folded, as a recipe that `orrery run` replays. Queued like a line; not journaled. */
orr_status orr_workbench_save(orr_workbench *w, const char *path, orr_error *e);

/* Steering of what runs: directly, between its batches. */
orr_control *orr_workbench_control(orr_workbench *w);
/* Ends the running fit keeping its best; later lines go on. */
void orr_workbench_stop(orr_workbench *w);
/* Ends the running line, nothing of it is kept. */
void orr_workbench_abandon(orr_workbench *w);

bool orr_workbench_is_busy(orr_workbench *w);           /* something is carried out, or waits to be */
orr_snapshot *orr_workbench_snapshot(orr_workbench *w); /* the newest; a reference for the caller */
bool orr_workbench_event(orr_workbench *w, orr_event *out);
orr_live *orr_workbench_live(orr_workbench *w);

/* Puts a question (references in it are taken as well); an older one of its kind that waits is forgotten. The number
 * tells its answer. */
uint64_t orr_workbench_ask(orr_workbench *w, const orr_question *q);
/* The newest answer of that kind; a reference, or NULL. */
orr_answer *orr_workbench_answer(orr_workbench *w, orr_question_kind kind);

/* A session that a crash has left. */
typedef struct orr_left_session {
  char *folder; /* the caller's to free */
  size_t lines;
  char data[128]; /* its table's file, without folders; "": it has none */
  char last[64];  /* what its last line made: "s.fit1 = o.fit" */
  long long when; /* it was written last, seconds since 1970 */
} orr_left_session;

/* The newest unfinished session in runs/ whose data is `source`, or of any data where that is NULL or "". */
bool orr_workbench_unfinished(const char *source, orr_left_session *out);

#endif
