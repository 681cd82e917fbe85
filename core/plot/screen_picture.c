/* Pictures for the screen; see screen_picture.h. The same text as a file's, but for colours, size and where it goes. */
#include "plot/screen_picture.h"

#include <math.h>
#include <string.h>

#include "plot/gnuplot.h"
#include "plot/screen_text.h"

enum {
  LEAST_WIDTH = 480,
  LEAST_HEIGHT = 300 /* pixels: below, labels would have no room; kitty scales it down */
};

/* A figure whose panels are looked at as the look says. */
static orr_status turn(const orr_figure *f, const orr_plot_look *look, orr_figure *out, orr_error *e) {
  *out = *f;
  ORR_TAKE(f->arena, out->panels, f->n_panels, e);
  if (f->n_panels) memcpy(out->panels, f->panels, f->n_panels * sizeof *f->panels);
  orr_panel *p = out->panels;
  if (!f->n_panels) return ORR_OK;
  if (look->zoom_x[0] < look->zoom_x[1]) p->x.low = look->zoom_x[0], p->x.high = look->zoom_x[1];
  if (look->zoom_y[0] < look->zoom_y[1]) p->y.low = look->zoom_y[0], p->y.high = look->zoom_y[1];
  bool map = p->n_marks && p->marks[0].kind == ORR_HEAT_MAP;
  p->x.log = p->x.log != (look->log_x && !map && !p->x.names);
  p->y.log = p->y.log != (look->log_y && !map && !p->y.names);
  double low, high;
  orr_panel_range_x(p, &low, &high);
  if (low <= 0) p->x.log = false;
  orr_panel_range_y(p, &low, &high);
  if (low <= 0) p->y.log = false;
  return ORR_OK;
}

static void set_terminal(const orr_plot_look *look, const char *window, orr_text *out) {
  const char *back = look->palette.light ? "white" : "#121212";
  switch (look->mode) {
  case ORR_PLOT_WINDOW:
    orr_text_printf(out, "%s 0 noenhanced font 'Sans,12' title 'Orrery' noraise", window);
    break;
  case ORR_PLOT_SIXEL:
    orr_text_printf(out, "sixelgd noenhanced truecolor font 'Sans,12' background '%s'", back);
    break;
  default: orr_text_printf(out, "pngcairo noenhanced font 'Sans,12' background '%s'", back);
  }
}

orr_status orr_screen_picture(const orr_figure *f, const orr_plot_look *look, const char *window,
                              uint32_t frame, orr_text *script, orr_text *data, orr_error *e) {
  bool own_window = look->mode == ORR_PLOT_WINDOW;
  double width = look->columns * (look->cell_width > 0 ? look->cell_width : 10);
  double height = look->rows * (look->cell_height > 0 ? look->cell_height : 20);
  double grow = look->mode == ORR_PLOT_KITTY ? fmax(1, fmax(LEAST_WIDTH / width, LEAST_HEIGHT / height)) : 1;
  orr_text terminal = {0};
  set_terminal(look, window, &terminal);
  orr_gnuplot_target target = {.terminal = orr_text_get(&terminal),
                               .output = own_window ? NULL : ORR_SCREEN_PICTURE,
                               .data = ORR_SCREEN_DATA,
                               .width = own_window ? 0 : round(width * grow),
                               .height = own_window ? 0 : round(height * grow),
                               .dark = !own_window && !look->palette.light};
  orr_plot_palette plain = orr_plot_palette_plain(true);
  const orr_plot_palette *palette = own_window ? &plain : &look->palette;
  memcpy(target.series, palette->series, sizeof target.series);
  memcpy(target.shade, palette->shade, sizeof target.shade);
  orr_figure turned;
  orr_status status;
  ORR_GO(orr_text_check(&terminal, e));
  ORR_GO(turn(f, look, &turned, e));
  ORR_GO(orr_gnuplot_render_to(&turned, &target, script, data, e));
  orr_text_printf(script, "print 'orrery %u'\n", frame);
  status = orr_text_check(script, e);
out:
  orr_text_fini(&terminal);
  return status;
}
