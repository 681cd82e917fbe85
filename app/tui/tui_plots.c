/* The loop's side of plots; see tui_plots.h. A slot of the plotter belongs to a
 * place on the screen as long as it is seen. */
#include "app/tui/tui_plots.h"

#include <string.h>

#include "plot/kitty.h"

orr_status orr_tui_plots_open(orr_tui_plots *p, const orr_place *place, const orr_term_facts *facts,
                              orr_error *e) {
  orr_text driver = {0};
  *p = (orr_tui_plots){0};
  orr_plot_facts known = {.display = place->display,
                          .term = place->term,
                          .program = place->term_program,
                          .kitty_window = place->kitty_window,
                          .tmux = place->tmux,
                          .utf8 = facts->utf8,
                          .remote = place->remote,
                          .gnuplot = place->gnuplot};
  orr_ladder_find(&known, &p->ladder);
  p->mode = orr_ladder_first(&p->ladder);
  orr_text_printf(&driver, "%s/lua/gnuplot/cells.lua", place->data);
  orr_plotter_config config = {.gnuplot = place->gnuplot, .driver = orr_text_get(&driver)};
  if (place->remote) config.bytes_per_second = 100e3;
  orr_status status = orr_plotter_open(&config, &p->plotter, e);
  orr_text_fini(&driver);
  orr_tui_plots_step(p, 0);
  return status;
}

void orr_tui_plots_close(orr_tui_plots *p) {
  for (size_t i = 0; i < ORR_PLOTTER_SLOTS; i++)
    if (p->sent[i]) orr_drawing_unref(p->sent[i]);
  orr_plotter_close(p->plotter);
  orr_text_fini(&p->said);
}

void orr_tui_plots_step(orr_tui_plots *p, int by) {
  if (by) p->mode = orr_ladder_step(&p->ladder, p->mode, by);
  p->said.length = 0;
  orr_ladder_say(&p->ladder, p->mode, &p->said);
}

static int slot_of(const orr_tui_plots *p, uint64_t id) {
  for (int i = 0; i < ORR_PLOTTER_SLOTS; i++)
    if (p->ids[i] == id) return i;
  return -1;
}

void orr_tui_plots_give(orr_tui_plots *p, orr_view *v) {
  v->plot_mode = orr_text_get(&p->said);
  v->plot_trouble = p->plotter ? orr_plotter_trouble(p->plotter) : "plots cannot be drawn";
  for (size_t i = 0; i < ORR_WANTED_PLOTS; i++) {
    v->drawn[i] = p->ids[i];
    v->drawings[i] = p->plotter && p->ids[i] ? orr_plotter_drawing(p->plotter, i) : NULL;
  }
}

static bool is_wanted(const orr_view *v, uint64_t id) {
  for (size_t i = 0; i < v->n_wanted; i++)
    if (v->wanted[i].id == id) return true;
  return false;
}

/* The slot of a place, or one whose place is not seen now. */
static size_t take_slot(orr_tui_plots *p, const orr_view *v, uint64_t id) {
  int own = slot_of(p, id);
  size_t i = 0;
  if (own >= 0) return (size_t)own;
  while (i + 1 < ORR_PLOTTER_SLOTS && p->ids[i] && is_wanted(v, p->ids[i])) i++;
  orr_plotter_forget(p->plotter, i);
  p->ids[i] = id;
  return i;
}

static orr_plot_palette palette_of(const orr_theme *t, orr_depth depth) {
  orr_plot_palette palette = orr_plot_palette_plain(t->light);
  palette.colours = depth != ORR_MONO;
  palette.muted = t->plot_muted;
  memcpy(palette.series, t->series, sizeof palette.series);
  return palette;
}

static uint64_t mixed(uint64_t a, uint64_t b) {
  a = (a ^ b) * 0x9e3779b97f4a7c15ull;
  return a ^ a >> 29;
}

/* Zoom is shares of the whole axis; gnuplot wants its units. */
static void find_zoom(const orr_plot_view *view, const orr_figure *f, orr_plot_look *look) {
  double low, high;
  if (!f->n_panels) return;
  orr_panel_range_x(&f->panels[0], &low, &high);
  for (int i = 0; i < 2; i++)
    look->zoom_x[i] = orr_view_along(low, high, f->panels[0].x.log != view->log_x, view->zoom_x[i]);
  orr_panel_range_y(&f->panels[0], &low, &high);
  for (int i = 0; i < 2; i++)
    look->zoom_y[i] = orr_view_along(low, high, f->panels[0].y.log != view->log_y, view->zoom_y[i]);
}

static bool want(orr_tui_plots *p, const orr_view *v, const orr_wanted *w, orr_depth depth) {
  const orr_plot_view *view = &v->ui->plot;
  orr_arena arena = {0};
  orr_figure figure = {.arena = &arena};
  bool zoomed = view->zoom_x[0] < view->zoom_x[1];
  size_t slot = take_slot(p, v, w->id);
  uint64_t id = mixed(mixed(mixed(w->id, w->version), zoomed ? view->version : 0), p->mode);
  orr_plot_look look = {.mode = p->mode,
                        .columns = w->where.width,
                        .rows = w->where.height,
                        .log_x = view->log_x,
                        .log_y = view->log_y,
                        .palette = palette_of(v->theme, depth)};
  if (zoomed && p->zoomed[slot].id == id) {
    memcpy(look.zoom_x, p->zoomed[slot].x, sizeof look.zoom_x);
    memcpy(look.zoom_y, p->zoomed[slot].y, sizeof look.zoom_y);
  }
  if (orr_plotter_has(p->plotter, slot, id, &look)) return false;
  orr_drawing *before = orr_plotter_drawing(p->plotter, slot);
  if (!w->make(v->ui, w->where.width, w->where.height, &figure, NULL)) {
    if (zoomed) find_zoom(view, &figure, &look);
    p->zoomed[slot].id = id;
    memcpy(p->zoomed[slot].x, look.zoom_x, sizeof look.zoom_x);
    memcpy(p->zoomed[slot].y, look.zoom_y, sizeof look.zoom_y);
    orr_plotter_want(p->plotter, slot, id, &figure, &look, NULL);
  }
  orr_arena_fini(&arena);
  return orr_plotter_drawing(p->plotter, slot) != before;
}

bool orr_tui_plots_take(orr_tui_plots *p, const orr_view *v, orr_depth depth) {
  bool there = false;
  for (size_t i = 0; p->plotter && i < v->n_wanted; i++) there |= want(p, v, &v->wanted[i], depth);
  return there;
}

/* What is shown in a slot changes from `old` to `d`. */
static void send_picture(orr_tui_plots *p, size_t slot, const orr_wanted *w, orr_drawing *d) {
  orr_text bytes = {0};
  orr_drawing *old = p->sent[slot];
  bool kitty = p->mode == ORR_PLOT_KITTY;
  if (old && (!d || kitty)) orr_kitty_hide((unsigned)slot + 1, &bytes);
  if (d && kitty)
    orr_kitty_show(d->picture, d->picture_bytes, (unsigned)slot + 1, d->columns, d->rows, &bytes);
  else if (d) orr_text_add_bytes(&bytes, d->picture, d->picture_bytes);
  if (bytes.length) orr_term_raw(w ? w->where.x : 0, w ? w->where.y : 0, bytes.data, bytes.length);
  orr_text_fini(&bytes);
  if (old) orr_drawing_unref(old);
  p->sent[slot] = d ? orr_drawing_ref(d) : NULL;
}

void orr_tui_plots_send(orr_tui_plots *p, const orr_view *v) {
  bool covered = v->ui->overlay && v->ui->overlay != ORR_OVER_PROMPT && v->ui->overlay != ORR_OVER_CONFIRM;
  for (size_t slot = 0; p->plotter && slot < ORR_PLOTTER_SLOTS; slot++) {
    const orr_wanted *w = NULL;
    for (size_t i = 0; i < v->n_wanted; i++)
      if (p->ids[slot] && v->wanted[i].id == p->ids[slot]) w = &v->wanted[i];
    orr_drawing *d = w && !covered ? orr_plotter_drawing(p->plotter, slot) : NULL;
    if (d && !d->picture_bytes) d = NULL;
    if (d != p->sent[slot]) send_picture(p, slot, w, d);
  }
}
