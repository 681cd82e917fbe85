/* Provenance; see provenance.h. Each version is asked of the room that is the library's home. */
#include "session/provenance.h"

#include <stdio.h>
#include <string.h>

#include "base/cpu.h"
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

const char *orr_provenance_cpu(void) {
  static char kind[64];
  snprintf(kind, sizeof kind, "%s, %s", orr_linear_core_name(), orr_cpu_name(orr_cpu()));
  return kind;
}

/* "xgboost was 1.7.4 and is now 1.7.6" */
static void add_difference(const char *name, const char *then, const char *now, orr_text *out) {
  if (!strcmp(then, now)) return;
  orr_text_printf(out, "%s%s was %.80s and is now %.80s", out->length ? "; " : "", name, then, now);
}

/* A version is text; of the numerics, a number. */
static void print_version(const orr_json *j, orr_text *out) {
  const char *text = orr_json_string(j);
  if (text) orr_text_add(out, text);
  else if (!j || orr_json_print(j, false, out, NULL)) orr_text_add(out, "not said");
}

void orr_provenance_compare(const orr_json *run, const char *language_version, orr_text *out) {
  orr_json *now = orr_provenance_versions(language_version);
  const orr_json *then = orr_json_get(run, "versions");
  for (const orr_json *j = orr_json_first(now); j; j = orr_json_next(j)) {
    orr_text was = {0}, is = {0};
    print_version(orr_json_get(then, orr_json_key(j)), &was);
    print_version(j, &is);
    add_difference(orr_json_key(j), orr_text_get(&was), orr_text_get(&is), out);
    orr_text_fini(&was);
    orr_text_fini(&is);
  }
  orr_json_free(now);
  add_difference("the kind of CPU", orr_json_text_of(run, "cpu", "not said"), orr_provenance_cpu(), out);
}

void orr_provenance_line(const char *language_version, orr_text *out) {
  orr_json *versions = orr_provenance_versions(language_version);
  if (orr_json_print(versions, false, out, NULL)) out->failed = true;
  orr_json_free(versions);
  orr_text_printf(out, " cpu %s", orr_provenance_cpu());
}
