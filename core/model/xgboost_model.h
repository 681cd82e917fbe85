/* Reading of XGBoost's own model format. */
#ifndef ORR_MODEL_XGBOOST_MODEL_H
#define ORR_MODEL_XGBOOST_MODEL_H

#include "model/trees.h"

/* The first `count` trees of a model saved as UBJSON, nodes renumbered breadth first; tree i is of group
 * i mod groups. ORR_NUMERIC when the bytes are no such model. */
orr_status orr_xgboost_read_model(const char *bytes, size_t n, size_t count, size_t groups, orr_store *out,
                                  orr_trees *trees, orr_error *e);

#endif
