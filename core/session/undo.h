/* Taking a step back. Each step remembers what the session was before it: how
 * long its lists and texts were, the object that it changed, and the files that
 * it wrote over, which are set aside as long as it may be taken back.
 *
 * Only a session that is worked by hand keeps files and objects for this
 * (config.interactive); a step that fails there leaves nothing of itself either.
 */
#ifndef ORR_SESSION_UNDO_H
#define ORR_SESSION_UNDO_H

#include "base/vector.h"
#include "session/object.h"

typedef struct orr_session orr_session;

/* Lengths of the session's lists and texts. */
typedef struct orr_lengths {
  size_t objects, numbers, inputs, cuts;
  size_t facts, report, stops, controls, plots;
  size_t plots_drawn, plots_written, trained;
  bool told_features, had_model;
  const char *main_family;
} orr_lengths;

typedef struct orr_replaced {
  char *path, *aside; /* aside: where the file is that was there before; NULL: there was none */
} orr_replaced;

typedef struct orr_undo {
  orr_lengths lengths;
  orr_ref changed; /* the object that was changed or dropped; id 0: none */
  orr_object was;  /* as it was, with a reference of its own */
  ORR_VECTOR(orr_replaced) files;
} orr_undo;

void orr_undo_begin(const orr_session *s, orr_undo *out);

/* Before a command changes an object, or drops it. */
void orr_undo_keep(orr_session *s, orr_ref ref);

/* Before a command writes a file of the run's folder. */
orr_status orr_undo_keep_file(orr_session *s, const char *path, orr_error *e);

/* The session and its folder as they were; `slot`: of the step, "" none. The step must be the newest one. */
void orr_undo_apply(orr_session *s, orr_undo *u, const char *slot);
void orr_undo_fini(orr_undo *u);

/* Steps of the newest action: those of one line of a person, or of one recipe. */
size_t orr_undo_action(const orr_session *s);

#endif
