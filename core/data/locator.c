/* Locators; see locator.h. What exists decides, not how a name looks. */
#include "data/locator.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

/* Something that has bytes: a file, a pipe, but not a folder. */
static bool is_file(const char *path) {
  struct stat s;
  return !stat(path, &s) && !S_ISDIR(s.st_mode);
}

static bool exists(const char *path) {
  struct stat s;
  return !stat(path, &s);
}

/* The first n bytes name the file, what begins at `inside` the place in it ("": nothing is named). */
static orr_status cut(const char *src, size_t n, const char *inside, orr_arena *arena, orr_locator *out,
                      orr_error *e) {
  out->file = orr_arena_strndup(arena, src, n);
  out->inside = *inside ? orr_arena_strdup(arena, inside) : NULL;
  return out->file && (out->inside || !*inside) ? ORR_OK : orr_fail_memory(e, "a path", strlen(src));
}

/* The longest FILE of "FILE:/inside", "FILE/inside" or "FILE:" that exists; 0: none does. */
static size_t find_file(const char *src, orr_arena *arena, orr_error *e, orr_status *status) {
  char *part = orr_arena_strdup(arena, src);
  if (!part) return *status = orr_fail_memory(e, "a path", strlen(src)), 0;
  for (size_t n = strlen(src); n > 1; n--) {
    bool colon = src[n - 1] == ':' && (src[n] == '/' || !src[n]), slash = src[n - 1] == '/';
    part[n - 1] = 0;
    if ((colon || slash) && is_file(part)) return n - 1;
  }
  return 0;
}

/* A near miss of a file that exists: "x.h5:events". */
static orr_status hint(const char *src, orr_arena *arena, orr_error *e) {
  for (const char *colon = src; (colon = strchr(colon, ':')); colon++) {
    char *file = orr_arena_strndup(arena, src, (size_t)(colon - src));
    if (file && is_file(file))
      return orr_fail(e, ORR_DATA, "there is no '%s'; for what is inside a file write %s:/%s", src, file,
                      colon + 1);
  }
  return ORR_OK;
}

/* "FILE:/inside" by its looks; "https://" is no FILE. */
static const char *separator(const char *src) {
  const char *colon = strstr(src, ":/");
  while (colon && (colon == src || colon[2] == '/')) colon = strstr(colon + 1, ":/");
  return colon;
}

orr_status orr_locator_parse(const char *src, orr_arena *arena, orr_locator *out, orr_error *e) {
  orr_status status = ORR_OK;
  *out = (orr_locator){0};
  if (!*src) return orr_fail(e, ORR_USAGE, "the name of a file is missing");
  if (!strcmp(src, "-") || exists(src)) return cut(src, strlen(src), "", arena, out, e);
  size_t n = find_file(src, arena, e, &status);
  ORR_TRY(status);
  if (n) return cut(src, n, src + n + (src[n] == ':'), arena, out, e);
  ORR_TRY(hint(src, arena, e));
  const char *colon = separator(src);
  n = colon ? (size_t)(colon - src) : strlen(src);
  return cut(src, n, colon ? colon + 1 : "", arena, out, e);
}
