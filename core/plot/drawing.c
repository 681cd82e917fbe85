/* Drawings and how long they live; see drawing.h. */
#include "plot/drawing.h"

#include "base/memory.h"
#include "plot/rune.h"

orr_drawing *orr_drawing_new(uint64_t figure, int columns, int rows) {
  if (columns < 0 || rows < 0) return NULL;
  orr_drawing *d = orr_calloc(1, sizeof *d);
  if (!d) return NULL;
  size_t count = (size_t)columns * (size_t)rows;
  *d = (orr_drawing){.refs = 1, .figure = figure, .columns = columns, .rows = rows};
  d->cells = orr_calloc(count ? count : 1, sizeof *d->cells);
  if (!d->cells) {
    orr_free(d);
    return NULL;
  }
  for (size_t i = 0; i < count; i++)
    d->cells[i] = (orr_plot_cell){' ', ORR_PLOT_NO_COLOUR, ORR_PLOT_NO_COLOUR};
  return d;
}

orr_drawing *orr_drawing_ref(orr_drawing *d) {
  if (d) __atomic_add_fetch(&d->refs, 1, __ATOMIC_RELAXED);
  return d;
}

void orr_drawing_unref(orr_drawing *d) {
  if (!d || __atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL)) return;
  orr_free(d->cells);
  orr_free(d->axes);
  orr_free(d->picture);
  orr_free(d);
}

void orr_drawing_dump(const orr_drawing *d, orr_text *out) {
  for (int y = 0; y < d->rows; y++) {
    const orr_plot_cell *row = d->cells + (size_t)y * (size_t)d->columns;
    int end = d->columns;
    while (end > 0 && row[end - 1].rune == ' ') end--;
    for (int x = 0; x < end; x++) orr_rune_add(out, row[x].rune);
    orr_text_add(out, "\n");
  }
}
