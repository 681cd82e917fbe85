/* XGBoost's model format, UBJSON (ubjson.org, draft 12), in one pass.
 *
 * The text form takes minutes for a forest; here numbers lie as raw big-endian
 * arrays. Only the arrays of the trees are kept, by pointer; all else is
 * skipped. The reader never leaves its bytes, whatever they say.
 */
#include "model/xgboost_model.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/vector.h"

enum { MOST_DEPTH = 32 };

typedef struct reader {
  const unsigned char *at, *end;
  bool failed;
} reader;

typedef struct run { /* of numbers, as they lie in the file */
  const unsigned char *bytes;
  size_t count;
  char type;
} run;

typedef struct found {
  run left, right, feature, value, default_left, cover;
} found;

static const struct {
  const char *name;
  size_t offset;
} wanted[] = {
    {"left_children", offsetof(found, left)},        {"right_children", offsetof(found, right)},
    {"split_indices", offsetof(found, feature)},     {"split_conditions", offsetof(found, value)},
    {"default_left", offsetof(found, default_left)}, {"sum_hessian", offsetof(found, cover)},
};

typedef ORR_VECTOR(found) forest;

static size_t fail(reader *r) {
  r->failed = true;
  r->at = r->end;
  return 0;
}

static bool take(reader *r, char c) {
  if (r->at == r->end || *r->at != (unsigned char)c) return false;
  r->at++;
  return true;
}

static size_t width_of(char type) {
  switch (type) {
  case 'i':
  case 'U':
  case 'C': return 1;
  case 'I': return 2;
  case 'l':
  case 'd': return 4;
  case 'L':
  case 'D': return 8;
  }
  return 0;
}

static uint64_t big_endian(const unsigned char *bytes, size_t width) {
  uint64_t x = 0;
  for (size_t i = 0; i < width; i++) x = x << 8 | bytes[i];
  return x;
}

/* A type mark and the whole number that follows. */
static size_t read_count(reader *r) {
  if (r->at == r->end) return fail(r);
  size_t width = width_of((char)*r->at++);
  if (!width || (size_t)(r->end - r->at) < width) return fail(r);
  uint64_t x = big_endian(r->at, width);
  r->at += width;
  return (size_t)x;
}

static const unsigned char *take_bytes(reader *r, size_t n) {
  const unsigned char *start = r->at;
  if ((size_t)(r->end - r->at) < n) return fail(r), r->end;
  r->at += n;
  return start;
}

static run read_text(reader *r) {
  size_t n = read_count(r);
  return (run){.bytes = take_bytes(r, n), .count = r->failed ? 0 : n, .type = 'S'};
}

static bool says(const run *text, const char *s) {
  return text->count == strlen(s) && !memcmp(text->bytes, s, text->count);
}

static void skip(reader *r, unsigned depth);

/* After '[': a typed run is returned, any other array is passed over. */
static run read_array(reader *r, unsigned depth) {
  run out = {0};
  if (take(r, '$')) {
    out.type = r->at < r->end ? (char)*r->at++ : 0;
    size_t width = width_of(out.type), bytes;
    out.count = take(r, '#') ? read_count(r) : fail(r);
    if (!width || !orr_multiply(out.count, width, &bytes)) fail(r);
    else out.bytes = take_bytes(r, bytes);
  } else if (take(r, '#')) {
    for (size_t n = read_count(r); n && !r->failed; n--) skip(r, depth);
  } else {
    while (!take(r, ']') && !r->failed) skip(r, depth);
  }
  return out;
}

static void skip(reader *r, unsigned depth) {
  char type = r->at < r->end ? (char)*r->at++ : 0;
  if (depth > MOST_DEPTH) fail(r);
  else if (type == 'S') read_text(r);
  else if (type == '[') read_array(r, depth + 1);
  else if (type == '{') {
    while (!take(r, '}') && !r->failed) {
      read_text(r);
      skip(r, depth + 1);
    }
  } else if (!strchr("ZTF", type) || !type) {
    size_t width = width_of(type);
    if (width) take_bytes(r, width);
    else fail(r);
  }
}

static void read_tree(reader *r, found *tree) {
  if (!take(r, '{')) fail(r);
  while (!take(r, '}') && !r->failed) {
    run key = read_text(r), *into = NULL;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
      if (says(&key, wanted[i].name)) into = (run *)((char *)tree + wanted[i].offset);
    if (into && take(r, '[')) *into = read_array(r, 0);
    else skip(r, 0);
  }
}

/* {"learner": {"gradient_booster": {"model": {"trees": [#… of trees]}}}} */
static orr_status read_model(reader *r, const char *const *path, forest *out, orr_error *e) {
  if (!*path) {
    size_t n = take(r, '[') && take(r, '#') ? read_count(r) : fail(r);
    for (; n && !r->failed; n--) {
      found tree = {0};
      read_tree(r, &tree);
      ORR_PUSH(out, tree, e);
    }
    return ORR_OK;
  }
  if (!take(r, '{')) fail(r);
  while (!take(r, '}') && !r->failed) {
    run key = read_text(r);
    if (!says(&key, *path)) skip(r, 0);
    else ORR_TRY(read_model(r, path + 1, out, e));
  }
  return ORR_OK;
}

static int32_t integer_at(const run *r, size_t i) { return (int32_t)big_endian(r->bytes + 4 * i, 4); }

static float float_at(const run *r, size_t i) {
  uint32_t bits = (uint32_t)big_endian(r->bytes + 4 * i, 4);
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static bool is_complete(const found *t) {
  size_t n = t->left.count;
  return n && t->left.type == 'l' && t->right.type == 'l' && t->feature.type == 'l' && t->value.type == 'd' &&
         t->default_left.type == 'U' && t->right.count == n && t->feature.count == n && t->value.count == n &&
         t->default_left.count == n && t->cover.type == 'd' && t->cover.count == n;
}

/* order[…] = nodes breadth first, without what pruning cut off; returns how many, 0 when it is no tree. */
static size_t walk(const found *t, int32_t *order) {
  size_t n = t->left.count, used = 1;
  order[0] = 0;
  for (size_t i = 0; i < used; i++) {
    int32_t left = integer_at(&t->left, (size_t)order[i]), right = integer_at(&t->right, (size_t)order[i]);
    if (left < 0) continue;
    if ((size_t)left >= n || right < 0 || (size_t)right >= n || used + 2 > n) return 0;
    order[used++] = left;
    order[used++] = right;
  }
  return used;
}

static void copy_tree(const found *from, const int32_t *order, size_t n, size_t start, orr_trees *to) {
  size_t child = start + 1;
  for (size_t i = 0; i < n; i++) {
    size_t old = (size_t)order[i], node = start + i;
    bool leaf = integer_at(&from->left, old) < 0;
    to->left[node] = to->right[node] = -1;
    to->cover[node] = fmaxf(float_at(&from->cover, old), 0);
    if (leaf) {
      to->leaf[node] = float_at(&from->value, old);
      continue;
    }
    to->left[node] = (int32_t)child++;
    to->right[node] = (int32_t)child++;
    to->threshold[node] = float_at(&from->value, old);
    to->feature[node] = integer_at(&from->feature, old);
    to->default_left[node] = from->default_left.bytes[old] != 0;
  }
}

static orr_status copy_forest(const forest *from, size_t count, size_t groups, orr_store *out,
                              orr_trees *trees, int32_t *order, orr_error *e) {
  size_t nodes = 0;
  for (size_t i = 0; i < count; i++) {
    size_t n = walk(&from->items[i], order);
    if (!n) return orr_fail(e, ORR_NUMERIC, "tree %zu of XGBoost's model cannot be read", i);
    nodes += n;
  }
  ORR_TRY(orr_trees_add(out, count, nodes, groups, trees, e));
  for (size_t i = 0, start = 0; i < count; i++) {
    size_t n = walk(&from->items[i], order);
    copy_tree(&from->items[i], order, n, start, trees);
    start += n;
    trees->offset[i + 1] = (int64_t)start;
    trees->group[i] = (int32_t)(i % groups);
  }
  return ORR_OK;
}

orr_status orr_xgboost_read_model(const char *bytes, size_t n, size_t count, size_t groups, orr_store *out,
                                  orr_trees *trees, orr_error *e) {
  static const char *const path[] = {"learner", "gradient_booster", "model", "trees", NULL};
  const unsigned char *start = (const unsigned char *)bytes;
  reader r = {start, start + n, false};
  forest all = {0};
  size_t largest = 0;
  orr_status status = read_model(&r, path, &all, e);
  for (size_t i = 0; i < all.count; i++) {
    if (!is_complete(&all.items[i])) r.failed = true;
    if (all.items[i].left.count > largest) largest = all.items[i].left.count;
  }
  if (!status && (r.failed || all.count < count))
    status =
        orr_fail(e, ORR_NUMERIC, "XGBoost's model cannot be read: %zu of %zu trees found", all.count, count);
  int32_t *order = status ? NULL : orr_calloc(largest, sizeof *order);
  if (order) status = copy_forest(&all, count, groups, out, trees, order, e);
  else if (!status) status = orr_fail_memory(e, "a tree", largest);
  orr_free(order);
  orr_free(all.items);
  return status;
}
