/* Autoencoders, plain and variational: a few numbers for each row from which
 * the row can be had again.
 *
 * The variational one (Kingma and Welling, "Auto-encoding variational Bayes",
 * ICLR 2014) has a density over them: each row is encoded as a Gaussian, and
 * minus the evidence lower bound is made small,
 *   E_q[-ln p(x|z)] + beta KL(q(z|x) ‖ N(0, 1)),
 * with beta 1 in the bound itself (Higgins et al., "beta-VAE", ICLR 2017), and
 * rising from 0 while it warms up (Bowman et al., CoNLL 2016).
 */
#ifndef ORR_MODEL_VAE_H
#define ORR_MODEL_VAE_H

#include "model/density.h"
#include "model/model.h"
#include "model/network.h"

/* What a decoder's output is. */
typedef enum orr_decoder {
  ORR_DECODER_GAUSSIAN, /* the mean; each column has one standard deviation, learnt with the rest */
  ORR_DECODER_BERNOULLI /* the logit of a share; all data are brought to 0 … 1 together */
} orr_decoder;

typedef struct orr_vae {
  int columns, latent;
  bool variational;
  orr_decoder decoder;
  int hidden[ORR_MOST_HIDDEN], n_hidden; /* of the encoder; the decoder has them in reverse */
  orr_activation activation;
} orr_vae;

orr_status orr_vae_make_learner(const orr_vae *v, double beta, double warm_up_epochs, bool weighted, uint64_t seed,
                                orr_learner *out, orr_error *e);
orr_status orr_vae_learner(const orr_density_input *in, bool variational, orr_store *out, orr_lesson *lesson,
                           orr_error *e);
orr_status orr_vae_note(const orr_vae *v, orr_store *s, orr_error *e);
orr_status orr_vae_read(const orr_store *s, orr_vae *out, orr_error *e); /* not trusted */

/* The parts of the graph. x[rows,columns] is standardised, z[rows,latent]. */
typedef struct orr_code {
  orr_node mean, log_variance; /* log_variance: 0 where it is not variational */
} orr_code;
orr_code orr_vae_encoder(const orr_vae *v, orr_layers *l, orr_node x);
orr_node orr_vae_decoder(const orr_vae *v, orr_layers *l, orr_node z); /* [rows,columns] before its meaning */
orr_node orr_vae_log_sd(const orr_vae *v, orr_layers *l);              /* [columns] of a Gaussian decoder; else 0 */
orr_node orr_vae_log_likelihood(const orr_vae *v, orr_graph *g, orr_node x, orr_node output, orr_node log_sd); /* [rows] */
orr_node orr_vae_divergence(orr_graph *g, orr_code q); /* KL of each latent column: [rows,latent] */
orr_node orr_vae_draw(orr_graph *g, orr_code q, int latent);

/* --- Asking a kept one ------------------------------------------------------------ */

orr_status orr_vae_check(const orr_store *s, size_t d, size_t c, size_t *latent, orr_error *e);

/* mean[n,latent] and, where not NULL, log_variance[n,latent] of the posterior. */
orr_status orr_vae_encode(const orr_store *s, const orr_matrix *x, double *mean, double *log_variance,
                          const orr_work *work, orr_error *e);

/* x[n,columns] of z[n,latent] in the data's units: the decoder's mean. */
orr_status orr_vae_decode(const orr_store *s, const orr_matrix *z, double *x, const orr_work *work, orr_error *e);

/* A draw from the model: its noise is in it. */
orr_status orr_vae_sample(const orr_store *s, const orr_matrix *context, size_t n, uint64_t seed, double *x,
                          const orr_work *work, orr_error *e);

/* Of each row, in the data's units: elbo[n] the mean of ln w, and likelihood[n] ln of the mean w, of w = p(x,z)/q(z|x)
 * over so many draws (Burda, Grosse and Salakhutdinov, "Importance weighted autoencoders", ICLR 2016, equation 8);
 * the latter is not above ln p(x) on average, and reaches it with many draws. Either may be NULL. */
orr_status orr_vae_likelihood(const orr_store *s, const orr_matrix *x, size_t draws, uint64_t seed, double *elbo,
                              double *likelihood, const orr_work *work, orr_error *e);

typedef enum orr_collapse { ORR_COLLAPSE_NONE, ORR_COLLAPSE_MOST, ORR_COLLAPSE_ALL } orr_collapse;

/* What the latent columns carry, over rows: a column is active where its posterior mean varies by more than 0.01
 * (Burda et al. 2016, section 5.2), and dead where its divergence from the prior is below 0.01 nats. */
typedef struct orr_latent_look {
  size_t latent, active, dead;
  double *divergence, *variance; /* [latent]: nats; of the posterior mean */
  double total;                  /* Σ divergence */
  orr_collapse collapse;         /* all columns are dead; more than half of them */
} orr_latent_look;
orr_status orr_vae_look(const orr_store *s, const orr_matrix *x, orr_arena *arena, orr_latent_look *out,
                        const orr_work *work, orr_error *e);

/* The alarm in words, with what to try; NULL where there is none. Also logged after a look. */
const char *orr_collapse_text(orr_collapse c);

#endif
