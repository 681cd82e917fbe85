/* The networks that are measured. */
#ifndef BENCH_NETWORKS_H
#define BENCH_NETWORKS_H

#include "base/random.h"
#include "grad/graph.h"
#include "grad/program.h"

enum { MOST_PARAMETERS = 128 };

typedef struct network {
  orr_graph *graph;
  orr_root roots[MOST_PARAMETERS + 1];
  size_t n_roots, n_parameters;
  int n_inputs;
  size_t width[2];
  bool binary[2]; /* the input is 0 or 1 */
} network;

/* Only the loss, from which a learner is made; the graph is then the learner's. */
orr_status network_loss(const char *name, network *out, orr_node *loss, orr_error *e);

/* Numbers a row that forward leaves for backward: the input and the output of each layer. */
size_t network_activations(const char *name);

orr_status network_build(const char *name, network *out, orr_error *e); /* mlp, maf, nsf, vae */
void network_free(network *n);
size_t network_parameters(const char *name);

/* Uniform in ±1/sqrt(inputs of the layer), as PyTorch's linear layers. */
void network_initialise(const network *n, float *parameters, orr_random *r);

#endif
