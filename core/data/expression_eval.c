/* The evaluator of expressions: tasks of a fixed number of rows, each walking
 * its rows in blocks through the program on lanes of its own. Rows do not
 * depend on one another, so the answer is the same for any number of threads. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/expression_program.h"

enum { TASK_ROWS = 16 * ORR_LANES };

/* Where the results go: one of the three, by the kind of the expression, a cell a row of the table. */
typedef struct results {
  double *number;
  uint8_t *truth;
  const char **text;
} results;

typedef struct job {
  const orr_expression *x;
  const orr_table *table;
  results out;
  orr_status *status; /* a task */
} job;

static double number_of_time(int64_t nanoseconds) { return (double)nanoseconds * 1e-9; }

void orr_run_column(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  const orr_column *c = rows->table->columns[i->column.at];
  for (size_t k = 0, row = rows->first; k < rows->count; k++, row++) {
    bool missing = orr_column_is_missing(c, row);
    switch (i->column.type) {
    case ORR_FLOAT64: lane->number[k] = missing ? NAN : c->float64[row]; break;
    case ORR_FLOAT32: lane->number[k] = missing ? NAN : (double)c->float32[row]; break;
    case ORR_INT64: lane->number[k] = missing ? NAN : (double)c->int64[row]; break;
    case ORR_TIME: lane->number[k] = missing ? NAN : number_of_time(c->int64[row]); break;
    case ORR_TEXT: lane->text[k] = missing ? NULL : orr_map_key(&c->words, (size_t)c->codes[row]); break;
    case ORR_BOOL: lane->truth[k] = missing ? ORR_UNKNOWN : c->bools[row] ? ORR_TRUE : ORR_FALSE; break;
    }
  }
}

void orr_run_constant(const orr_instruction *i, const orr_rows *rows, orr_lane *lane) {
  for (size_t k = 0; k < rows->count; k++) {
    if (i->kind == ORR_LANE_NUMBER) lane->number[k] = i->number;
    else if (i->kind == ORR_LANE_TEXT) lane->text[k] = i->text;
    else lane->truth[k] = i->truth;
  }
}

static void keep(const job *j, const orr_rows *rows, const orr_lane *lane) {
  size_t first = rows->first, n = rows->count;
  switch (j->x->kind) {
  case ORR_LANE_NUMBER: memcpy(j->out.number + first, lane->number, n * sizeof *lane->number); break;
  case ORR_LANE_TRUTH: memcpy(j->out.truth + first, lane->truth, n); break;
  case ORR_LANE_TEXT: memcpy(j->out.text + first, lane->text, n * sizeof *lane->text); break;
  }
}

static orr_status run_rows(const job *j, size_t first, size_t end, orr_arena *a) {
  orr_lane *lanes;
  ORR_TAKE(a, lanes, j->x->slots, NULL);
  for (; first < end; first += ORR_LANES) {
    orr_rows rows = {j->table, first, end - first < ORR_LANES ? end - first : ORR_LANES};
    for (const orr_instruction *i = j->x->code; i < j->x->code + j->x->count; i++)
      i->run(i, &rows, lanes + i->slot);
    keep(j, &rows, lanes);
  }
  return ORR_OK;
}

static void run_task(void *context, size_t task) {
  job *j = context;
  orr_arena scratch = {0};
  size_t first = task * TASK_ROWS, end = first + TASK_ROWS;
  j->status[task] = run_rows(j, first, end < j->table->rows ? end : j->table->rows, &scratch);
  orr_arena_fini(&scratch);
}

/* The table may be another one than the parser saw, when its columns are of the same names and types. */
static orr_status check_table(const orr_expression *x, const orr_table *t, orr_error *e) {
  for (size_t i = 0; i < x->count; i++) {
    if (x->code[i].run != orr_run_column) continue;
    size_t at = x->code[i].column.at;
    const char *name = x->code[i].column.name;
    const orr_column *c = at < t->n_columns ? t->columns[at] : NULL;
    if (!c || strcmp(c->name, name) || c->type != x->code[i].column.type)
      return orr_fail(e, ORR_DATA, "column '%.80s' is not where the expression was read; read it again",
                      name);
  }
  return ORR_OK;
}

static orr_status evaluate(const orr_expression *x, const orr_table *t, results out, const orr_work *w,
                           orr_error *e) {
  size_t tasks = (t->rows + TASK_ROWS - 1) / TASK_ROWS;
  ORR_TRY(check_table(x, t, e));
  job j = {x, t, out, orr_calloc(tasks, sizeof *j.status)};
  if (!j.status) return orr_fail_memory(e, "an expression", tasks * sizeof *j.status);
  orr_status status = orr_work_run(w, "expression", tasks, run_task, &j, e);
  for (size_t task = 0; task < tasks && !status; task++)
    if (j.status[task]) status = orr_fail_memory(e, "an expression", x->slots * sizeof(orr_lane));
  orr_free(j.status);
  return status;
}

static bool has_all_cells(const orr_expression *x, const orr_table *t, size_t row) {
  for (size_t i = 0; i < x->count; i++)
    if (x->code[i].run == orr_run_column && orr_column_is_missing(t->columns[x->code[i].column.at], row))
      return false;
  return true;
}

/* Says how many rows are missing though all their cells are there. */
static void log_undefined(const orr_expression *x, const orr_table *t, const results *r, const orr_work *w) {
  size_t undefined = 0;
  char count[32], rows[32];
  for (size_t i = 0; i < t->rows; i++) {
    bool missing = r->number ? isnan(r->number[i]) : r->truth ? r->truth[i] == ORR_UNKNOWN : !r->text[i];
    undefined += missing && has_all_cells(x, t, i);
  }
  if (undefined)
    orr_log(w,
            "%.60s: undefined in %s of %s rows (division by zero, logarithm of a negative number, overflow)",
            x->text, orr_text_count(count, undefined), orr_text_count(rows, t->rows));
}

orr_type orr_expression_type(const orr_expression *x) {
  return x->kind == ORR_LANE_NUMBER ? ORR_FLOAT64 : x->kind == ORR_LANE_TRUTH ? ORR_BOOL : ORR_TEXT;
}

const char *orr_expression_unit(const orr_expression *x) {
  return x->kind == ORR_LANE_NUMBER && x->unit && *x->unit ? x->unit : NULL;
}

size_t orr_expression_function_count(void) { return orr_n_functions; }

void orr_expression_function_help(size_t i, const char **name, const char **usage, const char **help) {
  *name = orr_functions[i].name;
  *usage = orr_functions[i].usage;
  *help = orr_functions[i].help;
}

orr_status orr_expression_filter(const orr_expression *x, const orr_table *t, const orr_work *w, orr_arena *a,
                                 size_t **index, size_t *n, size_t *n_missing, orr_error *e) {
  results r = {0};
  if (x->kind != ORR_LANE_TRUTH)
    return orr_fail(e, ORR_RECIPE, "a filter needs true or false, such as a comparison; '%.60s' is %s",
                    x->text, x->kind == ORR_LANE_NUMBER ? "a number" : "text");
  ORR_TAKE(a, r.truth, t->rows, e);
  ORR_TRY(evaluate(x, t, r, w, e));
  *n = *n_missing = 0;
  for (size_t i = 0; i < t->rows; i++) *n += r.truth[i] == ORR_TRUE, *n_missing += r.truth[i] == ORR_UNKNOWN;
  ORR_TAKE(a, *index, *n, e);
  for (size_t i = 0, k = 0; i < t->rows; i++)
    if (r.truth[i] == ORR_TRUE) (*index)[k++] = i;
  log_undefined(x, t, &r, w);
  return ORR_OK;
}

static orr_status numbers_to_column(orr_column *c, orr_error *e) {
  for (size_t i = 0; i < c->rows; i++)
    if (isnan(c->float64[i])) ORR_TRY(orr_column_set_missing(c, i, e));
  return ORR_OK;
}

static orr_status truths_to_column(orr_column *c, orr_error *e) {
  for (size_t i = 0; i < c->rows; i++) {
    bool missing = c->bools[i] == ORR_UNKNOWN;
    c->bools[i] = c->bools[i] == ORR_TRUE;
    if (missing) ORR_TRY(orr_column_set_missing(c, i, e));
  }
  return ORR_OK;
}

/* Words are numbered in the order of rows, whatever the threads did. */
static orr_status texts_to_column(const char *const *texts, orr_column *c, orr_error *e) {
  for (size_t i = 0; i < c->rows; i++) {
    if (!texts[i]) ORR_TRY(orr_column_set_missing(c, i, e));
    else ORR_TRY(orr_map_add(&c->words, texts[i], strlen(texts[i]), &c->codes[i], e));
  }
  return ORR_OK;
}

static orr_status fill(const orr_expression *x, const orr_table *t, const orr_work *w, orr_column *c,
                       orr_arena *a, orr_error *e) {
  results r = {0};
  if (x->kind == ORR_LANE_NUMBER) r.number = c->float64;
  else if (x->kind == ORR_LANE_TRUTH) r.truth = c->bools;
  else ORR_TAKE(a, r.text, t->rows, e);
  ORR_TRY(evaluate(x, t, r, w, e));
  log_undefined(x, t, &r, w);
  if (r.number) ORR_TRY(numbers_to_column(c, e));
  if (r.truth) ORR_TRY(truths_to_column(c, e));
  if (r.text) ORR_TRY(texts_to_column(r.text, c, e));
  const char *unit = orr_expression_unit(x);
  if (unit && !(c->unit = orr_strdup(unit))) return orr_fail_memory(e, "a unit", strlen(unit));
  orr_column_seal(c);
  return ORR_OK;
}

orr_status orr_expression_derive(const orr_expression *x, const orr_table *t, const char *name,
                                 const orr_work *w, orr_column **out, orr_error *e) {
  orr_arena scratch = {0};
  orr_column *c;
  ORR_TRY(orr_column_new(name, orr_expression_type(x), t->rows, &c, e));
  orr_status status = fill(x, t, w, c, &scratch, e);
  orr_arena_fini(&scratch);
  if (status) orr_column_unref(c);
  else *out = c;
  return status;
}
