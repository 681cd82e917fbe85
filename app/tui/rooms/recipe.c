/* The Recipe room: choose a workflow by its question, fill in its form, read
 * what will run, run it.
 *
 * Left the recipes, in the middle the fields, and the Lua beside them. Typing
 * happens in the field itself; what may be picked is picked from a list.
 */
#include <stdio.h>
#include <string.h>

#include "app/tui/rooms/recipe_room.h"

enum { WIDE = 76, VERY_WIDE = 110 };

static orr_room_state *state(const orr_ui *ui) { return ui->rooms[ORR_ROOM_RECIPE]; }

/* ---- drawing ---- */

/* Below all: what will run, in words, and whether it can. Takes its lines off *where. */
static void draw_statement(const orr_ui *ui, orr_grid *g, orr_rect *where) {
  char buffer[160], key[32];
  orr_text text = {0}, verdict = {0};
  const char *trouble = form_trouble(ui, buffer);
  form_statement(ui, &text);
  if (trouble) orr_text_printf(&verdict, "Not yet: %s.", trouble);
  else orr_text_printf(&verdict, "%s runs it.", orr_keymap_key(ui->keys, ORR_REQUEST_run, key));
  int words = orr_grid_wrapped(NULL, *where, 0, ORR_INK_TEXT, orr_text_get(&text));
  int last = orr_grid_wrapped(NULL, *where, 0, ORR_INK_TEXT, orr_text_get(&verdict));
  int most = where->height / 2 - 1, rows = words + last < most ? words + last : most;
  orr_rect inside = orr_grid_pane(g, orr_rect_bottom(where, rows + 1), "What will run", false);
  orr_rect below = orr_rect_bottom(&inside, last);
  orr_grid_wrapped(g, inside, inside.y, ORR_INK_TEXT, orr_text_get(&text));
  orr_grid_wrapped(g, below, below.y, trouble ? ORR_INK_WARNING : ORR_INK_GOOD, orr_text_get(&verdict));
  orr_text_fini(&text);
  orr_text_fini(&verdict);
}

static void draw_narrow(const orr_ui *ui, orr_grid *g, orr_rect where) {
  recipe_pane pane = state(ui)->pane;
  if (pane == PANE_RECIPES) recipe_draw_list(ui, g, where);
  if (pane == PANE_FORM) recipe_draw_form(ui, g, where);
  if (pane == PANE_LUA) recipe_draw_lua(ui, g, where);
}

static void draw(orr_view *v, orr_grid *g, orr_rect where) {
  const orr_ui *ui = v->ui;
  if (where.height > 8) draw_statement(ui, g, &where);
  if (where.width < WIDE) {
    draw_narrow(ui, g, where);
    return;
  }
  bool lua_beside = where.width >= VERY_WIDE;
  if (!lua_beside && state(ui)->pane == PANE_LUA) {
    recipe_draw_lua(ui, g, where);
    return;
  }
  recipe_draw_list(ui, g, orr_rect_left(&where, lua_beside ? 26 : 24));
  orr_rect_left(&where, 1);
  if (lua_beside) {
    recipe_draw_lua(ui, g, orr_rect_right(&where, where.width * 9 / 20));
    orr_rect_right(&where, 1);
  }
  recipe_draw_form(ui, g, where);
}

/* ---- editing a field ---- */

static void check_line(orr_ui *ui) {
  orr_room_state *s = state(ui);
  s->error = (orr_error){0};
  form_check(ui, recipe_field(ui), s->line.text, &s->error);
}

static void start_typing(orr_ui *ui, const orr_option *field) {
  orr_room_state *s = state(ui);
  s->mode = FORM_TYPES;
  snprintf(s->line.text, sizeof s->line.text, "%s", form_text(ui, recipe_chosen(ui), field, NULL));
  s->line.length = s->line.at = strlen(s->line.text);
  check_line(ui);
}

static void start_picking(orr_ui *ui, const orr_option *field) {
  char buffer[128];
  orr_room_state *s = state(ui);
  const char *now = form_text(ui, recipe_chosen(ui), field, NULL);
  s->mode = FORM_PICKS;
  s->picks = (orr_list){0, 0};
  for (size_t i = 0; i < form_picks(ui, field); i++)
    if (!strcmp(form_pick(ui, field, i, buffer), now)) s->picks.cursor = i;
}

static void edit(orr_ui *ui) {
  const orr_option *field = recipe_field(ui);
  if (!field) return;
  if (form_picks(ui, field)) start_picking(ui, field);
  else start_typing(ui, field);
}

static bool type_key(orr_ui *ui, const orr_key *key) {
  orr_room_state *s = state(ui);
  if (key->kind == ORR_KEY_ESCAPE) s->mode = FORM_MOVES, s->error = (orr_error){0};
  else if (key->kind == ORR_KEY_ENTER && !s->error.status) {
    form_set(ui, recipe_chosen(ui), recipe_field(ui), s->line.text);
    s->mode = FORM_MOVES;
  } else if (orr_line_edit(&s->line, key)) check_line(ui);
  return key->kind != ORR_KEY_RESIZE && key->kind != ORR_KEY_MOUSE;
}

/* Of a list of columns Space adds one or takes it out again. */
static void toggle(orr_ui *ui, const orr_option *field, const char *word) {
  orr_text list = {0};
  const char *now = form_text(ui, recipe_chosen(ui), field, NULL), *from = now;
  bool out = form_holds(now, word);
  while (*from) {
    int n = (int)strcspn(from, ",");
    bool same = (size_t)n == strlen(word) && !strncmp(from, word, (size_t)n);
    if (!same) orr_text_printf(&list, "%s%.*s", list.length ? "," : "", n, from);
    from += n + (from[n] == ',');
  }
  if (!out) orr_text_printf(&list, "%s%s", list.length ? "," : "", word);
  form_set(ui, recipe_chosen(ui), field, orr_text_get(&list));
  orr_text_fini(&list);
}

static long step_of(const orr_key *key, size_t shown, size_t count) {
  bool rune = key->kind == ORR_KEY_RUNE && !key->control;
  if (key->kind == ORR_KEY_UP || (rune && key->rune == 'k')) return -1;
  if (key->kind == ORR_KEY_DOWN || (rune && key->rune == 'j')) return 1;
  if (key->kind == ORR_KEY_HOME || (rune && key->rune == 'g')) return -(long)count;
  if (key->kind == ORR_KEY_END || (rune && key->rune == 'G')) return (long)count;
  if (key->kind == ORR_KEY_PAGE_UP) return -(long)shown;
  if (key->kind == ORR_KEY_PAGE_DOWN) return (long)shown;
  return 0;
}

static bool pick_key(orr_ui *ui, const orr_key *key) {
  char buffer[128];
  orr_room_state *s = state(ui);
  const orr_option *field = recipe_field(ui);
  size_t n = form_picks(ui, field);
  bool blank = key->kind == ORR_KEY_RUNE && key->rune == ' ', many = field->type == ORR_TAKES_TEXTS;
  if (key->kind == ORR_KEY_ESCAPE) s->mode = FORM_MOVES;
  else if (many && blank) toggle(ui, field, form_pick(ui, field, s->picks.cursor, buffer));
  else if (key->kind == ORR_KEY_ENTER || blank) {
    if (!many) form_set(ui, recipe_chosen(ui), field, form_pick(ui, field, s->picks.cursor, buffer));
    s->mode = FORM_MOVES;
  } else orr_list_move(&s->picks, step_of(key, s->shown_picks, n), n, s->shown_picks);
  return key->kind != ORR_KEY_RESIZE && key->kind != ORR_KEY_MOUSE;
}

static bool key(orr_ui *ui, const orr_key *pressed, orr_error *e) {
  (void)e;
  form_mode mode = state(ui)->mode;
  if (mode == FORM_MOVES || !recipe_field(ui)) return false;
  return mode == FORM_TYPES ? type_key(ui, pressed) : pick_key(ui, pressed);
}

/* Left and right go through what may be picked without opening the list. */
static void cycle(orr_ui *ui, int by) {
  char buffer[128];
  const orr_option *field = recipe_field(ui);
  size_t n = field && field->type != ORR_TAKES_TEXTS ? form_picks(ui, field) : 0, at = 0;
  if (!n) return;
  const char *now = form_text(ui, recipe_chosen(ui), field, NULL);
  while (at < n && strcmp(form_pick(ui, field, at, buffer), now)) at++;
  at = at == n ? 0 : (at + n + (size_t)(by + (int)n)) % n;
  form_set(ui, recipe_chosen(ui), field, form_pick(ui, field, at, buffer));
}

/* ---- requests ---- */

static orr_status accept_search(orr_ui *ui, const char *text, orr_error *e) {
  orr_room_state *s = state(ui);
  (void)e;
  snprintf(s->search, sizeof s->search, "%s", text);
  s->fields = (orr_list){0, 0};
  if (recipe_fields(ui, NULL)) return ORR_OK;
  orr_ui_say(ui, ORR_INK_WARNING, "no parameter speaks of '%s'; all are shown", text);
  *s->search = 0;
  return ORR_OK;
}

static void run(orr_ui *ui) {
  orr_arena arena = {0};
  orr_words words = {0};
  orr_error e = {0};
  const orr_known_recipe *r = recipe_chosen(ui);
  orr_status status = form_settings(ui, &arena, &words, &e);
  if (!status) status = orr_workbench_run(ui->workbench, r->name, &words, &e);
  if (status) orr_ui_say(ui, ORR_INK_BAD, "%s", e.message);
  else {
    orr_ui_say(ui, ORR_INK_GOOD, "%s begins", r->title);
    ui->room = ORR_ROOM_WATCH;
  }
  orr_free(words.items);
  orr_arena_fini(&arena);
}

static bool move(orr_ui *ui, orr_request request) {
  orr_room_state *s = state(ui);
  const orr_answer *a = ui->answers[ORR_ASK_RECIPES];
  orr_list *list = s->pane == PANE_RECIPES ? &s->recipes : s->pane == PANE_FORM ? &s->fields : &s->lua;
  size_t count = s->pane == PANE_RECIPES ? (a ? a->n_recipes : 0)
                 : s->pane == PANE_FORM  ? recipe_fields(ui, NULL)
                                         : 10000;
  long page = s->shown_fields > 1 ? (long)s->shown_fields - 1 : 1;
  long by = request == ORR_REQUEST_up          ? -1
            : request == ORR_REQUEST_down      ? 1
            : request == ORR_REQUEST_page_up   ? -page
            : request == ORR_REQUEST_page_down ? page
            : request == ORR_REQUEST_first     ? -(long)count
            : request == ORR_REQUEST_last      ? (long)count
                                               : 0;
  if (!by) return false;
  orr_list_move(list, by, count, s->pane == PANE_FORM ? s->shown_fields : 0);
  if (s->pane == PANE_RECIPES) s->fields = s->lua = (orr_list){0, 0};
  return true;
}

static bool look(orr_ui *ui, orr_request r) {
  orr_room_state *s = state(ui);
  switch (r) {
  case ORR_REQUEST_next_pane: s->pane = (s->pane + 1) % RECIPE_PANES; return true;
  case ORR_REQUEST_previous_pane: s->pane = (s->pane + RECIPE_PANES - 1) % RECIPE_PANES; return true;
  case ORR_REQUEST_left:
  case ORR_REQUEST_right:
    if (s->pane == PANE_FORM) cycle(ui, r == ORR_REQUEST_left ? -1 : 1);
    return true;
  case ORR_REQUEST_filter:
    orr_ui_prompt(ui, "Parameters that speak of", "a word; empty shows all", s->search, accept_search);
    return true;
  default: return move(ui, r);
  }
}

static bool request(orr_ui *ui, orr_request r, orr_error *e) {
  (void)e;
  orr_room_state *s = state(ui);
  const orr_option *field = recipe_field(ui);
  if (r == ORR_REQUEST_run) return run(ui), true;
  if (r == ORR_REQUEST_reset && field) return form_set(ui, recipe_chosen(ui), field, NULL), true;
  if (r == ORR_REQUEST_choose && s->pane == PANE_RECIPES) return s->pane = PANE_FORM, true;
  if (r == ORR_REQUEST_choose && s->pane == PANE_FORM) return edit(ui), true;
  return look(ui, r);
}

static const char *why_not(const orr_ui *ui, orr_request r, char buffer[160]) {
  return r == ORR_REQUEST_run ? form_trouble(ui, buffer) : NULL;
}

/* What a run writes are the recipe's own commands; the form is how the command line would say it. */
static void lua(const orr_ui *ui, orr_request r, orr_text *out) {
  const orr_known_recipe *recipe = recipe_chosen(ui);
  if (r == ORR_REQUEST_run && recipe) orr_text_printf(out, "the commands of %s.lua", recipe->name);
}

/* The one that the command line named, once the recipes have come. */
static void begin_with(orr_ui *ui) {
  const orr_answer *a = ui->answers[ORR_ASK_RECIPES];
  if (!ui->recipe || !a || a->status) return;
  size_t at = 0;
  while (at < a->n_recipes && strcmp(a->recipes[at].name, ui->recipe)) at++;
  if (at == a->n_recipes) orr_ui_say(ui, ORR_INK_WARNING, "There is no recipe '%s'", ui->recipe);
  else state(ui)->recipes.cursor = at;
  ui->recipe = NULL;
}

static void refresh(orr_ui *ui) {
  orr_question q = {.kind = ORR_ASK_RECIPES};
  begin_with(ui);
  if (state(ui)->asked || !ui->workbench) return;
  state(ui)->asked = true;
  orr_workbench_ask(ui->workbench, &q);
}

static orr_status open_room(orr_ui *ui, orr_room_state **out, orr_error *e) {
  (void)ui;
  *out = orr_calloc(1, sizeof **out);
  return *out ? ORR_OK : orr_fail_memory(e, "a room", sizeof **out);
}

static void close_room(orr_room_state *s) {
  for (size_t i = 0; s && i < s->values.count; i++) {
    orr_free(s->values.items[i].recipe);
    orr_free(s->values.items[i].field);
    orr_free(s->values.items[i].text);
    orr_free(s->values.items[i].suggested);
  }
  if (s) orr_free(s->values.items);
  orr_free(s);
}

static const orr_request footer[] = {ORR_REQUEST_choose, ORR_REQUEST_next_pane, ORR_REQUEST_run,
                                     ORR_REQUEST_reset,  ORR_REQUEST_filter,    ORR_NO_REQUEST};

const orr_room orr_room_recipe = {
    .name = "Recipe",
    .letter = 'R',
    .help = "A recipe is a workflow: a question, and the steps that answer it. Choose one with Enter; Enter "
            "on a field changes "
            "it, left and right go through its choices, Backspace takes its default again. Ctrl-R runs the "
            "recipe on the "
            "table of the Data room, with its filters and roles; the Watch room shows how it goes.",
    .open = open_room,
    .close = close_room,
    .draw = draw,
    .request = request,
    .why_not = why_not,
    .lua = lua,
    .refresh = refresh,
    .key = key,
    .footer = footer,
};
