/* Drawing's helper for figures: a drawing of gnuplot's in a pane; see view.h. */
#include "app/tui/view.h"

#include <math.h>
#include <stdio.h>

#include "app/tui/grid_parts.h"

enum { DOTS_X = 2, DOTS_Y = 4 }; /* of a cell */

static const orr_drawing *drawing_of(const orr_view *v, uint64_t id) {
  for (size_t i = 0; i < ORR_WANTED_PLOTS; i++)
    if (v->drawings[i] && v->drawn[i] == id) return v->drawings[i];
  return NULL;
}

static void draw_cells(orr_grid *g, orr_rect where, const orr_drawing *d) {
  for (int y = 0; y < d->rows && y < where.height; y++)
    for (int x = 0; x < d->columns && x < where.width; x++) {
      const orr_plot_cell *p = &d->cells[(size_t)y * (size_t)d->columns + (size_t)x];
      uint32_t rune = orr_grid_rune(g, p->rune ? p->rune : ' ');
      int cells = orr_sign_cells(rune);
      orr_grid_put(g, where, where.x + x, where.y + y, ORR_INK_TEXT, rune, cells == 2 ? 2 : 1);
      orr_cell *c = orr_grid_at(g, where, where.x + x, where.y + y);
      if (c) c->fore = p->fore, c->back = p->back;
      x += cells == 2;
    }
}

double orr_view_along(double low, double high, bool log, double share) {
  return log && low > 0 && high > 0 ? low * pow(high / low, share) : low + share * (high - low);
}

/* Lines through the point, and its x and y where they are in nobody's way. */
static void draw_crosshair(const orr_view *v, orr_grid *g, orr_rect where, const orr_drawing *d) {
  const orr_plot_view *p = &v->ui->plot;
  if (!p->crosshair || !d->n_axes) return;
  const orr_plot_axes *a = &d->axes[0];
  int x = where.x + (int)((a->left + p->cross_x * (a->right - a->left)) / DOTS_X);
  int y = where.y + (int)((a->bottom + p->cross_y * (a->top - a->bottom)) / DOTS_Y);
  int left = where.x + (int)(a->left / DOTS_X), right = where.x + (int)(a->right / DOTS_X);
  int top = where.y + (int)(a->top / DOTS_Y), bottom = where.y + (int)(a->bottom / DOTS_Y);
  for (int i = left; i <= right; i++) {
    orr_cell *c = orr_grid_at(g, where, i, y);
    if (c && (c->rune == ' ' || i == x))
      orr_grid_put(g, where, i, y, ORR_INK_FOCUS, orr_grid_rune(g, 0x2500), 1);
  }
  for (int i = top; i <= bottom; i++) {
    orr_cell *c = orr_grid_at(g, where, x, i);
    if (c && (c->rune == ' ' || i == y))
      orr_grid_put(g, where, x, i, ORR_INK_FOCUS, orr_grid_rune(g, 0x2502), 1);
  }
  orr_grid_put(g, where, x, y, ORR_INK_FOCUS, orr_grid_rune(g, 0x253c), 1);
  char text[80];
  snprintf(text, sizeof text, " x %.4g  y %.4g ", orr_view_along(a->x_low, a->x_high, a->x_log, p->cross_x),
           orr_view_along(a->y_low, a->y_high, a->y_log, p->cross_y));
  int cells = orr_text_cells(text), at = p->cross_x > 0.5 ? left + 1 : right - cells;
  orr_grid_text(g, where, at > 0 ? at : 0, p->cross_y > 0.5 ? bottom - 1 : top + 1, ORR_INK_NUMBER, text);
}

void orr_view_plot(orr_view *v, orr_grid *g, orr_rect where, orr_wanted want) {
  const orr_drawing *d = drawing_of(v, want.id);
  want.where = where;
  if (where.width < 8 || where.height < 3) return;
  if (v->n_wanted < ORR_WANTED_PLOTS) v->wanted[v->n_wanted++] = want;
  if (d) {
    draw_cells(g, where, d);
    draw_crosshair(v, g, where, d);
    return;
  }
  const char *words = v->plot_trouble ? v->plot_trouble : "drawing ...";
  orr_rect middle = orr_rect_inner(where, 2, where.height / 2);
  middle.height = where.height - where.height / 2;
  if (v->plot_trouble) orr_grid_wrapped(g, middle, middle.y, ORR_INK_WARNING, words);
  else
    orr_grid_text(g, middle, middle.x + (middle.width - orr_text_cells(words)) / 2, middle.y, ORR_INK_MUTED,
                  words);
}
