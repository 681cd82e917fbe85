/* What the Watch room plots: of a fit the curves of one quantity, on the rows it
 * learns from and on those it only watches; several seeds as their middle with a
 * band from the least to the greatest. Pure: live series in, a figure out. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/tui/rooms/watch_room.h"

static orr_live *live(const orr_ui *ui) { return ui->workbench ? orr_workbench_live(ui->workbench) : NULL; }

/* ---- which fits and quantities there are ---- */

static void see_fit(void *context, const orr_series *s) { snprintf(context, 32, "%s", s->fit); }

bool watch_fit(const orr_ui *ui, char out[32]) {
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  snprintf(out, 32, "%s", s->fit);
  if (!*out && live(ui)) orr_live_read(live(ui), see_fit, out);
  return *out != 0;
}

const char *watch_quantity(const char *series, bool *validation) {
  static const char *const others[] = {"epoch", "step", "seconds", "seconds_left", "rows_per_second"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (!strcmp(others[i], series)) return NULL;
  *validation = !strncmp(series, "validation", 10);
  if (*validation) return series + 11;
  return !strncmp(series, "train_", 6) ? series + 6 : series;
}

typedef struct finding {
  const char *fit;
  watch_quantities *found;
} finding;

static void see_quantity(void *context, const orr_series *s) {
  finding *f = context;
  bool validation;
  const char *name = strcmp(s->fit, f->fit) ? NULL : watch_quantity(s->name, &validation);
  if (!name || f->found->n == WATCH_QUANTITIES) return;
  for (size_t i = 0; i < f->found->n; i++)
    if (!strcmp(f->found->names[i], name)) return;
  snprintf(f->found->names[f->found->n++], 32, "%s", name);
}

/* The loss of whole epochs stands first: it is what one comes to see. */
static void put_first(watch_quantities *all, const char *name) {
  size_t at = 0;
  while (at < all->n && strcmp(all->names[at], name)) at++;
  if (at == all->n) return;
  memmove(all->names[1], all->names[0], at * sizeof *all->names);
  snprintf(all->names[0], sizeof *all->names, "%s", name);
}

void watch_find_quantities(const orr_ui *ui, const char *fit, watch_quantities *out) {
  finding f = {fit, out};
  *out = (watch_quantities){.n = 0};
  if (live(ui)) orr_live_read(live(ui), see_quantity, &f);
  put_first(out, "loss");
}

/* ---- whether there is more to draw ---- */

typedef struct counting {
  const char *fit, *quantity;
  uint64_t points, series;
} counting;

static void count_points(void *context, const orr_series *s) {
  counting *c = context;
  bool validation;
  const char *name = strcmp(s->fit, c->fit) ? NULL : watch_quantity(s->name, &validation);
  if (name && !strcmp(name, c->quantity)) c->points += s->n, c->series++;
}

static uint64_t hash_name(uint64_t h, const char *name) {
  for (; *name; name++) h = (h ^ (unsigned char)*name) * 0x100000001b3ull;
  return h * 31;
}

/* A point of another quantity is nothing to it: most come with each batch, and the loss with each epoch. */
uint64_t watch_version(const orr_ui *ui) {
  char fit[32];
  watch_quantities all;
  if (!watch_fit(ui, fit)) return 0;
  watch_find_quantities(ui, fit, &all);
  if (!all.n) return 0;
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  counting c = {.fit = fit, .quantity = all.names[s->quantity % all.n]};
  orr_live_read(live(ui), count_points, &c);
  return hash_name(hash_name(c.series, fit), c.quantity) + c.points;
}

/* ---- copies of the series, taken under the lock ---- */

enum { MOST_MEMBERS = 32 };

typedef struct copies {
  const char *fit, *quantity;
  orr_arena *arena;
  orr_series of[2][MOST_MEMBERS]; /* training, validation */
  size_t n[2];
  orr_status failed;
} copies;

static orr_status copy_points(copies *c, const orr_series *s, orr_series *to, orr_error *e) {
  *to = *s;
  ORR_TAKE(c->arena, to->step, s->n, e);
  ORR_TAKE(c->arena, to->value, s->n, e);
  memcpy(to->step, s->step, s->n * sizeof *s->step);
  memcpy(to->value, s->value, s->n * sizeof *s->value);
  return ORR_OK;
}

static void copy_series(void *context, const orr_series *s) {
  copies *c = context;
  bool validation;
  const char *name = strcmp(s->fit, c->fit) ? NULL : watch_quantity(s->name, &validation);
  if (!name || strcmp(name, c->quantity) || c->n[validation] == MOST_MEMBERS || !s->n) return;
  if (!c->failed) c->failed = copy_points(c, s, &c->of[validation][c->n[validation]], NULL);
  if (!c->failed) c->n[validation]++;
}

/* ---- the figure ---- */

static orr_status add_curve(orr_figure *f, const orr_series *s, const char *title, int series, orr_error *e) {
  orr_mark line = {
      .kind = ORR_LINE, .title = title, .n = s->n, .x = s->step, .y = s->value, .series = series};
  return orr_panel_mark(f, &f->panels[0], line, e);
}

/* Members report at the same steps; where one has ended the others go on alone. */
static size_t shared_steps(const orr_series *s, size_t n) {
  size_t least = s[0].n;
  for (size_t i = 1; i < n; i++) least = s[i].n < least ? s[i].n : least;
  return least;
}

static orr_status add_band(orr_figure *f, const orr_series *s, size_t n, int series, orr_error *e) {
  double *low, *high;
  size_t steps = shared_steps(s, n);
  ORR_TAKE(f->arena, low, steps, e);
  ORR_TAKE(f->arena, high, steps, e);
  for (size_t i = 0; i < steps; i++) {
    low[i] = high[i] = s[0].value[i];
    for (size_t k = 1; k < n; k++)
      low[i] = fmin(low[i], s[k].value[i]), high[i] = fmax(high[i], s[k].value[i]);
  }
  orr_mark band = {.kind = ORR_BAND, .n = steps, .x = s[0].step, .y = low, .y2 = high, .series = series};
  return orr_panel_mark(f, &f->panels[0], band, e);
}

static orr_status add_part(orr_figure *f, const copies *c, bool validation, orr_error *e) {
  size_t n = c->n[validation];
  const orr_series *s = c->of[validation];
  if (!n) return ORR_OK;
  if (n > 1 && shared_steps(s, n) > 1) ORR_TRY(add_band(f, s, n, validation, e));
  const char *title = !c->n[1] ? NULL : validation ? "validation" : "training";
  return add_curve(f, &s[n - 1], title, validation, e);
}

static void name_axes(orr_panel *p, const copies *c) {
  p->x.title = "step";
  p->y.title = orr_arena_strdup(c->arena, c->quantity);
}

orr_status watch_make_figure(const orr_ui *ui, int columns, int rows, orr_figure *out, orr_error *e) {
  (void)columns, (void)rows;
  char fit[32];
  orr_panel *panel;
  watch_quantities all;
  const orr_room_state *s = ui->rooms[ORR_ROOM_WATCH];
  if (!watch_fit(ui, fit)) return orr_fail(e, ORR_DATA, "nothing has been trained yet");
  watch_find_quantities(ui, fit, &all);
  if (!all.n) return orr_fail(e, ORR_DATA, "s.%s has no curves", fit);
  copies c = {.fit = fit, .quantity = all.names[s->quantity % all.n], .arena = out->arena};
  orr_live_read(live(ui), copy_series, &c);
  if (c.failed) return orr_fail_memory(e, "the curves", 0);
  orr_figure_init(out, out->arena, "watch", "");
  ORR_TRY(orr_figure_panel(out, "", &panel, e));
  name_axes(panel, &c);
  ORR_TRY(add_part(out, &c, false, e));
  return add_part(out, &c, true, e);
}
