/* Sessions that a crash has left under runs/: working folders that nobody holds,
 * with a journal whose data is the one that is asked for. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/plan.h"
#include "app/workbench/workbench.h"
#include "base/file.h"
#include "session/begun.h"
#include "session/fold.h"

enum { MOST_JOURNAL = 1 << 26 };

/* A working folder is locked as long as somebody makes it. */
static bool is_held(const char *folder) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB);
  if (fd >= 0) close(fd);
  return held;
}

static bool is_session(const char *folder) {
  orr_json *run;
  if (orr_begun_read(folder, &run, NULL)) return false;
  bool is = orr_json_is_true(orr_json_get(run, "session"));
  orr_json_free(run);
  return is;
}

/* The file, if it is there: when it was written last. */
static bool look(const char *folder, const char *name, orr_text *path, struct timespec *when) {
  struct stat s;
  orr_text_fini(path);
  orr_text_printf(path, "%s/%s", folder, name);
  if (path->failed || stat(path->data, &s)) return false;
  *when = s.st_mtim;
  return true;
}

static bool read_journal(const char *folder, orr_text *out, struct timespec *when) {
  orr_text path = {0};
  bool there = look(folder, ORR_BEGUN_JOURNAL, &path, when) || look(folder, "journal.lua", &path, when);
  there = there && !orr_file_read_path(path.data, MOST_JOURNAL, out, NULL);
  orr_text_fini(&path);
  return there;
}

typedef struct looking {
  const orr_source *source; /* NULL: sessions over any data */
  orr_left_session found;
  struct timespec when;
} looking;

/* "s.fit1 = o.fit" of "s.fit1 = o.fit { … }", the last that stands. */
static void say_last(const orr_folded *f, char *out, size_t size) {
  for (size_t i = f->n; i--;) {
    const orr_folded_line *line = &f->lines[i];
    if (!line->is_command || line->state) continue;
    size_t n = strcspn(line->text, "{");
    while (n && line->text[n - 1] == ' ') n--;
    snprintf(out, size, "%.*s", (int)n, line->text);
    return;
  }
}

/* What it is, if it is of this data. One whose only line is its data has lost nothing. */
static bool is_of(const char *journal, const orr_source *source, orr_left_session *out) {
  orr_arena arena = {0};
  orr_folded folded;
  orr_header h = {0};
  bool fits = !orr_fold(journal, &arena, &folded, NULL) && !orr_header_parse(journal, &arena, &h, NULL);
  if (fits && source) fits = h.n_sources && !h.sources[0].bundled && !strcmp(h.sources[0].path, source->path);
  fits = fits && folded.commands > (h.n_sources ? 1 : 0);
  if (fits) {
    out->lines = folded.commands;
    if (h.n_sources) snprintf(out->data, sizeof out->data, "%s", orr_file_name(h.sources[0].path));
    say_last(&folded, out->last, sizeof out->last);
  }
  orr_arena_fini(&arena);
  return fits;
}

static bool is_later(const struct timespec *a, const struct timespec *b) {
  return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static void look_at(looking *l, const char *folder) {
  orr_text journal = {0};
  struct timespec when;
  orr_left_session seen = {0};
  bool better = is_session(folder) && !is_held(folder) && read_journal(folder, &journal, &when) &&
                (!l->found.folder || is_later(&when, &l->when)) &&
                is_of(orr_text_get(&journal), l->source, &seen);
  orr_text_fini(&journal);
  if (!better || !(seen.folder = orr_strdup(folder))) return;
  orr_free(l->found.folder);
  seen.when = when.tv_sec;
  l->found = seen, l->when = when;
}

static void look_around(looking *l) {
  DIR *runs = opendir("runs");
  for (struct dirent *entry; runs && (entry = readdir(runs));) {
    orr_text path = {0};
    if (*entry->d_name != '.' || !strstr(entry->d_name, ".partial-")) continue;
    orr_text_printf(&path, "runs/%s", entry->d_name);
    if (!path.failed) look_at(l, path.data);
    orr_text_fini(&path);
  }
  if (runs) closedir(runs);
}

bool orr_workbench_unfinished(const char *source, orr_left_session *out) {
  orr_arena arena = {0};
  orr_words data = {.items = &source, .count = source && *source ? 1 : 0};
  orr_source *given;
  size_t n;
  looking l = {0};
  bool sound = !orr_plan_given(&data, NULL, &arena, &given, &n, NULL);
  if (sound) l.source = n ? given : NULL, look_around(&l);
  orr_arena_fini(&arena);
  *out = l.found;
  return l.found.folder != NULL;
}
