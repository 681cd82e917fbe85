/* The key of a panel, in one row: lines before bands, all titles cut alike when they are too long, and a count of those
 * there is no room for. */
#include <string.h>

#include "plot/raster.h"
#include "plot/screen_marks.h"

enum { MOST_ENTRIES = 12, LEAST_TITLE = 5 /* cells; shorter ones say nothing */, APART = 2 };

typedef struct entry {
  const orr_mark *mark;
  int cells;
  bool shown;
} entry;

typedef struct key {
  entry entries[MOST_ENTRIES];
  int n, shown;
} key;

static const char *sample(const orr_screen_page *g, const orr_mark *m, char ascii[3]) {
  static const char *const lines[] = {"──", "╌╌", "┈┈", "─╌", "╌─", "┄┄", "─┈", "┈╌"};
  bool line =
      m->kind == ORR_LINE || m->kind == ORR_STEPS || (m->kind == ORR_HISTOGRAM && !g->look->palette.colours);
  if (!g->utf8) {
    ascii[0] = m->muted ? '.' : orr_raster_sign(m->series);
    ascii[1] = line ? ascii[0] : 0, ascii[2] = 0;
    return ascii;
  }
  if (line) return m->muted ? "┄┄" : lines[m->series & 7];
  if (m->kind == ORR_POINTS) return "•";
  if (m->kind == ORR_ERROR_BARS) return "┼";
  return m->kind == ORR_BAND ? "░░" : "■";
}

static key collect(const orr_screen_page *g, const orr_panel *p) {
  key k = {0};
  char ascii[3];
  for (size_t i = 0; i < p->n_marks && k.n < MOST_ENTRIES; i++) {
    const orr_mark *m = &p->marks[i];
    if (!m->title || !*m->title || m->kind == ORR_HEAT_MAP) continue;
    k.entries[k.n++] = (entry){m, orr_cells_of(sample(g, m, ascii)) + 1, true};
  }
  k.shown = k.n;
  return k;
}

/* Cells of the whole key when titles have at most `most` cells. */
static int width(const key *k, int most) {
  int cells = k->shown < k->n ? 2 + APART : 0;
  for (int i = 0; i < k->n; i++) {
    int title = orr_cells_of(k->entries[i].mark->title);
    if (k->entries[i].shown) cells += k->entries[i].cells + (title < most ? title : most) + APART;
  }
  return cells - APART;
}

/* Guides and bands go first, from the end. */
static void drop_one(key *k) {
  int drop = -1;
  for (int i = 0; i < k->n; i++)
    if (k->entries[i].shown) drop = i;
  for (int i = 0; i < k->n; i++)
    if (k->entries[i].shown && (k->entries[i].mark->kind == ORR_BAND || k->entries[i].mark->muted)) drop = i;
  k->entries[drop].shown = false;
  k->shown--;
}

static int fit(key *k, int room) {
  int longest = 0;
  for (int i = 0; i < k->n; i++) {
    int title = orr_cells_of(k->entries[i].mark->title);
    longest = title > longest ? title : longest;
  }
  for (; k->shown; drop_one(k))
    for (int most = longest; most >= (longest < LEAST_TITLE ? longest : LEAST_TITLE); most--)
      if (width(k, most) <= room) return most;
  return 0;
}

int orr_screen_key(orr_screen_page *g, const orr_panel *p, int row, int from, int to) {
  key k = collect(g, p);
  int most = fit(&k, to - from + 1), start = to + 1 - width(&k, most), column = start;
  if (!k.shown) return to + 1;
  for (int i = 0; i < k.n; i++) {
    const orr_mark *m = k.entries[i].mark;
    char ascii[3];
    if (!k.entries[i].shown) continue;
    orr_text text = {0};
    orr_text_printf(&text, "%s ", sample(g, m, ascii));
    orr_cells_cut(&text, m->title, most);
    orr_screen_put(g, column, row, m->muted ? g->look->palette.muted : g->look->palette.series[m->series & 7],
                   orr_text_get(&text));
    column += orr_cells_of(orr_text_get(&text)) + APART;
    g->script->failed |= text.failed;
    orr_text_fini(&text);
  }
  if (k.shown < k.n)
    orr_screen_put(g, column, row, g->look->palette.muted,
                   (char[]){'+', (char)('0' + (k.n - k.shown) % 10), 0});
  return start;
}
