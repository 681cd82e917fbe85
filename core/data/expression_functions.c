/* The functions and operators of expressions: one row each, and the loops that
 * apply them to a block of rows. A result that is not finite though its
 * operands are (1/0, log(-1), overflow) becomes missing here and nowhere else. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/expression_program.h"

static double settled(double result, double x, double y, double z) {
  return isfinite(result) || isinf(x) || isinf(y) || isinf(z) ? result : NAN;
}

static void run_one(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  double *x = lane[0].number, (*f)(double) = i->function->one;
  for (size_t k = 0; k < rows->count; k++)
    if (!isnan(x[k])) x[k] = settled(f(x[k]), x[k], 0, 0);
}

static void run_two(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  double *x = lane[0].number, *y = lane[1].number, (*f)(double, double) = i->function->two;
  for (size_t k = 0; k < rows->count; k++)
    x[k] = isnan(x[k]) || isnan(y[k]) ? NAN : settled(f(x[k], y[k]), x[k], y[k], 0);
}

static void run_three(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  double *x = lane[0].number, *y = lane[1].number, *z = lane[2].number;
  for (size_t k = 0; k < rows->count; k++)
    x[k] = isnan(x[k]) || isnan(y[k]) || isnan(z[k])
               ? NAN
               : settled(i->function->three(x[k], y[k], z[k]), x[k], y[k], z[k]);
}

orr_instruction_fn orr_function_runner(const orr_function *f) {
  return f->run ? f->run : f->one ? run_one : f->two ? run_two : run_three;
}

static double add(double x, double y) { return x + y; }
static double subtract(double x, double y) { return x - y; }
static double multiply(double x, double y) { return x * y; }
static double divide(double x, double y) { return x / y; }
static double negative(double x) { return -x; }
static double sign(double x) { return (x > 0) - (x < 0); }
static double lesser(double x, double y) { return x < y ? x : y; }
static double greater(double x, double y) { return x > y ? x : y; }
static double clip(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

/* The remainder has the sign of the divisor, as in Lua. */
static double modulo(double x, double y) {
  double rest = fmod(x, y);
  return rest * y < 0 ? rest + y : rest + 0.0; /* no minus 0 */
}

#define COMPARE(name, operator)                                                                              \
  static void name(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {                         \
    (void)i;                                                                                                 \
    const double *x = lane[0].number, *y = lane[1].number;                                                   \
    for (size_t k = 0; k < rows->count; k++) {                                                               \
      uint8_t known = x[k] operator y[k] ? ORR_TRUE : ORR_FALSE;                                             \
      lane[0].truth[k] = isnan(x[k]) || isnan(y[k]) ? ORR_UNKNOWN : known;                                   \
    }                                                                                                        \
  }
COMPARE(run_less, <)
COMPARE(run_less_equal, <=)
COMPARE(run_greater, >)
COMPARE(run_greater_equal, >=)
COMPARE(run_equal, ==)
COMPARE(run_unequal, !=)

static void run_not(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  (void)i;
  for (size_t k = 0; k < rows->count; k++) lane[0].truth[k] = (uint8_t)(ORR_TRUE - lane[0].truth[k]);
}

static void run_equal_text(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  (void)i;
  const char *const *x = lane[0].text, *const *y = lane[1].text;
  for (size_t k = 0; k < rows->count; k++)
    lane[0].truth[k] = !x[k] || !y[k] ? ORR_UNKNOWN : strcmp(x[k], y[k]) ? ORR_FALSE : ORR_TRUE;
}

static void run_unequal_text(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  run_equal_text(i, rows, lane);
  run_not(i, rows, lane);
}

static void run_equal_truth(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  (void)i;
  uint8_t *x = lane[0].truth, *y = lane[1].truth;
  for (size_t k = 0; k < rows->count; k++)
    x[k] = x[k] == ORR_UNKNOWN || y[k] == ORR_UNKNOWN ? ORR_UNKNOWN : x[k] == y[k] ? ORR_TRUE : ORR_FALSE;
}

static void run_unequal_truth(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  run_equal_truth(i, rows, lane);
  run_not(i, rows, lane);
}

static void run_and(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  (void)i;
  uint8_t *x = lane[0].truth, *y = lane[1].truth;
  for (size_t k = 0; k < rows->count; k++) x[k] = x[k] < y[k] ? x[k] : y[k];
}

static void run_or(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  (void)i;
  uint8_t *x = lane[0].truth, *y = lane[1].truth;
  for (size_t k = 0; k < rows->count; k++) x[k] = x[k] > y[k] ? x[k] : y[k];
}

static bool is_missing(const orr_lane *lane, orr_lane_kind kind, size_t k) {
  if (kind == ORR_LANE_NUMBER) return isnan(lane->number[k]);
  return kind == ORR_LANE_TEXT ? !lane->text[k] : lane->truth[k] == ORR_UNKNOWN;
}

static void run_missing(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  for (size_t k = 0; k < rows->count; k++)
    lane[0].truth[k] = is_missing(&lane[0], i->kind, k) ? ORR_TRUE : ORR_FALSE;
}

/* lane[0] = the value of lane[1] where lane[0] is true, of lane[2] where it is false. */
static void run_choose(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  for (size_t k = 0; k < rows->count; k++) {
    uint8_t which = lane[0].truth[k];
    const orr_lane *from = which == ORR_TRUE ? &lane[1] : &lane[2];
    bool unknown = which == ORR_UNKNOWN;
    if (i->kind == ORR_LANE_NUMBER) lane[0].number[k] = unknown ? NAN : from->number[k];
    else if (i->kind == ORR_LANE_TEXT) lane[0].text[k] = unknown ? NULL : from->text[k];
    else lane[0].truth[k] = unknown ? ORR_UNKNOWN : from->truth[k];
  }
}

int orr_compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int orr_compare_texts(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

void orr_run_in(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  bool text = i->kind == ORR_LANE_TEXT;
  for (size_t k = 0; k < rows->count; k++) {
    const void *key = text ? (const void *)&lane[0].text[k] : (const void *)&lane[0].number[k];
    if (is_missing(&lane[0], i->kind, k)) lane[0].truth[k] = ORR_UNKNOWN;
    else
      lane[0].truth[k] = bsearch(key, i->set.items, i->set.count, text ? sizeof(char *) : sizeof(double),
                                 text ? orr_compare_texts : orr_compare_numbers)
                             ? ORR_TRUE
                             : ORR_FALSE;
  }
}

#define N1(word, f, rule, words)                                                                             \
  {                                                                                                          \
    .name = word, .usage = word "(x)", .takes = "n", .gives = 'n', .unit = ORR_UNIT_##rule, .one = f,        \
    .help = words                                                                                            \
  }
#define N2(word, args, f, rule, more, words)                                                                 \
  {                                                                                                          \
    .name = word, .usage = word args, .takes = "nn", .gives = 'n', .repeats = more, .unit = ORR_UNIT_##rule, \
    .two = f, .help = words                                                                                  \
  }

const orr_function orr_functions[] = {
    N1("log10", log10, NONE, "logarithm to base 10"),
    N1("log", log, NONE, "natural logarithm"),
    N1("log2", log2, NONE, "logarithm to base 2"),
    N1("exp", exp, NONE, "e to the power x"),
    N1("sqrt", sqrt, LOST, "square root"),
    N1("abs", fabs, KEPT, "absolute value"),
    N1("sign", sign, NONE, "-1, 0 or 1"),
    N1("floor", floor, KEPT, "next whole number below"),
    N1("ceil", ceil, KEPT, "next whole number above"),
    N1("round", round, KEPT, "nearest whole number, halves away from 0"),
    N1("sin", sin, NONE, "sine of x in radians"),
    N1("cos", cos, NONE, "cosine of x in radians"),
    N1("tan", tan, NONE, "tangent of x in radians"),
    N1("asin", asin, NONE, "inverse sine, in radians"),
    N1("acos", acos, NONE, "inverse cosine, in radians"),
    N1("atan", atan, NONE, "inverse tangent, in radians"),
    N2("atan2", "(y, x)", atan2, NONE, false, "angle of the point (x, y), in radians"),
    N1("sinh", sinh, NONE, "hyperbolic sine"),
    N1("cosh", cosh, NONE, "hyperbolic cosine"),
    N1("tanh", tanh, NONE, "hyperbolic tangent"),
    N2("min", "(a, b, ...)", lesser, KEPT, true, "the least"),
    N2("max", "(a, b, ...)", greater, KEPT, true, "the greatest"),
    N2("pow", "(x, y)", pow, LOST, false, "x to the power y"),
    N2("hypot", "(x, y)", hypot, KEPT, false, "square root of x^2 + y^2"),
    {"isnan", "isnan(x)", "n", 't', .run = run_missing,
     .help = "true where the number is missing or undefined"},
    {"ismissing", "ismissing(x)", "a", 't', .run = run_missing,
     .help = "true where a value of any kind is missing"},
    {"clip", "clip(x, low, high)", "nnn", 'n', .unit = ORR_UNIT_FIRST, .three = clip,
     .help = "x held between low and high"},
    {"ifelse", "ifelse(condition, a, b)", "taa", 'a', .unit = ORR_UNIT_KEPT, .run = run_choose,
     .help = "a where the condition is true, b where it is false"},
};
const size_t orr_n_functions = sizeof orr_functions / sizeof *orr_functions;

#define ARITHMETIC(sign, at, rule, work)                                                                     \
  {                                                                                                          \
    ORR_LEVEL_##at, { .name = sign, .takes = "nn", .gives = 'n', .unit = ORR_UNIT_##rule, .two = work }      \
  }
#define RELATION(sign, at, kinds, work)                                                                      \
  {                                                                                                          \
    ORR_LEVEL_##at, { .name = sign, .takes = kinds, .gives = 't', .run = work }                              \
  }

const orr_operator orr_expression_operators[] = {
    RELATION("or", OR, "tt", run_or),
    RELATION("and", AND, "tt", run_and),
    RELATION("<", COMPARE, "nn", run_less),
    RELATION("<=", COMPARE, "nn", run_less_equal),
    RELATION(">", COMPARE, "nn", run_greater),
    RELATION(">=", COMPARE, "nn", run_greater_equal),
    RELATION("==", COMPARE, "nn", run_equal),
    RELATION("==", COMPARE, "ss", run_equal_text),
    RELATION("==", COMPARE, "tt", run_equal_truth),
    RELATION("!=", COMPARE, "nn", run_unequal),
    RELATION("!=", COMPARE, "ss", run_unequal_text),
    RELATION("!=", COMPARE, "tt", run_unequal_truth),
    ARITHMETIC("+", SUM, KEPT, add),
    ARITHMETIC("-", SUM, KEPT, subtract),
    ARITHMETIC("*", PRODUCT, PRODUCT, multiply),
    ARITHMETIC("/", PRODUCT, QUOTIENT, divide),
    ARITHMETIC("%", PRODUCT, FIRST, modulo),
    ARITHMETIC("^", POWER, LOST, pow),
};
const size_t orr_n_operators = sizeof orr_expression_operators / sizeof *orr_expression_operators;

const orr_function orr_minus = {
    .name = "-", .takes = "n", .gives = 'n', .unit = ORR_UNIT_KEPT, .one = negative};
const orr_function orr_not = {.name = "not", .takes = "t", .gives = 't', .run = run_not};
