/* The record: a run's folder, written under a temporary name and renamed when
 * it is whole. What a stopped run had finished is kept in the same way; a run
 * that finished nothing leaves nothing behind.
 *
 * As long as a run has not come to its end its folder holds checkpoints/, with
 * what it began as (begun.h) and what it has finished (cache.h): by these it is
 * taken up, from its final name, or from its working one after a crash. A lock
 * on the working folder tells a run that is being made from one that died. */
#ifndef ORR_SESSION_RECORD_H
#define ORR_SESSION_RECORD_H

#include "session/report.h"

typedef struct orr_record {
  char *final, *working; /* folders */
  bool reserved;         /* final was made, empty, to keep its name for us */
  size_t made;       /* bytes of `final` up to the first folder that had to be made for it; 0: none had to */
  long long start;   /* seconds since 1970 */
  int lock;          /* descriptor of the working folder; 0: none */
  char *taken;       /* the folder that was taken up, under the name it had; NULL: it is a new run */
  orr_text begun;    /* the file ORR_BEGUN_RUN of what was taken up, as it was */
  orr_json *resumed; /* of run.json: when it was taken up, and where it went on; NULL: never */
} orr_record;

/* Makes the working folder beside `final`; ORR_USAGE when final is there and not empty. */
orr_status orr_record_begin(orr_record *r, const char *final, const orr_clock *clock, orr_error *e);

/* The same for a name of our own choice: ORR_USAGE also when an empty folder has it, for that is another run's. */
orr_status orr_record_begin_fresh(orr_record *r, const char *final, const orr_clock *clock, orr_error *e);

/* Takes up a run that did not come to its end: its folder becomes the working one. ORR_USAGE when somebody is still
 * making it. */
orr_status orr_record_take_up(orr_record *r, const char *folder, const char *final, const orr_clock *clock,
                              orr_error *e);

/* Gives back what was taken up as it was, where nothing came of it. */
void orr_record_give_back(orr_record *r);

/* What is known of the run besides its session. */
typedef struct orr_record_facts {
  orr_report_head head;
  const char *recipe_text;       /* the original, without an earlier header */
  const char *parameters_header; /* "--@set …" lines */
  const orr_json *parameters;    /* resolved, for run.json */
  const char *stop_reason;       /* "" when it ran to its end */
  const char *recipe_path;       /* where the recipe was read from */
  bool unfinished;               /* it can be taken up from where it is */
  unsigned threads;
} orr_record_facts;

/* Keeps what the run begins as, for whoever takes it up. */
orr_status orr_record_open(const orr_record *r, const orr_session *s, const orr_record_facts *facts,
                           orr_error *e);

/* Writes recipe.lua, run.json, numbers.json and report.txt, and renames the folder. */
orr_status orr_record_finish(orr_record *r, const orr_session *s, const orr_record_facts *facts,
                             orr_error *e);

/* Removes the working folder, if it is still there. */
void orr_record_discard(orr_record *r);
void orr_record_fini(orr_record *r);

#endif
