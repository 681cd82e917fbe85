/* Tapes: what a function on tensors computes, as a list of calls.
 *
 * A function that a recipe has is called once, and the calls it makes are taken
 * down. The tape is what is kept of it: it can be played into any graph, and is
 * written as Lua or as JSON. A call's inputs come before it. Once it is in its
 * one order (orr_tape_settle), equal computations are equal tapes: text printed
 * from one and taken down again gives the same tape, and so the same graph.
 */
#ifndef ORR_GRAD_TAPE_H
#define ORR_GRAD_TAPE_H

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"
#include "grad/graph.h"

enum {
  ORR_MOST_CALLS = 20000,   /* on a tape */
  ORR_MOST_TRACED = 100000, /* nodes of a graph that is being traced */
  ORR_MOST_CALL_NUMBERS = 2,
  ORR_MOST_TAPE_ARGUMENTS = 4
};

/* How a call is written. */
typedef enum orr_tape_form {
  ORR_WRITTEN_METHOD,   /* x:name(y, 1) */
  ORR_WRITTEN_OPERATOR, /* x + y */
  ORR_WRITTEN_MINUS,    /* -x */
  ORR_WRITTEN_FUNCTION, /* name(x, y) */
  ORR_WRITTEN_LIST      /* name{ x, y, … } */
} orr_tape_form;

/* What can be called: a row each in tape_methods.c. Axes and columns count from 1, as in Lua; axis 1 is the rows. */
typedef struct orr_tape_method {
  const char *name; /* the operator's sign, where it is one */
  orr_tape_form form;
  int tensors;                     /* inputs, first; -1: 1 … ORR_MOST_INPUTS */
  int least_numbers, most_numbers; /* then whole numbers */
  orr_node (*one)(orr_graph *g, orr_node x);
  orr_node (*two)(orr_graph *g, orr_node a, orr_node b);
  orr_node (*three)(orr_graph *g, orr_node a, orr_node b, orr_node c);
  orr_node (*along)(orr_graph *g, orr_node x, int axis,
                    bool keep); /* of all elements where no axis is said */
  orr_node (*any)(orr_graph *g, const orr_node *x, int n, const int *number, int n_numbers);
} orr_tape_method;

extern const orr_tape_method orr_tape_methods[];
extern const size_t orr_tape_methods_count;

/* The node of a call, or 0 after orr_graph_fail. */
orr_node orr_tape_method_make(const orr_tape_method *m, orr_graph *g, const orr_node *x, int n,
                              const int *number, int n_numbers);

/* A call, an argument of the function, or a number. */
typedef struct orr_tape_entry {
  const orr_tape_method *method; /* NULL: a leaf */
  int32_t argument;              /* of a leaf: which one, from 0; -1: a number */
  const char *field;             /* of an argument that is a table; else NULL */
  double value;                  /* of a number */
  int32_t n_inputs, input[ORR_MOST_INPUTS];
  int32_t n_numbers;
  int number[ORR_MOST_CALL_NUMBERS];
} orr_tape_entry;

typedef struct orr_tape_term {
  const char *name;
  int32_t entry;
} orr_tape_term;

typedef struct orr_tape {
  orr_arena *arena; /* owns everything below */
  const char *arguments[ORR_MOST_TAPE_ARGUMENTS];
  size_t n_arguments;
  orr_tape_entry *entries;
  size_t n_entries, capacity;
  int32_t result;
  orr_tape_term *terms; /* by name */
  size_t n_terms;
} orr_tape;

/* An argument that a tape is traced with or played on: a tensor, or a table of tensors by name. */
typedef struct orr_tape_argument {
  const char *name;
  orr_node node; /* 0: a table */
  const char *const *names;
  const orr_node *nodes;
  size_t n;
} orr_tape_argument;

/* Names are copied. */
orr_status orr_tape_init(orr_tape *t, const orr_tape_argument *arguments, size_t n, orr_arena *arena,
                         orr_error *e);
orr_status orr_tape_add(orr_tape *t, const orr_tape_entry *entry, int32_t *number, orr_error *e);

/* Leaves out what nothing uses, and puts the rest in the order in which its text computes it. */
orr_status orr_tape_settle(orr_tape *t, orr_error *e);

/* Whether a field of a table argument is used. */
bool orr_tape_uses(const orr_tape *t, size_t argument, const char *field);

/* Into a graph: the result, and the terms[n_terms]. ORR_SHAPE when it does not fit. */
orr_status orr_tape_play(const orr_tape *t, orr_graph *g, const orr_tape_argument *arguments, size_t n,
                         orr_node *result, orr_node *terms, orr_error *e);

/* "function(pred, target) return (pred - target)^2 end" */
void orr_tape_to_lua(const orr_tape *t, orr_text *out);

/* {"arguments":[…],"calls":[["sub",0,1],…],…} and back; the latter is not trusted. */
orr_json *orr_tape_to_json(const orr_tape *t);
orr_status orr_tape_from_json(const orr_json *j, orr_arena *arena, orr_tape *out, orr_error *e);

/* Who can call the functions that recipes give: the room that knows their language. */
typedef struct orr_tracer {
  orr_status (*trace)(void *context, int64_t function, orr_graph *g, const orr_tape_argument *arguments,
                      size_t n, orr_arena *arena, orr_tape *out, orr_error *e);
  void *context;
} orr_tracer;

#endif
