/* The form of a recipe: each typed parameter a field, checked as one types by
 * the same rows that check --set. Nothing here is a command: what was filled in
 * becomes settings when the recipe runs. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app/tui/rooms/recipe_room.h"

static orr_room_state *state(const orr_ui *ui) { return ui->rooms[ORR_ROOM_RECIPE]; }

const orr_known_recipe *recipe_chosen(const orr_ui *ui) {
  const orr_answer *a = ui->answers[ORR_ASK_RECIPES];
  size_t at = state(ui)->recipes.cursor;
  return a && !a->status && at < a->n_recipes ? &a->recipes[at] : NULL;
}

static bool sought(const orr_option *field, const char *search) {
  return !*search || strstr(field->name, search) || (field->help && strstr(field->help, search));
}

size_t recipe_fields(const orr_ui *ui, const orr_option **at) {
  const orr_known_recipe *r = recipe_chosen(ui);
  size_t n = 0;
  for (size_t i = 0; r && i < r->n_params; i++) {
    if (!sought(&r->params[i], state(ui)->search)) continue;
    if (at) at[n] = &r->params[i];
    n++;
  }
  return n;
}

const orr_option *recipe_field(const orr_ui *ui) {
  const orr_known_recipe *r = recipe_chosen(ui);
  size_t n = 0;
  for (size_t i = 0; r && i < r->n_params; i++)
    if (sought(&r->params[i], state(ui)->search) && n++ == state(ui)->fields.cursor) return &r->params[i];
  return NULL;
}

/* ---- values ---- */

static form_value *find(const orr_ui *ui, const orr_known_recipe *r, const orr_option *field) {
  orr_room_state *s = state(ui);
  for (size_t i = 0; i < s->values.count; i++)
    if (!strcmp(s->values.items[i].recipe, r->name) && !strcmp(s->values.items[i].field, field->name))
      return &s->values.items[i];
  return NULL;
}

/* What the table says already: its roles. */
static const char *suggested(const orr_ui *ui, const orr_option *field) {
  const orr_seen_table *t = orr_ui_table(ui);
  orr_role role;
  if (!t || field->type != ORR_TAKES_COLUMN || !orr_role_from_name(field->name, &role)) return NULL;
  return orr_table_with(t->table, role);
}

static bool same(const char *a, const char *b) { return a && b ? !strcmp(a, b) : a == b; }

const char *form_text(const orr_ui *ui, const orr_known_recipe *r, const orr_option *field, bool *given) {
  const form_value *v = find(ui, r, field);
  const char *s = suggested(ui, field);
  bool counts = v && same(v->suggested, s);
  if (given) *given = counts;
  return counts ? v->text : s ? s : field->fallback ? field->fallback : "";
}

static void forget(form_value *v) {
  orr_free(v->recipe);
  orr_free(v->field);
  orr_free(v->text);
  orr_free(v->suggested);
}

static orr_status push(orr_room_state *s, form_value v, orr_error *e) {
  if (!v.recipe || !v.field || !v.text) return orr_fail_memory(e, "a field", 0);
  ORR_PUSH(&s->values, v, e);
  return ORR_OK;
}

void form_set(orr_ui *ui, const orr_known_recipe *r, const orr_option *field, const char *text) {
  orr_room_state *s = state(ui);
  form_value *old = find(ui, r, field);
  if (old) forget(old), *old = s->values.items[--s->values.count];
  if (!text || !*text) return;
  const char *said = suggested(ui, field);
  form_value v = {orr_strdup(r->name), orr_strdup(field->name), orr_strdup(text),
                  said ? orr_strdup(said) : NULL};
  if (push(s, v, &s->error)) forget(&v);
}

/* ---- checks ---- */

static orr_status check_column(const orr_ui *ui, const char *name, orr_error *e) {
  size_t at;
  const orr_seen_table *t = orr_ui_table(ui);
  return t ? orr_table_column(t->table, name, &at, e) : ORR_OK;
}

/* Lists of columns are those whose help says so; others are lists of words. */
static bool lists_columns(const orr_option *field) {
  return field->type == ORR_TAKES_TEXTS && field->help && strstr(field->help, "column");
}

static orr_status check_columns(const orr_ui *ui, const orr_value *list, orr_error *e) {
  for (size_t i = 0; i < list->count; i++) ORR_TRY(check_column(ui, list->items[i].string, e));
  return ORR_OK;
}

orr_status form_check(const orr_ui *ui, const orr_option *field, const char *text, orr_error *e) {
  orr_arena arena = {0};
  orr_value v;
  if (!*text) return field->required ? orr_fail(e, ORR_USAGE, "%s must be given", field->name) : ORR_OK;
  orr_status status = orr_option_parse(field, text, &arena, &v, e);
  if (!status && field->type == ORR_TAKES_COLUMN) status = check_column(ui, text, e);
  if (!status && lists_columns(field) && v.kind == ORR_LIST) status = check_columns(ui, &v, e);
  orr_arena_fini(&arena);
  return status;
}

const char *form_trouble(const orr_ui *ui, char buffer[160]) {
  const orr_known_recipe *r = recipe_chosen(ui);
  orr_error e = {0};
  if (!r) return "the recipes are still being read";
  if (!orr_ui_table(ui)) return "there is no table yet: 1, then o opens a file";
  if (ui->snapshot->running) return "something is running: 3 watches it";
  for (size_t i = 0; i < r->n_params; i++)
    if (form_check(ui, &r->params[i], form_text(ui, r, &r->params[i], NULL), &e)) {
      snprintf(buffer, 160, "%.150s", e.message);
      return buffer;
    }
  return NULL;
}

/* ---- what may be picked ---- */

static size_t count_choices(const char *choices) {
  size_t n = 1;
  for (; *choices; choices++) n += *choices == '|';
  return n;
}

size_t form_picks(const orr_ui *ui, const orr_option *field) {
  const orr_seen_table *t = orr_ui_table(ui);
  if (field->type == ORR_TAKES_BOOLEAN) return 2;
  if (field->type == ORR_TAKES_CHOICE) return count_choices(field->choices);
  if (field->type == ORR_TAKES_COLUMN || lists_columns(field)) return t ? t->table->n_columns : 0;
  return 0;
}

const char *form_pick(const orr_ui *ui, const orr_option *field, size_t i, char buffer[128]) {
  if (field->type == ORR_TAKES_BOOLEAN) return i ? "false" : "true";
  if (field->type != ORR_TAKES_CHOICE) return orr_ui_table(ui)->table->columns[i]->name;
  const char *from = field->choices;
  while (i-- && strchr(from, '|')) from = strchr(from, '|') + 1;
  snprintf(buffer, 128, "%.*s", (int)strcspn(from, "|"), from);
  return buffer;
}

bool form_holds(const char *list, const char *word) {
  size_t n = strlen(word);
  while (*list) {
    size_t length = strcspn(list, ",");
    if (length == n && !strncmp(list, word, n)) return true;
    list += length + (list[length] == ',');
  }
  return false;
}

/* ---- what will run ---- */

static orr_status add_setting(orr_words *out, const char *name, const char *text, orr_arena *arena,
                              orr_error *e) {
  const char *word = orr_arena_printf(arena, "%s=%s", name, text);
  if (!word) return orr_fail_memory(e, "a setting", strlen(text));
  ORR_PUSH(out, word, e);
  return ORR_OK;
}

orr_status form_settings(const orr_ui *ui, orr_arena *arena, orr_words *out, orr_error *e) {
  const orr_known_recipe *r = recipe_chosen(ui);
  for (size_t i = 0; r && i < r->n_params; i++) {
    const orr_option *field = &r->params[i];
    const char *text = form_text(ui, r, field, NULL);
    if (!*text || (field->fallback && !strcmp(text, field->fallback))) continue;
    ORR_TRY(add_setting(out, field->name, text, arena, e));
  }
  return ORR_OK;
}

static const char *value_of(const orr_ui *ui, const orr_known_recipe *r, const char *name) {
  for (size_t i = 0; i < r->n_params; i++)
    if (!strcmp(r->params[i].name, name)) return form_text(ui, r, &r->params[i], NULL);
  return "";
}

static void state_model(const orr_ui *ui, const orr_known_recipe *r, orr_text *out) {
  const char *target = value_of(ui, r, "target"), *model = value_of(ui, r, "model");
  const char *baseline = value_of(ui, r, "baseline");
  if (*target) orr_text_printf(out, "Learns %s", target);
  else orr_text_printf(out, "%s", r->title);
  if (*model) orr_text_printf(out, " with %s", model);
  if (*model && *baseline) orr_text_printf(out, ", %s beside it", baseline);
}

static void state_rows(const orr_ui *ui, const orr_known_recipe *r, orr_text *out) {
  char rows[32];
  double share;
  const orr_seen_table *t = orr_ui_table(ui);
  const char *test = value_of(ui, r, "test"), *file = value_of(ui, r, "test_rows");
  orr_text_printf(out, ", from %s rows of s.%s", orr_text_count(rows, t->table->rows), t->slot);
  if (*file) orr_text_printf(out, "; the rows listed in %s are kept to test on", file);
  else if (*test && orr_text_to_number(test, &share))
    orr_text_printf(out, "; %g %% of them are kept to test on", 100 * share);
  orr_text_add(out, ".");
}

void form_statement(const orr_ui *ui, orr_text *out) {
  const orr_known_recipe *r = recipe_chosen(ui);
  if (!r || !orr_ui_table(ui)) return;
  state_model(ui, r, out);
  state_rows(ui, r, out);
  const char *repeats = value_of(ui, r, "repeats");
  if (*repeats && strcmp(repeats, "1"))
    orr_text_printf(out, " %s seeds tell how much the scores vary.", repeats);
}
