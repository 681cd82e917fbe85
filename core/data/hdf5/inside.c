/* Taking "inside" apart: what exists as a path is a path, whatever signs are in it; see inside.h. */
#include "data/hdf5/inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "data/hdf5/plan.h"

enum { MOST_NAMES = 2000 };

static const char *skip_blanks(const char *s) {
  while (*s == ' ') s++;
  return s;
}

static bool whole_number(const char **s, int64_t *out) {
  char *end;
  errno = 0;
  *out = strtoll(*s, &end, 10);
  bool is = end != *s && !errno && *out > INT64_MIN;
  *s = skip_blanks(end);
  return is;
}

/* "3", ":", "1:", ":-1", "::2" */
static bool parse_slice(const char **s, orr_h5_slice *out) {
  *out = (orr_h5_slice){.step = 1};
  *s = skip_blanks(*s);
  if (**s != ':') {
    if (!whole_number(s, &out->begin)) return false;
    out->has_begin = true;
    if (**s != ':') return out->is_index = true;
  }
  *s = skip_blanks(*s + 1);
  if (**s && **s != ':' && **s != ',') {
    if (!whole_number(s, &out->end)) return false;
    out->has_end = true;
  }
  if (**s != ':') return true;
  *s = skip_blanks(*s + 1);
  return !**s || **s == ',' || whole_number(s, &out->step);
}

static orr_status parse_slices(const char *text, orr_h5_inside *out, orr_error *e) {
  const char *s = text;
  for (;;) {
    if (out->n_slices == H5S_MAX_RANK || !parse_slice(&s, &out->slices[out->n_slices]))
      return orr_fail(e, ORR_USAGE, "'[%s]' is no slice; write [0:1000], [:,3], [::10] or the like", text);
    out->n_slices++;
    if (!*s) return ORR_OK;
    if (*s++ != ',') return orr_fail(e, ORR_USAGE, "'[%s]' is no slice; parts are parted by commas", text);
  }
}

/* Parts of the path that lead out of the file, or nowhere. */
static orr_status check_links(orr_h5_reader *r, const char *path, orr_error *e) {
  char *part = orr_arena_strdup(&r->arena, path);
  if (!part) return orr_fail_memory(e, "a path", 0);
  for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
    H5L_info_t info;
    if (slash) *slash = 0;
    bool there = part[1] && H5Lexists(r->file, part, H5P_DEFAULT) > 0;
    bool external =
        there && H5Lget_info(r->file, part, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_EXTERNAL;
    H5Eclear2(H5E_DEFAULT);
    if (external)
      return orr_fail(e, ORR_DATA,
                      "%s is a link into another file; Orrery reads only the file that it was given (%s)",
                      part, r->source);
    if (!there || !slash) return ORR_OK;
    *slash = '/';
  }
}

typedef struct listing {
  orr_h5_reader *reader;
  const char **names;
  size_t count;
} listing;

static herr_t list_one(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  listing *l = context;
  (void)group, (void)info;
  const char *copy = orr_arena_strdup(&l->reader->arena, name);
  if (copy) l->names[l->count++] = copy;
  return l->count == MOST_NAMES;
}

/* The longest part of the path that exists, and what is in it. */
static orr_status no_such_object(orr_h5_reader *r, const char *text, orr_error *e) {
  listing l = {.reader = r};
  orr_text some = {0};
  char *folder = orr_arena_strdup(&r->arena, text);
  ORR_TAKE(&r->arena, l.names, MOST_NAMES, e);
  if (!folder) return orr_fail_memory(e, "a path", 0);
  const char *missing = "";
  for (char *slash; (slash = strrchr(folder, '/')); missing = slash + 1) {
    *slash = 0;
    if (!*folder || orr_h5_exists(r, folder)) {
      missing = slash + 1;
      break;
    }
  }
  H5Literate_by_name(r->file, *folder ? folder : "/", H5_INDEX_NAME, H5_ITER_INC, NULL, list_one, &l,
                     H5P_DEFAULT);
  H5Eclear2(H5E_DEFAULT);
  const char *nearest = orr_text_nearest(missing, l.names, l.count);
  for (size_t i = 0; i < l.count && i < 8; i++) orr_text_printf(&some, "%s%.60s", i ? ", " : "", l.names[i]);
  if (nearest && !strcmp(nearest, missing))
    orr_fail(e, ORR_DATA, "%s: '%.200s' is a link that leads nowhere", r->source, text);
  else if (nearest)
    orr_fail(e, ORR_DATA, "%s has no '%.200s'; did you mean '%s/%.100s'?", r->source, text, folder, nearest);
  else
    orr_fail(e, ORR_DATA, "%s has no '%.200s'; %s holds %s%s", r->source, text, *folder ? folder : "it",
             l.count ? orr_text_get(&some) : "nothing", l.count > 8 ? ", …" : "");
  orr_text_fini(&some);
  return ORR_DATA;
}

/* At the last `sign`: an object's path before it, a name after it. */
static bool split(orr_h5_reader *r, const char *text, char sign, const char **path, const char **name) {
  const char *at = strrchr(text, sign);
  if (!at || at == text || !at[1]) return false;
  *path = at == text + 1 ? "/" : orr_arena_strndup(&r->arena, text, (size_t)(at - text));
  *name = at + 1;
  return *path && orr_h5_exists(r, *path);
}

/* Dots may be in the column's name too: the longest path that exists wins. */
static bool split_column(orr_h5_reader *r, const char *text, orr_h5_inside *out) {
  const char *slash = strrchr(text, '/');
  for (const char *dot = strrchr(text, '.'); dot && dot > slash;) {
    const char *path = orr_arena_strndup(&r->arena, text, (size_t)(dot - text));
    if (path && dot[1] && orr_h5_exists(r, path)) {
      out->path = path, out->column = dot + 1;
      return true;
    }
    const char *before = dot;
    while (before > slash && *--before != '.') {}
    dot = *before == '.' ? before : NULL;
  }
  return false;
}

static orr_status find_object(orr_h5_reader *r, const char *text, orr_h5_inside *out, orr_error *e) {
  out->path = text;
  ORR_TRY(check_links(r, text, e));
  if (orr_h5_exists(r, text)) return ORR_OK;
  if (split(r, text, '@', &out->path, &out->attribute)) return ORR_OK;
  out->attribute = NULL;
  if (split_column(r, text, out)) return ORR_OK;
  return no_such_object(r, text, e);
}

/* "…[0:10]" and "…[0:10].column" without the brackets. */
static orr_status cut_slice(orr_h5_reader *r, char *text, orr_h5_inside *out, orr_error *e) {
  char *open = strrchr(text, '['), *close = open ? strchr(open, ']') : NULL;
  if (!close || (close[1] && close[1] != '.') || orr_h5_exists(r, text)) return ORR_OK;
  *close = 0;
  ORR_TRY(parse_slices(open + 1, out, e));
  memmove(open, close + 1, strlen(close + 1) + 1);
  return ORR_OK;
}

orr_status orr_h5_inside_parse(orr_h5_reader *r, const char *text, orr_h5_inside *out, orr_error *e) {
  *out = (orr_h5_inside){0};
  if (*text != '/') text = orr_arena_printf(&r->arena, "/%s", text);
  char *copy = text ? orr_arena_strdup(&r->arena, text) : NULL;
  if (!copy) return orr_fail_memory(e, "a path", 0);
  size_t n = strlen(copy);
  while (n > 1 && copy[n - 1] == '/') copy[--n] = 0;
  ORR_TRY(cut_slice(r, copy, out, e));
  return find_object(r, *copy ? copy : "/", out, e);
}
