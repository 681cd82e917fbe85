/* Stores: named tensors and short texts, kept on disk in the safetensors layout:
 * 8 bytes little-endian length, a JSON header of that length, raw data.
 *
 * A file is inert and hostile: sizes, offsets, types and alignment are proven
 * before a byte is used, and there is nothing in it that could run.
 */
#ifndef ORR_MODEL_STORE_H
#define ORR_MODEL_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"

typedef enum orr_dtype { ORR_F64, ORR_F32, ORR_I64, ORR_I32, ORR_U8 } orr_dtype;

enum { ORR_MOST_DIMENSIONS = 4 };

typedef struct orr_tensor {
  const char *name;
  orr_dtype dtype;
  size_t n_dimensions, shape[ORR_MOST_DIMENSIONS], count; /* count: product of shape */
  union {
    void *data;
    double *f64;
    float *f32;
    int64_t *i64;
    int32_t *i32;
    uint8_t *u8;
  };
} orr_tensor;

typedef struct orr_note {
  const char *key, *text;
} orr_note;

typedef struct orr_store {
  orr_arena arena; /* owns everything below */
  orr_tensor *tensors;
  size_t n_tensors, tensors_capacity;
  orr_note *notes;
  size_t n_notes, notes_capacity;
} orr_store;

/* {0} is an empty store. */
void orr_store_fini(orr_store *s);

/* A new zeroed tensor of this shape; its name must be new. */
orr_status orr_store_add(orr_store *s, const char *name, orr_dtype dtype, size_t n_dimensions,
                         const size_t *shape, orr_tensor **out, orr_error *e);
/* A tensor whose elements are elsewhere, and stay there as long as the store is used. */
orr_status orr_store_show(orr_store *s, const char *name, orr_dtype dtype, size_t n_dimensions,
                          const size_t *shape, const void *data, orr_error *e);
/* Sets a note; one of the same key is replaced. */
orr_status orr_store_note(orr_store *s, const char *key, const char *text, orr_error *e);

const orr_tensor *orr_store_find(const orr_store *s, const char *name); /* NULL: none */
const char *orr_store_text(const orr_store *s, const char *key);        /* NULL: none */

/* The tensor, proven to be of this type and shape (a size of 0 in `shape` matches any), or ORR_DATA. */
orr_status orr_store_want(const orr_store *s, const char *name, orr_dtype dtype, size_t n_dimensions,
                          const size_t *shape, const orr_tensor **out, orr_error *e);
orr_status orr_tensor_check_finite(const orr_tensor *t, orr_error *e);

orr_status orr_store_write(const orr_store *s, const char *path, orr_error *e);
orr_status orr_store_read(orr_store *s, const char *path, orr_error *e);
orr_status orr_store_parse(orr_store *s, const void *bytes, size_t n,
                           orr_error *e); /* the reader, for fuzzing */
orr_hash orr_store_hash(const orr_store *s);

#endif
