/* A run that was made before, by path or by name: what predict, report and runs open. */
#ifndef ORR_APP_PAST_RUN_H
#define ORR_APP_PAST_RUN_H

#include "app/place.h"
#include "base/json.h"

typedef struct orr_past {
  char *folder;
  orr_json *run, *numbers; /* run.json; the "numbers" file */
} orr_past;

/* `word` is a folder, a name under runs/, or the name of a run in the history; "last" is the newest. fini also
 * after a failure. */
orr_status orr_past_open(orr_past *p, const char *word, const orr_place *place, orr_error *e);
void orr_past_fini(orr_past *p);

#endif
