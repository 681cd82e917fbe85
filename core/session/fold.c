/* Folding a journal; see fold.h. */
#include "session/fold.h"

#include <stdlib.h>
#include <string.h>

typedef struct folding {
  orr_folded *out;
  size_t *live; /* numbers of the commands that stand, in order */
  size_t n_live;
  const char *recipe; /* that is being run; NULL: none */
  size_t groups;
  bool after_undo; /* the line before was an o.undo: "-- failed" is its own */
} folding;

static bool begins(const char *line, const char *with) { return !strncmp(line, with, strlen(with)); }

/* s.fit1 = o.fit { … }, or o.plot { … } */
static bool is_command(const char *line) {
  if (begins(line, "o.")) return true;
  const char *equals = begins(line, "s.") ? strstr(line, " = ") : NULL;
  return equals && begins(equals, " = o.");
}

static void drop_last(folding *f, orr_folded_state state) {
  if (f->n_live) f->out->lines[f->live[--f->n_live]].state = state;
  f->out->changed = true;
}

/* "o.undo { 3 }" */
static void take_back(folding *f, const char *line) {
  size_t n = strtoul(line + strcspn(line, "0123456789"), NULL, 10);
  for (n = n ? n : 1; n && f->n_live; n--) drop_last(f, ORR_FOLDED_UNDONE);
  f->out->changed = true;
}

static void add(folding *f, const char *text, bool command, bool owned) {
  orr_folded_line *line = &f->out->lines[f->out->n];
  *line = (orr_folded_line){
      .text = text, .is_command = command, .recipe = f->recipe, .group = f->recipe ? f->groups : 0};
  if (owned && f->n_live) line->owner = f->live[f->n_live - 1] + 1;
  if (command) f->live[f->n_live++] = f->out->n;
  f->out->n++;
}

static void take_line(folding *f, const char *line, const char *next) {
  if (begins(line, ORR_FOLD_FAILED)) {
    if (!f->after_undo) drop_last(f, ORR_FOLDED_FAILED);
    f->after_undo = false;
    return;
  }
  f->after_undo = begins(line, "o.undo ");
  if (f->after_undo) {
    if (!begins(next, ORR_FOLD_FAILED)) take_back(f, line);
    else f->out->changed = true;
  } else if (begins(line, ORR_FOLD_RECIPE)) {
    f->recipe = line + strlen(ORR_FOLD_RECIPE), f->groups++;
  } else if (begins(line, ORR_FOLD_RECIPE_OF)) {
    f->recipe = NULL;
  } else if (begins(line, "--@")) {
    bool of_command = begins(line, "--@stop") || begins(line, "--@file") || begins(line, "--@control");
    add(f, line, false, of_command), f->out->changed = true;
  } else if (begins(line, "o.control ")) {
    add(f, line, false, true);
  } else {
    add(f, line, is_command(line), false);
  }
}

static orr_folded_state state_of(const orr_folded *f, const orr_folded_line *line) {
  return line->owner ? f->lines[line->owner - 1].state : line->state;
}

/* The header with what the lines that stand have added to it. */
static orr_status make_header(orr_folded *f, const char *header, size_t n, orr_arena *arena, orr_error *e) {
  orr_text t = {0};
  orr_text_add_bytes(&t, header, n);
  for (size_t i = 0; i < f->n; i++)
    if (begins(f->lines[i].text, "--@") && !state_of(f, &f->lines[i]))
      orr_text_printf(&t, "%s\n", f->lines[i].text);
  orr_status status = orr_text_check(&t, e);
  if (!status && !(f->header = orr_arena_strdup(arena, orr_text_get(&t))))
    status = orr_fail_memory(e, "a header", t.length);
  orr_text_fini(&t);
  return status;
}

/* A line that a crash has torn is none. */
static bool is_torn(const char *line) {
  size_t n = strlen(line);
  return n && is_command(line) && line[n - 1] != '}';
}

orr_status orr_fold(const char *journal, orr_arena *arena, orr_folded *out, orr_error *e) {
  size_t lines = 1, header = 0;
  folding f = {.out = out};
  *out = (orr_folded){0};
  char *text = orr_arena_strdup(arena, journal);
  if (!text) return orr_fail_memory(e, "a journal", strlen(journal));
  for (const char *p = journal; *p; p++) lines += *p == '\n';
  ORR_TAKE(arena, out->lines, lines, e);
  ORR_TAKE(arena, f.live, lines, e);
  for (char *line = text, *next; *line; line = next) {
    char *end = line + strcspn(line, "\n");
    bool whole = *end;
    next = whole ? end + 1 : end;
    *end = 0;
    if (begins(line, "--@") && header == (size_t)(line - text)) header = (size_t)(next - text);
    else if (whole || !is_torn(line)) take_line(&f, line, next);
    else out->changed = true;
  }
  out->commands = f.n_live;
  return make_header(out, journal, header, arena, e);
}

void orr_folded_print_lines(const orr_folded *f, bool all, orr_text *out) {
  static const char *const before[] = {"", "-- failed: ", "-- undone: "};
  for (size_t i = 0; i < f->n; i++) {
    const orr_folded_line *line = &f->lines[i];
    orr_folded_state state = state_of(f, line);
    if (begins(line->text, "--@") || (state && !all)) continue;
    orr_text_printf(out, "%s%s\n", before[state], line->text);
  }
}

void orr_folded_print(const orr_folded *f, bool all, orr_text *out) {
  orr_text_add(out, f->header);
  orr_folded_print_lines(f, all, out);
}
