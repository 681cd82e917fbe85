/* Learners; see learner.h. */
#include "model/learner.h"

#include "base/memory.h"
#include "base/vector.h"

void orr_learner_fini(orr_learner *l) {
  for (size_t i = 0; i < l->n_terms; i++) orr_free((char *)l->terms[i].name);
  for (size_t i = 0; i < l->n_movements; i++) orr_free((char *)l->movements[i].name);
  orr_free(l->terms);
  orr_free(l->movements);
  orr_free(l->initial);
  orr_graph_free(l->graph);
  *l = (orr_learner){0};
}

orr_status orr_learner_add_term(orr_learner *l, const char *name, orr_node node, orr_error *e) {
  if (l->n_terms == l->terms_capacity)
    ORR_TRY(orr_vector_grow((void **)&l->terms, l->n_terms, &l->terms_capacity, sizeof *l->terms, e));
  orr_term term = {orr_strdup(name), node};
  if (!term.name) return orr_fail_memory(e, "a name", 0);
  l->terms[l->n_terms++] = term;
  return ORR_OK;
}

orr_status orr_learner_add_movement(orr_learner *l, const orr_movement *m, orr_error *e) {
  if (l->n_movements == l->movements_capacity)
    ORR_TRY(orr_vector_grow((void **)&l->movements, l->n_movements, &l->movements_capacity,
                            sizeof *l->movements, e));
  orr_movement movement = *m;
  movement.name = orr_strdup(m->name);
  if (!movement.name) return orr_fail_memory(e, "a name", 0);
  l->movements[l->n_movements++] = movement;
  return ORR_OK;
}

orr_status orr_learner_take_initial(orr_learner *l, orr_error *e) {
  ORR_TRY(orr_graph_check(l->graph, e));
  orr_free(l->initial);
  l->initial = orr_calloc(orr_graph_slab(l->graph), sizeof *l->initial);
  if (l->initial) return ORR_OK;
  return orr_fail_memory(e, "the parameters", orr_graph_slab(l->graph) * sizeof *l->initial);
}
