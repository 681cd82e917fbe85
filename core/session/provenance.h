/* Provenance: what else a number depends on besides data, recipe and seed. */
#ifndef ORR_SESSION_PROVENANCE_H
#define ORR_SESSION_PROVENANCE_H

#include "base/json.h"

/* Raised when the same step may give other bits than before. */
enum { ORR_NUMERICS_VERSION = 1 };

/* {"orrery":…,"lua":…,"xgboost":…,"openblas":…,"nlopt":…,"sqlite":…} */
orr_json *orr_provenance_versions(const char *language_version);
/* The kind of CPU the bits belong to: OpenBLAS's core name, and the level of our own vector code. */
const char *orr_provenance_cpu(void);

/* What of a run.json's versions and kind of CPU is not as it is here, in words; nothing when all is. */
void orr_provenance_compare(const orr_json *run, const char *language_version, orr_text *out);

/* All of it in one line, for step keys. */
void orr_provenance_line(const char *language_version, orr_text *out);

#endif
