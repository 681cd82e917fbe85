/* Questions: looking, without changing anything. They run on the query thread
 * over references into a snapshot, one pending of each kind, the newest wins; an
 * answer is immutable and shared by reference count. Looking is never journaled
 * and never waits for a fit.
 */
#ifndef ORR_WORKBENCH_QUESTION_H
#define ORR_WORKBENCH_QUESTION_H

#include "app/workbench/snapshot.h"
#include "base/option.h"
#include "data/profile.h"
#include "plot/figure.h"

/*    kind        asked of                        answer                                                       */
#define ORR_QUESTION_LIST(X)                                                                                 \
  X(PROFILE)    /* table: profile */                                                                         \
  X(ORDER)      /* table, columns[0], descending, where: rows, n_rows: the table's rows in that order */     \
  X(FIGURE)     /* kind of plot/kinds.def, and what it needs: figure */                                      \
  X(RECIPES)    /* those shipped, and the *.lua of this folder: recipes */                                   \
  X(IMPORTANCE) /* fit, table: figure of bars with errors; names, values, errors */                          \
  X(DEPENDENCE) /* fit, table, columns[0]: figure */                                                         \
  X(WHY)        /* fit, table, row: figure; names, values, errors; text */                                   \
  X(TRAVERSE)   /* latent fit, table, row, coordinates: values: the decoded row; names; picture */           \
  X(RUNS)       /* the runs kept on this machine: runs */                                                    \
  X(COMPARE)    /* paths[0] and [1]: compared */

typedef enum orr_question_kind {
#define X(kind) ORR_ASK_##kind,
  ORR_QUESTION_LIST(X)
#undef X
      ORR_QUESTIONS
} orr_question_kind;

enum { ORR_ASKED_COLUMNS = 4, ORR_ASKED_COORDINATES = 64 };

/* A value without pointers but for the references it holds while it is asked. */
typedef struct orr_question {
  orr_question_kind kind;
  orr_table *table;                  /* a reference; NULL */
  orr_fit_object *fit;               /* a reference; NULL */
  orr_evaluation_object *evaluation; /* a reference; NULL */
  char columns[ORR_ASKED_COLUMNS][128];
  size_t n_columns;
  char by[128];    /* a column that colours; "" none */
  char plot[32];   /* a row of plot/kinds.def */
  char where[512]; /* filter of the view; "" all */
  char paths[2][1024];
  bool descending;
  size_t row; /* of the table, from 0 */
  double coordinates
      [ORR_ASKED_COORDINATES]; /* how far the row's code is moved, in steps of each dimension's unit */
  size_t n_coordinates;
  size_t dimension; /* of the latent space, from 0 */
} orr_question;

typedef struct orr_known_recipe {
  const char *name, *title, *question; /* name: as `orrery run` takes it */
  const char *bundled_data;            /* NULL: none */
  const char *text;                    /* its Lua */
  const orr_option *params;
  size_t n_params;
} orr_known_recipe;

typedef struct orr_known_run {
  const char *path, *recipe, *status, *start, *headline;
  bool there; /* its folder still is */
} orr_known_run;

/* A number of two runs; NAN where one of them has none. */
typedef struct orr_compared {
  const char *name;
  double a, a_error, b, b_error;
} orr_compared;

typedef struct orr_answer {
  int refs; /* atomic */
  orr_question_kind kind;
  uint64_t number; /* of the question, as orr_workbench_ask gave it */
  orr_status status;
  orr_error error; /* why there is none */
  orr_arena arena;
  orr_table *table; /* references that the answer's names and words live in; NULL */
  orr_fit_object *fit;
  orr_evaluation_object *evaluation;
  orr_profile profile;
  orr_figure figure;
  bool has_figure;
  size_t *rows, n_rows;
  const char **names;      /* [n] */
  double *values, *errors; /* [n]; errors NaN: exact */
  size_t n;
  double *effect,
      *divergence; /* TRAVERSE: by dimension, [n_dimensions]: how far it moves the output; KL in nats */
  size_t n_dimensions;
  size_t picture_rows, picture_columns; /* TRAVERSE of images: values as a picture; 0: none */
  const char *text;                     /* a sentence or page for people */
  orr_known_recipe *recipes;
  orr_known_run *runs;
  orr_compared *compared;
  size_t n_recipes, n_runs, n_compared;
} orr_answer;

orr_answer *orr_answer_ref(orr_answer *a);
void orr_answer_unref(orr_answer *a);

#endif
