/* The user interface's state; see ui.h. What keys do to it is in input.c. */
#include "app/tui/ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plot/rune.h"

void orr_list_move(orr_list *l, long by, size_t count, size_t shown) {
  size_t last = count ? count - 1 : 0;
  if (by < 0) l->cursor = (size_t)-by > l->cursor ? 0 : l->cursor - (size_t)-by;
  else l->cursor = (size_t)by > last - (l->cursor < last ? l->cursor : last) ? last : l->cursor + (size_t)by;
  if (l->cursor > last) l->cursor = last;
  if (!shown) shown = 1;
  if (l->first > l->cursor) l->first = l->cursor;
  if (l->cursor - l->first >= shown) l->first = l->cursor - shown + 1;
  if (l->first + shown > count) l->first = count > shown ? count - shown : 0;
}

static size_t before(const orr_line_editor *l) {
  size_t at = l->at;
  while (at && ((unsigned char)l->text[--at] & 0xc0) == 0x80) {}
  return at;
}

static size_t after(const orr_line_editor *l) {
  size_t at = l->at < l->length ? l->at + 1 : l->at;
  while (at < l->length && ((unsigned char)l->text[at] & 0xc0) == 0x80) at++;
  return at;
}

static void cut(orr_line_editor *l, size_t from, size_t to) {
  memmove(l->text + from, l->text + to, l->length - to + 1);
  l->length -= to - from;
  l->at = from;
}

static size_t word_before(const orr_line_editor *l) {
  size_t at = l->at;
  while (at && l->text[at - 1] == ' ') at--;
  while (at && l->text[at - 1] != ' ') at--;
  return at;
}

static void insert(orr_line_editor *l, uint32_t rune) {
  orr_text bytes = {0};
  orr_rune_add(&bytes, rune);
  size_t n = bytes.length;
  if (n && l->length + n < sizeof l->text) {
    memmove(l->text + l->at + n, l->text + l->at, l->length - l->at + 1);
    memcpy(l->text + l->at, bytes.data, n);
    l->length += n;
    l->at += n;
  }
  orr_text_fini(&bytes);
}

static bool edit_control(orr_line_editor *l, uint32_t letter) {
  switch (letter) {
  case 'e': return l->at = l->length, true;
  case 'u': return cut(l, 0, l->at), true;
  case 'k': return cut(l, l->at, l->length), true;
  case 'w': return cut(l, word_before(l), l->at), true;
  default: return false;
  }
}

static bool edit(orr_line_editor *l, const orr_key *key) {
  switch (key->kind) {
  case ORR_KEY_RUNE: return key->control ? edit_control(l, key->rune) : (insert(l, key->rune), true);
  case ORR_KEY_BACKSPACE: return cut(l, before(l), l->at), true;
  case ORR_KEY_DELETE: return cut(l, l->at, after(l)), true;
  case ORR_KEY_LEFT: return l->at = before(l), true;
  case ORR_KEY_RIGHT: return l->at = after(l), true;
  case ORR_KEY_HOME: return l->at = 0, true;
  case ORR_KEY_END: return l->at = l->length, true;
  case ORR_KEY_PASTE: return true;
  default: return false;
  }
}

bool orr_line_edit(orr_line_editor *l, const orr_key *key) {
  bool typed = key->kind == ORR_KEY_RUNE && !key->control;
  bool erased = key->kind == ORR_KEY_BACKSPACE || key->kind == ORR_KEY_DELETE;
  bool whole = l->chosen;
  if (whole && (typed || erased)) cut(l, 0, l->length);
  l->chosen = whole && key->kind == ORR_KEY_PASTE;
  return edit(l, key);
}

void orr_ui_say(orr_ui *ui, orr_ink ink, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(ui->message, sizeof ui->message, format, args);
  va_end(args);
  ui->message_ink = ink;
}

void orr_ui_prompt(orr_ui *ui, const char *title, const char *hint, const char *text,
                   orr_status (*accept)(orr_ui *, const char *, orr_error *)) {
  ui->prompt = (orr_prompt){.title = title, .hint = hint, .accept = accept};
  snprintf(ui->prompt.line.text, sizeof ui->prompt.line.text, "%s", text ? text : "");
  ui->prompt.line.length = ui->prompt.line.at = strlen(ui->prompt.line.text);
  ui->overlay = ORR_OVER_PROMPT;
}

void orr_ui_confirm(orr_ui *ui, const char *question, orr_status (*confirmed)(orr_ui *, orr_error *)) {
  snprintf(ui->question, sizeof ui->question, "%s", question);
  ui->confirmed = confirmed;
  ui->overlay = ORR_OVER_CONFIRM;
}

void orr_ui_words(orr_ui *ui, const char *title, const char *text) {
  ui->words.length = 0;
  orr_text_add(&ui->words, text);
  snprintf(ui->words_title, sizeof ui->words_title, "%s", title);
  ui->over = (orr_list){0};
  ui->overlay = ORR_OVER_WORDS;
}

void orr_ui_do(orr_ui *ui, const char *format, ...) {
  orr_error e = {0};
  orr_text line = {0};
  char first[256];
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(first, sizeof first, format, args);
  char *all = n > 0 ? orr_calloc((size_t)n + 1, 1) : NULL;
  if (all) vsnprintf(all, (size_t)n + 1, format, again);
  va_end(args);
  va_end(again);
  orr_status status = all && ui->workbench ? orr_workbench_do(ui->workbench, all, &e) : ORR_OK;
  if (status) orr_ui_say(ui, ORR_INK_BAD, "%s", e.message);
  else orr_ui_say(ui, ORR_INK_CODE, "%s", all ? all : first);
  orr_free(all);
  orr_text_fini(&line);
}

const orr_seen_table *orr_ui_table(const orr_ui *ui) {
  const orr_snapshot *s = ui->snapshot;
  return s && s->current < s->n_tables ? &s->tables[s->current] : NULL;
}
