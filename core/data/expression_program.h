/* What the parser of expressions hands to their evaluator.
 *
 * A program is a list of instructions for a stack of lanes: each works on a
 * block of rows at once, takes its operands from `slot` and the slots behind
 * it, and leaves its result in `slot`. Kinds are settled by the parser; the
 * evaluator checks nothing. Private to the files expression_*.c.
 */
#ifndef ORR_DATA_EXPRESSION_PROGRAM_H
#define ORR_DATA_EXPRESSION_PROGRAM_H

#include "data/expression.h"

typedef enum orr_lane_kind { ORR_LANE_NUMBER, ORR_LANE_TRUTH, ORR_LANE_TEXT } orr_lane_kind;

/* Kleene's values in an order that makes `and` the lesser and `or` the greater. */
enum { ORR_FALSE, ORR_UNKNOWN, ORR_TRUE };

enum { ORR_LANES = 1024 };

typedef struct orr_lane {
  double number[ORR_LANES];    /* NaN: missing */
  const char *text[ORR_LANES]; /* NULL: missing */
  uint8_t truth[ORR_LANES];    /* ORR_UNKNOWN: missing */
} orr_lane;

typedef struct orr_rows {
  const orr_table *table;
  size_t first, count; /* count ≤ ORR_LANES */
} orr_rows;

typedef struct orr_instruction orr_instruction;
typedef void (*orr_instruction_fn)(const orr_instruction *i, const orr_rows *rows, orr_lane *lane);

/* How a result's unit follows from those of the operands. */
typedef enum orr_unit_rule {
  ORR_UNIT_NONE,  /* a pure number */
  ORR_UNIT_LOST,  /* not known */
  ORR_UNIT_KEPT,  /* the operands' own, when they agree */
  ORR_UNIT_FIRST, /* the first operand's */
  ORR_UNIT_PRODUCT,
  ORR_UNIT_QUOTIENT
} orr_unit_rule;

/* A function or operator. `takes` has a letter an argument: n number, t truth, s text, a any (all `a` the
 * same kind); `gives` likewise. One of one, two, three, or else `run`, does the work. */
typedef struct orr_function {
  const char *name, *usage;
  const char *takes;
  char gives;
  bool repeats; /* f(a, b, c) is f(f(a, b), c) */
  orr_unit_rule unit;
  double (*one)(double);
  double (*two)(double, double);
  double (*three)(double, double, double);
  orr_instruction_fn run;
  const char *help;
} orr_function;

struct orr_instruction {
  orr_instruction_fn run;
  size_t slot;
  orr_lane_kind kind; /* of its operands; of `ifelse`, its result */
  union {
    const orr_function *function;
    struct {
      size_t at;
      const char *name;
      orr_type type;
    } column;
    double number;
    const char *text;
    uint8_t truth;
    struct {
      size_t count;
      const void *items; /* double or const char *, ascending */
    } set;
  };
};

struct orr_expression {
  const char *text;
  orr_instruction *code;
  size_t count, slots;
  orr_lane_kind kind;
  const char *unit; /* NULL: not known; "": a pure number */
};

/* Binary operators: a level binds tighter the higher it is; `^` alone groups to the right. */
enum {
  ORR_LEVEL_OR = 1,
  ORR_LEVEL_AND,
  ORR_LEVEL_NOT,
  ORR_LEVEL_COMPARE,
  ORR_LEVEL_SUM,
  ORR_LEVEL_PRODUCT,
  ORR_LEVEL_MINUS,
  ORR_LEVEL_POWER
};

typedef struct orr_operator {
  int level;
  orr_function f; /* `takes` of two letters; for == and != one row a kind */
} orr_operator;

extern const orr_function orr_functions[];
extern const size_t orr_n_functions;
extern const orr_operator orr_expression_operators[];
extern const size_t orr_n_operators;
extern const orr_function orr_minus, orr_not;

/* The instruction of a function: its own `run` or the loop over one, two, three. */
orr_instruction_fn orr_function_runner(const orr_function *f);

void orr_run_column(const orr_instruction *i, const orr_rows *rows, orr_lane *lane);
void orr_run_constant(const orr_instruction *i, const orr_rows *rows, orr_lane *lane);
void orr_run_in(const orr_instruction *i, const orr_rows *rows, orr_lane *lane);
int orr_compare_numbers(const void *a, const void *b); /* for qsort and bsearch of sets */
int orr_compare_texts(const void *a, const void *b);

#endif
