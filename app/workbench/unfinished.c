/* Sessions that a crash has left under runs/: working folders that nobody holds,
 * with a journal whose data is the one that is asked for. */
#include <dirent.h>
#include <fcntl.h>
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

/* How many lines it has, if it is of this data. */
static bool is_of(const char *journal, const orr_source *source, size_t *lines) {
  orr_arena arena = {0};
  orr_folded folded;
  orr_header h = {0};
  bool same = !orr_fold(journal, &arena, &folded, NULL) && !orr_header_parse(journal, &arena, &h, NULL);
  if (same && source) same = h.n_sources && !h.sources[0].bundled && !strcmp(h.sources[0].path, source->path);
  else if (same) same = !h.n_sources;
  if (same) *lines = folded.commands;
  orr_arena_fini(&arena);
  return same;
}

typedef struct looking {
  const orr_source *source; /* NULL: sessions that were begun without data */
  char *folder;
  size_t lines;
  struct timespec when;
} looking;

static bool is_later(const struct timespec *a, const struct timespec *b) {
  return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* One whose only line is its data has lost nothing. */
static void look_at(looking *l, const char *folder) {
  orr_text journal = {0};
  struct timespec when;
  size_t lines = 0;
  bool better = is_session(folder) && !is_held(folder) && read_journal(folder, &journal, &when) &&
                (!l->folder || is_later(&when, &l->when)) &&
                is_of(orr_text_get(&journal), l->source, &lines) && lines > (l->source ? 1 : 0);
  orr_text_fini(&journal);
  char *found = better ? orr_strdup(folder) : NULL;
  if (!found) return;
  orr_free(l->folder);
  l->folder = found, l->lines = lines, l->when = when;
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

bool orr_workbench_unfinished(const orr_place *place, const char *source, char **folder, size_t *lines) {
  orr_arena arena = {0};
  orr_words data = {.items = &source, .count = source && *source ? 1 : 0};
  orr_source *given;
  size_t n;
  looking l = {0};
  (void)place;
  bool sound = !orr_plan_given(&data, NULL, &arena, &given, &n, NULL);
  if (sound) l.source = n ? given : NULL, look_around(&l);
  orr_arena_fini(&arena);
  *folder = l.folder;
  *lines = l.lines;
  return l.folder != NULL;
}
