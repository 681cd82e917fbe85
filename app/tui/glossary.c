/* What the terms mean, a sentence each: glossary.def, and the scores' own help. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/tui/over.h"
#include "metric/score.h"

enum { TERM = 22 };

static const orr_glossary_term terms[] = {
#define ORR_TERM(term, sentence) {.name = term, .help = sentence},
#include "app/tui/glossary.def"
#undef ORR_TERM
};

/* Terms that each room's screen speaks in; these come first there. */
static const char *const of_room[ORR_ROOMS] = {
    [ORR_ROOM_DATA] = "|class|feature|role|target|outlier|stratified|leakage|",
    [ORR_ROOM_RECIPE] = "|baseline|batch|epoch|learning rate|regularisation|seed|split|test rows|validation|",
    [ORR_ROOM_WATCH] = "|batch|checkpoint|epoch|gradient norm|learning rate|log loss|loss|overfitting|"
                       "seed band|step|validation|",
    [ORR_ROOM_ASK] = "|dependence curve|importance|KL|latent dimension|latent traversal|permutation|"
                     "reconstruction|",
    [ORR_ROOM_RECORD] = "|baseline|confusion|log loss|ROC curve|seed|standard error|test rows|threshold|",
};

static bool is_of_room(const orr_ui *ui, const char *term) {
  const char *list = of_room[ui->room];
  size_t n = strlen(term);
  for (const char *p = strchr(list, '|'); p && p[1]; p = strchr(p + 1, '|'))
    if (!strncasecmp(p + 1, term, n) && p[1 + n] == '|') return true;
  return false;
}

/* Lower comes first: names that begin as typed, then names that hold it, then helps; of one kind this room's. */
static int place_of(const orr_ui *ui, const orr_glossary_term *t) {
  const char *typed = ui->search.text;
  int kind = !strncasecmp(t->name, typed, ui->search.length) ? 0
             : orr_search_fits(typed, t->name, t->help) == 2 ? 1
                                                             : 2;
  return 2 * kind + !is_of_room(ui, t->name);
}

static int in_order(const void *a, const void *b) {
  const orr_glossary_term *x = a, *y = b;
  return x->place != y->place ? x->place - y->place : strcasecmp(x->name, y->name);
}

size_t orr_glossary_terms(const orr_ui *ui, orr_glossary_term out[ORR_TERMS]) {
  size_t n = 0, own = sizeof terms / sizeof *terms;
  for (size_t i = 0; i < own + orr_scores_count && n < ORR_TERMS; i++) {
    if (i < own) out[n] = terms[i];
    else out[n] = (orr_glossary_term){.name = orr_scores[i - own]->title, .help = orr_scores[i - own]->help};
    out[n].place = place_of(ui, &out[n]);
    n += orr_search_fits(ui->search.text, out[n].name, out[n].help) > 0;
  }
  qsort(out, n, sizeof *out, in_order);
  return n;
}

/* The term under the cursor is told in full below; the list shows what fits. */
enum { DETAIL = 5 };
size_t orr_glossary_shown(orr_rect in) {
  return in.height > DETAIL + 2 ? (size_t)(in.height - DETAIL - 1) : 1;
}

void orr_glossary_draw(const orr_ui *ui, orr_grid *g, orr_rect in) {
  orr_glossary_term all[ORR_TERMS];
  size_t n = orr_glossary_terms(ui, all), shown = orr_glossary_shown(in);
  orr_rect top = orr_rect_top(&in, 1), below = orr_rect_bottom(&in, DETAIL);
  orr_grid_text(g, top, top.x, top.y, ORR_INK_KEY, ">");
  orr_line_draw(&ui->search, g, top, top.x + 2, top.y);
  if (!ui->search.length) orr_grid_text(g, top, top.x + 3, top.y, ORR_INK_MUTED, "type some of the term");
  for (size_t i = 0; i < shown && ui->over.first + i < n; i++) {
    size_t at = ui->over.first + i;
    orr_rect row = {in.x, in.y + (int)i, in.width, 1};
    orr_grid_text(g, (orr_rect){row.x, row.y, TERM, 1}, row.x + 1, row.y, ORR_INK_TEXT, all[at].name);
    orr_grid_text(g, row, row.x + TERM + 1, row.y, ORR_INK_MUTED, all[at].help);
    if (at == ui->over.cursor) orr_grid_tint(g, row, ORR_INK_CURSOR);
  }
  orr_grid_scrollbar(g, (orr_rect){in.x, in.y, in.width + 2, in.height}, ui->over.first, shown, n);
  if (!n) orr_grid_text(g, in, in.x + 1, in.y, ORR_INK_MUTED, "Nothing fits these words.");
  if (ui->over.cursor >= n) return;
  orr_rect page = orr_grid_pane(g, below, all[ui->over.cursor].name, false);
  orr_grid_wrapped(g, page, page.y, ORR_INK_TEXT, all[ui->over.cursor].help);
}
