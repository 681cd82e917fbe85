/* The whole screen: rooms above, keys below, what lies over. A pure function of
 * snapshot, state and theme; see view.h. */
#include <stdio.h>
#include <string.h>

#include "app/tui/grid_parts.h"
#include "app/tui/hints.h"
#include "app/tui/over.h"
#include "base/file.h"

orr_rect orr_screen_room(int width, int height) {
  orr_rect all = {0, 0, width, height};
  orr_rect_top(&all, 1);
  orr_rect_bottom(&all, 2);
  return all;
}

orr_rect orr_over_frame(const orr_ui *ui, int width, int height) {
  orr_rect all = orr_screen_room(width, height);
  bool list = ui->overlay == ORR_OVER_PALETTE || ui->overlay == ORR_OVER_GLOSSARY;
  int most = list                              ? 88
             : ui->overlay == ORR_OVER_JOURNAL ? 110
                                               : 84,
      side = width > most + 4 ? (width - most) / 2 : 0;
  return orr_rect_inner(all, side, height > 30 ? 1 : 0);
}

/* A page of a few lines takes no more room than it needs, in the middle. */
static orr_rect shrunk(orr_rect frame, int lines) {
  int spare = frame.height - lines - 2;
  if (spare > 0) frame.y += spare / 2, frame.height -= spare;
  return frame;
}

orr_rect orr_over_inside(orr_rect frame) { return orr_rect_inner(frame, 2, 1); }

typedef int (*page_fn)(const orr_ui *ui, orr_grid *g, orr_rect in, int y);

static page_fn page_of(orr_overlay o) {
  return o == ORR_OVER_HELP      ? orr_help_page
         : o == ORR_OVER_JOURNAL ? orr_journal_page
         : o == ORR_OVER_WORDS   ? orr_words_page
                                 : NULL;
}

size_t orr_screen_over(const orr_ui *ui, int width, int height, size_t *shown) {
  orr_rect in = orr_over_inside(orr_over_frame(ui, width, height));
  page_fn page = page_of(ui->overlay);
  *shown = in.height > 0 ? (size_t)in.height : 1;
  if (page) return (size_t)page(ui, NULL, in, in.y);
  if (ui->overlay == ORR_OVER_PALETTE) {
    orr_offer offers[ORR_OFFERS];
    return *shown = orr_palette_shown(in), orr_palette_offers(ui, offers);
  }
  if (ui->overlay == ORR_OVER_GLOSSARY) {
    orr_glossary_term terms[ORR_TERMS];
    return *shown = orr_glossary_shown(in), orr_glossary_terms(ui, terms);
  }
  return 0;
}

void orr_line_draw(const orr_line_editor *l, orr_grid *g, orr_rect in, int x, int y) {
  const char *from = l->text;
  orr_text before = {0};
  uint32_t rune;
  orr_text_add_bytes(&before, l->text, l->at);
  int cells = orr_text_cells(orr_text_get(&before)), room = in.x + in.width - x - 2;
  for (; cells > room && *from; from += orr_sign_next(from, &rune)) {
    orr_sign_next(from, &rune);
    cells -= orr_sign_cells(rune);
  }
  int end = orr_grid_text(g, in, x, y, ORR_INK_TEXT, from);
  if (l->chosen) orr_grid_tint(g, (orr_rect){x, y, end - x, 1}, ORR_INK_CHOSEN);
  orr_text_fini(&before);
  if (x + cells >= in.x + in.width) return;
  g->cursor_x = x + cells;
  g->cursor_y = y;
}

/* "2:05" since a time. */
static void add_since(double seconds, orr_text *out) {
  long s = seconds > 0 ? (long)seconds : 0;
  if (s >= 3600) orr_text_printf(out, " %ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else orr_text_printf(out, " %ld:%02ld", s / 60, s % 60);
}

/* "fit1" of "s.fit1 = o.fit { … }", else "o.note". */
static void add_line_name(const char *line, orr_text *out) {
  if (!strncmp(line, "s.", 2)) line += 2;
  orr_text_add_bytes(out, line, strcspn(line, " {=("));
}

/* What runs, how far it is and, where there is room, for how long. */
static void add_running(const orr_ui *ui, int room, orr_text *out) {
  const orr_snapshot *s = ui->snapshot;
  const orr_event *p = &ui->progress;
  if (!s || !s->running) return;
  orr_text_add(out, ui->paused ? "paused " : "\342\226\266 ");
  add_line_name(s->running, out);
  char done[64] = "";
  bool known = p->kind == ORR_EVENT_PROGRESS && p->steps;
  int named = orr_text_cells(orr_text_get(out));
  if (known) snprintf(done, sizeof done, " %zu/%zu", p->step, p->steps);
  if (known && named + (int)strlen(done) > room)
    snprintf(done, sizeof done, " %zu %%", (200 * p->step / p->steps + 1) / 2);
  orr_text_add(out, done);
  orr_text time = {0};
  add_since(ui->now - s->since, &time);
  if (orr_text_cells(orr_text_get(out)) + (int)time.length <= room) orr_text_add(out, orr_text_get(&time));
  orr_text_fini(&time);
}

static void draw_header(const orr_ui *ui, orr_grid *g, orr_rect in) {
  orr_hint tabs[ORR_ROOMS];
  orr_text running = {0}, data = {0};
  orr_grid_fill(g, in, ORR_INK_HEADER, ' ');
  int end = 0;
  for (size_t i = 0, n = orr_header_tabs(ui, tabs); i < n; i++) {
    bool here = (orr_room_id)i == ui->room;
    orr_grid_text(g, in, tabs[i].x, in.y, ORR_INK_HEADER, tabs[i].text);
    for (int x = tabs[i].x; here && x < tabs[i].x + tabs[i].width; x++) {
      orr_cell *c = orr_grid_at(g, in, x, in.y);
      if (c) c->reverse = c->bold = true;
    }
    end = tabs[i].x + tabs[i].width;
  }
  add_running(ui, in.width - end - 2, &running);
  if (ui->snapshot && ui->snapshot->source) orr_text_add(&data, orr_file_name(ui->snapshot->source));
  orr_rect right = {in.x + end + 1, in.y, in.width - end - 2, 1};
  int busy = orr_text_cells(orr_text_get(&running)), gap = busy ? 2 : 0, room = right.width - busy - gap;
  int named = orr_text_cells(orr_text_get(&data));
  if (room >= 8 && named) {
    named = named < room ? named : room;
    orr_grid_text(g, right, right.x + right.width - named, right.y, ORR_INK_HEADER, orr_text_get(&data));
  } else named = gap = 0;
  orr_grid_right(g, right, right.x, right.y, right.width - named - gap, ORR_INK_HEADER,
                 orr_text_get(&running));
  for (int x = right.x; x < right.x + right.width - named - gap; x++) {
    orr_cell *c = orr_grid_at(g, in, x, in.y);
    if (c) c->bold = true;
  }
  orr_text_fini(&running);
  orr_text_fini(&data);
}

static void draw_footer(const orr_ui *ui, orr_grid *g, orr_rect in) {
  orr_hint hints[ORR_HINTS];
  orr_grid_fill(g, in, ORR_INK_FOOTER, ' ');
  for (size_t i = 0, n = orr_footer_hints(ui, in.width, hints); i < n; i++) {
    const orr_hint *h = &hints[i];
    int x = orr_grid_text(g, in, h->x, in.y, h->disabled ? ORR_INK_DISABLED : ORR_INK_KEY, h->key);
    orr_grid_text(g, in, x + 1, in.y, h->disabled ? ORR_INK_DISABLED : ORR_INK_FOOTER, h->text);
  }
}

static void draw_prompt(const orr_ui *ui, orr_grid *g, orr_rect in) {
  const orr_prompt *p = &ui->prompt;
  orr_rect all = orr_rect_bottom(&in, 3);
  orr_grid_fill(g, all, ORR_INK_TEXT, ' ');
  orr_rect below = orr_grid_pane(g, all, p->title, true);
  orr_grid_text(g, below, below.x, below.y, ORR_INK_KEY, ">");
  orr_line_draw(&p->line, g, below, below.x + 2, below.y);
  if (*p->error.message) orr_grid_text(g, below, below.x + 2, below.y + 1, ORR_INK_BAD, p->error.message);
  else
    orr_grid_text(g, below, below.x + 2, below.y + 1, ORR_INK_MUTED,
                  p->hint ? p->hint : "Enter takes it, Escape leaves");
}

static void draw_confirm(const orr_ui *ui, orr_grid *g, orr_rect in) {
  int lines = orr_text_cells(ui->question) > in.width - 2 ? 2 : 1;
  orr_rect all = orr_rect_bottom(&in, lines + 1), keys = all;
  orr_grid_fill(g, all, ORR_INK_TEXT, ' ');
  orr_grid_wrapped(g, (orr_rect){all.x + 1, all.y, all.width - 2, lines}, all.y, ORR_INK_WARNING,
                   ui->question);
  keys = orr_rect_bottom(&keys, 1);
  int x = orr_grid_text(g, keys, keys.x + 1, keys.y, ORR_INK_KEY, "y");
  x = orr_grid_text(g, keys, x + 1, keys.y, ORR_INK_FOOTER, "yes");
  x = orr_grid_text(g, keys, x + 3, keys.y, ORR_INK_KEY, "n");
  x = orr_grid_text(g, keys, x + 1, keys.y, ORR_INK_FOOTER, ui->may_leave ? "no, begin anew" : "no");
  if (!ui->may_leave) return;
  x = orr_grid_text(g, keys, x + 3, keys.y, ORR_INK_KEY, "Escape");
  orr_grid_text(g, keys, x + 1, keys.y, ORR_INK_FOOTER, "leave; it stays");
}

static const char *over_title(const orr_ui *ui, char buffer[80]) {
  static const char *const titles[] = {
      [ORR_OVER_PALETTE] = "Commands", [ORR_OVER_GLOSSARY] = "Terms", [ORR_OVER_JOURNAL] = "The live recipe"};
  if (ui->overlay == ORR_OVER_WORDS) return ui->words_title;
  if (ui->overlay != ORR_OVER_HELP) return titles[ui->overlay];
  snprintf(buffer, 80, "Help: %s", orr_ui_room(ui)->name);
  return buffer;
}

static void draw_over(const orr_ui *ui, orr_grid *g, orr_rect whole) {
  char buffer[80];
  page_fn page = page_of(ui->overlay);
  if (ui->overlay == ORR_OVER_PROMPT) draw_prompt(ui, g, whole);
  if (ui->overlay == ORR_OVER_CONFIRM) draw_confirm(ui, g, whole);
  bool list = ui->overlay == ORR_OVER_PALETTE || ui->overlay == ORR_OVER_GLOSSARY;
  if (!page && !list) return;
  orr_rect frame = orr_over_frame(ui, whole.width, whole.height);
  if (page) frame = shrunk(frame, page(ui, NULL, orr_over_inside(frame), 0));
  orr_rect in = orr_grid_box(g, frame, over_title(ui, buffer));
  if (ui->overlay == ORR_OVER_PALETTE) orr_palette_draw(ui, g, in);
  if (ui->overlay == ORR_OVER_GLOSSARY) orr_glossary_draw(ui, g, in);
  if (!page) return;
  int lines = page(ui, g, in, in.y - (int)ui->over.first);
  orr_rect edge = {in.x, in.y, in.width + 2, in.height};
  orr_grid_scrollbar(g, edge, ui->over.first, (size_t)in.height, (size_t)lines);
}

void orr_screen_draw(orr_view *v, orr_grid *g) {
  const orr_ui *ui = v->ui;
  orr_rect all = orr_grid_whole(g), whole = all;
  v->n_wanted = 0;
  orr_grid_clear(g);
  orr_rect header = orr_rect_top(&all, 1), footer = orr_rect_bottom(&all, 1),
           message = orr_rect_bottom(&all, 1);
  orr_ui_room(ui)->draw(v, g, all);
  draw_header(ui, g, header);
  orr_grid_text(g, message, message.x + 1, message.y, ui->message_ink, ui->message);
  draw_footer(ui, g, footer);
  draw_over(ui, g, whole);
  bool seen = g->cursor_x >= 0 && g->cursor_x < g->width && g->cursor_y >= 0 && g->cursor_y < g->height;
  if (!seen) g->cursor_x = g->cursor_y = -1; /* of a line that has no room */
}
