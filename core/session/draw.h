/* Figures of a run: built by their kind and written under plots/. */
#ifndef ORR_SESSION_DRAW_H
#define ORR_SESSION_DRAW_H

#include "plot/kind.h"
#include "session/session.h"

/* name: of the files, the kind's when NULL; ORR_RECIPE for one that is no file stem. What cannot be drawn for want of
 * data is noted and fails nothing. */
orr_status orr_session_draw(orr_session *s, const orr_plot_kind *kind, const orr_plot_input *in,
                            const char *name, orr_arena *arena, orr_error *e);

#endif
