/* Names of files completed in a line that is typed, as a shell does. Folders end
 * with a slash; files that are hidden are offered to who types the dot. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/tui/ui.h"

/* The names so far agree in their first `n` bytes. */
typedef struct common {
  char name[256];
  size_t n, count;
} common;

static void add_name(common *c, const char *name) {
  size_t n = 0;
  if (!c->count++) {
    snprintf(c->name, sizeof c->name, "%s", name);
    c->n = strlen(c->name);
    return;
  }
  while (n < c->n && c->name[n] == name[n]) n++;
  while (n && ((unsigned char)c->name[n] & 0xc0) == 0x80) n--; /* never within a rune */
  c->n = n;
}

static void find_names(const char *folder, const char *begin, common *out) {
  DIR *d = opendir(*folder ? folder : ".");
  size_t n = strlen(begin);
  for (struct dirent *entry; d && (entry = readdir(d));) {
    const char *name = entry->d_name;
    bool self = !strcmp(name, ".") || !strcmp(name, "..");
    if (self || strncmp(name, begin, n) || (*name == '.' && *begin != '.')) continue;
    add_name(out, name);
  }
  if (d) closedir(d);
}

static bool is_folder(const char *folder, const char *name) {
  char path[1400];
  struct stat facts;
  snprintf(path, sizeof path, "%s%s", folder, name);
  return !stat(path, &facts) && S_ISDIR(facts.st_mode);
}

void orr_line_complete_path(orr_line_editor *l) {
  char folder[sizeof l->text];
  common found = {0};
  if (l->at != l->length) return;
  const char *slash = strrchr(l->text, '/'), *begin = slash ? slash + 1 : l->text;
  snprintf(folder, sizeof folder, "%.*s", (int)(begin - l->text), l->text);
  size_t kept = (size_t)(begin - l->text);
  find_names(folder, begin, &found);
  if (!found.count || kept + found.n + 2 > sizeof l->text) return;
  found.name[found.n] = 0;
  bool ends = found.count == 1 && is_folder(folder, found.name);
  l->length =
      kept + (size_t)snprintf(l->text + kept, sizeof l->text - kept, "%s%s", found.name, ends ? "/" : "");
  l->at = l->length;
}
