/* The Watch room's figures: what the running fit reports, and below it what the
 * newest evaluation found, the model beside its baseline. The pane with the
 * focus has room for all of it; the others show the model's own scores. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/peek_number.h"
#include "app/tui/rooms/watch_room.h"
#include "metric/format.h"

enum { TABLE_WIDTH = 70, COLUMN = 19 };

static orr_room_state *state(const orr_ui *ui) { return ui->rooms[ORR_ROOM_WATCH]; }

static const orr_evaluation_object *newest(const orr_snapshot *now) {
  return now && now->n_evaluations ? now->evaluations[now->n_evaluations - 1].evaluation : NULL;
}

/* The number "BEFORE PREFIX SCORE"; NULL: there is none. */
static const orr_seen_number *find(const orr_snapshot *now, const char *before, const char *prefix,
                                   const char *score) {
  char name[256];
  snprintf(name, sizeof name, "%s%s%s", before, prefix, score);
  for (size_t i = 0; i < now->n_numbers; i++)
    if (!strcmp(now->numbers[i].name, name)) return &now->numbers[i];
  return NULL;
}

/* The score that a number of this evaluation is of; NULL: it is of another, or the spread of one. */
static const char *score_of(const orr_seen_number *n, const orr_evaluation_object *v) {
  size_t length = strlen(v->prefix);
  const char *score = n->name + length;
  return strncmp(n->name, v->prefix, length) || strchr(score, '.') ? NULL : score;
}

/* ---- what came of it ---- */

/* Smaller is better of both. */
static const char *main_score(const orr_evaluation_object *v) {
  return v->model.task == ORR_REGRESSION ? "rmse" : "log_loss";
}

static void add_verdict(const orr_snapshot *now, const orr_evaluation_object *v, bool ascii, orr_text *out) {
  const orr_seen_number *d = find(now, "difference.", v->prefix, main_score(v));
  if (!d || !v->baseline_name) return;
  orr_text_printf(out, "; %s ", d->value < 0 ? "below" : "above");
  orr_text_printf(out, "%s by ", v->baseline_name);
  orr_format_number(out, fabs(d->value), d->error, ascii);
  if (!(fabs(d->value) > 2 * d->error)) orr_text_add(out, ", which chance can do");
  else orr_text_add(out, d->value < 0 ? ": it earns its keep" : ": the simple one is better");
}

void watch_draw_outcome(const orr_ui *ui, orr_grid *g, orr_rect where) {
  char rows[32];
  orr_text text = {0};
  const orr_snapshot *now = ui->snapshot;
  const orr_evaluation_object *v = newest(now);
  const orr_seen_number *n = find(now, "", v->prefix, main_score(v));
  if (n) {
    orr_text_printf(&text, "%s, on %s rows: %s ", v->model_name, orr_text_count(rows, n->n), main_score(v));
    orr_format_number(&text, n->value, n->error, !g->utf8);
    add_verdict(now, v, !g->utf8, &text);
    orr_text_add(&text, ".");
  }
  orr_grid_wrapped(g, where, where.y, ORR_INK_TEXT, orr_text_get(&text));
  orr_text_fini(&text);
}

/* ---- lines ---- */

/* Lines are counted from the first; those before `skip` and below the pane are only counted. */
typedef struct page {
  orr_grid *g;
  orr_rect where;
  int at, skip;
} page;

static bool next_line(page *p, orr_rect *line) {
  int y = p->at++ - p->skip;
  *line = (orr_rect){p->where.x, p->where.y + y, p->where.width, 1};
  return y >= 0 && y < p->where.height;
}

static void put_text(page *p, orr_ink ink, const char *text) {
  orr_rect line;
  if (next_line(p, &line)) orr_grid_text(p->g, line, line.x, line.y, ink, text);
}

static void put_value(page *p, orr_rect line, int right, const orr_seen_number *n) {
  orr_text value = {0};
  if (!n) return;
  orr_format_number(&value, n->value, n->error, !p->g->utf8);
  orr_grid_right(p->g, line, line.x, line.y, right, ORR_INK_NUMBER, orr_text_get(&value));
  orr_text_fini(&value);
}

static void put_named(page *p, const char *name, const orr_seen_number *n) {
  orr_rect line;
  orr_text value = {0};
  if (!next_line(p, &line)) return;
  orr_format_number(&value, n->value, n->error, !p->g->utf8);
  orr_rect left = line;
  left.width -= orr_text_cells(orr_text_get(&value)) + 1;
  orr_grid_text(p->g, left, left.x, left.y, ORR_INK_MUTED, name);
  orr_grid_right(p->g, line, line.x, line.y, line.width, ORR_INK_NUMBER, orr_text_get(&value));
  orr_text_fini(&value);
}

static void put_reported(page *p, const orr_room_state *s) {
  for (size_t i = 0; s->has_last && i < s->last.n_values; i++) {
    char value[48];
    orr_rect line;
    const char *name = s->last.values[i].name;
    if (!strcmp(name, "seconds") || !strcmp(name, "seconds_left") || !next_line(p, &line)) continue;
    orr_peek_number(value, s->last.values[i].value, 0, 0);
    orr_grid_text(p->g, line, line.x, line.y, ORR_INK_MUTED, name);
    orr_grid_right(p->g, line, line.x, line.y, line.width, ORR_INK_NUMBER, value);
  }
}

/* ---- the newest evaluation ---- */

static void put_heads(page *p, const orr_evaluation_object *v) {
  orr_rect line;
  if (!next_line(p, &line)) return;
  int right = line.width;
  const char *const heads[] = {"difference", v->baseline_name, v->model_name};
  for (size_t i = 0; i < 3; i++, right -= COLUMN)
    if (heads[i])
      orr_grid_right(p->g, line, line.x + right - COLUMN + 1, line.y, COLUMN - 1, ORR_INK_HEADING, heads[i]);
}

static void put_beside(page *p, const orr_snapshot *now, const orr_evaluation_object *v, const char *score) {
  orr_rect line;
  if (!next_line(p, &line)) return;
  orr_rect name = line;
  name.width -= 3 * COLUMN;
  orr_grid_text(p->g, name, name.x, name.y, ORR_INK_MUTED, score);
  put_value(p, line, line.width - 2 * COLUMN, find(now, "", v->prefix, score));
  put_value(p, line, line.width - COLUMN, find(now, "baseline.", v->prefix, score));
  put_value(p, line, line.width, find(now, "difference.", v->prefix, score));
}

/* A heading in the short form: whose scores these are, above all while another fit runs. */
static void put_whose(page *p, const orr_snapshot *now, const orr_evaluation_object *v) {
  char text[200];
  snprintf(text, sizeof text, "%s%s", now->running ? "earlier: " : "", v->model_name);
  put_text(p, ORR_INK_HEADING, text);
}

static void put_evaluation(page *p, const orr_snapshot *now, const orr_evaluation_object *v) {
  bool wide = p->where.width >= TABLE_WIDTH && v->has_baseline;
  if (wide) put_heads(p, v);
  else put_whose(p, now, v);
  for (size_t i = 0; i < now->n_numbers; i++) {
    const char *score = score_of(&now->numbers[i], v);
    if (!score) continue;
    if (wide) put_beside(p, now, v, score);
    else put_named(p, score, &now->numbers[i]);
  }
}

static bool is_of(const orr_seen_number *n, const orr_evaluation_object *v) {
  const char *name = n->name;
  if (!strncmp(name, "baseline.", 9)) name += 9;
  else if (!strncmp(name, "difference.", 11)) name += 11;
  return !strncmp(name, v->prefix, strlen(v->prefix)) && !strchr(name + strlen(v->prefix), '.');
}

/* All other numbers of the session, by their full names. */
static void put_rest(page *p, const orr_snapshot *now, const orr_evaluation_object *v) {
  bool begun = false;
  for (size_t i = 0; i < now->n_numbers; i++) {
    if (v && is_of(&now->numbers[i], v)) continue;
    if (!begun)
      put_text(p, ORR_INK_HEADING, ""), put_text(p, ORR_INK_HEADING, "Other numbers of this session");
    begun = true;
    put_named(p, now->numbers[i].name, &now->numbers[i]);
  }
}

static int put_all(page *p, const orr_ui *ui) {
  const orr_snapshot *now = ui->snapshot;
  const orr_evaluation_object *v = newest(now);
  put_reported(p, state(ui));
  if (p->at && now && now->n_numbers) put_text(p, ORR_INK_TEXT, "");
  if (v) put_evaluation(p, now, v);
  if (now && p->where.width >= TABLE_WIDTH) put_rest(p, now, v);
  return p->at;
}

void watch_draw_figures(const orr_ui *ui, orr_grid *g, orr_rect where) {
  orr_room_state *s = state(ui);
  bool focus = s->pane == PANE_FIGURES;
  orr_rect inside = orr_grid_pane(g, where, focus ? "Figures" : "Figures (Tab: all)", focus);
  page counted = {g, {inside.x, inside.y, inside.width, 0}, 0, 0};
  int lines = put_all(&counted, ui);
  size_t most = lines > inside.height ? (size_t)(lines - inside.height) : 0;
  if (s->figures.cursor > most) s->figures.cursor = most;
  page shown = {g, inside, 0, (int)s->figures.cursor};
  put_all(&shown, ui);
  if (!lines) orr_grid_wrapped(g, inside, inside.y, ORR_INK_MUTED, "Scores come here, each with its error.");
}
