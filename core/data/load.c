/* Loading; see load.h. */
#include "data/load.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/csv.h"
#include "data/foreign.h"
#include "data/hdf5.h"

static orr_status collect_rows(orr_arena *arena, orr_option **rows, size_t *n, orr_error *e) {
  *n = orr_csv_options_count + orr_hdf5_options_count;
  ORR_TAKE(arena, *rows, *n, e);
  memcpy(*rows, orr_csv_options, orr_csv_options_count * sizeof **rows);
  memcpy(*rows + orr_csv_options_count, orr_hdf5_options, orr_hdf5_options_count * sizeof **rows);
  return ORR_OK;
}

orr_status orr_load_options(const orr_value *given, orr_arena *arena, orr_options *out, orr_error *e) {
  orr_option *rows;
  size_t n;
  ORR_TRY(collect_rows(arena, &rows, &n, e));
  return orr_options_init(out, rows, n, given, NULL, arena, e);
}

orr_status orr_load_parse(const char *word, orr_arena *arena, orr_value *dict, orr_error *e) {
  orr_option *rows, *row = NULL;
  orr_pair *longer;
  size_t n, length = strcspn(word, "=");
  if (!word[length] || !length) return orr_fail(e, ORR_USAGE, "--load '%.60s': expected KEY=VALUE", word);
  ORR_TRY(collect_rows(arena, &rows, &n, e));
  ORR_TAKE(arena, longer, dict->count + 1, e);
  char *key = orr_arena_strndup(arena, word, length);
  if (!key) return orr_fail_memory(e, "an option", length);
  for (size_t i = 0; i < n && !row; i++)
    if (!strcmp(rows[i].name, key)) row = &rows[i];
  if (!row) return orr_options_unknown(rows, n, "part of --load", key, ORR_USAGE, e);
  if (dict->count) memcpy(longer, dict->pairs, dict->count * sizeof *longer);
  longer[dict->count].key = row->name;
  ORR_TRY(orr_option_parse(row, word + length + 1, arena, &longer[dict->count].value, e));
  *dict = (orr_value){.kind = ORR_DICT, .count = dict->count + 1, .pairs = longer};
  return ORR_OK;
}

orr_status orr_load_open(const char *src, orr_arena *arena, orr_locator *where, int *fd, orr_error *e) {
  ORR_TRY(orr_locator_parse(src, arena, where, e));
  *fd = STDIN_FILENO;
  return strcmp(where->file, "-") ? orr_file_open(where->file, fd, e) : ORR_OK;
}

void orr_load_name(const orr_locator *where, orr_text *out) {
  orr_text_add(out, strcmp(where->file, "-") ? orr_file_name(where->file) : "standard input");
  if (where->inside) orr_text_printf(out, ":%s", where->inside);
}

orr_status orr_load_absolute(const orr_locator *where, orr_arena *arena, const char **out, orr_error *e) {
  orr_text absolute = {0};
  if (!strcmp(where->file, "-")) return *out = "-", ORR_OK;
  ORR_TRY(orr_file_absolute(where->file, &absolute, e));
  *out = orr_arena_printf(arena, "%s%s%s", orr_text_get(&absolute), where->inside ? ":" : "",
                          where->inside ? where->inside : "");
  orr_text_fini(&absolute);
  return *out ? ORR_OK : orr_fail_memory(e, "a path", 0);
}

/* An option of the other kind of file would be passed over in silence. */
static orr_status refuse(const orr_options *given, const orr_option *rows, size_t n, const char *kind,
                         orr_error *e) {
  for (size_t i = 0; given && i < n; i++)
    if (orr_options_has(given, rows[i].name))
      return orr_fail(e, ORR_USAGE, "the option '%s' has no meaning for %s", rows[i].name, kind);
  return ORR_OK;
}

orr_status orr_load_kind(int fd, const orr_locator *where, const orr_options *given, bool *is_hdf5,
                         orr_error *e) {
  *is_hdf5 = orr_hdf5_is(fd);
  if (*is_hdf5) return refuse(given, orr_csv_options, orr_csv_options_count, "an HDF5 file", e);
  ORR_TRY(orr_foreign_refuse(fd, orr_file_name(where->file), e));
  if (where->inside)
    return orr_fail(e, ORR_USAGE,
                    "'%.200s' is no HDF5 file, so nothing inside it can be named: leave out '%.200s'",
                    where->file, where->inside);
  return refuse(given, orr_hdf5_options, orr_hdf5_options_count, "a CSV file", e);
}

static orr_status take_csv(orr_csv_reading *r, orr_loaded *out, orr_error *e) {
  orr_text how = {0};
  out->table = r->table;
  out->content = out->table->origin = r->content;
  r->table = NULL;
  orr_csv_dialect_describe(&r->dialect, &how);
  out->how = orr_arena_strdup(&out->arena, orr_text_get(&how));
  orr_text_fini(&how);
  if (!out->how) return orr_fail_memory(e, "a description", 0);
  return orr_csv_dialect_to_value(&r->dialect, &out->arena, &out->options, e);
}

static orr_status load_csv(int fd, const char *name, const orr_options *given, const orr_work *work,
                           orr_loaded *out, orr_error *e) {
  orr_csv_reading r = {0};
  orr_status status = orr_csv_read(fd, name, given, work, &r, e);
  if (!status) status = take_csv(&r, out, e);
  orr_csv_reading_fini(&r);
  return status;
}

static orr_status take_hdf5(orr_hdf5_reading *r, const orr_locator *where, orr_loaded *out, orr_error *e) {
  orr_text options = {0};
  const char *picked = orr_json_text_of(r->facts, "picked", where->inside);
  const char *why = orr_json_text_of(r->facts, "why", NULL);
  const orr_json *policy = orr_json_get(r->facts, "options");
  out->table = r->table;
  r->table = NULL;
  out->table->origin = orr_hash_join(out->content, orr_hash_string(picked ? picked : ""));
  out->how = orr_arena_printf(&out->arena, "%s%s%s", picked ? picked : "", why ? ": " : "", why ? why : "");
  if (!out->how) return orr_fail_memory(e, "a description", 0);
  out->options = (orr_value){.kind = ORR_DICT};
  orr_status status = policy ? orr_json_print(policy, false, &options, e) : ORR_OK;
  if (!status && policy) status = orr_value_from_json(options.data, &out->arena, &out->options, e);
  orr_text_fini(&options);
  return status;
}

typedef struct hashing {
  int fd;
  orr_hash hash;
  uint64_t bytes;
  orr_error error;
} hashing;

static void *hash_file(void *context) {
  hashing *h = context;
  h->error.status = orr_hash_file(h->fd, &h->hash, &h->bytes, &h->error);
  return NULL;
}

/* The file is hashed beside the helper, which reads the same pages. */
static orr_status load_hdf5(int fd, const orr_locator *where, const char *program, const orr_options *given,
                            const orr_work *work, orr_loaded *out, orr_error *e) {
  pthread_t beside;
  hashing h = {.fd = fd};
  orr_hdf5_reading r = {0};
  orr_hdf5_request request = {.inside = where->inside, .given = given, .table = true};
  bool started = !pthread_create(&beside, NULL, hash_file, &h);
  if (!started) hash_file(&h);
  orr_status status = orr_hdf5_read(program, fd, orr_file_name(where->file), &request, work, &r, e);
  if (started) pthread_join(beside, NULL);
  if (!status && h.error.status) status = (*e = h.error).status;
  out->content = h.hash;
  if (!status) status = take_hdf5(&r, where, out, e);
  orr_hdf5_reading_fini(&r);
  return status;
}

orr_status orr_load(int fd, const orr_locator *where, const char *program, const orr_options *given,
                    const orr_work *work, orr_loaded *out, orr_error *e) {
  orr_text name = {0};
  bool is_hdf5;
  *out = (orr_loaded){0};
  ORR_TRY(orr_load_kind(fd, where, given, &is_hdf5, e));
  orr_load_name(where, &name);
  orr_status status = is_hdf5 ? load_hdf5(fd, where, program, given, work, out, e)
                              : load_csv(fd, orr_text_get(&name), given, work, out, e);
  orr_text_fini(&name);
  if (status) orr_loaded_fini(out);
  return status;
}

void orr_loaded_fini(orr_loaded *l) {
  orr_table_unref(l->table);
  orr_arena_fini(&l->arena);
  *l = (orr_loaded){0};
}
