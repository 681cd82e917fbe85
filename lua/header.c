/* The header of a kept recipe; see header.h. */
#include "lua/header.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "session/steered.h"

static void skip_blanks(const char **p) { *p += strspn(*p, " \t"); }

/* A word up to one of `ends`, or a quoted Lua string. */
static orr_status take_text(const char **p, const char *ends, orr_arena *arena, const char **out,
                            orr_error *e) {
  if (**p != '"') {
    size_t n = strcspn(*p, ends);
    *out = orr_arena_strndup(arena, *p, n);
    *p += n;
    return *out ? ORR_OK : orr_fail_memory(e, "a header", n);
  }
  char *made = orr_arena_strdup(arena, *p), *to = made;
  if (!made) return orr_fail_memory(e, "a header", 0);
  for (++*p; **p && **p != '"'; ++*p) {
    if (**p != '\\') {
      *to++ = **p;
    } else if (isdigit((unsigned char)(*p)[1])) {
      int code = 0, digits = 0;
      while (digits < 3 && isdigit((unsigned char)(*p)[1])) code = code * 10 + *++*p - '0', digits++;
      if (!code || code > 255) return orr_fail(e, ORR_RECIPE, "header: \\%d is no byte of a text", code);
      *to++ = (char)code;
    } else if (*++*p) {
      *to++ = **p == 'n' ? '\n' : **p;
    } else break;
  }
  *to = 0;
  *out = made;
  return *(*p)++ == '"' ? ORR_OK : orr_fail(e, ORR_RECIPE, "header: a text is not closed");
}

static orr_status take_count(const char **p, uint64_t *out, orr_error *e) {
  char *end;
  errno = 0;
  *out = strtoull(*p, &end, 10);
  if (!isdigit((unsigned char)**p) || errno)
    return orr_fail(e, ORR_RECIPE, "header: '%.40s' is no whole number", *p);
  *p = end;
  return ORR_OK;
}

/* A text that may have been a name: then '=' and another text follow. */
static orr_status take_named(const char **p, orr_arena *arena, orr_source *out, orr_error *e) {
  ORR_TRY(take_text(p, " \t=", arena, &out->path, e));
  if (**p != '=') return ORR_OK;
  ++*p;
  out->name = out->path;
  return take_text(p, " \t", arena, &out->path, e);
}

static orr_status take_options(const char **p, orr_arena *arena, orr_value *out, orr_error *e) {
  orr_status status = orr_value_from_json(*p, arena, out, e);
  if (status) return orr_fail(e, ORR_RECIPE, "header: '%.40s' is no JSON object", *p);
  *p += strlen(*p);
  return ORR_OK;
}

static orr_status take_source(const char **p, bool bundled, orr_arena *arena, orr_source *out, orr_error *e) {
  *out = (orr_source){.name = "", .bundled = bundled};
  ORR_TRY(take_named(p, arena, out, e));
  if (!*out->path)
    return orr_fail(e, ORR_RECIPE, "header: --@%s names no file", bundled ? "bundled" : "data");
  skip_blanks(p);
  if (!strncmp(*p, "xxh3:", 5)) {
    *p += 5;
    ORR_TRY(take_text(p, " \t", arena, &out->expected, e));
  }
  skip_blanks(p);
  return **p == '{' ? take_options(p, arena, &out->options, e) : ORR_OK;
}

static orr_status take_setting(const char **p, orr_arena *arena, orr_setting *out, orr_error *e) {
  ORR_TRY(take_text(p, "=", arena, &out->key, e));
  if (*(*p)++ != '=') return orr_fail(e, ORR_RECIPE, "header: '--@set %.40s' has no value", out->key);
  return take_text(p, "", arena, &out->text, e);
}

static orr_status take_stop(const char **p, orr_arena *arena, orr_stop *out, orr_error *e) {
  uint64_t count;
  ORR_TRY(take_text(p, " \t", arena, &out->slot, e));
  skip_blanks(p);
  bool models = !strncmp(*p, "models ", 7);
  if (models) *p += 7;
  ORR_TRY(take_count(p, &count, e));
  *(models ? &out->models : &out->step) = count;
  return count ? ORR_OK : orr_fail(e, ORR_RECIPE, "header: '--@stop %.40s' has no step", out->slot);
}

/* Those of a journal's lines are in its header as well, once it was saved. */
static void add_control(orr_header *h, const orr_steered *c) {
  size_t at = h->n_controls;
  for (size_t i = 0; i < h->n_controls; i++)
    if (orr_steered_is_same(&h->controls[i], c)) return;
  for (; at && h->controls[at - 1].change.step > c->change.step; at--) h->controls[at] = h->controls[at - 1];
  h->controls[at] = *c;
  h->n_controls++;
}

static orr_status take_control(const char **p, orr_arena *arena, orr_header *h, orr_error *e) {
  orr_steered c;
  orr_value dict;
  ORR_TRY(take_text(p, " \t", arena, &c.slot, e));
  skip_blanks(p);
  ORR_TRY(take_options(p, arena, &dict, e));
  if (orr_steered_read(&dict, &c, e)) return orr_fail_in(e, "header"), e->status = ORR_RECIPE;
  add_control(h, &c);
  return ORR_OK;
}

static orr_status take_word(const char *word, const char **p, orr_arena *arena, orr_header *h, orr_error *e) {
  uint64_t version;
  if (!strcmp(word, "journal")) return h->is_journal = true, take_count(p, &version, e);
  if (!strcmp(word, "data")) return take_source(p, false, arena, &h->sources[h->n_sources++], e);
  if (!strcmp(word, "bundled")) return take_source(p, true, arena, &h->sources[h->n_sources++], e);
  if (!strcmp(word, "file")) return take_source(p, false, arena, &h->files[h->n_files++], e);
  if (!strcmp(word, "where")) return take_text(p, "", arena, &h->where, e);
  if (!strcmp(word, "recipe")) return take_text(p, "", arena, &h->recipe, e);
  if (!strcmp(word, "request")) return take_text(p, "", arena, &h->request, e);
  if (!strcmp(word, "set")) return take_setting(p, arena, &h->settings[h->n_settings++], e);
  if (!strcmp(word, "stop")) return take_stop(p, arena, &h->stops[h->n_stops++], e);
  if (!strcmp(word, "control")) return take_control(p, arena, h, e);
  if (!strcmp(word, "seed")) return h->has_seed = true, take_count(p, &h->seed, e);
  return orr_fail(e, ORR_RECIPE,
                  "header: '--@%.40s' is not known; known are recipe, request, data, bundled, file, where, "
                  "seed, set, stop, control",
                  word);
}

static orr_status take_line(const char *line, orr_arena *arena, orr_header *h, orr_error *e) {
  const char *word, *p = line;
  ORR_TRY(take_text(&p, " \t", arena, &word, e));
  skip_blanks(&p);
  ORR_TRY(take_word(word, &p, arena, h, e));
  skip_blanks(&p);
  return *p ? orr_fail(e, ORR_RECIPE, "header: --@%s is followed by '%.40s', which is not understood", word,
                       p)
            : ORR_OK;
}

/* A journal that was never saved has its steering in lines of its own. */
static orr_status take_journal_lines(orr_header *h, orr_arena *arena, orr_error *e) {
  for (const char *p = h->body; h->is_journal && *p; p += *p == '\n') {
    size_t n = strcspn(p, "\n");
    orr_steered c;
    bool found = false;
    if (!strncmp(p, "o.control", 9)) {
      char *line = orr_arena_strndup(arena, p, n);
      if (!line) return orr_fail_memory(e, "a journal", n);
      ORR_TRY(orr_steered_parse_line(line, arena, &c, &found, e));
    }
    c.change.cause = ORR_CAUSE_LIVE;
    if (found) add_control(h, &c);
    p += n;
  }
  return ORR_OK;
}

orr_status orr_header_parse(const char *text, orr_arena *arena, orr_header *out, orr_error *e) {
  size_t lines = 1;
  for (const char *p = text; *p; p++) lines += *p == '\n';
  *out = (orr_header){0};
  ORR_TAKE(arena, out->sources, lines, e);
  ORR_TAKE(arena, out->files, lines, e);
  ORR_TAKE(arena, out->settings, lines, e);
  ORR_TAKE(arena, out->stops, lines, e);
  ORR_TAKE(arena, out->controls, lines, e);
  for (; !strncmp(text, "--@", 3); text += *text == '\n') {
    size_t n = strcspn(text, "\r\n");
    char *line = orr_arena_strndup(arena, text + 3, n - 3);
    if (!line) return orr_fail_memory(e, "a header", n);
    ORR_TRY(take_line(line, arena, out, e));
    text += n + (text[n] == '\r');
  }
  out->body = text;
  return take_journal_lines(out, arena, e);
}

void orr_header_add_setting(const char *key, const orr_value *v, orr_text *out) {
  orr_json *list;
  orr_text_printf(out, "--@set %s=", key);
  switch (v->kind) {
  case ORR_STRING: orr_text_add_lua_string(out, v->string); break;
  case ORR_BOOLEAN: orr_text_add(out, v->boolean ? "true" : "false"); break;
  case ORR_LIST:
    list = orr_json_new_array();
    for (size_t i = 0; i < v->count; i++) orr_json_push(list, orr_json_new_string(v->items[i].string));
    if (orr_json_print(list, false, out, NULL)) out->failed = true;
    orr_json_free(list);
    break;
  default: orr_text_add_number(out, orr_value_to_number(v));
  }
  orr_text_add(out, "\n");
}
