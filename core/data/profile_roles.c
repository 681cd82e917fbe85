/* Guesses: what each column is for, from its name, its type and its figures.
 * Every guess has its reason in words; what nothing speaks for is a feature. */
#include <ctype.h>
#include <stdio.h>

#include "base/map.h"
#include "base/text.h"
#include "data/profile_parts.h"

enum { NAME = 64, MOST_CLASSES = 20, MOST_NAMED_CLASSES = 100 };

/* Names as words in small letters: "sampleWeight", "Sample weight" and "sample_weight" are the same. */
static void normalise(const char *name, char out[NAME]) {
  size_t n = 0;
  for (size_t i = 0; name[i] && n + 2 < NAME; i++) {
    unsigned char c = (unsigned char)name[i];
    bool begins = i && isupper(c) && islower((unsigned char)name[i - 1]);
    bool joins = c < 0x80 && !isalnum(c);
    if ((begins || joins) && n && out[n - 1] != '_') out[n++] = '_';
    if (!joins) out[n++] = (char)(c < 0x80 ? tolower(c) : c);
  }
  while (n && out[n - 1] == '_') n--;
  out[n] = 0;
}

/* True when `word` is one of the blank-separated words of `list`. */
static bool is_among(const char *word, const char *list) {
  size_t n = strlen(word);
  for (const char *at = list; n && *at;) {
    size_t length = strcspn(at, " ");
    if (length == n && !strncmp(at, word, n)) return true;
    at += length + (at[length] == ' ');
  }
  return false;
}

static const char *last_word(const char *name) {
  const char *last = strrchr(name, '_');
  return last ? last + 1 : name;
}

static bool is_discrete(const orr_column_profile *p) {
  return p->column->type == ORR_INT64 || p->column->type == ORR_TEXT || p->column->type == ORR_BOOL;
}

static size_t present(const orr_column_profile *p) { return p->column->rows - p->missing; }

static void give(orr_column_profile *p, orr_role role, const char *why) {
  p->role = role;
  p->why = why;
}

/* ---- nothing to learn from ---- */

static bool has_name_of_an_id(const char *name) {
  static const char words[] = "id index idx name key uuid guid identifier filename";
  static const char whole[] = "row number no nr rownames file path url title unnamed_0 rowid objid";
  return is_among(last_word(name), words) || is_among(name, whole);
}

static bool tells_rows_apart(const orr_column_profile *p) {
  size_t n = present(p);
  return n >= 3 && p->distinct >= n - n / 50;
}

static void guess_ignore(const orr_column_profile *known, const orr_column_facts *f, const char *name,
                         orr_column_profile *p) {
  orr_type type = known->column->type;
  bool apart = tells_rows_apart(known) && (type == ORR_TEXT || type == ORR_INT64);
  if (!known->column->rows) return;
  if (!known->distinct) give(p, ORR_ROLE_IGNORE, "all missing");
  else if (known->distinct == 1 && known->column->rows > 1) give(p, ORR_ROLE_IGNORE, "constant");
  else if (f->counter) give(p, ORR_ROLE_IGNORE, "counts the rows");
  else if (f->same_as) give(p, ORR_ROLE_IGNORE, "another column again");
  else if (apart && has_name_of_an_id(name)) give(p, ORR_ROLE_IGNORE, "names each row");
  else if (apart && type == ORR_TEXT && present(known) >= 20)
    give(p, ORR_ROLE_IGNORE, "a text of its own in each row");
}

/* ---- the target ---- */

/* How strongly a name says "target"; 0: not at all. */
static int target_strength(const char *name, bool has_z) {
  static const char strong[] = "class label labels target species outcome response diagnosis truth";
  static const char weak[] = "type kind category quality";
  if (!strcmp(name, "y")) return has_z ? 0 : 3;
  if (is_among(name, strong)) return 4;
  if (is_among(last_word(name), "class label target outcome")) return 2;
  return is_among(name, weak) ? 1 : 0;
}

static bool may_be_target(const orr_column_profile *p, int strength) {
  orr_type type = p->column->type;
  if (p->role == ORR_ROLE_IGNORE || type == ORR_TIME || p->distinct < 2) return false;
  if (type == ORR_TEXT || strength == 1)
    return is_discrete(p) && p->distinct <= MOST_NAMED_CLASSES && p->distinct * 2 <= present(p);
  return true;
}

static bool is_number(const orr_column_profile *p) {
  return p->column->type != ORR_TEXT && p->column->type != ORR_BOOL &&
         (p->column->type != ORR_INT64 || p->distinct > MOST_CLASSES);
}

static orr_status set_target(const orr_profiling *p, size_t at, const char *reason, orr_error *e) {
  orr_profile *all = p->profile;
  orr_column_profile *column = &all->columns[at];
  all->target = column->column->name;
  all->target_is_number = is_number(column);
  all->target_why = all->target_is_number
                        ? orr_arena_printf(p->arena, "%s; numbers", reason)
                        : orr_arena_printf(p->arena, "%s; %zu classes", reason, column->distinct);
  if (!all->target_why) return orr_fail_memory(e, "a profile", 0);
  give(column, ORR_ROLE_TARGET, all->target_why);
  return ORR_OK;
}

static orr_status guess_target_by_name(const orr_profiling *p, const char (*names)[NAME], bool has_z,
                                       orr_error *e) {
  int best = 0;
  size_t at = 0;
  for (size_t i = 0; i < p->table->n_columns; i++) {
    int strength = target_strength(names[i], has_z);
    if (strength > best && may_be_target(&p->profile->columns[i], strength)) best = strength, at = i;
  }
  return best ? set_target(p, at, "its name", e) : ORR_OK;
}

/* The last column, if it looks like classes. */
static orr_status guess_target_by_place(const orr_profiling *p, orr_error *e) {
  size_t n = p->table->n_columns;
  const orr_column_profile *last = n > 1 ? &p->profile->columns[n - 1] : NULL;
  if (p->profile->target || !last || last->role != ORR_ROLE_FEATURE || !is_discrete(last)) return ORR_OK;
  bool few = last->distinct >= 2 && last->distinct <= MOST_CLASSES && last->distinct * 3 <= present(last);
  return few ? set_target(p, n - 1, "the last column", e) : ORR_OK;
}

/* ---- helpers of other columns ---- */

static bool is_weight(const orr_column_profile *p, const char *name, const orr_map *by_name) {
  static const char words[] = "weight weights w wt wgt sample_weight sample_weights event_weight mc_weight "
                              "instance_weight case_weight";
  bool numbers =
      orr_column_is_numeric(p->column) && p->column->type != ORR_TIME && p->column->type != ORR_BOOL;
  bool of_a_body = p->column->unit || orr_map_find(by_name, "height", NAME) >= 0;
  return numbers && p->min >= 0 && p->max > 0 && is_among(name, words) && !of_a_body;
}

static bool is_group(const orr_column_profile *p, const char *name) {
  static const char words[] =
      "id station subject patient run group site batch session cluster fold participant "
      "donor individual animal plate family household school cruise orbit";
  static const char whole[] = "run_number run_no station_name subject_name site_name";
  bool repeats = p->distinct >= 2 && p->distinct * 2 <= present(p);
  bool discrete = p->column->type == ORR_TEXT || p->column->type == ORR_INT64;
  return repeats && discrete && (is_among(last_word(name), words) || is_among(name, whole));
}

/* The column whose error `name` says it is: e_x, x_err, sigma_x, dx beside x. NULL: none. */
static const char *error_of(const orr_profiling *p, const char *name, size_t at, const orr_map *by_name) {
  static const char *const before[] = {"e_", "err_", "error_", "sigma_", "unc_", "d_", "d"};
  static const char *const after[] = {"_error",  "_err", "_uncertainty", "_unc", "_sigma",
                                      "_stderr", "_e",   "error",        "err"};
  char rest[NAME];
  size_t n = strlen(name);
  int32_t found = ORR_MAP_NONE;
  for (size_t i = 0; i < sizeof before / sizeof *before && found < 0; i++) {
    size_t length = strlen(before[i]);
    if (n > length && !strncmp(name, before[i], length)) found = orr_map_find(by_name, name + length, NAME);
  }
  for (size_t i = 0; i < sizeof after / sizeof *after && found < 0; i++) {
    size_t length = strlen(after[i]);
    if (n <= length || strcmp(name + n - length, after[i])) continue;
    snprintf(rest, sizeof rest, "%.*s", (int)(n - length), name);
    found = orr_map_find(by_name, rest, NAME);
  }
  if (found < 0 || (size_t)found == at) return NULL;
  const orr_column *of = p->table->columns[found];
  return orr_column_is_numeric(of) && of->type != ORR_TIME && of->type != ORR_BOOL ? of->name : NULL;
}

static orr_status guess_helper(const orr_profiling *p, const char *name, size_t at, const orr_map *by_name,
                               orr_error *e) {
  orr_column_profile *c = &p->profile->columns[at];
  bool sizes = orr_column_is_numeric(c->column) && c->column->type != ORR_TIME && c->min >= 0;
  const char *of = sizes ? error_of(p, name, at, by_name) : NULL;
  if (c->role != ORR_ROLE_FEATURE) return ORR_OK;
  if (is_weight(c, name, by_name)) {
    give(c, ORR_ROLE_WEIGHT, "its name; never negative");
  } else if (of) {
    c->of = of;
    give(c, ORR_ROLE_ERROR_OF, orr_arena_printf(p->arena, "its name, beside %s", of));
    if (!c->why) return orr_fail_memory(e, "a profile", 0);
  } else if (is_group(c, name)) {
    give(c, ORR_ROLE_GROUP, "its name; values repeat");
  }
  return ORR_OK;
}

static const char *why_feature(orr_type type) {
  switch (type) {
  case ORR_TEXT: return "words that repeat";
  case ORR_BOOL: return "yes or no";
  case ORR_TIME: return "a time";
  default: return "numbers that vary";
  }
}

/* First places win: a name that stands twice is that of the first. */
static orr_status index_names(const orr_profiling *p, char (*names)[NAME], orr_map *by_name, orr_error *e) {
  for (size_t i = 0; i < p->table->n_columns; i++) {
    char unique[NAME];
    int32_t at;
    normalise(p->table->columns[i]->name, names[i]);
    snprintf(unique, sizeof unique, "%s", names[i]);
    if (orr_map_find(by_name, unique, NAME) >= 0)
      snprintf(unique, sizeof unique, "\n%zu", i); /* keeps the count */
    ORR_TRY(orr_map_add(by_name, unique, NAME, &at, e));
  }
  return ORR_OK;
}

static orr_status guess(const orr_profiling *p, const char *target, const char (*names)[NAME],
                        const orr_map *by_name, orr_error *e) {
  size_t at, n = p->table->n_columns;
  for (size_t i = 0; i < n; i++) {
    orr_column_profile *c = &p->profile->columns[i];
    give(c, ORR_ROLE_FEATURE, c->column->rows ? why_feature(c->column->type) : "no rows tell");
    guess_ignore(c, &p->facts[i], names[i], c);
  }
  if (target) {
    ORR_TRY(orr_table_column(p->table, target, &at, e));
    ORR_TRY(set_target(p, at, "named by you", e));
  } else {
    ORR_TRY(guess_target_by_name(p, names, orr_map_find(by_name, "z", NAME) >= 0, e));
  }
  for (size_t i = 0; i < n; i++) ORR_TRY(guess_helper(p, names[i], i, by_name, e));
  return guess_target_by_place(p, e);
}

orr_status orr_profile_roles(const orr_profiling *p, const char *target, orr_error *e) {
  char(*names)[NAME];
  orr_map by_name = {0};
  ORR_TAKE(p->arena, names, p->table->n_columns, e);
  orr_status status = index_names(p, names, &by_name, e);
  if (!status) status = guess(p, target, (const char(*)[NAME])names, &by_name, e);
  orr_map_fini(&by_name);
  return status;
}
