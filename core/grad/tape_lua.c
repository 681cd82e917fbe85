/* Tapes as Lua. What is used once is written where it is used; what is used
 * more often, or would nest too deep for Lua's parser, gets a name. Names are
 * locals t1, t2, …, or, past Lua's limit of locals, fields of one table. */
#include <math.h>
#include <string.h>

#include "grad/tape.h"

enum { MOST_LOCALS = 150, MOST_NESTING = 16 };

/* How tightly a call binds, from the loosest. */
enum { SUM, PRODUCT, MINUS, POWER, WORD };

typedef struct printing {
  const orr_tape *tape;
  int32_t *uses, *nesting;
  int32_t *named; /* the number of its name; 0: none */
  int32_t n_named;
  orr_text *out;
} printing;

static int binding(const orr_tape_entry *entry) {
  if (!entry->method) return entry->argument < 0 && signbit(entry->value) ? MINUS : WORD;
  if (entry->method->form == ORR_WRITTEN_MINUS) return MINUS;
  if (entry->method->form != ORR_WRITTEN_OPERATOR) return WORD;
  char sign = *entry->method->name;
  return sign == '+' || sign == '-' ? SUM : sign == '^' ? POWER : PRODUCT;
}

static void print_number(double x, orr_text *out) {
  if (isnan(x)) orr_text_add(out, "(0/0)");
  else if (isinf(x)) orr_text_add(out, x > 0 ? "math.huge" : "-math.huge");
  else if (x == 0 && signbit(x)) orr_text_add(out, "-0.0"); /* Lua has no integer of it */
  else orr_text_add_number(out, x);
}

static void print_name(const printing *p, int32_t number) {
  orr_text_printf(p->out, p->n_named > MOST_LOCALS ? "t[%d]" : "t%d", number);
}

static bool is_word(const char *s) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  static const char *const reserved[] = {
      "and", "break", "do",  "else", "elseif", "end",    "false",  "for",  "function", "goto",  "if",
      "in",  "local", "nil", "not",  "or",     "repeat", "return", "then", "true",     "until", "while"};
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (!strcmp(s, reserved[i])) return false;
  return *s && (*s < '0' || *s > '9') && s[strspn(s, letters)] == 0;
}

static void print_leaf(const printing *p, const orr_tape_entry *entry) {
  if (entry->argument < 0) {
    print_number(entry->value, p->out);
    return;
  }
  orr_text_add(p->out, p->tape->arguments[entry->argument]);
  if (!entry->field) return;
  orr_text_add(p->out, is_word(entry->field) ? "." : "[");
  if (is_word(entry->field)) orr_text_add(p->out, entry->field);
  else orr_text_add_lua_string(p->out, entry->field), orr_text_add(p->out, "]");
}

static void print_entry(const printing *p, int32_t at);

/* An input, in brackets where it binds less tightly than it must. */
static void print_input(const printing *p, int32_t at, int least) {
  const orr_tape_entry *entry = &p->tape->entries[at];
  bool brackets = !p->named[at] && binding(entry) < least;
  if (brackets) orr_text_add(p->out, "(");
  if (p->named[at]) print_name(p, p->named[at]);
  else print_entry(p, at);
  if (brackets) orr_text_add(p->out, ")");
}

/* A number that has to be a tensor: nothing else beside it is one. */
static void print_tensor(const printing *p, int32_t at, int least) {
  const orr_tape_entry *entry = &p->tape->entries[at];
  if (entry->method || entry->argument >= 0) {
    print_input(p, at, least);
    return;
  }
  orr_text_add(p->out, "constant(");
  print_number(entry->value, p->out);
  orr_text_add(p->out, ")");
}

static bool is_number(const printing *p, int32_t at) {
  return !p->tape->entries[at].method && p->tape->entries[at].argument < 0;
}

static void print_operator(const printing *p, const orr_tape_entry *entry) {
  int tight = binding(entry);
  bool numbers = is_number(p, entry->input[0]) && is_number(p, entry->input[1]);
  (numbers ? print_tensor : print_input)(p, entry->input[0], tight == POWER ? WORD : tight);
  orr_text_printf(p->out, tight == POWER ? "%s" : " %s ", entry->method->name);
  print_input(p, entry->input[1], tight == POWER ? MINUS : tight + 1);
}

static void print_list(const printing *p, const orr_tape_entry *entry, int first) {
  for (int k = first; k < entry->n_inputs; k++) {
    if (k > first) orr_text_add(p->out, ", ");
    print_input(p, entry->input[k], SUM);
  }
  for (int k = 0; k < entry->n_numbers; k++)
    orr_text_printf(p->out, "%s%d", k || entry->n_inputs > first ? ", " : "", entry->number[k]);
}

static void print_call(const printing *p, const orr_tape_entry *entry) {
  bool method = entry->method->form == ORR_WRITTEN_METHOD, list = entry->method->form == ORR_WRITTEN_LIST;
  if (method) print_tensor(p, entry->input[0], WORD);
  orr_text_printf(p->out, "%s%s%s", method ? ":" : "", entry->method->name, list ? "{ " : "(");
  print_list(p, entry, method ? 1 : 0);
  orr_text_add(p->out, list ? " }" : ")");
}

static void print_entry(const printing *p, int32_t at) {
  const orr_tape_entry *entry = &p->tape->entries[at];
  if (!entry->method) print_leaf(p, entry);
  else if (entry->method->form == ORR_WRITTEN_OPERATOR) print_operator(p, entry);
  else if (entry->method->form != ORR_WRITTEN_MINUS) print_call(p, entry);
  else orr_text_add(p->out, "-"), print_tensor(p, entry->input[0], POWER);
}

/* Who gets a name. */
static void name_entries(printing *p) {
  const orr_tape *t = p->tape;
  for (size_t i = 0; i < t->n_entries; i++)
    for (int k = 0; k < t->entries[i].n_inputs; k++) p->uses[t->entries[i].input[k]]++;
  for (size_t i = 0; i < t->n_terms; i++) p->uses[t->terms[i].entry]++;
  p->uses[t->result]++;
  for (size_t i = 0; i < t->n_entries; i++) {
    const orr_tape_entry *entry = &t->entries[i];
    for (int k = 0; k < entry->n_inputs; k++) {
      int32_t below = p->named[entry->input[k]] ? 0 : p->nesting[entry->input[k]];
      if (below >= p->nesting[i]) p->nesting[i] = below + 1;
    }
    if (entry->method && (p->uses[i] > 1 || p->nesting[i] >= MOST_NESTING)) p->named[i] = ++p->n_named;
  }
}

static void print_body(const printing *p) {
  const orr_tape *t = p->tape;
  if (p->n_named > MOST_LOCALS) orr_text_add(p->out, "local t = {} ");
  for (size_t i = 0; i < t->n_entries; i++) {
    if (!p->named[i]) continue;
    if (p->n_named <= MOST_LOCALS) orr_text_add(p->out, "local ");
    print_name(p, p->named[i]);
    orr_text_add(p->out, " = ");
    print_entry(p, (int32_t)i);
    orr_text_add(p->out, " ");
  }
  orr_text_add(p->out, "return ");
  if (p->named[t->result]) print_name(p, p->named[t->result]);
  else print_tensor(p, t->result, SUM);
  for (size_t i = 0; i < t->n_terms; i++) {
    orr_text_printf(p->out, i ? ", " : ", { ");
    orr_text_printf(p->out, is_word(t->terms[i].name) ? "%s = " : "[\"%s\"] = ", t->terms[i].name);
    print_tensor(p, t->terms[i].entry, SUM);
  }
  orr_text_add(p->out, t->n_terms ? " } end" : " end");
}

void orr_tape_to_lua(const orr_tape *t, orr_text *out) {
  orr_arena scratch = {0};
  printing p = {.tape = t, .out = out};
  orr_text_add(out, "function(");
  for (size_t i = 0; i < t->n_arguments; i++) orr_text_printf(out, "%s%s", i ? ", " : "", t->arguments[i]);
  orr_text_add(out, ") ");
  bool room = !orr_arena_take(&scratch, t->n_entries, sizeof *p.uses, (void **)&p.uses, NULL) &&
              !orr_arena_take(&scratch, t->n_entries, sizeof *p.nesting, (void **)&p.nesting, NULL) &&
              !orr_arena_take(&scratch, t->n_entries, sizeof *p.named, (void **)&p.named, NULL);
  if (room) {
    name_entries(&p);
    print_body(&p);
  } else out->failed = true;
  orr_arena_fini(&scratch);
}
