/* Finding recipes; see recipe_file.h. */
#include "app/recipe_file.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "session/fold.h"

enum { MOST_RECIPE = 4 << 20, MOST_NAMES = 256 };

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

orr_status orr_recipe_names(const orr_place *place, orr_arena *arena, const char ***names, size_t *n,
                            orr_error *e) {
  char *path = orr_arena_printf(arena, "%s/recipes", place->data);
  DIR *folder = path ? opendir(path) : NULL;
  if (!folder)
    return orr_fail(e, ORR_SYSTEM,
                    "the shipped recipes are not at '%s'; set ORRERY_DATA to the folder that holds recipes/",
                    path ? path : "");
  orr_status status = orr_arena_take(arena, MOST_NAMES, sizeof **names, (void **)names, e);
  *n = 0;
  for (struct dirent *entry; !status && (entry = readdir(folder)) && *n < MOST_NAMES;) {
    size_t length = strlen(entry->d_name);
    if (length < 5 || strcmp(entry->d_name + length - 4, ".lua")) continue;
    if (!((*names)[(*n)++] = orr_arena_strndup(arena, entry->d_name, length - 4)))
      status = orr_fail_memory(e, "names", 0);
  }
  closedir(folder);
  if (!status) qsort(*names, *n, sizeof **names, by_bytes);
  return status;
}

static orr_status unknown_recipe(const char *word, const orr_place *place, orr_error *e) {
  orr_arena arena = {0};
  const char **names, *nearest = NULL;
  size_t n = 0;
  orr_text all = {0};
  if (!orr_recipe_names(place, &arena, &names, &n, NULL)) nearest = orr_text_nearest(word, names, n);
  for (size_t i = 0; i < n; i++) orr_text_printf(&all, "%s%s", i ? ", " : "", names[i]);
  if (nearest) orr_fail(e, ORR_USAGE, "no recipe '%.80s'; did you mean '%s'?", word, nearest);
  else
    orr_fail(e, ORR_USAGE, "no recipe '%.80s'; shipped are %s (or name a .lua file)", word,
             orr_text_get(&all));
  orr_text_fini(&all);
  orr_arena_fini(&arena);
  return ORR_USAGE;
}

static bool is_folder(const char *path) {
  struct stat s;
  return !stat(path, &s) && S_ISDIR(s.st_mode);
}

/* A word with '/' or ".lua" is a path; else a shipped name comes before a file of that name. */
static orr_status locate(const char *word, const orr_place *place, orr_arena *arena, const char **path,
                         orr_error *e) {
  size_t n = strlen(word);
  bool is_path = strchr(word, '/') || (n > 4 && !strcmp(word + n - 4, ".lua"));
  char *shipped = orr_arena_printf(arena, "%s/recipes/%s.lua", place->data, word);
  char *kept = orr_arena_printf(arena, "%s/recipe.lua", word);
  if (!shipped || !kept) return orr_fail_memory(e, "a path", 0);
  if (!is_path && orr_file_exists(shipped)) return *path = shipped, ORR_OK;
  if (is_folder(word) && orr_file_exists(kept)) return *path = kept, ORR_OK;
  if (orr_file_exists(word)) return *path = word, ORR_OK;
  if (is_path) return orr_fail(e, ORR_USAGE, "no recipe file '%.200s'", word);
  return unknown_recipe(word, place, e);
}

/* Of the file, or what its header says. It becomes part of a folder's name and a line of the header: a plain word. */
static char *name_of(const char *path, const orr_header *h) {
  const char *file = orr_file_name(path), *dot = strrchr(file, '.');
  char *name =
      h->recipe ? orr_strdup(h->recipe) : orr_strndup(file, dot ? (size_t)(dot - file) : strlen(file));
  for (char *c = name; c && *c; c++)
    if ((unsigned char)*c < ' ' || *c == 0x7f || strchr("/\"\\", *c)) *c = '_';
  return name;
}

/* A journal that was left by somebody's hand is run without what was taken back. */
static orr_status fold(orr_recipe_file *f, orr_error *e) {
  orr_folded folded;
  orr_text text = {0};
  ORR_TRY(orr_fold(orr_text_get(&f->text), &f->arena, &folded, e));
  if (!folded.changed) return ORR_OK;
  orr_folded_print(&folded, false, &text);
  orr_text_fini(&f->text);
  f->text = text;
  ORR_TRY(orr_text_check(&f->text, e));
  return orr_header_parse(orr_text_get(&f->text), &f->arena, &f->header, e);
}

orr_status orr_recipe_file_read(orr_recipe_file *f, const char *word, const orr_place *place, orr_error *e) {
  const char *path = NULL;
  char real[PATH_MAX];
  *f = (orr_recipe_file){0};
  ORR_TRY(locate(word, place, &f->arena, &path, e));
  if (!realpath(path, real)) return orr_fail_errno(e, "cannot open '%s'", path);
  orr_status status = orr_file_read_path(real, MOST_RECIPE, &f->text, e);
  if (status == ORR_DATA) return e->status = ORR_USAGE;
  ORR_TRY(status);
  if (strlen(orr_text_get(&f->text)) != f->text.length)
    return orr_fail(e, ORR_RECIPE, "'%s' is no recipe: it holds binary data; recipes are Lua text", path);
  f->path = orr_strdup(real);
  f->folder = orr_strndup(real, (size_t)(orr_file_name(real) - real));
  ORR_TRY(orr_header_parse(orr_text_get(&f->text), &f->arena, &f->header, e));
  if (f->header.is_journal) ORR_TRY(fold(f, e));
  f->name = name_of(real, &f->header);
  return f->path && f->folder && f->name ? ORR_OK : orr_fail_memory(e, "a path", 0);
}

void orr_recipe_file_fini(orr_recipe_file *f) {
  orr_free(f->path);
  orr_free(f->folder);
  orr_free(f->name);
  orr_text_fini(&f->text);
  orr_arena_fini(&f->arena);
}

orr_status orr_recipe_file_open(const orr_recipe_file *f, const orr_place *place, uint64_t seed,
                                orr_control *control, orr_recipe *out, orr_error *e) {
  orr_text sugar = {0};
  orr_text_printf(&sugar, "%s/lua/orrery", place->data);
  orr_recipe_place where = {.name = f->name,
                            .shown = orr_file_name(f->path),
                            .sugar = orr_text_get(&sugar),
                            .seed = seed,
                            .control = control};
  orr_status status = orr_recipe_open(out, f->header.body, f->header.is_journal, &where, e);
  orr_text_fini(&sugar);
  return status;
}
