/* HDF5 through the helper, as the program sees it; see hdf5.h. */
#include "data/hdf5.h"

#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/hdf5_process.h"
#include "data/hdf5_proof.h"

const orr_option orr_hdf5_options[] = {
    {.name = "flatten",
     .type = ORR_TAKES_CHOICE,
     .choices = "columns|summary",
     .help = "HDF5 data of three dimensions and more: a column for each element of a row, or mean, standard "
             "deviation, minimum and maximum of each row"},
};
const size_t orr_hdf5_options_count = sizeof orr_hdf5_options / sizeof *orr_hdf5_options;

bool orr_hdf5_is(int fd) {
  static const char signature[8] = "\x89HDF\r\n\x1a\n";
  char bytes[sizeof signature];
  for (off_t at = 0; at >= 0; at = at ? (at < (off_t)1 << 60 ? 2 * at : -1) : 512) {
    if (pread(fd, bytes, sizeof bytes, at) != (ssize_t)sizeof bytes) return false;
    if (!memcmp(bytes, signature, sizeof bytes)) return true;
  }
  return false;
}

/* ---- asking ---- */

static orr_json *options_of(const orr_options *given) {
  orr_json *j = orr_json_new_object();
  for (size_t i = 0; given && i < given->count; i++)
    for (size_t k = 0; k < orr_hdf5_options_count; k++)
      if (!strcmp(given->specs[i].name, orr_hdf5_options[k].name) && given->values[i].kind != ORR_NIL)
        orr_json_set(j, given->specs[i].name, orr_value_to_json(&given->values[i]));
  return j;
}

static orr_status write_request(const char *source, const orr_hdf5_request *r, unsigned threads,
                                orr_text *out, orr_error *e) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "source", orr_json_new_string(source));
  orr_json_set(j, "inside", orr_json_new_string(r->inside));
  orr_json_set(j, "options", options_of(r->given));
  orr_json_set(j, "tree", orr_json_new_boolean(r->tree));
  orr_json_set(j, "table", orr_json_new_boolean(r->table));
  orr_json_set(j, "most", orr_json_new_integer((int64_t)r->most));
  orr_json_set(j, "threads", orr_json_new_integer(threads));
  orr_status status = orr_json_print(j, false, out, e);
  orr_json_free(j);
  return status;
}

/* ---- understanding ---- */

/* An answer larger than memory cannot be an honest one, and looking at it would fill memory. */
static orr_status map_answer(int fd, orr_mapping **out, orr_error *e) {
  const double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
  const off_t size = lseek(fd, 0, SEEK_END);
  if (size < ORR_HDF5_HEAD) return orr_fail(e, ORR_SYSTEM, "the HDF5 reader ended without an answer");
  if ((double)size > memory) return orr_fail_memory(e, "this table", (unsigned long long)size);
  return orr_mapping_of_file(fd, out, e);
}

static void tell(const orr_json *notes, const char *source, const orr_work *work) {
  for (const orr_json *j = orr_json_first(notes); j; j = orr_json_next(j)) {
    orr_text line = {0};
    orr_text_add_inert(&line, orr_json_string(j));
    orr_log(work, "%s: %s", source, orr_text_get(&line));
    orr_text_fini(&line);
  }
}

/* Who wants a table and nothing else gets one, or hears what there is to choose from. */
static orr_status check_table(const orr_hdf5_request *r, const orr_hdf5_reading *reading, orr_error *e) {
  orr_text some = {0};
  size_t n = 0;
  if (!r->table || reading->table) return ORR_OK;
  if (orr_json_text_of(reading->facts, "picked", NULL)) return orr_hdf5_doubt(e, "picked, but no table");
  if (r->tree) return ORR_OK;
  for (const orr_json *j = orr_json_first(orr_json_get(reading->facts, "candidates")); j && n < 8;
       j = orr_json_next(j), n++)
    orr_text_printf(&some, "%s%.80s", n ? ", " : "", orr_json_string(j));
  if (n) orr_fail(e, ORR_DATA, "it holds several tables; name one of them: %.700s", orr_text_get(&some));
  else orr_fail(e, ORR_DATA, "nothing in it looks like a table; `orrery peek` lists what there is");
  orr_text_fini(&some);
  return ORR_DATA;
}

static orr_status read_through(const char *program, int fd, const char *source,
                               const orr_hdf5_request *request, const orr_work *work, orr_hdf5_reading *out,
                               orr_error *e) {
  orr_text json = {0};
  orr_mapping *mapping = NULL;
  int answer = -1;
  orr_status status;
  if (!program) ORR_GO(orr_fail(e, ORR_SYSTEM, "HDF5 needs /proc, to run this program's reader"));
  ORR_GO(write_request(source, request, orr_pool_threads(work ? work->pool : NULL), &json, e));
  ORR_GO(orr_hdf5_run(program, fd, source, json.data, work, &answer, e));
  ORR_GO(map_answer(answer, &mapping, e));
  ORR_GO(orr_hdf5_prove(mapping, source, work, out, e));
  ORR_GO(check_table(request, out, e));
  tell(orr_json_get(out->facts, "notes"), source, work);
out:
  if (answer >= 0) close(answer);
  orr_mapping_unref(mapping);
  orr_text_fini(&json);
  return status;
}

orr_status orr_hdf5_read(const char *program, int fd, const char *source, const orr_hdf5_request *request,
                         const orr_work *work, orr_hdf5_reading *out, orr_error *e) {
  *out = (orr_hdf5_reading){0};
  orr_status status = read_through(program, fd, source, request, work, out, e);
  if (!status) return ORR_OK;
  orr_hdf5_reading_fini(out);
  if (e && status != ORR_STOPPED && strncmp(e->message, source, strlen(source))) orr_fail_in(e, "%s", source);
  return status;
}

void orr_hdf5_reading_fini(orr_hdf5_reading *r) {
  orr_table_unref(r->table);
  orr_json_free(r->facts);
  *r = (orr_hdf5_reading){0};
}
