/* Sentences as cells; see words_cells.h. */
#include "plot/words_cells.h"

#include <string.h>

#include "plot/rune.h"
#include "plot/words.h"

static void put_line(orr_drawing *d, int row, const char *s, const char *end, int32_t colour) {
  for (int column = 0; s < end && column < d->columns;) {
    uint32_t rune = orr_rune_next(&s, end);
    int cells = orr_rune_cells(rune);
    if (cells && column + cells <= d->columns)
      d->cells[row * d->columns + column] = (orr_plot_cell){rune, colour, ORR_PLOT_NO_COLOUR};
    column += cells;
  }
}

orr_drawing *orr_words_drawing(const orr_figure *f, uint64_t id, const orr_plot_look *look, orr_error *e) {
  orr_text said = {0}, wrapped = {0};
  orr_drawing *d = orr_drawing_new(id, look->columns, look->rows);
  orr_figure_say(f, &said);
  for (const char *s = orr_text_get(&said); *s;) {
    size_t n = strcspn(s, "\n");
    orr_text line = {0};
    orr_text_add_bytes(&line, s, n);
    orr_text_add_wrapped(&wrapped, orr_text_get(&line), 0, 0,
                         (size_t)(look->columns > 0 ? look->columns : 1));
    said.failed |= line.failed;
    orr_text_fini(&line);
    s += n + (s[n] == '\n');
  }
  bool failed = !d || said.failed || wrapped.failed;
  const char *s = orr_text_get(&wrapped);
  for (int row = 0; !failed && row < d->rows && *s; row++) {
    size_t n = strcspn(s, "\n");
    put_line(d, row, s, s + n, look->palette.text);
    s += n + (s[n] == '\n');
  }
  if (failed) orr_fail_memory(e, "the words of a plot", said.length), orr_drawing_unref(d), d = NULL;
  orr_text_fini(&said);
  orr_text_fini(&wrapped);
  return d;
}
