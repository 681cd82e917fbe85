/* A reader of pickles, protocols 0 to 5; see pickle.h. The opcodes: Python's Lib/pickletools.py. */
#include "data/hdf5/pickle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vector.h"
#include "data/hdf5/attribute.h"

enum { NODES = 256 }; /* taken from the arena at once */

typedef struct machine {
  orr_arena *arena;
  const unsigned char *at, *end;
  ORR_VECTOR(orr_h5_pickle *) stack;
  ORR_VECTOR(orr_h5_pickle *) memo;
  orr_h5_pickle *free;
  size_t n_free;
  orr_error *e;
} machine;

static orr_status broken(machine *m) {
  return orr_fail(m->e, ORR_DATA, "a pickle is damaged, or holds more than values");
}

static orr_status push(machine *m, orr_h5_pickle *p) {
  ORR_PUSH(&m->stack, p, m->e);
  return ORR_OK;
}

static orr_status make(machine *m, orr_h5_pickle_kind kind, orr_h5_pickle **out) {
  if (!m->n_free) {
    ORR_TAKE(m->arena, m->free, NODES, m->e);
    m->n_free = NODES;
  }
  *out = m->free++;
  m->n_free--;
  (*out)->kind = kind;
  return push(m, *out);
}

static orr_h5_pickle *pop(machine *m) { return m->stack.count ? m->stack.items[--m->stack.count] : NULL; }

static orr_status add_item(machine *m, orr_h5_pickle *list, orr_h5_pickle *item) {
  if (list->count == list->capacity) {
    size_t want = list->capacity ? 2 * list->capacity : 4;
    orr_h5_pickle **grown;
    ORR_TAKE(m->arena, grown, want, m->e);
    if (list->count) memcpy(grown, list->items, list->count * sizeof *grown);
    list->items = grown, list->capacity = want;
  }
  list->items[list->count++] = item;
  return ORR_OK;
}

static bool take(machine *m, size_t n, const unsigned char **out) {
  *out = m->at;
  if ((size_t)(m->end - m->at) < n) return false;
  m->at += n;
  return true;
}

/* A little-endian number of so many bytes. */
static bool take_number(machine *m, size_t bytes, uint64_t *out) {
  const unsigned char *b;
  *out = 0;
  if (!take(m, bytes, &b)) return false;
  for (size_t i = 0; i < bytes; i++) *out |= (uint64_t)b[i] << (8 * i);
  return true;
}

static char *take_line(machine *m) {
  const unsigned char *start = m->at, *end = memchr(start, '\n', (size_t)(m->end - m->at));
  if (!end) return NULL;
  m->at = end + 1;
  return orr_arena_strndup(m->arena, (const char *)start, (size_t)(end - start));
}

static orr_status push_integer(machine *m, int64_t value, orr_h5_pickle_kind kind) {
  orr_h5_pickle *p;
  ORR_TRY(make(m, kind, &p));
  p->integer = value, p->number = (double)value;
  return ORR_OK;
}

static orr_status push_number(machine *m, double value) {
  orr_h5_pickle *p;
  ORR_TRY(make(m, ORR_H5_PICKLE_FLOAT, &p));
  p->number = value;
  return ORR_OK;
}

static orr_status push_text(machine *m, const char *s, size_t n) {
  orr_h5_pickle *p;
  ORR_TRY(make(m, ORR_H5_PICKLE_TEXT, &p));
  p->count = n;
  p->text = orr_arena_strndup(m->arena, s, n);
  return p->text ? ORR_OK : orr_fail_memory(m->e, "a text", n);
}

static orr_status push_sized_text(machine *m, size_t bytes) {
  uint64_t n;
  const unsigned char *s;
  if (!take_number(m, bytes, &n) || n > (uint64_t)(m->end - m->at) || !take(m, (size_t)n, &s))
    return broken(m);
  return push_text(m, (const char *)s, (size_t)n);
}

/* "V": Latin-1 with \uXXXX and \UXXXXXXXX. */
static orr_status push_escaped(machine *m) {
  const char *s = take_line(m);
  orr_text t = {0};
  if (!s) return broken(m);
  while (*s) {
    size_t digits = s[0] == '\\' && s[1] == 'u' ? 4 : s[0] == '\\' && s[1] == 'U' ? 8 : 0;
    char hex[9] = "", *end = hex;
    if (digits && strlen(s + 2) >= digits) memcpy(hex, s + 2, digits);
    unsigned long c = strtoul(hex, &end, 16);
    bool escape = digits && end == hex + digits && c < 0x110000;
    orr_h5_add_character(&t, escape ? (uint32_t)c : (unsigned char)*s);
    s += escape ? 2 + digits : 1;
  }
  orr_status status = orr_text_check(&t, m->e);
  if (!status) status = push_text(m, orr_text_get(&t), t.length);
  orr_text_fini(&t);
  return status;
}

/* "S": a quoted text; escapes stay as they are written. */
static orr_status push_quoted(machine *m) {
  char *s = take_line(m);
  size_t n = s ? strlen(s) : 0;
  if (n < 2 || (*s != '\'' && *s != '"') || s[n - 1] != *s) return broken(m);
  return push_text(m, s + 1, n - 2);
}

static orr_status push_line_number(machine *m, bool floating) {
  char *s = take_line(m), *end;
  if (!s || !*s) return broken(m);
  if (floating) return push_number(m, strtod(s, &end));
  if (!strcmp(s, "00") || !strcmp(s, "01")) return push_integer(m, s[1] == '1', ORR_H5_PICKLE_BOOLEAN);
  errno = 0;
  int64_t value = strtoll(s, &end, 10);
  return errno ? push_number(m, strtod(s, NULL)) : push_integer(m, value, ORR_H5_PICKLE_INTEGER);
}

static orr_status push_binary_float(machine *m) {
  const unsigned char *b;
  uint64_t bits = 0;
  double value;
  if (!take(m, 8, &b)) return broken(m);
  for (int i = 0; i < 8; i++) bits = bits << 8 | b[i];
  memcpy(&value, &bits, sizeof value);
  return push_number(m, value);
}

/* "LONG1": a number of any length; those beyond 64 bits as their nearest float. */
static orr_status push_long(machine *m) {
  uint64_t n;
  const unsigned char *b;
  double value = 0;
  int64_t whole = 0;
  if (!take_number(m, 1, &n) || !take(m, (size_t)n, &b)) return broken(m);
  bool negative = n && b[n - 1] & 0x80;
  for (size_t i = (size_t)n; i-- > 0;) {
    value = value * 256 + (negative ? b[i] ^ 0xff : b[i]);
    if (i < 8) whole = (int64_t)((uint64_t)whole << 8 | (negative ? b[i] ^ 0xff : b[i]));
  }
  if (n <= 8) return push_integer(m, negative ? -whole - 1 : whole, ORR_H5_PICKLE_INTEGER);
  return push_number(m, negative ? -value - 1 : value);
}

static size_t find_mark(const machine *m) {
  size_t i = m->stack.count;
  while (i > 0 && m->stack.items[i - 1]->kind != ORR_H5_PICKLE_MARK) i--;
  return i; /* one after the mark; 0: there is none */
}

/* What lies above the mark goes into `list`, or into a new one. */
static orr_status gather(machine *m, bool into_existing) {
  size_t first = find_mark(m), n = m->stack.count;
  orr_h5_pickle *list;
  if (!first || (into_existing && first < 2)) return broken(m);
  if (into_existing) list = m->stack.items[first - 2];
  else ORR_TRY(make(m, ORR_H5_PICKLE_LIST, &list));
  if (list->kind != ORR_H5_PICKLE_LIST) return broken(m);
  for (size_t i = first; i < n; i++) ORR_TRY(add_item(m, list, m->stack.items[i]));
  m->stack.count = first - 1;
  return into_existing ? ORR_OK : push(m, list);
}

static orr_status tuple(machine *m, size_t n) {
  orr_h5_pickle *list;
  if (m->stack.count < n) return broken(m);
  size_t first = m->stack.count - n;
  ORR_TRY(make(m, ORR_H5_PICKLE_LIST, &list));
  for (size_t i = first; i < first + n; i++) ORR_TRY(add_item(m, list, m->stack.items[i]));
  m->stack.count = first;
  return push(m, list);
}

static orr_status append(machine *m, size_t n) {
  if (m->stack.count < n + 1) return broken(m);
  size_t first = m->stack.count - n;
  orr_h5_pickle *list = m->stack.items[first - 1];
  if (list->kind != ORR_H5_PICKLE_LIST) return broken(m);
  for (size_t i = first; i < first + n; i++) ORR_TRY(add_item(m, list, m->stack.items[i]));
  m->stack.count = first;
  return ORR_OK;
}

/* class, arguments → an object of which nothing is made */
static orr_status reduce(machine *m) {
  orr_h5_pickle *arguments = pop(m), *class = pop(m), *object;
  if (!class || class->kind != ORR_H5_PICKLE_CLASS) return broken(m);
  ORR_TRY(make(m, ORR_H5_PICKLE_OBJECT, &object));
  ORR_TRY(add_item(m, object, class));
  return add_item(m, object, arguments);
}

static orr_status build(machine *m) {
  orr_h5_pickle *state = pop(m);
  orr_h5_pickle *object = m->stack.count ? m->stack.items[m->stack.count - 1] : NULL;
  if (!state || !object || object->kind != ORR_H5_PICKLE_OBJECT) return broken(m);
  return add_item(m, object, state);
}

static orr_status class_of(machine *m, bool from_stack) {
  orr_h5_pickle *p;
  const char *module, *name;
  if (from_stack) {
    const orr_h5_pickle *n = pop(m), *o = pop(m);
    module = o ? o->text : NULL, name = n ? n->text : NULL;
  } else {
    module = take_line(m), name = module ? take_line(m) : NULL;
  }
  if (!module || !name) return broken(m);
  ORR_TRY(make(m, ORR_H5_PICKLE_CLASS, &p));
  p->text = orr_arena_printf(m->arena, "%s.%s", module, name);
  return p->text ? ORR_OK : orr_fail_memory(m->e, "a name", 0);
}

static orr_status remember(machine *m, uint64_t at) {
  if (!m->stack.count || at > m->memo.count + 65536 || at > (uint64_t)1 << 31) return broken(m);
  while (m->memo.count <= at) ORR_PUSH(&m->memo, NULL, m->e);
  m->memo.items[at] = m->stack.items[m->stack.count - 1];
  return ORR_OK;
}

static orr_status recall(machine *m, uint64_t at) {
  return at < m->memo.count && m->memo.items[at] ? push(m, m->memo.items[at]) : broken(m);
}

static orr_status memo_number(machine *m, size_t bytes, orr_status (*act)(machine *, uint64_t)) {
  uint64_t at;
  char *line = bytes ? NULL : take_line(m);
  if (bytes ? !take_number(m, bytes, &at) : !line) return broken(m);
  return act(m, bytes ? at : strtoull(line, NULL, 10));
}

static orr_status push_fixed(machine *m, size_t bytes, bool is_signed) {
  uint64_t value;
  if (!take_number(m, bytes, &value)) return broken(m);
  return push_integer(m, is_signed ? (int32_t)(uint32_t)value : (int64_t)value, ORR_H5_PICKLE_INTEGER);
}

static orr_status skip(machine *m, size_t n) {
  const unsigned char *b;
  return take(m, n, &b) ? ORR_OK : broken(m);
}

/* long: one row an opcode */
static orr_status step(machine *m, unsigned char op) {
  orr_h5_pickle *p;
  switch (op) {
  case '(': return make(m, ORR_H5_PICKLE_MARK, &p);
  case '0': return pop(m) ? ORR_OK : broken(m);
  case '2': return m->stack.count ? push(m, m->stack.items[m->stack.count - 1]) : broken(m);
  case 'N': return make(m, ORR_H5_PICKLE_NONE, &p);
  case 'I':
  case 'L': return push_line_number(m, false);
  case 'F': return push_line_number(m, true);
  case 'G': return push_binary_float(m);
  case 'J': return push_fixed(m, 4, true);
  case 'K': return push_fixed(m, 1, false);
  case 'M': return push_fixed(m, 2, false);
  case 0x8a: return push_long(m);
  case 0x88:
  case 0x89: return push_integer(m, op == 0x88, ORR_H5_PICKLE_BOOLEAN);
  case 'S': return push_quoted(m);
  case 'V': return push_escaped(m);
  case 'U':
  case 'C':
  case 0x8c: return push_sized_text(m, 1);
  case 'T':
  case 'B':
  case 'X': return push_sized_text(m, 4);
  case 0x8d:
  case 0x8e:
  case 0x96: return push_sized_text(m, 8);
  case ']':
  case ')':
  case '}':
  case 0x8f: return make(m, ORR_H5_PICKLE_LIST, &p);
  case 'l':
  case 't':
  case 'd': return gather(m, false);
  case 'e':
  case 'u':
  case 0x90: return gather(m, true);
  case 'a': return append(m, 1);
  case 's': return append(m, 2);
  case 0x85:
  case 0x86:
  case 0x87: return tuple(m, op - 0x84u);
  case 'c': return class_of(m, false);
  case 0x93: return class_of(m, true);
  case 'R':
  case 0x81: return reduce(m);
  case 'b': return build(m);
  case 'p': return memo_number(m, 0, remember);
  case 'q': return memo_number(m, 1, remember);
  case 'r': return memo_number(m, 4, remember);
  case 0x94: return remember(m, m->memo.count);
  case 'g': return memo_number(m, 0, recall);
  case 'h': return memo_number(m, 1, recall);
  case 'j': return memo_number(m, 4, recall);
  case 0x80: return skip(m, 1);
  case 0x95: return skip(m, 8);
  default: return broken(m);
  }
}

orr_status orr_h5_pickle_read(orr_arena *arena, const char *bytes, size_t n, const orr_h5_pickle **out,
                              orr_error *e) {
  machine m = {
      .arena = arena, .at = (const unsigned char *)bytes, .end = (const unsigned char *)bytes + n, .e = e};
  orr_status status = ORR_OK;
  bool stopped = false;
  while (!status && !stopped && m.at < m.end) {
    unsigned char op = *m.at++;
    stopped = op == '.';
    if (!stopped) status = step(&m, op);
  }
  if (!status && (!stopped || m.stack.count != 1)) status = broken(&m);
  *out = status ? NULL : m.stack.items[0];
  orr_free(m.stack.items);
  orr_free(m.memo.items);
  return status;
}

const orr_h5_pickle *orr_h5_pickle_array(const orr_h5_pickle *p, uint64_t *rows, uint64_t *columns,
                                         bool *by_columns) {
  bool array = p->kind == ORR_H5_PICKLE_OBJECT && p->count == 3 && strstr(p->items[0]->text, "_reconstruct");
  const orr_h5_pickle *state = array ? p->items[2] : NULL;
  if (!state || state->kind != ORR_H5_PICKLE_LIST || state->count != 5) return NULL;
  const orr_h5_pickle *shape = state->items[1], *values = state->items[4];
  if (shape->kind != ORR_H5_PICKLE_LIST || !shape->count || shape->count > 2 ||
      values->kind != ORR_H5_PICKLE_LIST)
    return NULL;
  for (size_t i = 0; i < shape->count; i++)
    if (shape->items[i]->kind != ORR_H5_PICKLE_INTEGER || shape->items[i]->integer < 0) return NULL;
  *rows = (uint64_t)shape->items[0]->integer;
  *columns = shape->count == 2 ? (uint64_t)shape->items[1]->integer : 1;
  *by_columns = state->items[3]->integer != 0;
  uint64_t all;
  return !__builtin_mul_overflow(*rows, *columns, &all) && all == values->count ? values : NULL;
}
