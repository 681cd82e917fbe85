/* The warm cache: what a run has finished is kept in its folder, and loaded
 * instead of computed again when the run is taken up.
 *
 * checkpoints/fit2.json says of a model what it comes of, and once it is
 * finished how it ended; fit2.orrery is the model, fit2.ckpt a training under
 * way. Further seeds are fit2-2.json and so on. Nothing of it decides a number:
 * a file that is damaged is computed again, one of other data is refused. Once
 * a run has come to its end the folder is removed.
 */
#ifndef ORR_SESSION_CACHE_H
#define ORR_SESSION_CACHE_H

#include "session/command.h"

#define ORR_CACHE_FOLDER "checkpoints"

enum { ORR_CACHE_KEY = 4 };

/* A model of a fit: which one, and all that it comes of. */
typedef struct orr_cache_entry {
  const char *slot;
  size_t model; /* which of its seeds, from 1 */
  orr_key_part key[ORR_CACHE_KEY];
} orr_cache_entry;

/* A finished one. */
typedef struct orr_cached {
  orr_kept kept;
  orr_fit_outcome outcome;
  ORR_VECTOR(orr_change) changes; /* made by hand while it trained */
  double seconds;                 /* that it took */
} orr_cached;

/* The entry's texts live in the call's arena. */
orr_status orr_cache_entry_of(const orr_session *s, const orr_call *call, size_t model, orr_cache_entry *out,
                              orr_error *e);

/* checkpoints/fit2-2.suffix, with the folder made. */
orr_status orr_cache_path(orr_session *s, const orr_cache_entry *entry, const char *suffix, orr_text *out,
                          orr_error *e);

/* What was kept of it. ORR_DATA when something was, of other data or another step: says what differs. */
orr_status orr_cache_find(orr_session *s, const orr_cache_entry *entry, orr_cached *out, bool *found,
                          orr_error *e);

/* Keeps what it comes of, before it is trained, and then the whole. A disk that takes neither is told of in a note. */
void orr_cache_begin(orr_session *s, const orr_cache_entry *entry);
void orr_cache_keep(orr_session *s, const orr_cache_entry *entry, orr_cached *done);

/* Removes what was kept of a step that was taken back. */
void orr_cache_forget(orr_session *s, const char *slot);

void orr_cached_fini(orr_cached *c);

#endif
