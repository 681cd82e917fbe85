/* Runs that did not come to their end: found by a folder, or a name under which
 * only the working folder of a crash may be left. */
#ifndef ORR_APP_UNFINISHED_H
#define ORR_APP_UNFINISHED_H

#include "app/place.h"
#include "base/json.h"

typedef struct orr_unfinished {
  char *folder;  /* that holds it now; NULL: it is finished */
  char *final;   /* that it gets in the end */
  char *recipe;  /* the file it is run from */
  orr_json *run; /* of session/begun.h */
} orr_unfinished;

/* `word` is a run's folder, its working folder, a name under runs/, of the history, or "last". ORR_USAGE: no such run.
 * fini also after a failure. */
orr_status orr_unfinished_find(orr_unfinished *u, const char *word, const orr_place *place, orr_error *e);
void orr_unfinished_fini(orr_unfinished *u);

#endif
