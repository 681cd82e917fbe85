/* Learnt vectors for categories; see embedding.h. */
#include "model/embedding.h"

#include <math.h>

#include "grad/nodes.h"
#include "model/network.h"

enum { WIDEST = 50, MOST_CATEGORIES = 1 << 24 /* whole numbers in float */ };

int orr_embedding_width(int categories) { return (int)fmin(WIDEST, round(1.6 * pow(categories, 0.56))); }

orr_status orr_embeddings_of(const orr_frame *f, orr_arena *arena, orr_embedding **out, size_t *n,
                             orr_error *e) {
  *n = 0;
  ORR_TAKE(arena, *out, f->x.cols + 1, e);
  for (size_t j = 0; f->levels && j < f->x.cols; j++) {
    if (!f->levels[j]) continue;
    if (f->levels[j] > MOST_CATEGORIES)
      return orr_fail(e, ORR_DATA, "'%s' has %zu categories; at most %d can be learnt: exclude it",
                      f->names ? f->names[j] : "a column", f->levels[j], MOST_CATEGORIES);
    int categories = (int)f->levels[j];
    (*out)[(*n)++] = (orr_embedding){(int)j, categories, orr_embedding_width(categories)};
  }
  return ORR_OK;
}

/* --- The graph ------------------------------------------------------------------- */

/* All pieces side by side; an operator takes only so many at once. */
static orr_node side_by_side(orr_graph *g, orr_node *piece, size_t n) {
  while (n > 1) {
    size_t joined = 0;
    for (size_t i = 0; i < n; i += ORR_MOST_INPUTS, joined++) {
      int some = n - i < ORR_MOST_INPUTS ? (int)(n - i) : ORR_MOST_INPUTS;
      piece[joined] = some > 1 ? orr_node_concatenate(g, piece + i, some, 1) : piece[i];
    }
    n = joined;
  }
  return piece[0];
}

/* Runs of number columns, and vectors, by turns. */
static orr_node in_place(orr_layers *l, orr_node x, const orr_embedding *list, size_t n, orr_node *piece) {
  orr_graph *g = l->graph;
  int from = 0, end = orr_shape_of(g, x).dim[1];
  size_t pieces = 0;
  for (size_t i = 0; i < n; i++) {
    const orr_embedding *c = &list[i];
    if (c->column > from) piece[pieces++] = orr_node_slice(g, x, 1, from, c->column - from);
    piece[pieces++] = orr_layer_embedding(l, orr_node_slice(g, x, 1, c->column, 1), &c->categories, c->width);
    from = c->column + 1;
  }
  if (end > from) piece[pieces++] = orr_node_slice(g, x, 1, from, end - from);
  return side_by_side(g, piece, pieces);
}

orr_node orr_embeddings_join(orr_layers *l, orr_node x, const orr_embedding *list, size_t n) {
  if (!n || orr_graph_failed(l->graph)) return x;
  orr_node *piece = orr_calloc(2 * n + 1, sizeof *piece);
  if (!piece) return orr_graph_fail_memory(l->graph, (2 * n + 1) * sizeof *piece);
  orr_graph_enter(l->graph, "categories");
  x = in_place(l, x, list, n, piece);
  orr_graph_leave(l->graph);
  orr_free(piece);
  return x;
}

/* --- As they are kept --------------------------------------------------------------- */

orr_json *orr_embeddings_to_json(const orr_embedding *list, size_t n) {
  orr_json *j = orr_json_new_array();
  for (size_t i = 0; i < n; i++) {
    orr_json *one = orr_json_push(j, orr_json_new_object());
    orr_json_set(one, "column", orr_json_new_integer(list[i].column));
    orr_json_set(one, "categories", orr_json_new_integer(list[i].categories));
    orr_json_set(one, "width", orr_json_new_integer(list[i].width));
  }
  return j;
}

orr_status orr_embeddings_from_json(const orr_json *j, int inputs, orr_arena *arena, orr_embedding **out,
                                    size_t *n, orr_error *e) {
  *n = 0;
  *out = NULL;
  if (!j) return ORR_OK;
  if (!orr_json_is_array(j)) return orr_fail(e, ORR_DATA, "the kept network's embeddings are no list");
  ORR_TAKE(arena, *out, orr_json_count(j) + 1, e);
  for (const orr_json *at = orr_json_first(j); at; at = orr_json_next(at)) {
    orr_embedding *c = &(*out)[*n];
    int least = *n ? c[-1].column + 1 : 0;
    ORR_TRY(orr_json_want_integer(at, "column", least, inputs - 1, &c->column, e));
    ORR_TRY(orr_json_want_integer(at, "categories", 1, MOST_CATEGORIES, &c->categories, e));
    ORR_TRY(orr_json_want_integer(at, "width", 1, WIDEST, &c->width, e));
    ++*n;
  }
  return ORR_OK;
}
