/* The Recipe room, drawn: recipes with the question under the cursor, the form
 * with what may be picked, and the Lua. */
#include <stdio.h>
#include <string.h>

#include "app/tui/over.h"
#include "app/tui/rooms/recipe_room.h"

static orr_room_state *state(const orr_ui *ui) { return ui->rooms[ORR_ROOM_RECIPE]; }

void recipe_draw_list(const orr_ui *ui, orr_grid *g, orr_rect where) {
  orr_room_state *s = state(ui);
  const orr_answer *a = ui->answers[ORR_ASK_RECIPES];
  const orr_known_recipe *chosen = recipe_chosen(ui);
  bool focus = s->pane == PANE_RECIPES;
  orr_rect inside = orr_grid_pane(g, where, "Recipes", focus);
  if (!a || a->status) {
    orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED, a ? a->error.message : "reading the recipes…");
    return;
  }
  orr_rect question = orr_rect_bottom(&inside, inside.height > 10 ? 6 : 3);
  orr_list_move(&s->recipes, 0, a->n_recipes, (size_t)inside.height);
  for (int y = 0; y < inside.height && s->recipes.first + (size_t)y < a->n_recipes; y++) {
    size_t at = s->recipes.first + (size_t)y;
    orr_rect line = {inside.x, inside.y + y, inside.width, 1};
    orr_grid_format(g, line, line.x, line.y, ORR_INK_TEXT, " %s", a->recipes[at].name);
    if (at == s->recipes.cursor) orr_grid_tint(g, line, focus ? ORR_INK_CURSOR : ORR_INK_CHOSEN);
  }
  if (chosen && chosen->question) orr_grid_wrapped(g, question, question.y, ORR_INK_MUTED, chosen->question);
}

/* ---- the form ---- */

static int name_width(const orr_option *const *fields, size_t n, int room) {
  int width = 8;
  for (size_t i = 0; i < n; i++)
    if (orr_text_cells(fields[i]->name) > width) width = orr_text_cells(fields[i]->name);
  return width < room / 2 ? width : room / 2;
}

static void draw_typed(const orr_ui *ui, orr_grid *g, orr_rect field) {
  orr_grid_fill(g, field, ORR_INK_TEXT, ' ');
  orr_line_draw(&state(ui)->line, g, field, field.x, field.y);
  if (state(ui)->error.status) orr_grid_tint(g, field, ORR_INK_BAD);
}

static void draw_field(const orr_ui *ui, const orr_option *o, orr_grid *g, orr_rect line, int names,
                       bool here) {
  bool given = false;
  const orr_room_state *s = state(ui);
  const char *text = form_text(ui, recipe_chosen(ui), o, &given);
  orr_error e = {0};
  bool wrong = form_check(ui, o, text, &e);
  orr_rect name = {line.x + 1, line.y, names, 1},
           value = {line.x + names + 3, line.y, line.width - names - 4, 1};
  orr_grid_text(g, name, name.x, name.y, wrong ? ORR_INK_WARNING : ORR_INK_TEXT, o->name);
  if (!*text)
    orr_grid_text(g, value, value.x, value.y, wrong ? ORR_INK_WARNING : ORR_INK_MUTED,
                  o->required ? "must be given" : "-");
  else
    orr_grid_text(g, value, value.x, value.y,
                  wrong   ? ORR_INK_BAD
                  : given ? ORR_INK_NUMBER
                          : ORR_INK_MUTED,
                  text);
  if (here) orr_grid_tint(g, line, s->pane == PANE_FORM ? ORR_INK_CURSOR : ORR_INK_CHOSEN);
  if (here && s->mode == FORM_TYPES) draw_typed(ui, g, value);
}

static void range_of(const orr_option *o, char out[120]) {
  char fallback[80] = "";
  *out = 0;
  if (o->fallback) snprintf(fallback, sizeof fallback, " Default %.60s.", o->fallback);
  if (o->least < o->most && o->type == ORR_TAKES_INTEGER)
    snprintf(out, 120, " From %.0f to %.0f.%s", o->least, o->most, fallback);
  else if (o->least < o->most) snprintf(out, 120, " From %g to %g.%s", o->least, o->most, fallback);
  else snprintf(out, 120, "%s", fallback);
}

/* Below the fields: what the one under the cursor means, or what is wrong with what is typed. Takes its lines, and one
 * above them, off *where. */
static void draw_help(const orr_ui *ui, orr_grid *g, orr_rect *where) {
  enum { FEWEST = 2, MOST = 4, FIELDS = 4 };
  char range[120], text[600];
  const orr_option *o = recipe_field(ui);
  const orr_room_state *s = state(ui);
  bool refused = s->mode == FORM_TYPES && s->error.status;
  if (!o) return;
  range_of(o, range);
  snprintf(text, sizeof text, "%.400s.%s", o->help ? o->help : "", range);
  if (*text >= 'a' && *text <= 'z') *text = (char)(*text - 'a' + 'A');
  const char *said = refused ? s->error.message : text;
  int lines = orr_grid_wrapped(NULL, *where, 0, ORR_INK_TEXT, said);
  lines = lines < FEWEST ? FEWEST : lines > MOST ? MOST : lines;
  bool gap = where->height > lines + 1 + FIELDS;
  orr_rect below = orr_rect_bottom(where, lines + gap);
  if (gap) orr_rect_top(&below, 1);
  orr_grid_wrapped(g, below, below.y, refused ? ORR_INK_BAD : ORR_INK_MUTED, said);
}

static void draw_picks(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char buffer[128];
  orr_room_state *s = state(ui);
  const orr_option *o = recipe_field(ui);
  size_t n = form_picks(ui, o);
  bool many = o->type == ORR_TAKES_TEXTS;
  const char *now = form_text(ui, recipe_chosen(ui), o, NULL);
  int height = (int)n + 2 < where.height ? (int)n + 2 : where.height;
  orr_rect box = {where.x, where.y + (where.height - height) / 2, where.width, height};
  int above = box.y > where.y, below = box.y + height < where.y + where.height;
  orr_rect margin = {where.x - 1, box.y - above, where.width + 2, height + above + below};
  orr_grid_fill(g, margin, ORR_INK_TEXT, ' ');
  orr_rect inside = orr_grid_box(g, box, many ? "Space adds or takes out, Enter ends" : o->name);
  s->shown_picks = inside.height > 0 ? (size_t)inside.height : 0;
  orr_list_move(&s->picks, 0, n, s->shown_picks);
  for (int y = 0; y < inside.height && s->picks.first + (size_t)y < n; y++) {
    size_t at = s->picks.first + (size_t)y;
    orr_rect line = {inside.x, inside.y + y, inside.width, 1};
    const char *word = form_pick(ui, o, at, buffer);
    bool in = many ? form_holds(now, word) : !strcmp(now, word);
    orr_grid_format(g, line, line.x, line.y, in ? ORR_INK_GOOD : ORR_INK_TEXT, "%s %s", in ? "*" : " ", word);
    if (at == s->picks.cursor) orr_grid_tint(g, line, ORR_INK_CURSOR);
  }
  orr_grid_scrollbar(g, inside, s->picks.first, s->shown_picks, n);
}

static void draw_fields(const orr_ui *ui, const orr_option *const *fields, size_t n, orr_grid *g,
                        orr_rect where) {
  orr_room_state *s = state(ui);
  int names = name_width(fields, n, where.width);
  s->shown_fields = where.height > 0 ? (size_t)where.height : 0;
  orr_list_move(&s->fields, 0, n, s->shown_fields);
  for (int y = 0; y < where.height && s->fields.first + (size_t)y < n; y++) {
    size_t at = s->fields.first + (size_t)y;
    orr_rect line = {where.x, where.y + y, where.width - 1, 1};
    draw_field(ui, fields[at], g, line, names, at == s->fields.cursor);
  }
  orr_grid_scrollbar(g, where, s->fields.first, s->shown_fields, n);
}

void recipe_draw_form(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char title[160];
  orr_room_state *s = state(ui);
  const orr_known_recipe *r = recipe_chosen(ui);
  size_t n = recipe_fields(ui, NULL);
  const orr_option **fields = orr_calloc(n ? n : 1, sizeof *fields);
  snprintf(title, sizeof title, *s->search ? "%s: parameters with '%s'" : "%s", r ? r->title : "Form",
           s->search);
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_FORM);
  if (r && fields) {
    recipe_fields(ui, fields);
    draw_help(ui, g, &inside);
    draw_fields(ui, fields, n, g, inside);
    if (s->mode == FORM_PICKS && recipe_field(ui)) draw_picks(ui, g, inside);
  }
  orr_free(fields);
}

/* ---- the Lua ---- */

static void draw_source(const char *text, size_t skip, orr_grid *g, orr_rect where) {
  int y = where.y;
  for (; *text && y < where.y + where.height; text += strcspn(text, "\n"), text += *text == '\n') {
    char line[400];
    if (skip) {
      skip--;
      continue;
    }
    snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
    int lines = orr_grid_lua(g, where, y, line, false);
    y += lines ? lines : 1;
  }
}

static void add_word(const char *word, orr_text *out) {
  bool plain = !word[strcspn(word, " \t'\"\\$&|;<>()[]{}*?!#~`")];
  if (plain) orr_text_add(out, word);
  else {
    orr_text_add(out, "'");
    for (; *word; word++)
      if (*word == '\'') orr_text_add(out, "'\\''");
      else orr_text_add_bytes(out, word, 1);
    orr_text_add(out, "'");
  }
}

/* The form as the command line would say it, above the recipe itself. */
static void draw_command(const orr_ui *ui, const orr_known_recipe *r, orr_grid *g, orr_rect *where) {
  orr_arena arena = {0};
  orr_words words = {0};
  orr_text line = {0};
  const orr_snapshot *now = ui->snapshot;
  orr_text_printf(&line, "orrery run %s", r->name);
  if (now && now->source && *now->source) orr_text_add(&line, " "), add_word(now->source, &line);
  if (!form_settings(ui, &arena, &words, NULL))
    for (size_t i = 0; i < words.count; i++) orr_text_add(&line, " --set "), add_word(words.items[i], &line);
  int lines = orr_grid_wrapped(g, *where, where->y, ORR_INK_CODE, orr_text_get(&line));
  orr_rect_top(where, lines + 1);
  orr_text_fini(&line);
  orr_free(words.items);
  orr_arena_fini(&arena);
}

void recipe_draw_lua(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char title[160];
  orr_room_state *s = state(ui);
  const orr_known_recipe *r = recipe_chosen(ui);
  size_t lines = 0;
  for (const char *c = r && r->text ? r->text : ""; *c; c++) lines += *c == '\n';
  snprintf(title, sizeof title, "%s.lua", r ? r->name : "recipe");
  orr_rect inside = orr_grid_pane(g, where, title, s->pane == PANE_LUA);
  orr_list_move(&s->lua, 0, lines, 1);
  if (r) draw_command(ui, r, g, &inside);
  orr_rect source = inside;
  orr_rect_right(&source, 2); /* the scroll bar, and a gap */
  if (r && r->text) draw_source(r->text, s->lua.cursor, g, source);
  size_t shown = inside.height > 0 ? (size_t)inside.height : 0, first = s->lua.cursor;
  orr_grid_scrollbar(g, inside, first, shown, first + shown > lines ? first + shown : lines);
}
