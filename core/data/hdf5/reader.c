/* Opening and closing; see reader.h. The library is told to be silent, to load no plugins and to open nothing. */
#include "data/hdf5/reader.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/hdf5/array.h"
#include "data/hdf5/driver.h"

enum { MOST_NOTES = 100 };

typedef struct told {
  char text[400];
  bool found;
} told;

/* The innermost entry comes first; it names the fault, the outer ones only who passed it on. */
static herr_t first_entry(unsigned n, const H5E_error2_t *entry, void *context) {
  told *t = context;
  (void)n;
  if (t->found || !entry->desc || !*entry->desc) return 0;
  snprintf(t->text, sizeof t->text, "%s", entry->desc);
  t->found = true;
  return 0;
}

orr_status orr_h5_fail(orr_error *e, const char *format, ...) {
  told t = {.text = "no reason given"};
  char what[500];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first_entry, &t);
  H5Eclear2(H5E_DEFAULT);
  return orr_fail(e, ORR_DATA, "%s: the HDF5 library says: %s", what, t.text);
}

void orr_h5_note(orr_h5_reader *r, const char *format, ...) {
  char line[600];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  if (!r->notes) r->notes = orr_json_new_array();
  if (orr_json_count(r->notes) >= MOST_NOTES) return;
  for (const orr_json *n = orr_json_first(r->notes); n; n = orr_json_next(n))
    if (!strcmp(orr_json_string(n), line)) return;
  orr_json_push(r->notes, orr_json_new_string(line));
}

orr_status orr_h5_keep(orr_h5_reader *r, hid_t id, orr_error *e) {
  ORR_PUSH(&r->ids, id, e);
  return ORR_OK;
}

orr_status orr_h5_copy(orr_h5_reader *r, const char *s, const char **out, orr_error *e) {
  *out = orr_arena_strdup(&r->arena, s);
  return *out ? ORR_OK : orr_fail_memory(e, "a name", strlen(s));
}

/* What else could be meant by a file that does not open. */
static orr_status refuse(const orr_h5_reader *r, orr_error *e) {
  char start[4] = "";
  ssize_t n = pread(r->fd, start, sizeof start, 0);
  if (!r->bytes) return orr_fail(e, ORR_DATA, "%s is empty", r->source);
  if (n == 4 && !memcmp(start, "CDF", 3) && (start[3] == 1 || start[3] == 2 || start[3] == 5))
    return orr_fail(e, ORR_DATA, "%s is a netCDF-3 file, not HDF5; convert it: nccopy -k nc4 %s new.nc",
                    r->source, r->source);
  return orr_h5_fail(e, "%s cannot be opened as HDF5", r->source);
}

static orr_status start_library(orr_h5_reader *r, orr_error *e) {
  if (H5open() < 0) return orr_fail(e, ORR_SYSTEM, "the HDF5 library does not start");
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5PLset_loading_state(0);
  orr_h5_inflate_register();
  r->driver = orr_h5_driver_register();
  r->access = H5Pcreate(H5P_FILE_ACCESS);
  if (r->driver < 0 || r->access < 0 || H5Pset_fclose_degree(r->access, H5F_CLOSE_STRONG) < 0 ||
      H5Pset_driver(r->access, r->driver, &(orr_h5_driver_info){.fd = r->fd, .capture = &r->capture}) < 0)
    return orr_fail(e, ORR_SYSTEM, "the HDF5 library does not take the file driver");
  return ORR_OK;
}

orr_status orr_h5_open(orr_h5_reader *r, orr_error *e) {
  struct stat s;
  hsize_t user_block = 0;
  r->driver = r->access = r->file = -1;
  if (fstat(r->fd, &s)) return orr_fail_errno(e, "%s", r->source);
  r->bytes = (uint64_t)s.st_size;
  ORR_TRY(start_library(r, e));
  r->file = H5Fopen(ORR_H5_DRIVER_NAME, H5F_ACC_RDONLY, r->access);
  if (r->file < 0) return refuse(r, e);
  hid_t creation = H5Fget_create_plist(r->file);
  H5Pget_userblock(creation, &user_block);
  H5Pclose(creation);
  r->user_block = user_block;
  r->is_pytables = H5Aexists(r->file, "PYTABLES_FORMAT_VERSION") > 0;
  r->is_netcdf = H5Aexists(r->file, "_NCProperties") > 0;
  return ORR_OK;
}

void orr_h5_close(orr_h5_reader *r) {
  while (r->ids.count) H5Idec_ref(r->ids.items[--r->ids.count]);
  if (r->file > 0) H5Fclose(r->file);
  if (r->access > 0) H5Pclose(r->access);
  if (r->driver > 0) H5FDunregister(r->driver);
  orr_h5_batch_free(r->batch);
  orr_free(r->ids.items);
  orr_json_free(r->notes);
  orr_json_free(r->options);
  orr_arena_fini(&r->arena);
}
