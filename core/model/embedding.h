/* Learnt vectors for categories: a column of a frame that holds the number of a category becomes several columns,
 * each category's own (Guo and Berkhahn, "Entity embeddings of categorical variables", arXiv:1604.06737, 2016). */
#ifndef ORR_MODEL_EMBEDDING_H
#define ORR_MODEL_EMBEDDING_H

#include "base/memory.h"
#include "data/frame.h"
#include "model/layers.h"

typedef struct orr_embedding {
  int column, categories, width; /* column: of the frame */
} orr_embedding;

/* min(50, 1.6 categories^0.56), rounded (Howard and Gugger, "fastai: a layered API for deep learning", Information
 * 11, 2020; its rule, with a lower bound on what is wide). */
int orr_embedding_width(int categories);

/* Of the frame's columns with levels, ascending. */
orr_status orr_embeddings_of(const orr_frame *f, orr_arena *arena, orr_embedding **out, size_t *n,
                             orr_error *e);

/* x[rows,inputs] with each such column's vector in its place. */
orr_node orr_embeddings_join(orr_layers *l, orr_node x, const orr_embedding *list, size_t n);

/* [{"column": 2, "categories": 41, "width": 13}, …] and back: NULL is none; not trusted. */
orr_json *orr_embeddings_to_json(const orr_embedding *list, size_t n);
orr_status orr_embeddings_from_json(const orr_json *j, int inputs, orr_arena *arena, orr_embedding **out,
                                    size_t *n, orr_error *e);

#define ORR_EMBEDDING_OPTION                                                                                 \
  {                                                                                                          \
    .name = "embedding", .type = ORR_TAKES_INTEGER, .fallback = "8", .least = 0, .most = 1e9,                \
    .help = "each category of a text column that has more than this is a learnt vector of "                  \
            "min(50, 1.6 n^0.56) numbers; 0: none is"                                                        \
  }

#endif
