/* Snapshots; see snapshot.h. One arena holds all texts and lists; tables, fits
 * and evaluations are references. A snapshot that cannot be made is none: the
 * one before stays. */
#include <math.h>
#include <string.h>

#include "app/workbench/bench.h"

orr_snapshot *orr_snapshot_ref(orr_snapshot *s) {
  __atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
  return s;
}

void orr_snapshot_unref(orr_snapshot *s) {
  if (!s || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL)) return;
  for (size_t i = 0; i < s->n_tables; i++) orr_table_unref(s->tables[i].table);
  for (size_t i = 0; i < s->n_fits; i++) orr_fit_unref(s->fits[i].fit);
  for (size_t i = 0; i < s->n_evaluations; i++) orr_evaluation_unref(s->evaluations[i].evaluation);
  orr_arena_fini(&s->arena);
  orr_free(s);
}

typedef struct making {
  const orr_bench_engine *b;
  const orr_session *session;
  orr_snapshot *out;
} making;

static orr_status copy(making *m, const char *text, const char **out) {
  *out = text ? orr_arena_strdup(&m->out->arena, text) : NULL;
  return text && !*out ? ORR_MEMORY : ORR_OK;
}

/* The step that made what is in the slot; NULL: none that stands. */
static const orr_step *step_of(const orr_session *s, const char *slot) {
  for (size_t i = s->steps.count; i--;)
    if (!strcmp(s->steps.items[i].slot, slot)) return &s->steps.items[i];
  return NULL;
}

static orr_status line_of(making *m, const char *slot, const char **out) {
  const orr_step *step = step_of(m->session, slot);
  return copy(m, step ? step->line : "", out);
}

static const orr_object *object_of_table(const orr_session *s, const orr_table *table) {
  for (size_t i = 0; i < s->objects.count; i++)
    if (s->objects.items[i].kind == ORR_TABLE && s->objects.items[i].table == table)
      return &s->objects.items[i];
  return NULL;
}

static orr_status add_table(making *m, const orr_object *o) {
  orr_seen_table *t = &m->out->tables[m->out->n_tables];
  ORR_TRY(copy(m, o->slot, &t->slot));
  ORR_TRY(line_of(m, o->slot, &t->line));
  t->table = orr_table_ref(o->table);
  m->out->n_tables++;
  return ORR_OK;
}

static orr_status add_split(making *m, const orr_object *o) {
  orr_seen_split *p = &m->out->splits[m->out->n_splits];
  const orr_object *table = object_of_table(m->session, o->split->table);
  const orr_rows *part = o->split->split.part;
  ORR_TRY(copy(m, o->slot, &p->slot));
  ORR_TRY(copy(m, table ? table->slot : NULL, &p->table));
  p->n_train = part[ORR_PART_TRAIN].n;
  p->n_validation = part[ORR_PART_VALIDATION].n;
  p->n_test = part[ORR_PART_TEST].n;
  m->out->n_splits++;
  return ORR_OK;
}

/* What it was trained on: a table, or a split's. */
static const char *table_of(const orr_session *s, const orr_object *fit) {
  const orr_object *on = orr_objects_peek(&s->objects, fit->on);
  if (on && on->kind == ORR_SPLIT) on = object_of_table(s, on->split->table);
  return on && on->kind == ORR_TABLE ? on->slot : NULL;
}

static orr_status add_fit(making *m, const orr_object *o) {
  orr_seen_fit *f = &m->out->fits[m->out->n_fits];
  ORR_TRY(copy(m, o->slot, &f->slot));
  ORR_TRY(line_of(m, o->slot, &f->line));
  ORR_TRY(copy(m, table_of(m->session, o), &f->table));
  f->fit = orr_fit_ref(o->fit);
  m->out->n_fits++;
  return ORR_OK;
}

/* The part of the report that its step has written. */
static orr_status words_of(making *m, const char *slot, const char **out) {
  const orr_session *s = m->session;
  const orr_step *step = step_of(s, slot);
  if (!step) return ORR_OK;
  bool last = step == &s->steps.items[s->steps.count - 1];
  size_t begin = step->undo.lengths.report, end = last ? s->report.length : step[1].undo.lengths.report;
  if (end > s->report.length) end = s->report.length;
  while (begin < end && s->report.data[begin] == '\n') begin++;
  *out = orr_arena_strndup(&m->out->arena, orr_text_get(&s->report) + begin, end - begin);
  return *out ? ORR_OK : ORR_MEMORY;
}

static orr_status add_evaluation(making *m, const orr_object *o) {
  orr_seen_evaluation *v = &m->out->evaluations[m->out->n_evaluations];
  ORR_TRY(copy(m, o->slot, &v->slot));
  const orr_object *fit = orr_objects_peek(&m->session->objects, o->on);
  ORR_TRY(copy(m, fit ? fit->slot : NULL, &v->fit));
  v->evaluation = orr_evaluation_ref(o->evaluation);
  m->out->n_evaluations++;
  return ORR_OK;
}

/* The newest evaluation of each fit. */
static orr_status link(making *m, const orr_object *fit, orr_seen_fit *seen) {
  const orr_object *o = orr_objects_peek(&m->session->objects, fit->scored);
  for (size_t i = 0; o && i < m->out->n_evaluations; i++) {
    orr_seen_evaluation *v = &m->out->evaluations[i];
    if (strcmp(v->slot, o->slot)) continue;
    seen->evaluation = i + 1;
    return words_of(m, o->slot, &seen->scores);
  }
  return ORR_OK;
}

static orr_status add_objects(making *m) {
  const orr_objects *all = &m->session->objects;
  orr_snapshot *out = m->out;
  size_t n = all->count;
  ORR_TAKE(&out->arena, out->tables, n, NULL);
  ORR_TAKE(&out->arena, out->splits, n, NULL);
  ORR_TAKE(&out->arena, out->fits, n, NULL);
  ORR_TAKE(&out->arena, out->evaluations, n, NULL);
  for (size_t i = 0; i < n; i++) {
    const orr_object *o = &all->items[i];
    if (o->kind == ORR_TABLE) ORR_TRY(add_table(m, o));
    if (o->kind == ORR_SPLIT) ORR_TRY(add_split(m, o));
    if (o->kind == ORR_FIT) ORR_TRY(add_fit(m, o));
    if (o->kind == ORR_EVALUATION) ORR_TRY(add_evaluation(m, o));
  }
  for (size_t i = 0, fit = 0; i < n; i++)
    if (all->items[i].kind == ORR_FIT) ORR_TRY(link(m, &all->items[i], &out->fits[fit++]));
  out->current = out->n_tables ? out->n_tables - 1 : 0;
  return ORR_OK;
}

static orr_status add_lines(making *m) {
  orr_snapshot *out = m->out;
  ORR_TAKE(&out->arena, out->journal, m->b->lines.count, NULL);
  for (size_t i = 0; i < m->b->lines.count; i++) {
    const orr_told_line *line = &m->b->lines.items[i];
    orr_seen_line *seen = &out->journal[out->n_journal++];
    *seen = (orr_seen_line){.state = line->state, .seconds = line->seconds};
    ORR_TRY(copy(m, line->text, &seen->text));
    ORR_TRY(copy(m, line->error, &seen->error));
    ORR_TRY(copy(m, line->recipe, &seen->recipe));
  }
  return ORR_OK;
}

static orr_status add_numbers(making *m) {
  const orr_numbers *all = &m->session->numbers;
  orr_snapshot *out = m->out;
  ORR_TAKE(&out->arena, out->numbers, all->count, NULL);
  for (size_t i = 0; i < all->count; i++) {
    const orr_number *from = &all->items[i];
    orr_seen_number *seen = &out->numbers[out->n_numbers++];
    *seen = (orr_seen_number){.value = from->value, .error = from->error, .n = (size_t)fmax(from->n, 0)};
    ORR_TRY(copy(m, from->name, &seen->name));
    ORR_TRY(copy(m, from->method, &seen->method));
  }
  return ORR_OK;
}

static orr_status add_report(making *m) {
  orr_text page = {0};
  orr_status status = orr_report_print(m->session, &orr_bench_head, &page, NULL);
  if (!status) status = copy(m, orr_text_get(&page), &m->out->report);
  orr_text_fini(&page);
  return status;
}

/* The table that was read last; one from the command line as it was named there. */
static const char *source_of(const making *m, const orr_workbench *w) {
  const char *named = w->source;
  for (size_t i = m->session->inputs.count; i--;) {
    const orr_input *in = &m->session->inputs.items[i];
    bool given = !in->is_file && !in->bundled && *named;
    if (!in->is_list) return given ? named : in->path;
  }
  return named;
}

static orr_status fill(making *m, const orr_workbench *w) {
  orr_snapshot *out = m->out;
  ORR_TRY(add_objects(m));
  ORR_TRY(add_lines(m));
  ORR_TRY(add_numbers(m));
  ORR_TRY(add_report(m));
  ORR_TRY(copy(m, m->b->record.final, &out->folder));
  ORR_TRY(copy(m, source_of(m, w), &out->source));
  ORR_TRY(copy(m, m->b->running, &out->running));
  ORR_TRY(copy(m, m->b->recipe, &out->recipe));
  return copy(m, m->b->failure, &out->failure);
}

orr_snapshot *orr_bench_look(orr_workbench *w) {
  orr_bench_engine *b = &w->engine;
  orr_snapshot *made = orr_calloc(1, sizeof *made);
  if (!made) return NULL;
  *made = (orr_snapshot){.refs = 1, .version = ++b->version, .since = b->since};
  making m = {b, &b->session, made};
  if (!fill(&m, w)) return made;
  orr_snapshot_unref(made);
  return NULL;
}

orr_snapshot *orr_bench_swap(orr_workbench *w, orr_snapshot *made) {
  orr_snapshot *old = w->snapshot;
  if (!made) return NULL;
  w->snapshot = made;
  w->steps = w->engine.session.steps.count;
  return old;
}

void orr_bench_publish(orr_workbench *w) {
  orr_snapshot *made = orr_bench_look(w);
  pthread_mutex_lock(&w->lock);
  orr_snapshot *old = orr_bench_swap(w, made);
  pthread_mutex_unlock(&w->lock);
  orr_snapshot_unref(old);
  orr_bench_wake(w);
}
