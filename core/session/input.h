/* Inputs: reading a table from outside and keeping its provenance. */
#ifndef ORR_SESSION_INPUT_H
#define ORR_SESSION_INPUT_H

#include "session/session.h"

/* Reads a source given from outside; the file is named by the person and opened as such. */
orr_status orr_input_read(orr_session *s, const orr_source *source, orr_table **out, orr_error *e);

/* Remembers a file of row numbers that was read, as an input of the run. */
orr_status orr_input_add_list(orr_session *s, const char *path, orr_hash content, size_t rows, orr_error *e);

void orr_input_fini(orr_input *in);

/* Reads a file that the recipe named: only inside the folders granted to it. `given`: a dict, how to read it. */
orr_status orr_input_read_granted(orr_session *s, const char *src, const orr_value *given, orr_table **out,
                                  orr_error *e);

/* Keeps the rows of t for which `where` is true; adds a line to the cut-flow. */
orr_status orr_input_filter(orr_session *s, const orr_table *t, const char *where, orr_arena *arena,
                            orr_table **out, orr_error *e);

#endif
