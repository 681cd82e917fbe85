/* The record: a run's folder, written under a temporary name and renamed when
 * it is whole. What a stopped run had finished is kept in the same way; a run
 * that finished nothing leaves nothing behind. */
#ifndef ORR_SESSION_RECORD_H
#define ORR_SESSION_RECORD_H

#include "session/report.h"

typedef struct orr_record {
  char *final, *working; /* folders */
  bool reserved;         /* final was made, empty, to keep its name for us */
  size_t made;     /* bytes of `final` up to the first folder that had to be made for it; 0: none had to */
  long long start; /* seconds since 1970 */
} orr_record;

/* Makes the working folder beside `final`; ORR_USAGE when final is there and not empty. */
orr_status orr_record_begin(orr_record *r, const char *final, const orr_clock *clock, orr_error *e);

/* The same for a name of our own choice: ORR_USAGE also when an empty folder has it, for that is another run's. */
orr_status orr_record_begin_fresh(orr_record *r, const char *final, const orr_clock *clock, orr_error *e);

/* What is known of the run besides its session. */
typedef struct orr_record_facts {
  orr_report_head head;
  const char *recipe_text;       /* the original, without an earlier header */
  const char *parameters_header; /* "--@set …" lines */
  const orr_json *parameters;    /* resolved, for run.json */
  const char *stop_reason;       /* "" when it ran to its end */
  unsigned threads;
} orr_record_facts;

/* Writes recipe.lua, run.json, numbers.json and report.txt, and renames the folder. */
orr_status orr_record_finish(orr_record *r, const orr_session *s, const orr_record_facts *facts,
                             orr_error *e);

/* Removes the working folder, if it is still there. */
void orr_record_discard(orr_record *r);
void orr_record_fini(orr_record *r);

#endif
