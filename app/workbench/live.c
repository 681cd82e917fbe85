/* Live curves; see live.h. */
#include "app/workbench/live.h"

#include <stdio.h>
#include <string.h>

#include "base/vector.h"

void orr_live_init(orr_live *v) {
  *v = (orr_live){0};
  pthread_mutex_init(&v->lock, NULL);
}

static void series_fini(orr_series *s) {
  orr_free(s->step);
  orr_free(s->value);
}

void orr_live_fini(orr_live *v) {
  for (size_t i = 0; i < v->count; i++) series_fini(&v->items[i]);
  orr_free(v->items);
  pthread_mutex_destroy(&v->lock);
}

static orr_series *find(orr_live *v, const char *fit, size_t member, const char *name) {
  for (size_t i = 0; i < v->count; i++) {
    orr_series *s = &v->items[i];
    if (s->member == member && !strcmp(s->name, name) && !strcmp(s->fit, fit)) return s;
  }
  if (v->count == v->capacity &&
      orr_vector_grow((void **)&v->items, v->count, &v->capacity, sizeof *v->items, NULL))
    return NULL;
  orr_series *s = &v->items[v->count++];
  *s = (orr_series){.member = member};
  snprintf(s->fit, sizeof s->fit, "%s", fit);
  snprintf(s->name, sizeof s->name, "%s", name);
  return s;
}

static bool grow(orr_series *s) {
  size_t wanted = s->capacity ? 2 * s->capacity : 64;
  double *step = orr_realloc(s->step, wanted, sizeof *step);
  if (!step) return false;
  s->step = step;
  double *value = orr_realloc(s->value, wanted, sizeof *value);
  if (!value) return false;
  s->value = value;
  s->capacity = wanted;
  return true;
}

static void add(orr_series *s, double step, double value) {
  if (!s || (s->n == s->capacity && !grow(s))) return;
  s->step[s->n] = step;
  s->value[s->n++] = value;
}

void orr_live_add(orr_live *v, const char *fit, size_t member, const orr_event *event) {
  pthread_mutex_lock(&v->lock);
  for (size_t i = 0; i < event->n_values; i++)
    add(find(v, fit, member, event->values[i].name), (double)event->step, event->values[i].value);
  v->version++;
  pthread_mutex_unlock(&v->lock);
}

void orr_live_forget(orr_live *v, const char *fit) {
  pthread_mutex_lock(&v->lock);
  size_t kept = 0;
  for (size_t i = 0; i < v->count; i++) {
    if (strcmp(v->items[i].fit, fit)) v->items[kept++] = v->items[i];
    else series_fini(&v->items[i]);
  }
  v->count = kept;
  v->version++;
  pthread_mutex_unlock(&v->lock);
}

uint64_t orr_live_read(orr_live *v, orr_live_visit_fn visit, void *context) {
  pthread_mutex_lock(&v->lock);
  for (size_t i = 0; visit && i < v->count; i++) visit(context, &v->items[i]);
  uint64_t version = v->version;
  pthread_mutex_unlock(&v->lock);
  return version;
}
