/* Runs that did not come to their end; see unfinished.h. */
#include "app/unfinished.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/past_run.h"
#include "base/file.h"
#include "base/memory.h"
#include "session/begun.h"

#define MARK ".partial-"

static bool holds(const char *folder, const char *file) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/%s", folder, file);
  bool there = !path.failed && orr_file_exists(path.data);
  orr_text_fini(&path);
  return there;
}

/* ".r.partial-12" is the working folder of "r": the length of that name, or 0. */
static size_t working_stem(const char *name) {
  const char *mark = NULL;
  for (const char *p = name; (p = strstr(p, MARK)); p++) mark = p;
  bool numbered =
      mark && mark[strlen(MARK)] && !mark[strlen(MARK) + strspn(mark + strlen(MARK), "0123456789")];
  return *name == '.' && numbered ? (size_t)(mark - name) - 1 : 0;
}

static char *join(const char *folder, size_t n, const char *name, size_t length) {
  orr_text t = {0};
  orr_text_add_bytes(&t, folder, n);
  orr_text_add_bytes(&t, name, length);
  if (t.failed) orr_text_fini(&t);
  return t.data;
}

/* The newest folder that a crash has left of `final`, or of any run in its folder where `any`. */
static char *left_behind(const char *final, bool any) {
  const char *name = orr_file_name(final);
  size_t n = (size_t)(name - final);
  char *parent = n ? orr_strndup(final, n) : orr_strdup("."), *found = NULL;
  DIR *folder = parent ? opendir(parent) : NULL;
  time_t newest = 0;
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    struct stat s;
    size_t stem = working_stem(entry->d_name);
    if (!stem || (!any && (strlen(name) != stem || strncmp(entry->d_name + 1, name, stem)))) continue;
    char *path = join(final, n, entry->d_name, strlen(entry->d_name));
    bool better = path && holds(path, ORR_BEGUN_RECIPE) && !stat(path, &s) && (!found || s.st_mtime > newest);
    if (better) orr_free(found), found = path, newest = s.st_mtime;
    else orr_free(path);
  }
  if (folder) closedir(folder);
  orr_free(parent);
  return found;
}

/* Whether `path` (without a slash at its end) leads to a run. */
static bool look_at(orr_unfinished *u, const char *path) {
  const char *name = orr_file_name(path);
  size_t stem = working_stem(name);
  if (!*name) return false;
  if (holds(path, ORR_BEGUN_RECIPE)) {
    u->folder = orr_strdup(path);
    u->final = stem ? join(path, (size_t)(name - path), name + 1, stem) : orr_strdup(path);
    return true;
  }
  bool finished = holds(path, "run.json");
  if (!finished) u->folder = left_behind(path, false);
  if (!finished && !u->folder) return false;
  u->final = orr_strdup(path);
  return true;
}

/* The newest that a crash has left under runs/. */
static bool look_for_last(orr_unfinished *u) {
  char *folder = left_behind("runs/", true);
  bool found = folder && look_at(u, folder);
  orr_free(folder);
  return found;
}

static bool look_everywhere(orr_unfinished *u, const char *word, const orr_place *place) {
  orr_past past;
  orr_text named = {0};
  size_t n = strlen(word);
  while (n > 1 && word[n - 1] == '/') n--;
  char *path = orr_strndup(word, n);
  orr_text_printf(&named, "runs/%s", path ? path : "");
  bool found = path && (look_at(u, path) || (!named.failed && look_at(u, named.data)));
  if (!found && !strcmp(word, "last")) found = look_for_last(u);
  if (!found && !orr_past_open(&past, word, place, NULL))
    found = look_at(u, past.folder), orr_past_fini(&past);
  orr_free(path);
  orr_text_fini(&named);
  return found;
}

/* What it is run from: of a session by hand its journal. */
static char *recipe_of(const orr_unfinished *u) {
  bool session = orr_json_is_true(orr_json_get(u->run, "session"));
  const char *file = !session                              ? ORR_BEGUN_RECIPE
                     : holds(u->folder, ORR_BEGUN_JOURNAL) ? ORR_BEGUN_JOURNAL
                                                           : "journal.lua";
  orr_text path = {0};
  orr_text_printf(&path, "%s/%s", u->folder, file);
  if (path.failed) orr_text_fini(&path);
  return path.data;
}

orr_status orr_unfinished_find(orr_unfinished *u, const char *word, const orr_place *place, orr_error *e) {
  *u = (orr_unfinished){0};
  if (!look_everywhere(u, word, place))
    return orr_fail(e, ORR_USAGE, "no run '%.200s', nor a part of one; `orrery runs` lists those that ended",
                    word);
  if (!u->final) return orr_fail_memory(e, "a path", 0);
  if (!u->folder) return ORR_OK;
  ORR_TRY(orr_begun_read(u->folder, &u->run, e));
  u->recipe = recipe_of(u);
  return u->recipe ? ORR_OK : orr_fail_memory(e, "a path", 0);
}

void orr_unfinished_fini(orr_unfinished *u) {
  orr_free(u->folder);
  orr_free(u->final);
  orr_free(u->recipe);
  orr_json_free(u->run);
}
