/* Provenance: what else a number depends on besides data, recipe and seed. */
#ifndef ORR_SESSION_PROVENANCE_H
#define ORR_SESSION_PROVENANCE_H

#include "base/json.h"

/* Raised when the same step may give other bits than before. */
enum { ORR_NUMERICS_VERSION = 1 };

/* {"orrery":…,"lua":…,"xgboost":…,"openblas":…,"nlopt":…,"sqlite":…} */
orr_json *orr_provenance_versions(const char *language_version);
const char *orr_provenance_cpu(void); /* OpenBLAS's core name: the kind of CPU the bits belong to */

/* All of it in one line, for step keys. */
void orr_provenance_line(const char *language_version, orr_text *out);

#endif
