/* Provenance; see provenance.h. Each version is asked of the room that is the library's home. */
#include "session/provenance.h"

#include "data/hdf5.h"
#include "model/xgboost.h"
#include "num/lbfgs.h"
#include "num/linear.h"
#include "session/history.h"

orr_json *orr_provenance_versions(const char *language_version) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "orrery", orr_json_new_string(ORR_VERSION));
  orr_json_set(j, "numerics", orr_json_new_integer(ORR_NUMERICS_VERSION));
  orr_json_set(j, "lua", orr_json_new_string(language_version));
  orr_json_set(j, "xgboost", orr_json_new_string(orr_xgboost_version()));
  orr_json_set(j, "openblas", orr_json_new_string(orr_linear_version()));
  orr_json_set(j, "hdf5", orr_json_new_string(orr_hdf5_version()));
  orr_json_set(j, "nlopt", orr_json_new_string(orr_lbfgs_version()));
  orr_json_set(j, "sqlite", orr_json_new_string(orr_history_version()));
  return j;
}

const char *orr_provenance_cpu(void) { return orr_linear_core_name(); }

void orr_provenance_line(const char *language_version, orr_text *out) {
  orr_json *versions = orr_provenance_versions(language_version);
  if (orr_json_print(versions, false, out, NULL)) out->failed = true;
  orr_json_free(versions);
  orr_text_printf(out, " cpu %s", orr_provenance_cpu());
}
