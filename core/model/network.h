/* What families of networks share: rows to learn from, options of a training,
 * parameters in a store, and a compiled network to put questions to.
 *
 * A family does not train: it makes a lesson, and run/fit_network.h has it
 * learnt. What is kept is a description, a slab of parameters, and what brings
 * the data to the network's scale; the graph is built again from it.
 */
#ifndef ORR_MODEL_NETWORK_H
#define ORR_MODEL_NETWORK_H

#include "base/option.h"
#include "base/progress.h"
#include "model/layers.h"
#include "model/learner.h"
#include "model/store.h"
#include "num/matrix.h"

enum { ORR_MOST_PARAMETERS = 1 << 28 };

/* All that a training needs but its options. The rows live in the arena of who asked for the lesson. */
typedef struct orr_lesson {
  orr_learner learner;
  orr_dataset train, validation; /* validation: no rows where there are none */
} orr_lesson;

void orr_lesson_fini(orr_lesson *l);

/* Rows for the graph's inputs, in their order: x[n,width] as floats (x - center) * scale, column by column; NULL
 * for the identity. The dataset grows by one input. */
orr_status orr_dataset_add(orr_dataset *d, const double *x, size_t n, size_t width, const double *center,
                           const double *scale, orr_arena *arena, orr_error *e);

/* --- Options ---------------------------------------------------------------- */

/* The rows that run/fit_network reads, with a family's own defaults, which are text. */
#define ORR_TRAINING_OPTIONS(epochs_, batch_size_, rate_, schedule_, weight_decay_, patience_)               \
  ORR_AVERAGED_TRAINING_OPTIONS(epochs_, batch_size_, rate_, schedule_, weight_decay_, patience_, "0")

/* The same with the parameters' average kept. batch_size_ NULL: by the rows, orr_batch_size_for. */
#define ORR_AVERAGED_TRAINING_OPTIONS(epochs_, batch_size_, rate_, schedule_, weight_decay_, patience_,      \
                                      ema_)                                                                  \
  {.name = "epochs",                                                                                         \
   .type = ORR_TAKES_INTEGER,                                                                                \
   .fallback = epochs_,                                                                                      \
   .least = 1,                                                                                               \
   .most = 1e6,                                                                                              \
   .help = "the most passes over the training rows"},                                                        \
      {.name = "batch_size",                                                                                 \
       .type = ORR_TAKES_INTEGER,                                                                            \
       .fallback = batch_size_,                                                                              \
       .least = 1,                                                                                           \
       .most = 1e7,                                                                                          \
       .help = "rows an update of the parameters sees; where none is given, 32 to 512 by all rows"},         \
      {.name = "optimiser",                                                                                  \
       .type = ORR_TAKES_CHOICE,                                                                             \
       .fallback = "adamw",                                                                                  \
       .choices = "adamw|adam|sgd|lbfgs",                                                                    \
       .help =                                                                                               \
           "how parameters follow the gradient; sgd has a momentum of 0.9, lbfgs sees all rows at once"},    \
      {.name = "learning_rate",                                                                              \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .fallback = rate_,                                                                                    \
       .least = 1e-9,                                                                                        \
       .most = 100,                                                                                          \
       .help = "the largest step of the schedule"},                                                          \
      {.name = "schedule",                                                                                   \
       .type = ORR_TAKES_CHOICE,                                                                             \
       .fallback = schedule_,                                                                                \
       .choices = "constant|cosine|one_cycle|plateau",                                                       \
       .help = "how the learning rate moves over the epochs"},                                               \
      {.name = "warm_up",                                                                                    \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .fallback = "0",                                                                                      \
       .least = 0,                                                                                           \
       .most = 1e6,                                                                                          \
       .help = "epochs over which the learning rate rises from 0; one_cycle rises by itself"},               \
      {.name = "weight_decay",                                                                               \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .fallback = weight_decay_,                                                                            \
       .least = 0,                                                                                           \
       .most = 100,                                                                                          \
       .help = "how strongly parameters are drawn to 0: decoupled in adamw, else added to the gradient"},    \
      {.name = "clip_norm",                                                                                  \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .fallback = "0",                                                                                      \
       .least = 0,                                                                                           \
       .most = 1e9,                                                                                          \
       .help = "longer gradients are shortened to it; 0: none is"},                                          \
      {.name = "ema",                                                                                        \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .fallback = ema_,                                                                                     \
       .least = 0,                                                                                           \
       .most = 0.999999,                                                                                     \
       .help = "decay of the exponential moving average of the parameters that is kept; 0: the last are"},   \
  {                                                                                                          \
    .name = "patience", .type = ORR_TAKES_INTEGER, .fallback = patience_, .least = 0, .most = 1e6,           \
    .help = "stop after so many epochs without a better validation loss (used with validation rows); "       \
            "0: do not"                                                                                      \
  }

#define ORR_HIDDEN_OPTION(widths)                                                                            \
  {                                                                                                          \
    .name = "hidden", .type = ORR_TAKES_ANY, .fallback = widths,                                             \
    .help = "units of each hidden layer: a number, a list, or text such as '128,128'"                        \
  }

/* A power of two near a 160th of the rows, from 32 to 512: enough updates of few rows, not too small ones of many. */
size_t orr_batch_size_for(size_t rows);

/* An option that is a number, a list of them, or text such as "0.1,0.9": at most `most`, each in [low, high]. */
orr_status orr_options_numbers(const orr_options *o, const char *name, double low, double high, size_t most,
                               double *out, size_t *n, orr_error *e);

/* The option "hidden" as widths. */
enum { ORR_MOST_HIDDEN = 64 };
orr_status orr_hidden_widths(const orr_options *o, int widths[ORR_MOST_HIDDEN], size_t *n, orr_error *e);

/* --- Keeping ------------------------------------------------------------------ */

/* The tensor "parameters": float, of the graph's slab. */
orr_status orr_parameters_put(orr_store *s, const float *parameters, size_t n, orr_error *e);

/* Finite, and as many as the graph has: everything a kept slab can be wrong in. */
orr_status orr_parameters_want(const orr_store *s, const orr_graph *g, const float **out, orr_error *e);

/* A note of JSON; takes the value, also when it fails. */
orr_status orr_store_note_json(orr_store *s, const char *key, orr_json *j, orr_error *e);
orr_status orr_store_want_json(const orr_store *s, const char *key, orr_json **out, orr_error *e);

/* The whole number of a member, in [least, most], or ORR_DATA. */
orr_status orr_json_want_integer(const orr_json *j, const char *key, int least, int most, int *out,
                                 orr_error *e);
orr_status orr_json_want_number(const orr_json *j, const char *key, double least, double most, double *out,
                                orr_error *e);
/* 1 … ORR_MOST_HIDDEN widths. */
orr_status orr_json_want_widths(const orr_json *j, const char *key, int widths[ORR_MOST_HIDDEN], size_t *n,
                                orr_error *e);

/* --- Asking --------------------------------------------------------------------- */

enum { ORR_MOST_ANSWERS = 4 };

/* Nodes with rows, compiled for one set of parameters; asked any number of times. */
typedef struct orr_evaluator {
  orr_program *program;
  orr_precision precision;
  size_t n_inputs, n_answers, n_settings;
  size_t input_width[8], answer_width[ORR_MOST_ANSWERS];
  void *slab; /* parameters in the program's precision; owned, NULL where `parameters` serves */
  const float *parameters;
  char *room; /* rows going in and coming out */
} orr_evaluator;

/* The graph and the parameters must outlive it. */
orr_status orr_evaluator_init(orr_evaluator *v, const orr_graph *g, const orr_node *answers, size_t n_answers,
                              orr_precision precision, const float *parameters, orr_error *e);
void orr_evaluator_fini(orr_evaluator *v);

/* inputs[i] is x[n,width] or, with one row, the same for all; {0} where no answer needs it. answers[i][n,width].
 * Settings are 0. The noise is that of seed and step, a row's own. */
orr_status orr_evaluator_run(orr_evaluator *v, const orr_matrix *inputs, size_t n, uint64_t seed,
                             uint64_t step, double *const *answers, const orr_work *work, orr_error *e);

#endif
