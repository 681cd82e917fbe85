/* Plans narrowed to some rows or one column, and their names put in order; see plan.h. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "data/hdf5/plan.h"

void orr_h5_plan_take_rows(orr_h5_plan *p, uint64_t first, uint64_t step, uint64_t count) {
  const orr_h5_view *last = NULL;
  for (size_t i = 0; i < p->columns.count; i++) {
    orr_h5_view *v = p->columns.items[i]->view;
    bool again = v == last;
    for (size_t k = 0; k < i && v && !again; k++) again = p->columns.items[k]->view == v;
    if (v && !again) orr_h5_view_take_rows(v, first, step, count);
    last = v;
  }
  p->first = first, p->step = step, p->rows = count;
}

/* "v", "v.x", "v_3" are all of "v". */
static bool is_part(const char *name, const char *whole) {
  size_t n = strlen(whole);
  if (strncmp(name, whole, n) != 0) return false;
  return !name[n] || name[n] == '.' || (name[n] == '_' && isdigit((unsigned char)name[n + 1]));
}

static orr_status no_such_column(const orr_h5_plan *p, const char *name, orr_error *e) {
  const char **names = orr_calloc(p->columns.count, sizeof *names);
  orr_text some = {0};
  for (size_t i = 0; names && i < p->columns.count; i++) {
    names[i] = p->columns.items[i]->name;
    if (i < 12) orr_text_printf(&some, "%s%s", i ? ", " : "", names[i]);
  }
  const char *nearest = names ? orr_text_nearest(name, names, p->columns.count) : NULL;
  if (nearest)
    orr_fail(e, ORR_DATA, "%s has no column '%.80s'; did you mean '%.80s'?", p->picked, name, nearest);
  else
    orr_fail(e, ORR_DATA, "%s has no column '%.80s'; it has %.300s%s", p->picked, name, orr_text_get(&some),
             p->columns.count > 12 ? ", …" : "");
  orr_text_fini(&some);
  orr_free(names);
  return ORR_DATA;
}

orr_status orr_h5_plan_take_column(orr_h5_reader *r, orr_h5_plan *p, const char *name, orr_error *e) {
  size_t exact = 0, kept = 0;
  (void)r;
  for (size_t i = 0; i < p->columns.count; i++) exact += !strcmp(p->columns.items[i]->name, name);
  for (size_t i = 0; i < p->columns.count; i++) {
    orr_h5_column *c = p->columns.items[i];
    if (exact ? strcmp(c->name, name) != 0 : !is_part(c->name, name)) continue;
    if (c->summary != ORR_H5_EACH)
      return orr_fail(e, ORR_DATA, "%s is summarised; it has no columns to pick", p->picked);
    p->columns.items[i] = p->columns.items[kept];
    p->columns.items[kept++] = c;
  }
  if (!kept) return no_such_column(p, name, e);
  while (p->columns.count > kept) orr_map_fini(&p->columns.items[--p->columns.count]->words);
  return ORR_OK;
}

orr_status orr_h5_plan_finish_names(orr_h5_reader *r, orr_h5_plan *p, orr_error *e) {
  orr_map seen = {0};
  orr_status status = ORR_OK;
  for (size_t i = 0; i < p->columns.count && !status; i++) {
    orr_h5_column *c = p->columns.items[i];
    const char *name = *c->name ? c->name : "x";
    int32_t index;
    size_t known = seen.count;
    status = orr_map_add(&seen, name, strlen(name), &index, e);
    for (unsigned k = 2; !status && (size_t)index < known; k++) {
      name = orr_arena_printf(&r->arena, "%s_%u", *c->name ? c->name : "x", k);
      status = name ? orr_map_add(&seen, name, strlen(name), &index, e) : orr_fail_memory(e, "a name", 0);
    }
    if (!status && name != c->name) orr_h5_note(r, "a second column '%.80s' is named '%.80s'", c->name, name);
    c->name = name;
  }
  orr_map_fini(&seen);
  return status;
}
