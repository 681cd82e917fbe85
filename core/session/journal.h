/* The journal: one line of Lua a command, written before the command runs and
 * flushed at once. The journal is itself a recipe: replayed, it gives the same
 * numbers; a crash loses nothing that was asked for. */
#ifndef ORR_SESSION_JOURNAL_H
#define ORR_SESSION_JOURNAL_H

#include "session/command.h"

/* The first line of a journal, by which it is known from a recipe. */
#define ORR_JOURNAL_MARK "--@journal 1"

/* s.fit1 = o.fit { "logistic", s.split1.train, target = "class" }: arguments in the table's order, objects by slot. */
orr_status orr_journal_line(const orr_session *s, const orr_command *c, const orr_value *given,
                            const char *slot, orr_text *out, orr_error *e);
orr_status orr_journal_write(orr_session *s, const char *line, orr_error *e);

/* Annotations of the line before, which replay obeys: that it failed ("-- failed: …"), and lines of a header that came to
 * be known by it. No event tells of them. */
void orr_journal_note_failure(orr_session *s, const char *message);
void orr_journal_annotate(orr_session *s, const char *line);

/* The header's line of a file that the recipe named. */
void orr_journal_add_file(const orr_input *in, orr_text *out);

/* The header that a journal and a kept recipe share: mark, data with hashes, seed, where. */
void orr_journal_header(const orr_session *s, orr_text *out);

/* Hash of command, arguments, keys of its inputs, seed, numerics, library versions and CPU kind: equal
 * keys, equal results. Names of objects do not enter, their keys do. */
orr_status orr_step_key(const orr_session *s, const orr_command *c, const orr_value *given, orr_hash *out,
                        orr_error *e);

#endif
