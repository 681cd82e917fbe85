/* The page of a peek, from the general to the particular: what the file is, how
 * it was read, what is in it, what to know about it, what to do next. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/peek.h"

enum { GUTTER = 10 };

static void add_label(orr_ink *ink, const char *label) {
  orr_ink_add(ink, ORR_FAINT, label);
  orr_ink_to(ink, GUTTER);
}

static void add_fact(orr_ink *ink, const char *label, const orr_text *words) {
  add_label(ink, label);
  orr_ink_add_wrapped(ink, ORR_PLAIN, orr_text_get(words), GUTTER);
}

/* ---- the head ---- */

static void add_size(uint64_t bytes, orr_text *out) {
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
  double size = (double)bytes;
  size_t unit = 0;
  while (size >= 999.5 && unit < 4) size /= 1000, unit++;
  orr_text_printf(out, size < 9.95 && unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static void add_title(const orr_peek *p, orr_ink *ink) {
  orr_text kind = {0};
  orr_text_add(&kind, p->facts ? "HDF5" : "CSV");
  if (p->bytes) orr_text_add(&kind, ", "), add_size(p->bytes, &kind);
  size_t width = orr_text_width(orr_text_get(&kind)) + 2;
  orr_ink_add_cut(ink, ORR_STRONG, p->name, ink->columns > width + 8 ? ink->columns - width : 8);
  orr_ink_blank(ink, 2);
  orr_ink_add(ink, ORR_FAINT, orr_text_get(&kind));
  orr_ink_end_line(ink);
  orr_text_fini(&kind);
}

static size_t count_missing(const orr_profile *profile) {
  size_t missing = 0;
  for (size_t i = 0; i < profile->n_columns; i++) missing += profile->columns[i].missing;
  return missing;
}

static void add_missing(const orr_profile *profile, orr_text *out) {
  char count[32];
  size_t missing = count_missing(profile);
  double share = 100.0 * (double)missing / ((double)profile->rows * (double)profile->n_columns);
  if (!missing) orr_text_add(out, profile->rows ? ", no cell missing" : "");
  else if (share < 0.1)
    orr_text_printf(out, ", %s cells missing (under 0.1 %%)", orr_text_count(count, missing));
  else
    orr_text_printf(out, ", %s cell%s missing (%.2g %%)", orr_text_count(count, missing),
                    missing > 1 ? "s" : "", share);
}

static void add_rows(const orr_peek *p, orr_ink *ink) {
  char rows[32], columns[32];
  bool sample = orr_peek_is_sample(p);
  orr_text words = {0}, looked = {0};
  orr_text_printf(&words, "%s × %s column%s", orr_text_count(rows, sample ? p->rows_of : p->profile->rows),
                  orr_text_count(columns, p->profile->n_columns), p->profile->n_columns == 1 ? "" : "s");
  if (!sample) add_missing(p->profile, &words);
  add_fact(ink, "Rows", &words);
  if (sample) {
    orr_text_printf(&looked, "%s rows in evenly spread runs (--full: all)",
                    orr_text_count(rows, p->profile->rows));
    add_missing(p->profile, &looked);
    orr_text_add(&looked, "; ± is one standard error of the mean");
    add_fact(ink, "Looked at", &looked);
  }
  orr_text_fini(&words);
  orr_text_fini(&looked);
}

static void add_dialect(const orr_peek *p, orr_ink *ink) {
  orr_text words = {0};
  orr_csv_dialect_describe(&p->csv->dialect, &words);
  if (words.length) add_fact(ink, "Read as", &words);
  orr_text_fini(&words);
}

static void add_picked(const orr_peek *p, orr_ink *ink) {
  orr_text words = {0};
  const char *picked = orr_json_text_of(p->facts, "picked", NULL),
             *why = orr_json_text_of(p->facts, "why", NULL);
  size_t candidates = orr_json_count(orr_json_get(p->facts, "candidates"));
  if (picked) orr_text_printf(&words, "%s%s%s", picked, why ? ": " : "", why ? why : "");
  else if (why) orr_text_add(&words, why);
  else if (candidates == 1) orr_text_add(&words, "nothing: the one table in it cannot be read");
  else if (candidates) orr_text_printf(&words, "nothing: %zu tables are in it; name one", candidates);
  else orr_text_add(&words, "nothing: no table is in it");
  add_fact(ink, "Picked", &words);
  orr_text_fini(&words);
}

/* ---- worth knowing ---- */

typedef struct list {
  orr_ink *ink;
  bool begun;
} list;

static void add_item(list *l, bool warns, const char *words) {
  if (!l->begun) {
    orr_ink_end_line(l->ink);
    orr_ink_add(l->ink, ORR_STRONG, "Worth knowing");
    orr_ink_end_line(l->ink);
  }
  l->begun = true;
  orr_ink_add(l->ink, warns ? ORR_WARN : ORR_FAINT, warns ? "  !" : "  ·");
  orr_ink_blank(l->ink, 1);
  orr_ink_add_wrapped(l->ink, ORR_PLAIN, words, 4);
}

/* "a, b, c and 12 more" of the columns for which `is` holds. */
typedef bool (*column_fn)(const orr_column_profile *c, const void *context);

static bool has_role(const orr_column_profile *c, const void *role) {
  return c->role == *(const orr_role *)role;
}

static void add_names(const orr_profile *p, column_fn is, const void *context, orr_text *out) {
  enum { MOST_NAMED = 6 };
  char count[32];
  size_t n = 0;
  for (size_t i = 0; i < p->n_columns; i++) {
    if (!is(&p->columns[i], context) || n++ >= MOST_NAMED) continue;
    orr_text_printf(out, "%s%.60s", n > 1 ? ", " : "", p->columns[i].column->name);
    if (is == has_role && p->columns[i].of) orr_text_printf(out, " of %.60s", p->columns[i].of);
  }
  if (n > MOST_NAMED) orr_text_printf(out, " and %s more", orr_text_count(count, n - MOST_NAMED));
}

static bool has_flag(const orr_column_profile *c, const void *flag) {
  for (size_t i = 0; i < c->n_flags; i++)
    if (!strcmp(c->flags[i], flag)) return true;
  return false;
}

static void add_role(list *l, const orr_profile *p, orr_role role, const char *after) {
  orr_text words = {0};
  add_names(p, has_role, &role, &words);
  if (words.length) {
    orr_text_add(&words, after);
    add_item(l, false, orr_text_get(&words));
  }
  orr_text_fini(&words);
}

static void add_roles(list *l, const orr_profile *p) {
  orr_text words = {0};
  if (p->target) {
    bool named = !strcmp(p->target_why + strcspn(p->target_why, ";"), p->target_why) ||
                 !strncmp(p->target_why, "named", 5);
    orr_text_printf(&words, "%.200s %s (%s)", p->target,
                    named ? "is the target" : "is the target, most likely", p->target_why);
    add_item(l, false, orr_text_get(&words));
  }
  add_role(l, p, ORR_ROLE_WEIGHT, ": a weight of the rows, by its name");
  add_role(l, p, ORR_ROLE_ERROR_OF, ": measurement errors, by their names");
  add_role(l, p, ORR_ROLE_GROUP, ": rows belong together in groups; keep a group on one side of a split");
  orr_text_fini(&words);
}

/* A line for each thing that is said of some column, with the columns of which it is said. */
static void add_flags(list *l, const orr_profile *p) {
  enum { MOST_LINES = 24 };
  size_t lines = 0;
  orr_map said = {0};
  for (size_t i = 0; i < p->n_columns; i++) {
    for (size_t k = 0; k < p->columns[i].n_flags; k++) {
      const char *flag = p->columns[i].flags[k];
      int32_t at;
      size_t before = said.count;
      if (orr_map_add(&said, flag, strlen(flag), &at, NULL) || said.count == before || lines++ >= MOST_LINES)
        continue;
      orr_text words = {0};
      add_names(p, has_flag, flag, &words);
      orr_text_printf(&words, ": %s", flag);
      add_item(l, true, orr_text_get(&words));
      orr_text_fini(&words);
    }
  }
  orr_text more = {0};
  orr_text_printf(&more, "%zu more such lines (--json has all)", lines - MOST_LINES);
  if (lines > MOST_LINES) add_item(l, true, orr_text_get(&more));
  orr_text_fini(&more);
  orr_map_fini(&said);
}

static void add_duplicates(list *l, const orr_profile *p) {
  char count[32];
  orr_text words = {0};
  if (!p->duplicate_rows || p->n_columns < 2) return;
  orr_text_printf(&words, "%s row%s an earlier row in every column", orr_text_count(count, p->duplicate_rows),
                  p->duplicate_rows > 1 ? "s equal" : " equals");
  add_item(l, true, orr_text_get(&words));
  orr_text_fini(&words);
}

/* What the reader warned of, unless it stands among the flags. */
static void add_warning(list *l, const char *line) {
  static const char prefix[] = "warning: ", said[] = " holds nothing";
  size_t n = strlen(line), tail = strlen(said);
  if (n > tail && !strcmp(line + n - tail, said)) return; /* "all missing" */
  add_item(l, true, strncmp(line, prefix, strlen(prefix)) ? line : line + strlen(prefix));
}

static void add_worth_knowing(const orr_peek *p, orr_ink *ink) {
  list l = {.ink = ink};
  if (p->profile) {
    add_roles(&l, p->profile);
    add_duplicates(&l, p->profile);
    add_flags(&l, p->profile);
  }
  for (size_t i = 0; i < p->warnings.count; i++) add_warning(&l, p->warnings.items[i]);
  for (const orr_json *j = orr_json_first(orr_json_get(p->facts, "notes")); j; j = orr_json_next(j))
    if (orr_json_string(j)) add_item(&l, false, orr_json_string(j));
}

/* ---- what to do next ---- */

/* As a shell takes it for one word. */
static void add_word(orr_text *out, const char *word) {
  static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (*word && strspn(word, safe) == strlen(word)) {
    orr_text_add(out, word);
    return;
  }
  orr_text_add(out, "'");
  for (; *word; word++) {
    if (*word == '\'') orr_text_add(out, "'\\''");
    else orr_text_add_bytes(out, word, 1);
  }
  orr_text_add(out, "'");
}

/* One command from the gutter on, broken between its parts where it is too long, and never within one, so that it
 * can be copied. */
static void add_command(orr_ink *ink, const orr_text *parts, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const char *part = orr_text_get(&parts[i]);
    if (!*part) continue;
    if (i && ink->at + 1 + orr_ink_width(ink, part) + 2 > ink->columns) {
      orr_ink_add(ink, ORR_PLAIN, " \\");
      orr_ink_end_line(ink);
      orr_ink_blank(ink, GUTTER + 2);
    } else if (i) {
      orr_ink_blank(ink, 1);
    }
    orr_ink_add(ink, ORR_PLAIN, part);
  }
  orr_ink_end_line(ink);
}

static void add_setting(orr_text *out, const char *name, const char *value) {
  orr_text setting = {0};
  orr_text_printf(&setting, "%s=%s", name, value);
  orr_text_add(out, "--set ");
  add_word(out, orr_text_get(&setting));
  orr_text_fini(&setting);
}

/* Names of rows and copies of the target are no features; a handful of them is left out by name. */
static void add_exclusions(const orr_profile *p, orr_text *out) {
  enum { MOST_NAMED = 4 };
  orr_text names = {0};
  size_t n = 0;
  bool plain = true;
  for (size_t i = 0; i < p->n_columns; i++) {
    const orr_column_profile *c = &p->columns[i];
    if (c->role != ORR_ROLE_IGNORE || c->distinct < 2) continue;
    plain = plain && !strpbrk(c->column->name, ",[ ");
    orr_text_printf(&names, "%s%.200s", n++ ? "," : "", c->column->name);
  }
  if (n && n <= MOST_NAMED && plain) add_setting(out, "exclude", orr_text_get(&names));
  orr_text_fini(&names);
}

static void suggest_run(const orr_peek *p, orr_ink *ink) {
  orr_text parts[3] = {{0}, {0}, {0}};
  const char *target = p->profile->target;
  bool number = target && p->profile->target_is_number;
  orr_text_printf(&parts[0], "orrery run %s --data ", number ? "regression" : "classification");
  add_word(&parts[0], p->src);
  add_setting(&parts[1], "target", target ? target : "COLUMN");
  if (target) add_exclusions(p->profile, &parts[2]);
  add_label(ink, "Next");
  add_command(ink, parts, 3);
  if (!target) {
    orr_ink_blank(ink, GUTTER);
    orr_ink_add_wrapped(ink, ORR_FAINT,
                        "No column stands out as a target: name the one to predict; for a number, run "
                        "regression.",
                        GUTTER);
  }
  for (size_t i = 0; i < 3; i++) orr_text_fini(&parts[i]);
}

/* The file of SRC without the place inside, for which `picked` may stand. */
static void suggest_candidates(const orr_peek *p, orr_ink *ink) {
  enum { MOST_NAMED = 6 };
  size_t n = 0, all = orr_json_count(orr_json_get(p->facts, "candidates"));
  for (const orr_json *j = orr_json_first(orr_json_get(p->facts, "candidates")); j && n < MOST_NAMED;
       j = orr_json_next(j)) {
    orr_text place = {0}, start = {0};
    orr_text_printf(&place, "%s:%s", p->src, orr_json_string(j) ? orr_json_string(j) : "");
    orr_text_add(&start, "orrery peek ");
    add_word(&start, orr_text_get(&place));
    if (!n++) add_label(ink, "Next");
    else orr_ink_blank(ink, GUTTER);
    add_command(ink, &start, 1);
    orr_text_fini(&place);
    orr_text_fini(&start);
  }
  if (all <= n) return;
  orr_ink_blank(ink, GUTTER);
  orr_ink_printf(ink, ORR_FAINT, "or another of %zu tables (--json lists them)", all);
  orr_ink_end_line(ink);
}

orr_status orr_peek_page(const orr_peek *p, orr_ink *ink, orr_error *e) {
  add_title(p, ink);
  if (p->csv) add_dialect(p, ink);
  if (p->facts) add_picked(p, ink);
  if (p->profile) add_rows(p, ink);
  orr_ink_end_line(ink);
  if (p->facts && orr_json_is_array(orr_json_get(p->facts, "tree"))) {
    ORR_TRY(orr_peek_tree(p, ink, e));
    if (p->profile) orr_ink_end_line(ink);
  }
  if (p->profile) ORR_TRY(orr_peek_columns(p, ink, e));
  add_worth_knowing(p, ink);
  bool more = p->profile ? p->profile->rows && p->profile->n_columns > 1
                         : orr_json_count(orr_json_get(p->facts, "candidates")) > 0;
  if (more) orr_ink_end_line(ink);
  if (more && p->profile) suggest_run(p, ink);
  else if (more) suggest_candidates(p, ink);
  return orr_text_check(&ink->page, e);
}
