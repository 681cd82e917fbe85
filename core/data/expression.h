/* Expressions: the one small language that picks rows and makes columns.
 *
 *   snr > 5 and quality == 'good' and island in {'Biscoe', 'Dream'}
 *   log10(flux / 1e-3) - 0.4 * `colour (g-r)`
 *
 * Loosest first: or · and · not · < <= > >= == != in, not in · + - · * / % ·
 * minus · ^ (to the right). `=` means ==, `~=` means !=. Values are numbers,
 * truth values and text; they never turn into one another by themselves.
 *
 * A missing cell gives a missing result; and, or, not follow Kleene's three
 * values (false and missing is false). A number that mathematics does not
 * define (1/0, log of -1) or that overflows is missing too.
 */
#ifndef ORR_DATA_EXPRESSION_H
#define ORR_DATA_EXPRESSION_H

#include "base/progress.h"
#include "data/table.h"

enum {
  ORR_EXPRESSION_LENGTH = 1 << 16, /* bytes of text at most */
  ORR_EXPRESSION_NESTING = 200     /* brackets, minus, not and ^ within one another, at most */
};

typedef struct orr_expression orr_expression;

/* Reads `text` against the names and types of t. The expression lives in `a`. ORR_RECIPE for a fault in
 * the text (grammar, types, unknown function), ORR_DATA for a column the table has not got. */
orr_status orr_expression_parse(const char *text, const orr_table *t, orr_arena *a, orr_expression **out,
                                orr_error *e);

/* What it makes: ORR_FLOAT64, ORR_BOOL or ORR_TEXT; and its unit, NULL when none is known. */
orr_type orr_expression_type(const orr_expression *x);
const char *orr_expression_unit(const orr_expression *x);

/* index[n] = the rows where x is true, in order, in `a`; *n_missing rows where it is neither true nor
 * false are left out. ORR_RECIPE when x is not a truth value. */
orr_status orr_expression_filter(const orr_expression *x, const orr_table *t, const orr_work *w, orr_arena *a,
                                 size_t **index, size_t *n, size_t *n_missing, orr_error *e);

/* A new column `name` with the value of x in each row; one reference, the caller's. Rows undefined though
 * all their cells are there are counted in a line of the log. */
orr_status orr_expression_derive(const orr_expression *x, const orr_table *t, const char *name,
                                 const orr_work *w, orr_column **out, orr_error *e);

/* The functions of the language, for help: "clip", "clip(x, low, high)", "x held between low and high". */
size_t orr_expression_function_count(void);
void orr_expression_function_help(size_t i, const char **name, const char **usage, const char **help);

#endif
