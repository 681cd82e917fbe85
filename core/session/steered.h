/* Steering, as it is written. A change that is made by hand while a fit trains
 * becomes a line of the journal at once,
 *
 *   o.control { "fit2", step = 412, learning_rate = 0.0003 }
 *
 * and, once the fit has ended, a line of the header by which replay does the
 * same: `--@control fit2 {"step":412,"learning_rate":0.0003}`. A recipe may give
 * such changes itself: o.fit { …, control = { { step = 412, learning_rate = 0.0003 } } }.
 * Of a fit with several seeds `model` says which one was steered, if not the first.
 */
#ifndef ORR_SESSION_STEERED_H
#define ORR_SESSION_STEERED_H

#include "session/session.h"

/* From a dict of step, perhaps model, and one hyper-parameter; the slot is left alone. */
orr_status orr_steered_read(const orr_value *dict, orr_steered *out, orr_error *e);
orr_json *orr_steered_to_json(const orr_steered *c);
void orr_steered_add_header(const orr_steered *c, orr_text *out);

/* The journal's line, and back: *found is false where the line is another. */
void orr_steered_add_line(const orr_steered *c, orr_text *out);
orr_status orr_steered_parse_line(const char *line, orr_arena *arena, orr_steered *out, bool *found,
                                  orr_error *e);

bool orr_steered_is_same(const orr_steered *a, const orr_steered *b);

#endif
