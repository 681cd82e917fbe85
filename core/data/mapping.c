/* Mappings; see mapping.h. */
#include "data/mapping.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "base/memory.h"

orr_status orr_mapping_new(void *address, size_t size, orr_release_fn release, orr_mapping **out,
                           orr_error *e) {
  orr_mapping *m = orr_calloc(1, sizeof *m);
  if (!m) return orr_fail_memory(e, "a mapping", sizeof *m);
  *m = (orr_mapping){.refs = 1, .address = address, .size = size, .release = release};
  *out = m;
  return ORR_OK;
}

static void unmap(void *address, size_t size) { munmap(address, size); }

orr_status orr_mapping_of_file(int fd, orr_mapping **out, orr_error *e) {
  struct stat about;
  if (fstat(fd, &about)) return orr_fail_errno(e, "cannot map");
  if (about.st_size <= 0) return orr_fail(e, ORR_SYSTEM, "cannot map what is empty");
  size_t size = (size_t)about.st_size;
  void *address = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (address == MAP_FAILED) return orr_fail_errno(e, "cannot map %zu bytes", size);
  orr_status status = orr_mapping_new(address, size, unmap, out, e);
  if (status) munmap(address, size);
  return status;
}

orr_mapping *orr_mapping_ref(orr_mapping *m) {
  __atomic_add_fetch(&m->refs, 1, __ATOMIC_RELAXED);
  return m;
}

void orr_mapping_unref(orr_mapping *m) {
  if (!m || __atomic_sub_fetch(&m->refs, 1, __ATOMIC_ACQ_REL)) return;
  m->release((void *)m->address, m->size);
  orr_free(m);
}
