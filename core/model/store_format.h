/* What the two halves of the store share: element types and the reserved name. */
#ifndef ORR_MODEL_STORE_FORMAT_H
#define ORR_MODEL_STORE_FORMAT_H

#include <stdbool.h>

#include "model/store.h"

#define ORR_STORE_NOTES "__metadata__"

const char *orr_dtype_name(orr_dtype dtype); /* "F64" */
size_t orr_dtype_bytes(orr_dtype dtype);
bool orr_dtype_from_name(const char *name, orr_dtype *dtype);

#endif
