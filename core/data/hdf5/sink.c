/* The driver; see sink.h. */
#include "data/hdf5/sink.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

typedef struct info {
  orr_h5_sink *sink;
} info;

typedef struct file {
  H5FD_t base; /* first, as the library demands */
  orr_h5_sink *sink;
  haddr_t end_of_addresses, end_of_file;
} file;

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t most) {
  (void)name, (void)flags, (void)most;
  const info *given = H5Pget_driver_info(access);
  file *f = given ? orr_calloc(1, sizeof *f) : NULL;
  if (f) f->sink = given->sink;
  return f ? &f->base : NULL;
}

static herr_t close_file(H5FD_t *f) {
  orr_free(f);
  return 0;
}

static herr_t query(const H5FD_t *f, unsigned long *flags) {
  (void)f;
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

static haddr_t end_of_addresses(const H5FD_t *f, H5FD_mem_t type) {
  (void)type;
  return ((const file *)f)->end_of_addresses;
}

static herr_t set_end_of_addresses(H5FD_t *f, H5FD_mem_t type, haddr_t end) {
  (void)type;
  ((file *)f)->end_of_addresses = end;
  return 0;
}

static haddr_t end_of_file(const H5FD_t *f, H5FD_mem_t type) {
  (void)type;
  return ((const file *)f)->end_of_file;
}

/* What was not written reads as zeros. */
static herr_t read_bytes(H5FD_t *f, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size, void *out) {
  (void)type, (void)transfer;
  char *to = out;
  memset(to, 0, size);
  while (size) {
    ssize_t n = pread(((file *)f)->sink->fd, to, size, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    to += n, at += (haddr_t)n, size -= (size_t)n;
  }
  return 0;
}

static herr_t write_bytes(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size,
                          const void *bytes) {
  (void)type, (void)transfer;
  file *f = (file *)base;
  const char *from = bytes;
  if (at + size > f->end_of_file) f->end_of_file = at + size;
  while (size && !f->sink->number) {
    ssize_t n = pwrite(f->sink->fd, from, size, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) f->sink->number = n ? errno : ENOSPC;
    else from += n, at += (haddr_t)n, size -= (size_t)n;
  }
  return 0;
}

static herr_t truncate_file(H5FD_t *base, hid_t transfer, hbool_t closing) {
  (void)transfer, (void)closing;
  file *f = (file *)base;
  if (f->end_of_file == f->end_of_addresses) return 0;
  f->end_of_file = f->end_of_addresses;
  if (ftruncate(f->sink->fd, (off_t)f->end_of_file) && !f->sink->number) f->sink->number = errno;
  return 0;
}

static const H5FD_class_t driver = {.name = "orrery_sink",
                                    .maxaddr = INT64_MAX,
                                    .fc_degree = H5F_CLOSE_STRONG,
                                    .fapl_size = sizeof(info),
                                    .open = open_file,
                                    .close = close_file,
                                    .query = query,
                                    .get_eoa = end_of_addresses,
                                    .set_eoa = set_end_of_addresses,
                                    .get_eof = end_of_file,
                                    .read = read_bytes,
                                    .write = write_bytes,
                                    .truncate = truncate_file,
                                    .fl_map = H5FD_FLMAP_DICHOTOMY};

hid_t orr_h5_sink_use(hid_t access, orr_h5_sink *sink) {
  hid_t id = H5FDregister(&driver);
  if (id >= 0 && H5Pset_driver(access, id, &(info){sink}) < 0) return H5FDunregister(id), -1;
  return id;
}
