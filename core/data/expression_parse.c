/* The parser of expressions: precedence climbing that writes the program as it
 * reads, with the kinds and units of operands known at each step. Recursion is
 * bounded by ORR_EXPRESSION_NESTING; each token writes at most one instruction,
 * so the program's room is known from the length of the text. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "data/expression_program.h"
#include "data/expression_token.h"

typedef struct parser {
  const char *text;
  const orr_table *table;
  orr_arena *arena;
  orr_error *error;
  orr_expression *made;
  orr_token token; /* the next, not yet used */
  size_t slot;     /* height of the stack of lanes */
  unsigned nested;
} parser;

typedef struct operand {
  orr_lane_kind kind;
  bool constant;
  const char *unit; /* NULL: not known; "": a pure number */
} operand;

static orr_status climb(parser *p, int least, operand *out);

#define FAULT(p, at, ...) orr_expression_fault((p)->text, (at), (p)->error, __VA_ARGS__)

static orr_status next(parser *p) {
  return orr_token_read(p->text, p->token.start + p->token.length, p->arena, &p->token, p->error);
}

static const char *kind_name(orr_lane_kind kind) {
  static const char *const names[] = {"a number", "a truth value", "text"};
  return names[kind];
}

static orr_lane_kind kind_of_letter(char letter) {
  return letter == 'n' ? ORR_LANE_NUMBER : letter == 't' ? ORR_LANE_TRUTH : ORR_LANE_TEXT;
}

static orr_status expected(parser *p, const char *what) {
  char shown[ORR_TOKEN_SHOWN];
  return FAULT(p, p->token.start, "expected %s, found %s", what, orr_token_show(p->text, &p->token, shown));
}

static void emit(parser *p, orr_instruction i) { p->made->code[p->made->count++] = i; }

static orr_status push(parser *p, orr_instruction i) {
  i.slot = p->slot++;
  if (p->slot > p->made->slots) p->made->slots = p->slot;
  emit(p, i);
  return next(p);
}

/* "m*s", "m/s"; NULL when a part is not known or the whole grows past use. */
static const char *joined(parser *p, const char *a, char sign, const char *b) {
  enum { LONGEST = 80 };
  if (!a || !b || strlen(a) + strlen(b) > LONGEST) return NULL;
  if (!*b) return a;
  if (sign == '/' && !strcmp(a, b)) return "";
  if (!*a && sign == '*') return b;
  bool compound = sign == '/' && strpbrk(b, "*/");
  return orr_arena_printf(p->arena, compound ? "%s%c(%s)" : "%s%c%s", *a ? a : "1", sign, b);
}

/* The operands' common unit; a constant takes the unit of what it stands beside. */
static const char *common(const operand *args, size_t n) {
  const operand *first = NULL;
  for (size_t i = 0; i < n; i++) {
    if (args[i].constant || args[i].kind == ORR_LANE_TRUTH) continue;
    if (!args[i].unit || (first && strcmp(first->unit, args[i].unit))) return NULL;
    if (!first) first = &args[i];
  }
  return first ? first->unit : "";
}

static const char *unit_of(parser *p, orr_unit_rule rule, const operand *args, size_t n) {
  switch (rule) {
  case ORR_UNIT_NONE: return "";
  case ORR_UNIT_LOST: return NULL;
  case ORR_UNIT_FIRST: return args[0].unit;
  case ORR_UNIT_KEPT: return common(args, n);
  case ORR_UNIT_PRODUCT: return joined(p, args[0].unit, '*', args[1].unit);
  case ORR_UNIT_QUOTIENT: return joined(p, args[0].unit, '/', args[1].unit);
  }
  return NULL;
}

/* Writes f over the n topmost lanes, whose kinds are known to fit. */
static operand apply(parser *p, const orr_function *f, const operand *args, size_t n) {
  orr_lane_kind last = args[n - 1].kind;
  p->slot -= n - 1;
  emit(p, (orr_instruction){.run = orr_function_runner(f), .slot = p->slot - 1, .kind = last, .function = f});
  operand out = {.kind = f->gives == 'a' ? last : kind_of_letter(f->gives), .constant = true};
  for (size_t i = 0; i < n; i++) out.constant = out.constant && args[i].constant;
  out.unit = unit_of(p, f->unit, args, n);
  return out;
}

static orr_status column(parser *p, operand *out) {
  size_t at, start = p->token.start;
  const char *name = p->token.text;
  orr_status status = orr_table_column(p->table, name, &at, p->error);
  if (status) {
    orr_fail_in(p->error, "expression, character %zu (text goes in quotes)",
                orr_expression_character(p->text, start));
    return status;
  }
  const orr_column *c = p->table->columns[at];
  *out = (operand){.kind = c->type == ORR_TEXT   ? ORR_LANE_TEXT
                           : c->type == ORR_BOOL ? ORR_LANE_TRUTH
                                                 : ORR_LANE_NUMBER};
  if (c->unit && !(out->unit = orr_arena_strdup(p->arena, c->unit)))
    return orr_fail_memory(p->error, "a unit", 0);
  return push(p, (orr_instruction){.run = orr_run_column, .column = {at, name, c->type}});
}

static orr_status constant(parser *p, orr_instruction i, operand *out) {
  i.run = orr_run_constant;
  *out = (operand){.kind = i.kind, .constant = true, .unit = ""};
  return push(p, i);
}

static const orr_function *find_function(const char *name) {
  for (size_t i = 0; i < orr_n_functions; i++)
    if (!strcmp(orr_functions[i].name, name)) return &orr_functions[i];
  return NULL;
}

static orr_status unknown_function(parser *p, const orr_token *name) {
  const char *names[64], *nearest;
  size_t n = orr_n_functions < 64 ? orr_n_functions : 64;
  for (size_t i = 0; i < n; i++) names[i] = orr_functions[i].name;
  nearest = orr_text_nearest(name->text, names, n);
  if (nearest) return FAULT(p, name->start, "no function '%.40s'; did you mean '%s'?", name->text, nearest);
  return FAULT(p, name->start, "no function '%.40s'; there are log10, sqrt, clip, ifelse and others",
               name->text);
}

static orr_status wrong_count(parser *p, const orr_token *name, const orr_function *f) {
  size_t n = strlen(f->takes);
  return FAULT(p, name->start, "%s takes %s%zu argument%s: %s", f->name, f->repeats ? "at least " : "", n,
               n == 1 ? "" : "s", f->usage);
}

/* The letter an argument must fit: the last one again for those beyond. */
static orr_status check_argument(parser *p, const orr_function *f, const operand *args, size_t i, size_t at) {
  char letter = f->takes[i];
  orr_lane_kind wanted = letter == 'a' ? args[i].kind : kind_of_letter(letter);
  if (letter == 'a' && i && f->takes[i - 1] == 'a') wanted = args[i - 1].kind;
  if (args[i].kind == wanted) return ORR_OK;
  return FAULT(p, at, "%s takes %s here, not %s: %s", f->name, kind_name(wanted), kind_name(args[i].kind),
               f->usage);
}

static orr_status arguments(parser *p, const orr_token *name, const orr_function *f, operand *out) {
  operand args[4];
  size_t n = 0, most = strlen(f->takes);
  bool more = !orr_token_is(&p->token, ")");
  while (more) {
    if (n == most && !f->repeats) return wrong_count(p, name, f);
    if (n == most) args[0] = apply(p, f, args, n), n = 1;
    size_t at = p->token.start;
    ORR_TRY(climb(p, ORR_LEVEL_OR, &args[n]));
    ORR_TRY(check_argument(p, f, args, n++, at));
    more = orr_token_is(&p->token, ",");
    if (more) ORR_TRY(next(p));
  }
  if (!orr_token_is(&p->token, ")")) return expected(p, "',' or ')'");
  if (n < most) return wrong_count(p, name, f);
  *out = apply(p, f, args, n);
  return next(p);
}

static orr_status enter(parser *p, size_t at) {
  if (p->nested++ < ORR_EXPRESSION_NESTING) return ORR_OK;
  return FAULT(p, at, "nested more than %d deep; derive a column for a part of it", ORR_EXPRESSION_NESTING);
}

static orr_status call(parser *p, const orr_token *name, operand *out) {
  const orr_function *f = find_function(name->text);
  if (!f) return unknown_function(p, name);
  ORR_TRY(enter(p, name->start));
  ORR_TRY(next(p));
  ORR_TRY(arguments(p, name, f, out));
  p->nested--;
  return ORR_OK;
}

static orr_status named(parser *p, operand *out) {
  orr_token name = p->token, after;
  ORR_TRY(orr_token_read(p->text, name.start + name.length, p->arena, &after, p->error));
  if (orr_token_is(&after, "(")) {
    p->token = after;
    return call(p, &name, out);
  }
  const orr_function *f = orr_table_find(p->table, name.text) < 0 ? find_function(name.text) : NULL;
  if (f) return FAULT(p, name.start, "'%s' is a function; write %s", f->name, f->usage);
  return column(p, out);
}

static orr_status bracketed(parser *p, operand *out) {
  size_t start = p->token.start;
  ORR_TRY(enter(p, start));
  ORR_TRY(next(p));
  ORR_TRY(climb(p, ORR_LEVEL_OR, out));
  if (!orr_token_is(&p->token, ")")) {
    char shown[ORR_TOKEN_SHOWN];
    return FAULT(p, p->token.start, "expected ')' to close the '(' at character %zu, found %s",
                 orr_expression_character(p->text, start), orr_token_show(p->text, &p->token, shown));
  }
  p->nested--;
  return next(p);
}

static orr_status primary(parser *p, operand *out) {
  const orr_token *t = &p->token;
  bool yes = orr_token_is(t, "true");
  if (yes || orr_token_is(t, "false"))
    return constant(p, (orr_instruction){.kind = ORR_LANE_TRUTH, .truth = yes ? ORR_TRUE : ORR_FALSE}, out);
  switch (t->kind) {
  case ORR_TOKEN_NUMBER:
    return constant(p, (orr_instruction){.kind = ORR_LANE_NUMBER, .number = t->number}, out);
  case ORR_TOKEN_TEXT: return constant(p, (orr_instruction){.kind = ORR_LANE_TEXT, .text = t->text}, out);
  case ORR_TOKEN_QUOTED: return column(p, out);
  case ORR_TOKEN_NAME: return named(p, out);
  case ORR_TOKEN_SIGN:
    if (orr_token_is(t, "(")) return bracketed(p, out);
    break;
  case ORR_TOKEN_END: break;
  }
  return expected(p, "a column, a number, 'text' or a function");
}

static orr_status prefix(parser *p, operand *out) {
  bool minus = orr_token_is(&p->token, "-");
  if (!minus && !orr_token_is(&p->token, "not")) return primary(p, out);
  const orr_function *f = minus ? &orr_minus : &orr_not;
  size_t at = p->token.start;
  ORR_TRY(enter(p, at));
  ORR_TRY(next(p));
  ORR_TRY(climb(p, minus ? ORR_LEVEL_MINUS : ORR_LEVEL_NOT, out));
  p->nested--;
  if (out->kind != kind_of_letter(f->takes[0]))
    return FAULT(p, at, "'%s' takes %s, not %s", f->name, kind_name(kind_of_letter(f->takes[0])),
                 kind_name(out->kind));
  *out = apply(p, f, out, 1);
  return ORR_OK;
}

typedef struct set {
  size_t count, capacity;
  void *items; /* double or const char *: both eight bytes */
} set;

static orr_status set_add(parser *p, set *s, const void *item) {
  enum { BYTES = sizeof(double) };
  _Static_assert(sizeof(double) == sizeof(char *), "one stride serves both kinds");
  if (s->count == s->capacity) {
    void *grown;
    s->capacity = s->capacity ? s->capacity * 2 : 8;
    ORR_TRY(orr_arena_take(p->arena, s->capacity, BYTES, &grown, p->error));
    if (s->count) memcpy(grown, s->items, s->count * BYTES);
    s->items = grown;
  }
  memcpy((char *)s->items + s->count++ * BYTES, item, BYTES);
  return ORR_OK;
}

static orr_status set_item(parser *p, orr_lane_kind kind, set *s) {
  bool minus = orr_token_is(&p->token, "-");
  if (minus) ORR_TRY(next(p));
  orr_token_kind wanted = kind == ORR_LANE_TEXT ? ORR_TOKEN_TEXT : ORR_TOKEN_NUMBER;
  if (p->token.kind != wanted || (minus && wanted == ORR_TOKEN_TEXT))
    return expected(p, wanted == ORR_TOKEN_TEXT ? "'text' (the column is text)"
                                                : "a number (the column is numbers)");
  double number = minus ? -p->token.number : p->token.number;
  ORR_TRY(set_add(p, s, kind == ORR_LANE_TEXT ? (const void *)&p->token.text : (const void *)&number));
  return next(p);
}

/* x in {…}: the items are constants, sorted for the search. */
static orr_status membership(parser *p, size_t at, bool negated, operand *x) {
  set s = {0};
  if (x->kind == ORR_LANE_TRUTH) return FAULT(p, at, "'in' takes a number or text, not a truth value");
  if (!orr_token_is(&p->token, "{")) return expected(p, "'{' and a list, such as {'a', 'b'}");
  do {
    ORR_TRY(next(p));
    if (s.count && orr_token_is(&p->token, "}")) break;
    ORR_TRY(set_item(p, x->kind, &s));
  } while (orr_token_is(&p->token, ","));
  if (!orr_token_is(&p->token, "}")) return expected(p, "',' or '}'");
  qsort(s.items, s.count, sizeof(double), x->kind == ORR_LANE_TEXT ? orr_compare_texts : orr_compare_numbers);
  emit(p,
       (orr_instruction){.run = orr_run_in, .slot = p->slot - 1, .kind = x->kind, .set = {s.count, s.items}});
  *x = (operand){.kind = ORR_LANE_TRUTH, .constant = x->constant};
  if (negated) *x = apply(p, &orr_not, x, 1);
  return next(p);
}

static const orr_operator *find_operator(const orr_token *t) {
  for (size_t i = 0; t->kind == ORR_TOKEN_SIGN && i < orr_n_operators; i++)
    if (!strcmp(orr_expression_operators[i].f.name, t->text)) return &orr_expression_operators[i];
  return NULL;
}

/* The row of the same name whose kinds fit; rows of one name stand together. */
static orr_status join(parser *p, const orr_operator *o, size_t at, const operand args[2], operand *out) {
  const char *name = o->f.name, *wanted = o->f.takes;
  bool several = false;
  for (; o < orr_expression_operators + orr_n_operators && !strcmp(o->f.name, name); o++) {
    bool fits =
        args[0].kind == kind_of_letter(o->f.takes[0]) && args[1].kind == kind_of_letter(o->f.takes[1]);
    if (fits) return *out = apply(p, &o->f, args, 2), ORR_OK;
    several = several || strcmp(o->f.takes, wanted);
  }
  const char *takes = several          ? "two values of one kind"
                      : *wanted == 'n' ? "two numbers"
                                       : "two truth values";
  return FAULT(p, at, "'%s' takes %s; here it has %s and %s", name, takes, kind_name(args[0].kind),
               kind_name(args[1].kind));
}

static orr_status binary(parser *p, const orr_operator *o, operand *left) {
  size_t at = p->token.start;
  operand args[2] = {*left};
  bool power = o->level == ORR_LEVEL_POWER;
  ORR_TRY(next(p));
  if (power) ORR_TRY(enter(p, at));
  ORR_TRY(climb(p, power ? o->level : o->level + 1, &args[1]));
  if (power) p->nested--;
  return join(p, o, at, args, left);
}

/* Is the next thing `in` or `not in`? Leaves the parser behind it. */
static orr_status take_in(parser *p, bool *is_in, bool *negated) {
  orr_token ahead = p->token;
  *negated = orr_token_is(&ahead, "not");
  if (*negated) ORR_TRY(orr_token_read(p->text, ahead.start + ahead.length, p->arena, &ahead, p->error));
  *is_in = orr_token_is(&ahead, "in");
  if (!*is_in) return ORR_OK;
  p->token = ahead;
  return next(p);
}

static orr_status compare(parser *p, const orr_operator *o, operand *left) {
  bool is_in = false, negated = false;
  size_t at = p->token.start;
  if (o) ORR_TRY(binary(p, o, left));
  else ORR_TRY(take_in(p, &is_in, &negated));
  if (is_in) ORR_TRY(membership(p, at, negated, left));
  if (!o && !is_in) return expected(p, "an operator or the end");
  const orr_operator *again = find_operator(&p->token);
  if (orr_token_is(&p->token, "in") || (again && again->level == ORR_LEVEL_COMPARE))
    return FAULT(p, p->token.start, "comparisons do not chain; write a < b and b < c");
  return ORR_OK;
}

/* An operand and all operators after it that bind at least as tightly as `least`. */
static orr_status climb(parser *p, int least, operand *out) {
  ORR_TRY(prefix(p, out));
  for (;;) {
    const orr_operator *o = find_operator(&p->token);
    bool in = orr_token_is(&p->token, "in") || orr_token_is(&p->token, "not");
    int level = o ? o->level : in ? ORR_LEVEL_COMPARE : 0;
    if (!level || level < least) return ORR_OK;
    ORR_TRY(level == ORR_LEVEL_COMPARE ? compare(p, o, out) : binary(p, o, out));
  }
}

orr_status orr_expression_parse(const char *text, const orr_table *t, orr_arena *a, orr_expression **out,
                                orr_error *e) {
  parser p = {.table = t, .arena = a, .error = e};
  size_t length = strnlen(text, ORR_EXPRESSION_LENGTH + 1);
  operand whole;
  if (length > ORR_EXPRESSION_LENGTH)
    return orr_fail(e, ORR_RECIPE, "the expression is longer than %d bytes; derive columns for its parts",
                    ORR_EXPRESSION_LENGTH);
  ORR_TAKE(a, p.made, 1, e);
  ORR_TAKE(a, p.made->code, length + 1, e);
  p.text = p.made->text = orr_arena_strdup(a, text);
  if (!p.text) return orr_fail_memory(e, "an expression", length);
  ORR_TRY(next(&p));
  if (p.token.kind == ORR_TOKEN_END)
    return orr_fail(e, ORR_RECIPE, "the expression is empty; write one, such as snr > 5");
  ORR_TRY(climb(&p, ORR_LEVEL_OR, &whole));
  if (p.token.kind != ORR_TOKEN_END) return expected(&p, "an operator or the end");
  p.made->kind = whole.kind;
  p.made->unit = whole.unit;
  *out = p.made;
  return ORR_OK;
}
