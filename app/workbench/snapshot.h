/* Snapshots: the session as the screen may see it, immutable and shared by
 * reference count. The engine makes a new one after each command; nothing in it
 * points to what the engine still changes.
 */
#ifndef ORR_WORKBENCH_SNAPSHOT_H
#define ORR_WORKBENCH_SNAPSHOT_H

#include "base/arena.h"
#include "session/object.h"
#include "session/numbers.h"

typedef struct orr_seen_table {
  const char *slot; /* "data1" */
  const char *line; /* the command that made it */
  orr_table *table;
} orr_seen_table;

typedef struct orr_seen_split {
  const char *slot, *table; /* slots */
  size_t n_train, n_validation, n_test;
} orr_seen_split;

typedef struct orr_seen_fit {
  const char *slot, *line;
  const char *table;   /* slot of the table it was trained on; NULL: dropped */
  orr_fit_object *fit; /* a reference; never changed */
  const char *scores;  /* its evaluation in words: the block of the report; NULL: not evaluated */
  size_t evaluation;   /* index into evaluations + 1; 0: none */
} orr_seen_fit;

typedef struct orr_seen_evaluation {
  const char *slot, *fit;
  orr_evaluation_object *evaluation; /* a reference; never changed */
} orr_seen_evaluation;

typedef enum orr_line_state {
  ORR_LINE_DONE,
  ORR_LINE_RUNNING,
  ORR_LINE_FAILED,
  ORR_LINE_UNDONE
} orr_line_state;

typedef struct orr_seen_line {
  const char *text;   /* Lua */
  const char *error;  /* of one that failed; NULL */
  const char *recipe; /* the recipe it is a step of; NULL: by hand */
  orr_line_state state;
  double seconds;
} orr_seen_line;

typedef struct orr_seen_number {
  const char *name;
  double value, error; /* error NaN: exact */
  size_t n;
  const char *method;
} orr_seen_number;

typedef struct orr_snapshot {
  int refs; /* atomic */
  uint64_t version;
  orr_arena arena;
  orr_seen_table *tables;
  orr_seen_split *splits;
  orr_seen_fit *fits;
  orr_seen_evaluation *evaluations;
  orr_seen_line *journal;
  orr_seen_number *numbers;
  size_t n_tables, n_splits, n_fits, n_evaluations, n_journal, n_numbers;
  size_t current;      /* table the screen works on; n_tables: none yet */
  const char *report;  /* the page for people, so far */
  const char *folder;  /* of the session's record */
  const char *source;  /* the file of the newest table; "" none */
  const char *running; /* the line being carried out; NULL: idle */
  const char *recipe;  /* the recipe being carried out; NULL */
  double since;        /* when it began, the clock's seconds */
  const char *failure; /* why the last line failed; NULL: it did not */
} orr_snapshot;

orr_snapshot *orr_snapshot_ref(orr_snapshot *s);
void orr_snapshot_unref(orr_snapshot *s);

#endif
