/* What the Data room asks a person to type: a file, an expression, shares of
 * rows. Expressions are read against the table before a line is written, so that
 * a slip keeps the prompt, and what was typed, open.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/tui/rooms/data_room.h"
#include "data/expression.h"

/* ---- examples of the table's own columns ---- */

static void add_column(const char *name, orr_text *out) {
  bool plain = isalpha((unsigned char)*name) || *name == '_';
  for (const char *c = name; *c; c++) plain = plain && (isalnum((unsigned char)*c) || *c == '_');
  orr_text_printf(out, plain ? "%s" : "`%s`", name);
}

/* The first column of numbers that vary (text false), or of a few words (text true); -1: none. */
static int example_column(const orr_ui *ui, bool text) {
  const orr_table *t = data_table(ui);
  for (size_t i = 0; t && i < t->n_columns; i++) {
    const orr_column_profile *p = data_profile(ui, i);
    orr_type type = t->columns[i]->type;
    bool number = type == ORR_FLOAT64 || type == ORR_FLOAT32 || (type == ORR_INT64 && p && p->distinct > 2);
    bool words = type == ORR_TEXT && p && p->distinct <= DATA_FEW && p->n_bins && p->words[0];
    if (!strchr(t->columns[i]->name, '`') && (text ? words : number)) return (int)i;
  }
  return -1;
}

/* "flux > 3.2 and island == 'Biscoe'" */
static void filter_example(const orr_ui *ui, orr_text *out) {
  int number = example_column(ui, false), words = example_column(ui, true);
  const orr_table *t = data_table(ui);
  const orr_column_profile *p = number < 0 ? NULL : data_profile(ui, (size_t)number);
  if (number >= 0) {
    add_column(t->columns[number]->name, out);
    orr_text_printf(out, " > %.3g", p && isfinite(p->median) ? p->median : 0);
  }
  if (words < 0) return;
  if (out->length) orr_text_add(out, " and ");
  add_column(t->columns[words]->name, out);
  orr_text_printf(out, " == '%s'", data_profile(ui, (size_t)words)->words[0]);
}

static void derive_example(const orr_ui *ui, orr_text *out) {
  int number = example_column(ui, false);
  orr_text_add(out, "NAME = EXPRESSION");
  if (number < 0) return;
  orr_text_add(out, ", such as y = log10(");
  add_column(data_table(ui)->columns[number]->name, out);
  orr_text_add(out, ")");
}

/* A prompt's hint lasts as long as the room does. */
static const char *hint(orr_ui *ui, void (*example)(const orr_ui *, orr_text *)) {
  orr_text text = {0};
  orr_room_state *s = ui->rooms[ORR_ROOM_DATA];
  example(ui, &text);
  snprintf(s->hint, sizeof s->hint, "%s", orr_text_get(&text));
  orr_text_fini(&text);
  return s->hint;
}

/* ---- what was typed ---- */

/* "expression, character 4: why" with the reason first: a line of the screen is short. */
static void put_reason_first(orr_error *e) {
  static const char before[] = "expression, ";
  char text[sizeof e->message];
  const char *place = text + sizeof before - 1, *reason;
  snprintf(text, sizeof text, "%s", e->message);
  if (strncmp(text, before, sizeof before - 1) || !(reason = strstr(place, ": "))) return;
  snprintf(e->message, sizeof e->message, "%.*s (%.*s)", (int)sizeof text / 2, reason + 2,
           (int)(reason - place), place);
}

/* As the engine will read it. truth: it must tell rows apart. */
static orr_status check_expression(const orr_ui *ui, const char *text, bool truth, orr_error *e) {
  orr_arena arena = {0};
  orr_expression *x;
  const orr_table *t = data_table(ui);
  if (!t) return ORR_OK;
  orr_status status = orr_expression_parse(text, t, &arena, &x, e);
  if (!status && truth && orr_expression_type(x) != ORR_BOOL)
    status =
        orr_fail(e, ORR_RECIPE, "that is no condition; compare it with something, such as '%s > 0'", text);
  else if (status) put_reason_first(e);
  orr_arena_fini(&arena);
  return status;
}

/* o.COMMAND { s.TABLE, KEY = "VALUE" } */
static void do_quoted(orr_ui *ui, const char *command, const char *key, const char *value) {
  orr_text literal = {0};
  orr_text_add_lua_string(&literal, value);
  orr_ui_do(ui, "o.%s { s.%s, %s = %s }", command, orr_ui_table(ui)->slot, key, orr_text_get(&literal));
  orr_text_fini(&literal);
}

static orr_status check_filter(orr_ui *ui, const char *text, orr_error *e) {
  if (!*text) return orr_fail(e, ORR_USAGE, "an expression such as %s", ui->rooms[ORR_ROOM_DATA]->hint);
  return check_expression(ui, text, true, e);
}

static orr_status accept_filter(orr_ui *ui, const char *text, orr_error *e) {
  ui->prompt.check = check_filter; /* from the first slip on, as one types */
  ORR_TRY(check_filter(ui, text, e));
  do_quoted(ui, "filter", "where", text);
  return ORR_OK;
}

/* "log_flux = log10(flux)": the name, and where the expression begins. */
static orr_status read_derived(const orr_ui *ui, const char *text, char name[128], const char **expression,
                               orr_error *e) {
  const char *equals = strchr(text, '='), *from = text + strspn(text, " ");
  size_t n = equals ? (size_t)(equals - from) : 0;
  while (n && from[n - 1] == ' ') n--;
  if (!equals || equals[1] == '=' || !n || n >= 128) return orr_fail(e, ORR_USAGE, "write NAME = EXPRESSION");
  snprintf(name, 128, "%.*s", (int)n, from);
  *expression = equals + 1 + strspn(equals + 1, " ");
  return check_expression(ui, *expression, false, e);
}

static orr_status check_derived(orr_ui *ui, const char *text, orr_error *e) {
  char name[128];
  const char *expression;
  return read_derived(ui, text, name, &expression, e);
}

static orr_status accept_derived(orr_ui *ui, const char *text, orr_error *e) {
  char name[128];
  const char *expression;
  orr_text key = {0};
  ui->prompt.check = check_derived;
  ORR_TRY(read_derived(ui, text, name, &expression, e));
  orr_text_add(&key, "[");
  orr_text_add_lua_string(&key, name);
  orr_text_add(&key, "]");
  do_quoted(ui, "derive", orr_text_get(&key), expression);
  orr_text_fini(&key);
  return ORR_OK;
}

static orr_status accept_load(orr_ui *ui, const char *text, orr_error *e) {
  orr_text literal = {0};
  if (!*text) return orr_fail(e, ORR_USAGE, "a file: x.csv, x.h5 or x.h5:/group/dataset");
  orr_text_add_lua_string(&literal, text);
  orr_ui_do(ui, "o.load { %s }", orr_text_get(&literal));
  orr_text_fini(&literal);
  return ORR_OK;
}

/* Two shares, "0.2 0.2": of the rows that test, and of those that validate. */
static orr_status accept_split(orr_ui *ui, const char *text, orr_error *e) {
  char *end, *last;
  double test = strtod(text, &end), validation = strtod(end, &last);
  bool two = end != text && last != end && !last[strspn(last, " ")];
  if (!two || !(test >= 0 && validation >= 0 && test + validation < 1))
    return orr_fail(e, ORR_USAGE, "two shares with a sum below 1, such as 0.2 0.2");
  orr_text stratify = {0};
  const char *by = data_colouring(ui);
  if (*by) orr_text_add(&stratify, ", stratify = "), orr_text_add_lua_string(&stratify, by);
  orr_ui_do(ui, "o.split { s.%s, test = %g, validation = %g%s }", orr_ui_table(ui)->slot, test, validation,
            orr_text_get(&stratify));
  orr_text_fini(&stratify);
  return ORR_OK;
}

bool data_prompt(orr_ui *ui, orr_request request) {
  switch (request) {
  case ORR_REQUEST_load:
    orr_ui_prompt(ui, "Open", "x.csv, x.h5 or x.h5:/group/dataset; Tab completes", "", accept_load);
    ui->prompt.complete = orr_line_complete_path;
    return true;
  case ORR_REQUEST_keep_rows:
    orr_ui_prompt(ui, "Keep rows where", hint(ui, filter_example), "", accept_filter);
    return true;
  case ORR_REQUEST_derive:
    orr_ui_prompt(ui, "Derive", hint(ui, derive_example), "", accept_derived);
    return true;
  case ORR_REQUEST_split:
    orr_ui_prompt(ui, "Shares of the rows that test and that validate", "0.2 0.2", "0.2 0.2", accept_split);
    return true;
  default: return false;
  }
}
