/* Fully connected networks, one or several side by side: what the families mlp and ensemble share. */
#ifndef ORR_MODEL_MLP_H
#define ORR_MODEL_MLP_H

#include "model/embedding.h"
#include "model/loss.h"
#include "model/model.h"
#include "model/network.h"

enum { ORR_MOST_MEMBERS = 100 };

/* What is kept of it, and what the graph is built from. */
typedef struct orr_mlp {
  int inputs, classes, members; /* classes: 1 of a regression */
  const orr_loss *loss;
  orr_loss_setting setting;
  const orr_embedding *embeddings;
  size_t n_embeddings;
  const orr_layer *layers; /* all but the last, which the loss decides */
  size_t n_layers;
} orr_mlp;

/* Defaults measured on tables of 150 to 60,000 rows against boosted trees and scikit-learn's own. */
#define ORR_MLP_TRAINING_OPTIONS                                                                             \
  ORR_AVERAGED_TRAINING_OPTIONS("100", NULL, "5e-3", "one_cycle", "0.1", "30", "0.99")

#define ORR_MLP_OPTIONS(hidden_, loss_, loss_help_)                                                          \
  ORR_HIDDEN_OPTION(hidden_), ORR_EMBEDDING_OPTION,                                                          \
      {.name = "activation",                                                                                 \
       .type = ORR_TAKES_CHOICE,                                                                             \
       .fallback = "silu",                                                                                   \
       .choices = ORR_ACTIVATION_CHOICES,                                                                    \
       .help = "what each unit's sum goes through"},                                                         \
      {.name = "residual",                                                                                   \
       .type = ORR_TAKES_BOOLEAN,                                                                            \
       .fallback = "false",                                                                                  \
       .help = "each hidden layer adds to what came in, instead of replacing it"},                           \
      {.name = "dropout",                                                                                    \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .least = 0,                                                                                           \
       .most = 0.95,                                                                                         \
       .help = "share of hidden units left out at random in training; where none is given, 0.1 for "         \
               "classes, 0 for numbers"},                                                                    \
      {.name = "layer_norm",                                                                                 \
       .type = ORR_TAKES_BOOLEAN,                                                                            \
       .fallback = "false",                                                                                  \
       .help = "bring each row's hidden units to mean 0 and deviation 1"},                                   \
      {.name = "squash",                                                                                     \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .fallback = "3",                                                                                      \
       .least = 0,                                                                                           \
       .most = 1e6,                                                                                          \
       .help = "standardised features are bent to stay within this bound, so that outliers do not rule; "    \
               "0: not"},                                                                                    \
      {.name = "loss",                                                                                       \
       .type = ORR_TAKES_CHOICE,                                                                             \
       .fallback = loss_,                                                                                    \
       .choices = "auto|binary_cross_entropy|categorical_cross_entropy|focal|squared_error|absolute_error|"  \
                  "huber|quantile|gaussian_nll|student_nll|poisson_nll",                                     \
       .help = loss_help_},                                                                                  \
      {.name = "gamma",                                                                                      \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .fallback = "2",                                                                                      \
       .least = 0,                                                                                           \
       .most = 20,                                                                                           \
       .help = "focal: how much easy rows are played down"},                                                 \
      {.name = "delta",                                                                                      \
       .type = ORR_TAKES_NUMBER,                                                                             \
       .fallback = "1",                                                                                      \
       .least = 1e-6,                                                                                        \
       .most = 1e6,                                                                                          \
       .help = "huber: where squared becomes absolute, in standard deviations of the target"},               \
  {                                                                                                          \
    .name = "levels", .type = ORR_TAKES_ANY, .fallback = "0.05,0.25,0.5,0.75,0.95",                          \
    .help = "quantile: which are learnt; the one nearest to 0.5 is the prediction"                           \
  }

orr_status orr_mlp_learner(const orr_fit_input *in, int members, orr_store *out, orr_lesson *lesson,
                           orr_error *e);
orr_status orr_mlp_predict(const orr_store *s, orr_task task, const orr_matrix *x, size_t k, double *out,
                           const orr_work *work, orr_error *e);
orr_status orr_mlp_predict_spread(const orr_store *s, const orr_matrix *x, double *mean, double *sd,
                                  const orr_work *work, orr_error *e);
orr_status orr_mlp_check(const orr_store *s, orr_task task, size_t d, size_t k, orr_error *e);

/* The outputs[members], each [rows, outputs of the loss], of x[rows, inputs]. */
void orr_mlp_outputs(const orr_mlp *m, orr_layers *l, orr_node x, orr_node *outputs);

/* The description in a store's note "architecture", and back; the latter is not trusted. */
orr_status orr_mlp_note(const orr_mlp *m, orr_store *s, orr_error *e);
orr_status orr_mlp_read(const orr_store *s, size_t d, size_t k, orr_arena *arena, orr_mlp *out, orr_error *e);

#endif
