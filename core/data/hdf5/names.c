/* Names of a matrix's columns; see layout.h. */
#include <string.h>

#include "data/hdf5/layout.h"

static const char *const attributes[] = {"columns",       "column_names", "colnames",  "col_names",
                                         "feature_names", "features",     "fields",    "field_names",
                                         "names",         "labels",       "variables", "var_names"};
static const char *const beside[] = {"columns", "column_names", "colnames",  "feature_names", "features",
                                     "fields",  "names",        "var_names", "variables",     "labels"};
static const char *const endings[] = {"_names",  "_columns", "_column_names",
                                      "_labels", "_fields",  "_features"};

/* One text of names with commas between is a list too. */
static bool split(orr_h5_reader *r, orr_h5_texts *t, uint64_t cells) {
  if (t->count != 1 || cells < 2) return false;
  char *s = orr_arena_strdup(&r->arena, t->items[0]);
  void *items;
  if (!s || orr_arena_take(&r->arena, (size_t)cells, sizeof *t->items, &items, NULL)) return false;
  const char **list = items;
  size_t n = 0;
  for (char *at = s; at && n <= cells; n++) {
    char *comma = strchr(at, ',');
    if (comma) *comma++ = 0;
    while (*at == ' ') at++;
    if (n < cells) list[n] = at;
    at = comma;
  }
  if (n != cells) return false;
  *t = (orr_h5_texts){.count = n, .items = list};
  return true;
}

static bool from_attribute(orr_h5_reader *r, const orr_h5_array *a, uint64_t cells, orr_h5_texts *t) {
  for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
    if (orr_h5_attribute_texts(r, a->id, attributes[i], t) && (t->count == cells || split(r, t, cells)))
      return true;
  return false;
}

static bool from_dataset(orr_h5_reader *r, const char *path, const orr_h5_array *a, uint64_t cells,
                         orr_h5_texts *t) {
  orr_h5_array *list;
  orr_h5_cell cell;
  if (!path || !strcmp(path, a->path) || !orr_h5_exists(r, path)) return false;
  if (orr_h5_array_open(r, path, &list, NULL) || list->rank != 1 || list->elements != cells) return false;
  if (orr_h5_cell_of(r, list->type, &cell, NULL) || !orr_h5_cell_is_text(&cell)) return false;
  return orr_h5_load_texts(r, path, t, NULL) == ORR_OK;
}

const orr_h5_texts *orr_h5_column_names(orr_h5_reader *r, const orr_h5_array *a, uint64_t cells) {
  void *room;
  const char *slash = strrchr(a->path, '/');
  if (!slash || cells < 2 || orr_arena_take(&r->arena, 1, sizeof(orr_h5_texts), &room, NULL)) return NULL;
  orr_h5_texts *t = room;
  if (from_attribute(r, a, cells, t)) return t;
  int folder = (int)(slash - a->path);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (from_dataset(r, orr_arena_printf(&r->arena, "%s%s", a->path, endings[i]), a, cells, t)) return t;
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
    if (from_dataset(r, orr_arena_printf(&r->arena, "%.*s/%s", folder, a->path, beside[i]), a, cells, t))
      return t;
  return NULL;
}
