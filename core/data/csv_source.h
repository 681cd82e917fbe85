/* Where the bytes of a CSV file come from, for csv_*.c alone: a file, of which
 * any part can be read by any worker, or memory. A pipe is read into memory
 * whole: it cannot be read twice. */
#ifndef ORR_DATA_CSV_SOURCE_H
#define ORR_DATA_CSV_SOURCE_H

#include "base/hash.h"
#include "base/progress.h"
#include "base/text.h"
#include "data/csv_dialect.h"

typedef struct orr_csv_source {
  const char *name;
  int fd; /* -1: the bytes are in memory */
  const char *memory;
  size_t size;
  orr_text owned; /* of a pipe, or changed into UTF-8 */
} orr_csv_source;

/* A stretch of a file in memory of its own, with a margin around it. */
typedef struct orr_csv_buffer {
  char *bytes;
  size_t n, capacity;
} orr_csv_buffer;

orr_csv_source orr_csv_source_of(const char *bytes, size_t n, const char *name);
orr_status orr_csv_source_open(orr_csv_source *s, int fd, const char *name, const orr_work *work,
                               orr_error *e);
void orr_csv_source_fini(orr_csv_source *s);

/* Bytes at … at + n - 1, all of which the source has, and a NUL. */
orr_status orr_csv_source_load(const orr_csv_source *s, size_t at, size_t n, orr_csv_buffer *out,
                               orr_error *e);
void orr_csv_buffer_fini(orr_csv_buffer *b);

/* Adds bytes at … end - 1 to a hash. */
orr_status orr_csv_source_hash(const orr_csv_source *s, size_t at, size_t end, orr_csv_buffer *buffer,
                               orr_hashing *h, orr_error *e);

/* UTF-16 becomes UTF-8, in memory, without its byte order mark. */
orr_status orr_csv_source_transcode(orr_csv_source *s, orr_encoding encoding, const orr_work *work,
                                    orr_error *e);

/* Adds the bytes as UTF-8. */
void orr_csv_add_decoded(orr_text *out, orr_encoding encoding, const char *s, size_t n);

#endif
