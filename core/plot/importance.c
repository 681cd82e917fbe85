/* Permutation importance: how much worse the score becomes without a column, the
 * most important on top; groups of correlated columns below, permuted together. */
#include <math.h>
#include <stdio.h>

#include "explain/importance.h"
#include "plot/kind.h"
#include "plot/layout.h"

enum { MOST_COLUMNS = 20, MOST_GROUPS = 5, NAME = ORR_NAME_LONGEST };

typedef struct bars {
  double *length, *error, *place, *thick;
  const char **names;
  size_t n;
} bars;

static orr_status shorten(const char *name, orr_arena *arena, const char **out, orr_error *e) {
  orr_text t = {0};
  orr_figure_shorten(&t, name, NAME);
  *out = t.failed ? NULL : orr_arena_strdup(arena, orr_text_get(&t));
  orr_text_fini(&t);
  return *out ? ORR_OK : orr_fail_memory(e, "a name", NAME);
}

static orr_status add(bars *b, const orr_important *from, orr_arena *arena, orr_error *e) {
  b->length[b->n] = from->value;
  b->error[b->n] = from->error;
  b->place[b->n] = (double)b->n;
  b->thick[b->n] = 0.7;
  return shorten(from->name, arena, &b->names[b->n++], e);
}

static orr_mark mark_of(const bars *b, size_t first, size_t n, const char *title, int series) {
  return (orr_mark){.kind = ORR_BARS_ACROSS,
                    .title = title,
                    .n = n,
                    .y = b->place + first,
                    .y2 = b->thick + first,
                    .x = b->length + first,
                    .x2 = b->error + first,
                    .series = series};
}

static orr_status draw(const orr_importance *i, orr_figure *f, orr_error *e) {
  size_t columns = i->n_columns < MOST_COLUMNS ? i->n_columns : MOST_COLUMNS,
         groups = i->n_groups < MOST_GROUPS ? i->n_groups : MOST_GROUPS;
  bars b = {0};
  orr_panel *p;
  ORR_TAKE(f->arena, b.length, columns + groups, e);
  ORR_TAKE(f->arena, b.error, columns + groups, e);
  ORR_TAKE(f->arena, b.place, columns + groups, e);
  ORR_TAKE(f->arena, b.thick, columns + groups, e);
  ORR_TAKE(f->arena, b.names, columns + groups, e);
  for (size_t j = 0; j < columns; j++) ORR_TRY(add(&b, &i->columns[j], f->arena, e));
  for (size_t j = 0; j < groups; j++) ORR_TRY(add(&b, &i->groups[j], f->arena, e));
  ORR_TRY(orr_figure_panel(f, NULL, &p, e));
  const char *title =
      orr_arena_printf(f->arena, "how much worse the %s becomes (± one standard error)", i->score_title);
  if (!title) return orr_fail_memory(e, "a title", 0);
  p->x = (orr_axis){.title = title};
  p->y = (orr_axis){.names = b.names, .n_names = b.n, .down = true};
  ORR_TRY(orr_panel_mark(f, p, mark_of(&b, 0, columns, groups ? "column by itself" : NULL, 0), e));
  return groups ? orr_panel_mark(f, p, mark_of(&b, columns, groups, "correlated columns together", 1), e)
                : ORR_OK;
}

static orr_status build(const orr_plot_input *in, orr_figure *f, orr_error *e) {
  orr_importance own;
  const orr_importance *i = in->importance;
  ORR_TRY(orr_plot_begin(&orr_plot_importance, in, "Permutation importance", f, e));
  if (!i && !in->table) return orr_fail(e, ORR_USAGE, "plot 'importance' needs rows: on = parts.test");
  if (!i) {
    orr_importance_spec s = {
        .model = in->kept, .table = in->table, .rows = in->rows, .n = in->n_rows, .seed = in->seed};
    ORR_TRY(orr_importance_measure(&s, in->work, f->arena, &own, e));
    i = &own;
  }
  return draw(i, f, e);
}

const orr_plot_kind orr_plot_importance = {
    .name = "importance",
    .help = "How much worse the model scores when a column is taken from other rows: long bars are columns "
            "it needs, "
            "bars within their errors of zero are not.",
    .of_fit = true,
    .build = build,
};
