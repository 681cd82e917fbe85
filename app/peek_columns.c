/* The table of columns: a line each. All cells are written first, so that every
 * field is as wide as what it holds; what does not fit into the page goes, the
 * least needed first, and names take what is left. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/peek.h"
#include "metric/format.h"

enum { MOST_SHOWN = 40, INDENT = 2, CELL = 64, BINS = ORR_PROFILE_BINS };

typedef enum field {
  NAME,
  UNIT,
  TYPE,
  MISSING,
  DISTINCT,
  MINIMUM,
  LOWER,
  MEDIAN,
  UPPER,
  MAXIMUM,
  MEAN,
  HISTOGRAM,
  ROLE,
  FIELDS
} field;

static const struct {
  const char *title;
  bool right;
} titles[FIELDS] = {{"column", false},  {"unit", false}, {"type", false}, {"missing", true},
                    {"distinct", true}, {"min", true},   {"q1", true},    {"median", true},
                    {"q3", true},       {"max", true},   {"mean", true},  {"histogram", false},
                    {"role", false}};

typedef struct row {
  const orr_column_profile *profile;
  char cells[FIELDS][CELL]; /* all but the name and the unit, which are the file's own words */
} row;

typedef struct grid {
  const orr_peek *peek;
  orr_ink *ink;
  row *rows;
  size_t n, width[FIELDS];
  bool shown[FIELDS];
  size_t bins;     /* cells of a histogram at most */
  bool words_only; /* no column has figures */
} grid;

static const char *cell(const row *r, field f) {
  if (f == NAME) return r->profile->column->name;
  if (f == UNIT) return r->profile->column->unit ? r->profile->column->unit : "";
  return r->cells[f];
}

static const char *type_of(const orr_column *c) {
  switch (c->type) {
  case ORR_FLOAT64: return "float";
  case ORR_INT64: return "int";
  default: return orr_type_name(c->type);
  }
}

/* ---- cells ---- */

static void write_missing(const orr_column_profile *p, char *out) {
  double share = p->column->rows ? 100.0 * (double)p->missing / (double)p->column->rows : 0;
  if (!p->missing) return;
  if (p->column->rows < 10000) orr_text_count(out, p->missing);
  else if (share < 0.1) snprintf(out, CELL, "<0.1 %%");
  else
    snprintf(out, CELL, p->distinct && share > 99.9 ? ">99.9 %%" : share < 10 ? "%.1f %%" : "%.0f %%", share);
}

/* Merges neighbours until at most `most` are left. */
static size_t merge_bins(const orr_column_profile *p, size_t most, uint64_t merged[BINS]) {
  size_t by = (p->n_bins + most - 1) / most, n = by ? (p->n_bins + by - 1) / by : 0;
  if (p->column->type == ORR_TEXT) by = 1, n = p->n_bins < most ? p->n_bins : most;
  memset(merged, 0, BINS * sizeof *merged);
  for (size_t i = 0; i < n * by && i < p->n_bins; i++) merged[i / by] += p->bins[i];
  return n;
}

/* An empty bin is empty; the least full one is seen. */
static void write_histogram(const orr_column_profile *p, size_t most, char *out) {
  static const char *const bars[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  uint64_t merged[BINS], fullest = 1;
  bool tells = p->distinct > 1 && !(p->column->type == ORR_TEXT && p->bins[0] == 1);
  size_t n = tells ? merge_bins(p, most, merged) : 0;
  for (size_t i = 0; i < n; i++) fullest = merged[i] > fullest ? merged[i] : fullest;
  *out = 0;
  for (size_t i = 0; i < n; i++) strcat(out, bars[(size_t)ceil(8.0 * (double)merged[i] / (double)fullest)]);
}

static void write_figures(const orr_peek *peek, row *r) {
  const orr_column_profile *p = r->profile;
  double largest = fmax(fabs(p->min), fabs(p->max)), range = p->max - p->min,
         error = orr_peek_mean_error(peek, p);
  orr_peek_number(r->cells[MINIMUM], p->min, largest, range);
  orr_peek_number(r->cells[LOWER], p->q1, largest, range);
  orr_peek_number(r->cells[MEDIAN], p->median, largest, range);
  orr_peek_number(r->cells[UPPER], p->q3, largest, range);
  orr_peek_number(r->cells[MAXIMUM], p->max, largest, range);
  orr_peek_number(r->cells[MEAN], p->mean, largest, range);
  if (!orr_peek_is_sample(peek) || !isfinite(error)) return;
  orr_text text = {0};
  orr_format_number(&text, p->mean, error, false);
  snprintf(r->cells[MEAN], CELL, "%s", orr_text_get(&text));
  orr_text_fini(&text);
}

static void write_row(const orr_peek *peek, const orr_column_profile *p, row *r) {
  r->profile = p;
  snprintf(r->cells[TYPE], CELL, "%s", type_of(p->column));
  write_missing(p, r->cells[MISSING]);
  orr_text_count(r->cells[DISTINCT], p->distinct);
  write_histogram(p, BINS, r->cells[HISTOGRAM]);
  snprintf(r->cells[ROLE], CELL, "%s", orr_role_name(p->role));
  bool figures = p->column->type != ORR_TEXT && p->column->type != ORR_TIME && p->column->type != ORR_BOOL;
  if (figures) write_figures(peek, r);
}

/* ---- widths ---- */

static size_t total(const grid *g, size_t name) {
  size_t sum = INDENT;
  for (field f = 0; f < FIELDS; f++)
    if (g->shown[f]) sum += (f == NAME ? name : g->width[f]) + (f > NAME) * 2;
  return sum;
}

/* Columns from the first figure shown to the last. */
static size_t span_of_figures(const grid *g) {
  size_t span = 0;
  for (field f = MINIMUM; f <= MEAN; f++)
    if (g->shown[f]) span += g->width[f] + (span ? 2 : 0);
  return span;
}

static void measure(grid *g) {
  for (field f = 0; f < FIELDS; f++) {
    bool holds = false, differs = f != ROLE;
    g->width[f] = strlen(titles[f].title);
    for (size_t i = 0; i < g->n; i++) {
      size_t width = orr_ink_width(g->ink, cell(&g->rows[i], f));
      if (width > g->width[f]) g->width[f] = width;
      holds |= width > 0;
      differs |= g->rows[i].profile->role != ORR_ROLE_FEATURE;
    }
    g->shown[f] = holds && differs;
  }
  if (g->shown[UNIT] && g->width[UNIT] > 8) g->width[UNIT] = 8;
}

static bool is_worded(const row *r) { return !*r->cells[MAXIMUM] && r->profile->distinct; }

/* Words and times stand where the figures of other columns do; without any, they have a field of their own. */
static void make_room_for_words(grid *g) {
  enum { LEAST = 14 };
  bool words = false;
  for (size_t i = 0; i < g->n; i++) words |= is_worded(&g->rows[i]);
  g->words_only = words && !g->shown[MAXIMUM];
  if (!g->words_only) return;
  g->shown[MAXIMUM] = true;
  g->width[MAXIMUM] = LEAST;
}

/* What the page has left goes to the words, but no more than they need. */
static void widen_for_words(grid *g) {
  enum { LIKED = 30, LIKED_ALONE = 48 };
  size_t fields = 0, span = span_of_figures(g), used = total(g, g->width[NAME]);
  size_t liked = g->words_only ? LIKED_ALONE : LIKED;
  bool words = false;
  for (size_t i = 0; i < g->n; i++) words |= is_worded(&g->rows[i]);
  if (!words || used >= g->ink->columns || span >= liked) return;
  size_t spare = g->ink->columns - used;
  if (spare > liked - span) spare = liked - span;
  for (field f = MINIMUM; f <= MEAN; f++) fields += g->shown[f];
  for (field f = MINIMUM; f <= MEAN; f++) {
    if (!g->shown[f]) continue;
    size_t share = spare / fields--;
    g->width[f] += share;
    spare -= share;
  }
}

static void use_half_bins(grid *g) {
  g->bins = 9; /* as wide as its title */
  g->width[HISTOGRAM] = strlen(titles[HISTOGRAM].title);
  for (size_t i = 0; i < g->n; i++) write_histogram(g->rows[i].profile, g->bins, g->rows[i].cells[HISTOGRAM]);
}

/* What goes, in that order, until a name has `enough`. HISTOGRAM: half of its bins first. A sample's mean is what
 * the page is about, and stays. */
static void fit(grid *g) {
  static const field spared[] = {LOWER, UPPER, HISTOGRAM, DISTINCT, MEAN, ROLE, TYPE, MISSING, UNIT, MEDIAN};
  size_t name = g->width[NAME], enough = name < 24 ? name : 24;
  g->bins = BINS;
  for (size_t i = 0; i < sizeof spared / sizeof *spared && total(g, enough) > g->ink->columns; i++) {
    field f = spared[i];
    if (f == MISSING) enough = name < 12 ? name : 12;
    if (total(g, enough) <= g->ink->columns) break;
    if (f == HISTOGRAM) use_half_bins(g);
    else if (f != MEAN || !orr_peek_is_sample(g->peek)) g->shown[f] = false;
    if (f == LOWER) g->shown[UPPER] = false;
  }
  size_t others = total(g, 0);
  size_t room = g->ink->columns > others + 8 ? g->ink->columns - others : 8;
  g->width[NAME] = name < room ? name : room;
  widen_for_words(g);
}

/* ---- words and times in place of figures ---- */

/* "red (40), blue (20), 3 more": as many as fit, the first one cut if it must be. */
static void add_words(grid *g, const orr_column_profile *p, size_t span) {
  orr_ink *ink = g->ink;
  size_t end = ink->at + span;
  for (size_t i = 0; i < p->n_bins; i++) {
    char count[40] = "", digits[32], more[48] = "";
    if (p->bins[0] > 1) snprintf(count, sizeof count, " (%s)", orr_text_count(digits, p->bins[i]));
    size_t left = p->distinct - i - 1, own = orr_ink_width(ink, p->words[i]) + strlen(count) + (i ? 2 : 0);
    if (left) snprintf(more, sizeof more, ", %s more", orr_text_count(digits, left));
    size_t room = end - ink->at, tail = strlen(more);
    if (own + tail > room && i) {
      snprintf(more, sizeof more, ", %s more", orr_text_count(digits, left + 1));
      orr_ink_add_cut(ink, ORR_FAINT, more, room);
      return;
    }
    orr_ink_add(ink, ORR_FAINT, i ? ", " : "");
    size_t most = room > strlen(count) + tail ? room - strlen(count) - tail : 4;
    orr_ink_add_cut(ink, ORR_PLAIN, *p->words[i] ? p->words[i] : "(blank)", i ? room : most);
    orr_ink_add_cut(ink, ORR_FAINT, count, end > ink->at ? end - ink->at : 0);
    if (i + 1 == p->n_bins && left) orr_ink_add_cut(ink, ORR_FAINT, more, end > ink->at ? end - ink->at : 0);
  }
}

/* From the first to the last, as dates unless they are close to one another. */
static void add_times(grid *g, const orr_column_profile *p, size_t span) {
  char first[48], last[48], middle[48], line[160];
  orr_peek_time(first, p->least);
  orr_peek_time(last, p->greatest);
  orr_peek_time(middle, orr_peek_nanoseconds(p->median));
  size_t keep = p->max - p->min >= 3 * 86400.0 ? 10 : 19;
  bool usual = strlen(first) >= 19 && strlen(last) >= 19 && first[10] == 'T' && last[10] == 'T';
  bool one_day = usual && keep == 19 && !strncmp(first, last, 10);
  if (!usual) keep = 40; /* a year of more than four digits */
  snprintf(line, sizeof line, "%.*s – %.*s", (int)keep, first, (int)(one_day ? 8 : keep),
           last + (one_day ? 11 : 0));
  size_t used = orr_ink_width(g->ink, line);
  if (used + 9 + keep <= span)
    snprintf(line + strlen(line), sizeof line - strlen(line), ", median %.*s", (int)keep, middle);
  for (char *t = line; *t; t++) *t = *t == 'T' ? ' ' : *t;
  orr_ink_add_cut(g->ink, ORR_PLAIN, line, span);
}

static void add_shares(grid *g, const orr_column_profile *p, size_t span) {
  char line[64], count[32];
  snprintf(
      line, sizeof line, "true %s (%.3g %%)",
      orr_text_count(count, (unsigned long long)llround(p->mean * (double)(p->column->rows - p->missing))),
      100 * p->mean);
  orr_ink_add_cut(g->ink, ORR_PLAIN, line, span);
}

static void add_span(grid *g, const orr_column_profile *p, size_t span) {
  if (!p->distinct) return;
  if (p->column->type == ORR_TEXT) add_words(g, p, span);
  else if (p->column->type == ORR_TIME) add_times(g, p, span);
  else add_shares(g, p, span);
}

/* ---- lines ---- */

static orr_style style_of(const row *r, field f) {
  const orr_column_profile *p = r->profile;
  bool target = p->role == ORR_ROLE_TARGET;
  if (f == NAME) return target ? ORR_ACCENT : p->role == ORR_ROLE_IGNORE ? ORR_FAINT : ORR_STRONG;
  if (f == HISTOGRAM) return ORR_ACCENT;
  if (f == MISSING) return p->missing * 2 > p->column->rows ? ORR_WARN : ORR_PLAIN;
  if (f == ROLE)
    return target                                                      ? ORR_ACCENT
           : p->role == ORR_ROLE_FEATURE || p->role == ORR_ROLE_IGNORE ? ORR_FAINT
                                                                       : ORR_PLAIN;
  return f == UNIT || f == TYPE || f == DISTINCT ? ORR_FAINT : ORR_PLAIN;
}

static void add_heads(grid *g) {
  orr_ink_blank(g->ink, INDENT);
  for (field f = 0; f < FIELDS; f++) {
    if (!g->shown[f]) continue;
    size_t start = g->ink->at + (f > NAME) * 2;
    orr_ink_to(g->ink, start);
    if (f == MAXIMUM && g->words_only) orr_ink_add(g->ink, ORR_FAINT, "values");
    else if (titles[f].right) orr_ink_add_right(g->ink, ORR_FAINT, titles[f].title, g->width[f]);
    else orr_ink_add_cut(g->ink, ORR_FAINT, titles[f].title, g->width[f]);
    orr_ink_to(g->ink, start + g->width[f]);
  }
  orr_ink_end_line(g->ink);
}

static void add_line(grid *g, const row *r) {
  size_t span = span_of_figures(g), start = INDENT;
  bool worded = !*r->cells[MAXIMUM], spanned = false; /* all missing: an empty span */
  for (field f = 0; f < FIELDS; f++) {
    if (!g->shown[f]) continue;
    bool figure = f >= MINIMUM && f <= MEAN;
    size_t width = worded && figure ? span : g->width[f];
    if (worded && figure && spanned) continue;
    orr_ink_to(g->ink, start);
    if (worded && figure) add_span(g, r->profile, span), spanned = true;
    else if (titles[f].right) orr_ink_add_right(g->ink, style_of(r, f), cell(r, f), width);
    else orr_ink_add_cut(g->ink, style_of(r, f), cell(r, f), width);
    orr_ink_to(g->ink, start + width);
    start += width + 2;
  }
  orr_ink_end_line(g->ink);
}

static void add_left_out(orr_ink *ink, size_t left) {
  char count[32];
  orr_ink_blank(ink, INDENT);
  orr_ink_printf(ink, ORR_FAINT, "… %s more column%s (--json has all)", orr_text_count(count, left),
                 left > 1 ? "s" : "");
  orr_ink_end_line(ink);
}

/* The first columns, and the target wherever it stands. */
static void choose(grid *g) {
  const orr_profile *all = g->peek->profile;
  size_t n = all->n_columns, target = 0;
  for (size_t i = 0; i < n; i++)
    if (all->columns[i].role == ORR_ROLE_TARGET) target = i;
  g->n = n < MOST_SHOWN ? n : MOST_SHOWN;
  for (size_t i = 0; i < g->n; i++)
    write_row(g->peek, &all->columns[i + 1 == g->n && target > i ? target : i], &g->rows[i]);
}

static void draw(grid *g) {
  const orr_profile *all = g->peek->profile;
  size_t left = all->n_columns - g->n;
  bool apart = left && g->rows[g->n - 1].profile != &all->columns[g->n - 1];
  add_heads(g);
  for (size_t i = 0; i + 1 < g->n; i++) add_line(g, &g->rows[i]);
  if (apart) add_left_out(g->ink, left);
  add_line(g, &g->rows[g->n - 1]);
  if (left && !apart) add_left_out(g->ink, left);
}

orr_status orr_peek_columns(const orr_peek *p, orr_ink *ink, orr_error *e) {
  orr_arena arena = {0};
  grid g = {.peek = p, .ink = ink};
  if (!p->profile->n_columns) return ORR_OK;
  orr_status status = orr_arena_take(&arena, MOST_SHOWN, sizeof *g.rows, (void **)&g.rows, e);
  if (!status) {
    choose(&g);
    measure(&g);
    make_room_for_words(&g);
    fit(&g);
    draw(&g);
  }
  orr_arena_fini(&arena);
  return status;
}
