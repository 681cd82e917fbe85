/* Settings of the screen; see config.h. */
#include "app/config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/settings.h"
#include "base/file.h"
#include "base/vector.h"

static bool read_plot(const orr_value *v, orr_config *out) {
  for (int mode = 0; v->kind == ORR_STRING && mode < ORR_PLOT_MODES; mode++)
    if (!strcmp(orr_plot_mode_name((orr_plot_mode)mode), v->string))
      return out->plot = (orr_plot_mode)mode, out->has_plot = true;
  return false;
}

static bool read_theme(const orr_value *v, orr_config *out) {
  if (v->kind != ORR_STRING || strlen(v->string) >= sizeof out->theme) return false;
  snprintf(out->theme, sizeof out->theme, "%s", v->string);
  return true;
}

static void read_entry(const orr_pair *p, orr_config *out, orr_text *problems) {
  static const char *const known[] = {"theme", "plot", "mouse"};
  const char *wants = NULL;
  if (!strcmp(p->key, "theme")) wants = read_theme(&p->value, out) ? NULL : "a name";
  else if (!strcmp(p->key, "plot"))
    wants = read_plot(&p->value, out) ? NULL : "window, kitty, sixel, cells, ascii or words";
  else if (!strcmp(p->key, "mouse")) {
    wants = p->value.kind == ORR_BOOLEAN ? NULL : "true or false";
    out->mouse = wants || p->value.boolean;
  } else {
    const char *nearest = orr_text_nearest(p->key, known, 3);
    orr_text_printf(problems, "config.lua: there is no setting '%.40s'%s%s%s\n", p->key,
                    nearest ? "; did you mean '" : "", nearest ? nearest : "",
                    nearest ? "'?" : "; there are theme, plot and mouse");
    return;
  }
  if (wants) orr_text_printf(problems, "config.lua: %s takes %s\n", p->key, wants);
}

static void add_problem(const orr_error *e, orr_text *problems) {
  orr_text_printf(problems, "%s\n", e->message);
}

void orr_config_read(const orr_place *place, orr_config *out, orr_keymap *keys, orr_text *problems) {
  orr_error e = {0};
  orr_arena arena = {0};
  orr_text path = {0};
  orr_value all = {0};
  *out = (orr_config){.mouse = true};
  orr_keymap_init(keys);
  orr_text_printf(&path, "%s/config.lua", place->config);
  if (orr_file_exists(orr_text_get(&path)) && orr_settings_read(orr_text_get(&path), &arena, &all, &e))
    add_problem(&e, problems), all.count = 0;
  for (size_t i = 0; i < all.count; i++) read_entry(&all.pairs[i], out, problems);
  path.length = 0;
  orr_text_printf(&path, "%s/keys.lua", place->config);
  if (orr_keymap_read(keys, orr_text_get(&path), problems, &e))
    add_problem(&e, problems), orr_keymap_init(keys);
  orr_text_fini(&path);
  orr_arena_fini(&arena);
}

/* Folders that hold themes, a person's own first. */
static void theme_folder(const orr_place *place, int which, orr_text *out) {
  out->length = 0;
  orr_text_printf(out, "%s/themes", which ? place->data : place->config);
}

void orr_config_theme(const orr_place *place, const char *name, orr_theme *out, orr_text *problems) {
  orr_error e = {0};
  orr_text folder = {0}, file = {0};
  bool found = false;
  if (!*name) name = place->light ? "light" : "dark";
  for (int which = 0; which < 2 && !found; which++) {
    theme_folder(place, which, &folder);
    file.length = 0;
    orr_text_printf(&file, "%s/%s.lua", orr_text_get(&folder), name);
    if (!which && !orr_file_exists(orr_text_get(&file))) continue;
    found = !orr_theme_read(orr_text_get(&folder), name, out, &e);
    if (!found) add_problem(&e, problems);
  }
  if (!found) orr_theme_plain(out);
  orr_text_fini(&folder);
  orr_text_fini(&file);
}

typedef struct name_list {
  ORR_VECTOR(const char *) all;
} name_list;

static orr_status add_name(name_list *l, const char *file, orr_arena *arena, orr_error *e) {
  size_t n = strlen(file);
  if (n < 5 || strcmp(file + n - 4, ".lua")) return ORR_OK;
  const char *name = orr_arena_strndup(arena, file, n - 4);
  if (!name) return orr_fail_memory(e, "names of themes", n);
  for (size_t i = 0; i < l->all.count; i++)
    if (!strcmp(l->all.items[i], name)) return ORR_OK;
  ORR_PUSH(&l->all, name, e);
  return ORR_OK;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

orr_status orr_config_themes(const orr_place *place, orr_arena *arena, const char ***names, size_t *n,
                             orr_error *e) {
  name_list list = {0};
  orr_text folder = {0};
  orr_status status = ORR_OK;
  for (int which = 0; which < 2 && !status; which++) {
    theme_folder(place, which, &folder);
    DIR *d = opendir(orr_text_get(&folder));
    for (struct dirent *f; d && !status && (f = readdir(d));) status = add_name(&list, f->d_name, arena, e);
    if (d) closedir(d);
  }
  orr_text_fini(&folder);
  *n = status ? 0 : list.all.count;
  if (!status) status = orr_arena_take(arena, *n, sizeof **names, (void **)names, e);
  if (!status && *n)
    memcpy(*names, list.all.items, *n * sizeof **names), qsort(*names, *n, sizeof **names, by_text);
  orr_free(list.all.items);
  return status;
}
