/* What a run began as; see begun.h. */
#include "session/begun.h"

#include <math.h>

#include "base/file.h"
#include "session/provenance.h"

orr_status orr_begun_print(const orr_begun *b, orr_text *out, orr_error *e) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "start", orr_json_new_integer(b->start));
  orr_json_set(j, "plots", orr_json_new_boolean(b->plots));
  orr_json_set(j, "session", orr_json_new_boolean(b->session));
  orr_json_set(j, "recipe_path", orr_json_new_string(b->recipe_path));
  orr_json_set(j, "cpu", orr_json_new_string(orr_provenance_cpu()));
  orr_json_set(j, "versions", orr_provenance_versions(b->language_version));
  orr_json_set(j, "resumed", b->resumed ? orr_json_copy(b->resumed) : orr_json_new_array());
  orr_status status = orr_json_print(j, true, out, e);
  orr_json_free(j);
  return status;
}

static orr_status read_run(const char *folder, orr_text *text, orr_json **out, orr_error *e) {
  orr_text path = {0};
  *out = NULL;
  orr_text_printf(&path, "%s/" ORR_BEGUN_RUN, folder);
  orr_status status = orr_text_check(&path, e);
  if (!status) status = orr_file_read_path(path.data, (size_t)1 << 24, text, e);
  if (!status && (status = orr_json_parse(orr_text_get(text), text->length, out, e)))
    orr_fail_in(e, "'%s'", path.data);
  orr_text_fini(&path);
  return status;
}

orr_status orr_begun_read(const char *folder, orr_json **out, orr_error *e) {
  orr_text text = {0};
  orr_status status = read_run(folder, &text, out, e);
  orr_text_fini(&text);
  return status;
}

orr_status orr_begun_sessions(const char *folder, orr_text *text, long long *start, orr_json **resumed,
                              orr_error *e) {
  orr_json *j;
  ORR_TRY(read_run(folder, text, &j, e));
  double seconds = orr_json_number_of(j, "start", -1);
  bool good = seconds >= 0 && seconds < 1e12 && orr_json_is_array(orr_json_get(j, "resumed"));
  *start = good ? (long long)seconds : 0;
  *resumed = good ? orr_json_copy(orr_json_get(j, "resumed")) : NULL;
  orr_json_free(j);
  if (!good) return orr_fail(e, ORR_DATA, "'%s/" ORR_BEGUN_RUN "' is damaged", folder);
  return *resumed ? ORR_OK : orr_fail_memory(e, "a list", 0);
}
