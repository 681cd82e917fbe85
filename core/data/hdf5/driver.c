/* The driver; see driver.h. Any other name than the descriptor's is refused, so links to other files cannot be
 * followed. As with the library's own driver, bytes after the end of the file read as zeros. */
#include "data/hdf5/driver.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

typedef struct file {
  H5FD_t base; /* first, as the library demands */
  int fd;
  orr_h5_capture *capture;
  haddr_t end_of_addresses, end_of_file;
} file;

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t most) {
  (void)most;
  const orr_h5_driver_info *info = H5Pget_driver_info(access);
  struct stat s;
  if (!info || strcmp(name, ORR_H5_DRIVER_NAME) != 0 || flags & (H5F_ACC_RDWR | H5F_ACC_TRUNC)) return NULL;
  if (fstat(info->fd, &s) || s.st_size < 0) return NULL;
  file *f = orr_calloc(1, sizeof *f);
  if (!f) return NULL;
  f->fd = info->fd;
  f->capture = info->capture;
  f->end_of_file = (haddr_t)s.st_size;
  return &f->base;
}

static herr_t close_file(H5FD_t *f) {
  orr_free(f);
  return 0;
}

static int compare(const H5FD_t *a, const H5FD_t *b) { return (a > b) - (a < b); }

static herr_t query(const H5FD_t *f, unsigned long *flags) {
  (void)f;
  *flags = H5FD_FEAT_DATA_SIEVE; /* no accumulator: reads are cheap, and damaged files have broken it */
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

static herr_t capture(orr_h5_capture *c, haddr_t at, size_t size) {
  c->reads++;
  c->at = at, c->size = size;
  return 0;
}

static herr_t read_bytes(H5FD_t *f, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size, void *out) {
  (void)transfer;
  char *to = out;
  orr_h5_capture *c = ((file *)f)->capture;
  if (at == HADDR_UNDEF || at > INT64_MAX || size > INT64_MAX - at) return -1;
  if (c && c->on && type == H5FD_MEM_DRAW) return capture(c, at, size);
  while (size) {
    ssize_t n = pread(((file *)f)->fd, to, size, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (!n) {
      memset(to, 0, size);
      return 0;
    }
    to += n, at += (haddr_t)n, size -= (size_t)n;
  }
  return 0;
}

static herr_t refuse_write(H5FD_t *f, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t size,
                           const void *bytes) {
  (void)f, (void)type, (void)transfer, (void)at, (void)size, (void)bytes;
  return -1;
}

static herr_t truncate_nothing(H5FD_t *f, hid_t transfer, hbool_t closing) {
  (void)f, (void)transfer, (void)closing;
  return 0;
}

static const H5FD_class_t driver = {.name = "orrery_descriptor",
                                    .maxaddr = INT64_MAX,
                                    .fc_degree = H5F_CLOSE_STRONG,
                                    .fapl_size = sizeof(orr_h5_driver_info),
                                    .open = open_file,
                                    .close = close_file,
                                    .cmp = compare,
                                    .query = query,
                                    .get_eoa = end_of_addresses,
                                    .set_eoa = set_end_of_addresses,
                                    .get_eof = end_of_file,
                                    .read = read_bytes,
                                    .write = refuse_write,
                                    .truncate = truncate_nothing,
                                    .fl_map = H5FD_FLMAP_DICHOTOMY};

hid_t orr_h5_driver_register(void) { return H5FDregister(&driver); }
