/* The families by name. */
#include <string.h>

#include "base/text.h"
#include "model/model.h"

const orr_family *const orr_families[] = {
#define ORR_FAMILY(name) &orr_family_##name,
#include "model/families.def"
#undef ORR_FAMILY
};

enum { COUNT = sizeof orr_families / sizeof *orr_families };
const size_t orr_families_count = COUNT;

/* The names of the families that can do any of these tasks; returns how many. */
static size_t names_for(unsigned tasks, const char *names[COUNT], orr_text *list) {
  size_t n = 0;
  for (size_t i = 0; i < COUNT; i++) {
    if (!(orr_families[i]->tasks & tasks) || orr_families[i]->needs & ORR_NEEDS_RECIPE) continue;
    orr_text_printf(list, "%s%s", n ? ", " : "", orr_families[i]->name);
    names[n++] = orr_families[i]->name;
  }
  return n;
}

orr_status orr_family_find(const char *name, orr_task task, const orr_family **out, orr_error *e) {
  const char *names[COUNT];
  orr_text known = {0};
  *out = NULL;
  for (size_t i = 0; i < COUNT; i++)
    if (!strcmp(orr_families[i]->name, name)) *out = orr_families[i];
  if (*out && (*out)->tasks & task) return ORR_OK;
  size_t n = names_for(task, names, &known);
  const char *nearest = orr_text_nearest(name, names, n);
  if (*out)
    orr_fail(e, ORR_USAGE, "%s cannot do %s; try %s", name, orr_task_name(task), orr_text_get(&known));
  else if (nearest) orr_fail(e, ORR_USAGE, "unknown model '%.60s'; did you mean '%s'?", name, nearest);
  else orr_fail(e, ORR_USAGE, "unknown model '%.60s'; known are %s", name, orr_text_get(&known));
  orr_text_fini(&known);
  *out = NULL;
  return ORR_USAGE;
}
