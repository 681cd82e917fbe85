/* Folding a journal: what a person did, without what was taken back or failed.
 *
 * A journal that was kept while somebody worked by hand holds all of it, line by
 * line, with annotations: "-- failed: …" under a line that did, "--@stop …", "--@control …"
 * and "--@file …" under the one by which they came to be known, o.undo { n }, and
 * "-- recipe NAME" … "-- end of NAME" around the commands of a recipe. Folded,
 * it is a journal that replays: what is left of the annotations stands in its
 * header. A journal without any is as it was.
 */
#ifndef ORR_SESSION_FOLD_H
#define ORR_SESSION_FOLD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

#define ORR_FOLD_FAILED    "-- failed: "
#define ORR_FOLD_RECIPE    "-- recipe "
#define ORR_FOLD_RECIPE_OF "-- end of "

typedef enum orr_folded_state { ORR_FOLDED_KEPT, ORR_FOLDED_FAILED, ORR_FOLDED_UNDONE } orr_folded_state;

typedef struct orr_folded_line {
  const char *text;
  orr_folded_state state;
  bool is_command;    /* and no steering, no annotation, nothing else */
  const char *recipe; /* that it is a step of; NULL: by hand */
  size_t group;       /* lines of the same run of a recipe have the same one; 0: by hand */
  size_t owner;       /* the command that it belongs to, its number + 1; 0: itself */
} orr_folded_line;

typedef struct orr_folded {
  const char *header; /* lines `--@` … */
  orr_folded_line *lines;
  size_t n, commands; /* commands: that are kept */
  bool changed;       /* there was something to fold */
} orr_folded;

orr_status orr_fold(const char *journal, orr_arena *arena, orr_folded *out, orr_error *e);

/* Header and lines that are kept; the others as comments where `all`. */
void orr_folded_print(const orr_folded *f, bool all, orr_text *out);
/* The lines alone. */
void orr_folded_print_lines(const orr_folded *f, bool all, orr_text *out);

#endif
