/* The head of the helper's answer; see hdf5_proof.h. The columns are proven in hdf5_columns.c. */
#include "data/hdf5_proof.h"

#include <string.h>

enum { MOST_HEADER = 32 << 20 /* bytes of JSON, which take some thirty times as many once read */ };

orr_status orr_hdf5_doubt(orr_error *e, const char *what) {
  return orr_fail(e, ORR_SYSTEM, "the HDF5 reader gave an answer that cannot be right (%s)", what);
}

bool orr_hdf5_size_of(const orr_json *number, size_t *out) {
  double x;
  if (!orr_json_number(number, &x) || !(x >= 0 && x <= 0x1p53)) return false;
  *out = (size_t)x;
  return (double)*out == x;
}

static orr_status read_header(const orr_mapping *answer, size_t *length, orr_json **header, orr_error *e) {
  uint64_t n;
  if (answer->size < ORR_HDF5_HEAD || memcmp(answer->address, ORR_HDF5_MAGIC, 8))
    return orr_hdf5_doubt(e, "no head");
  memcpy(&n, answer->address + 8, sizeof n);
  if (n > answer->size - ORR_HDF5_HEAD || n > MOST_HEADER) return orr_hdf5_doubt(e, "length of the header");
  *length = (size_t)n;
  orr_status status = orr_json_parse(answer->address + ORR_HDF5_HEAD, *length, header, e);
  return status == ORR_DATA ? orr_hdf5_doubt(e, "header is no JSON") : status;
}

/* The helper's own failure, under the status it names. */
static orr_status pass_on(const orr_json *error, orr_error *e) {
  static const struct {
    const char *name;
    orr_status status;
  } known[] = {{"data", ORR_DATA},
               {"usage", ORR_USAGE},
               {"system", ORR_SYSTEM},
               {"memory", ORR_MEMORY},
               {"stopped", ORR_STOPPED}};
  const char *name = orr_json_text_of(error, "status", ""), *message = orr_json_text_of(error, "message", "");
  for (size_t i = 0; *message && i < sizeof known / sizeof *known; i++)
    if (!strcmp(known[i].name, name)) return orr_fail(e, known[i].status, "%.900s", message);
  return orr_hdf5_doubt(e, "an error without a reason");
}

/* ---- facts ---- */

static bool is_text(const orr_json *j) { return orr_json_string(j) != NULL; }

static bool is_null(const orr_json *j) {
  double x;
  return !is_text(j) && !orr_json_is_array(j) && !orr_json_is_object(j) && !orr_json_is_boolean(j) &&
         !orr_json_number(j, &x);
}

static bool is_placed(const orr_json *j) { return orr_json_is_object(j) && is_text(orr_json_get(j, "path")); }

static bool is_node(const orr_json *j) { return is_placed(j) && is_text(orr_json_get(j, "kind")); }

static bool is_list_of(const orr_json *list, bool (*is)(const orr_json *)) {
  if (!list) return true;
  if (!orr_json_is_array(list)) return false;
  for (const orr_json *j = orr_json_first(list); j; j = orr_json_next(j))
    if (!is(j)) return false;
  return true;
}

static bool is_optional_text(const orr_json *j) { return !j || is_text(j) || is_null(j); }

/* Every member that the house reads is of its type; others pass. */
static orr_status check_facts(const orr_json *header, orr_error *e) {
  const orr_json *options = orr_json_get(header, "options");
  if (!is_optional_text(orr_json_get(header, "picked")) || !is_optional_text(orr_json_get(header, "why")))
    return orr_hdf5_doubt(e, "what was picked");
  if (!is_list_of(orr_json_get(header, "candidates"), is_text)) return orr_hdf5_doubt(e, "candidates");
  if (!is_list_of(orr_json_get(header, "notes"), is_text)) return orr_hdf5_doubt(e, "notes");
  if (!is_list_of(orr_json_get(header, "tree"), is_node)) return orr_hdf5_doubt(e, "the tree");
  if (!is_list_of(orr_json_get(header, "datasets"), is_placed)) return orr_hdf5_doubt(e, "the datasets");
  if (options && !orr_json_is_object(options)) return orr_hdf5_doubt(e, "options");
  return ORR_OK;
}

orr_status orr_hdf5_prove(orr_mapping *answer, const char *source, const orr_work *work,
                          orr_hdf5_reading *out, orr_error *e) {
  size_t length = 0;
  *out = (orr_hdf5_reading){0};
  orr_status status = read_header(answer, &length, &out->facts, e);
  const orr_json *header = out->facts, *error = orr_json_get(header, "error");
  if (!status && !orr_json_is_object(header)) status = orr_hdf5_doubt(e, "header is no object");
  if (!status && error) status = pass_on(error, e);
  if (!status) status = check_facts(header, e);
  const orr_json *table = orr_json_get(header, "table");
  if (!status && table && !is_null(table))
    status = orr_hdf5_prove_table(table, answer, ORR_HDF5_HEAD + length, source, work, out, e);
  if (status) return orr_hdf5_reading_fini(out), status;
  orr_json_remove(out->facts, "table");
  return ORR_OK;
}
