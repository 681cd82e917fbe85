/* Kept trees: our predictor against XGBoost's own margins, a tree done by hand, hostile tensors refused,
 * and the reader of XGBoost's format on bytes that are cut or flipped. */
#include "fixture.h"

#include <stdlib.h>

#include "model/trees.h"
#include "model/xgboost.h"
#include "model/xgboost_model.h"

static void margins_equal_the_librarys(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_xgboost x = {0};
  orr_store store = {0};
  orr_trees trees;
  static double gradient[3 * ROWS], hessian[3 * ROWS], theirs[3 * ROWS], ours[3 * ROWS];
  orr_frame f = frame_of(0, ROWS, 3, 0);
  punch_holes();
  assert_int_equal(orr_xgboost_init(&x, &f.x, NULL, &f.x, 3, NULL, &arena, NULL), ORR_OK);
  for (int round = 0; round < 8; round++) {
    for (size_t i = 0; i < 3 * ROWS; i++) {
      gradient[i] = cell((long)i, round) + 2 * cells[i / 3 * COLUMNS];
      hessian[i] = 1 + 0.5 * cell((long)i, round + 9);
    }
    assert_int_equal(orr_xgboost_round(&x, gradient, hessian, NULL), ORR_OK);
  }
  assert_int_equal(orr_xgboost_trees(&x, 8, &store, &trees, NULL), ORR_OK);
  assert_int_equal(orr_trees_check(&store, COLUMNS, 3, NULL), ORR_OK);
  assert_int_equal(trees.count, 24);
  assert_int_equal(orr_trees_margins(&trees, &f.x, ours, NULL, NULL), ORR_OK);
  for (int validation = 0; validation < 2; validation++) {
    assert_int_equal(orr_xgboost_margins(&x, validation, theirs, NULL), ORR_OK);
    for (size_t i = 0; i < 3 * ROWS; i++) assert_near(ours[i], theirs[i], 4e-6);
  }
  orr_store_fini(&store);
  orr_xgboost_fini(&x);
  orr_arena_fini(&arena);
}

enum { MANY = 6000 };

/* Trees of a few rounds grown by the library itself on so many threads. */
static orr_hash grow_on(double threads, const double *weight, const orr_matrix *x) {
  orr_arena arena = {0};
  orr_xgboost booster = {0};
  orr_store store = {0};
  orr_trees trees;
  static double gradient[2 * MANY], hessian[2 * MANY];
  const setting columns[] = {{"colsample_bytree", "0.8"}, {"colsample_bynode", "0.7"}, {"seed", "5"}};
  assert_int_equal(orr_xgboost_init(&booster, x, weight, NULL, 2, NULL, &arena, NULL), ORR_OK);
  assert_int_equal(orr_xgboost_set(&booster, "nthread", threads, NULL), ORR_OK);
  for (size_t i = 0; i < 3; i++)
    assert_int_equal(orr_xgboost_set(&booster, columns[i].name, strtod(columns[i].text, NULL), NULL), ORR_OK);
  for (int round = 0; round < 4; round++) {
    for (size_t i = 0; i < 2 * MANY; i++) {
      double pull = sin((double)i * 1.7 + round) + (isnan(x->x[i]) ? 1 : x->x[i]);
      gradient[i] = -weight[i / 2] * pull;
      hessian[i] = 1.1 + cos((double)i);
    }
    assert_int_equal(orr_xgboost_round(&booster, gradient, hessian, NULL), ORR_OK);
  }
  assert_int_equal(orr_xgboost_trees(&booster, 4, &store, &trees, NULL), ORR_OK);
  assert_true(trees.nodes > 50);
  orr_hash h = orr_store_hash(&store);
  orr_store_fini(&store);
  orr_xgboost_fini(&booster);
  orr_arena_fini(&arena);
  return h;
}

static void the_library_agrees_for_any_threads(void **state) {
  (void)state;
  static double x[5 * MANY], weight[MANY];
  for (size_t i = 0; i < 5 * MANY; i++) x[i] = i % 41 ? sin((double)(i * i % 99991)) : NAN;
  for (size_t i = 0; i < MANY; i++)
    weight[i] = exp(30 * sin(3.0 * (double)i)); /* sums of so wide a range round */
  orr_matrix m = {MANY, 5, x};
  orr_hash one = grow_on(1, weight, &m);
  for (double threads = 1; threads <= 3; threads++) {
    orr_hash h = grow_on(threads, weight, &m);
    assert_true(h.high == one.high && h.low == one.low);
  }
}

/*  x0 < 1 ? (x1 < 0.5 ? 10 : 20) : 30, missing x0 right, missing x1 left; and a lone leaf of 5; 100 + 2 Σ */
static orr_trees by_hand(orr_store *s) {
  orr_trees t;
  assert_int_equal(orr_trees_add(s, 2, 6, 1, &t, NULL), ORR_OK);
  memcpy(t.offset, (int64_t[]){0, 5, 6}, 3 * sizeof *t.offset);
  memcpy(t.left, (int32_t[]){1, 3, -1, -1, -1, -1}, 6 * sizeof *t.left);
  memcpy(t.right, (int32_t[]){2, 4, -1, -1, -1, -1}, 6 * sizeof *t.right);
  memcpy(t.feature, (int32_t[]){0, 1, 0, 0, 0, 0}, 6 * sizeof *t.feature);
  memcpy(t.threshold, (float[]){1, 0.5f, 0, 0, 0, 0}, 6 * sizeof *t.threshold);
  memcpy(t.leaf, (float[]){0, 0, 30, 10, 20, 5}, 6 * sizeof *t.leaf);
  t.default_left[1] = 1;
  *t.base = 100;
  *t.scale = 2;
  return t;
}

static void a_tree_by_hand(void **state) {
  (void)state;
  orr_store s = {0};
  orr_trees t = by_hand(&s);
  assert_int_equal(orr_trees_check(&s, 2, 1, NULL), ORR_OK);
  double x[] = {0, 0, 0, 0.5, 1, 0, NAN, 0, 0, NAN, 0.99999999999, 0.6, -1e300, 1e300}, out[7];
  orr_matrix m = {7, 2, x};
  assert_int_equal(orr_trees_margins(&t, &m, out, NULL, NULL), ORR_OK);
  /* 0.99999999999 is 1 as a float32: right, like XGBoost */
  const double expected[] = {130, 150, 170, 170, 130, 170, 150};
  for (size_t i = 0; i < 7; i++) assert_near(out[i], expected[i], 0);
  orr_matrix none = {0, 2, NULL};
  assert_int_equal(orr_trees_margins(&t, &none, NULL, NULL, NULL), ORR_OK);
  orr_store_fini(&s);
}

#define REFUSED(change)                                                                                      \
  do {                                                                                                       \
    orr_store s = {0};                                                                                       \
    orr_trees t = by_hand(&s);                                                                               \
    change;                                                                                                  \
    assert_int_equal(orr_trees_check(&s, 2, 1, NULL), ORR_DATA);                                             \
    orr_store_fini(&s);                                                                                      \
  } while (0)

static void hostile_trees_are_refused(void **state) {
  (void)state;
  REFUSED(t.left[0] = 0);
  REFUSED(t.left[1] = 1);
  REFUSED(t.left[0] = -2);
  REFUSED(t.right[0] = -1);
  REFUSED(t.right[0] = 5);
  REFUSED(t.right[1] = INT32_MAX);
  REFUSED(t.left[0] = 2);
  REFUSED(t.feature[0] = 2);
  REFUSED(t.feature[0] = -1);
  REFUSED(t.threshold[0] = NAN);
  REFUSED(t.leaf[2] = INFINITY);
  REFUSED(t.default_left[0] = 2);
  REFUSED(t.cover[0] = -1);
  REFUSED(t.cover[1] = NAN);
  REFUSED(t.group[1] = 1);
  REFUSED(t.offset[0] = 1);
  REFUSED(t.offset[1] = 0);
  REFUSED(t.offset[1] = 7);
  REFUSED(t.offset[2] = 5);
  REFUSED(t.base[0] = NAN);
  REFUSED(t.scale[0] = INFINITY);
}

/* A booster of two trees with one split each, as XGBoost writes it, kept short. */
static size_t saved_model(char *out) {
  char *at = out;
#define KEY(s)                                                                                               \
  (*at++ = 'L', memset(at, 0, 7), at[7] = (char)strlen(s), at += 8, memcpy(at, s, strlen(s)), at += strlen(s))
#define MARK(s)  (memcpy(at, s, strlen(s)), at += strlen(s))
#define COUNT(n) (*at++ = 'L', memset(at, 0, 7), at[7] = (n), at += 8)
#define FOUR(x)                                                                                              \
  (*at++ = (char)((uint32_t)(x) >> 24), *at++ = (char)((x) >> 16), *at++ = (char)((x) >> 8),                 \
   *at++ = (char)(x))
#define RUN(s, type, a, b, c) (KEY(s), MARK("[$" type "#"), COUNT(3), FOUR(a), FOUR(b), FOUR(c))
  MARK("{"), KEY("version"), MARK("[#"), COUNT(2), MARK("i\1i\7");
  KEY("learner"), MARK("{"), KEY("attributes"), MARK("{}"), KEY("gradient_booster"), MARK("{"), KEY("name"),
      MARK("S");
  KEY("gbtree"), KEY("model"), MARK("{"), KEY("trees"), MARK("[#"), COUNT(2);
  for (int tree = 0; tree < 2; tree++) {
    MARK("{"), KEY("default_left"), MARK("[$U#"), COUNT(3), MARK("\1"), *at++ = 0, *at++ = 0;
    RUN("left_children", "l", 1, -1, -1), RUN("right_children", "l", 2, -1, -1);
    RUN("split_indices", "l", 1, 0, 0), RUN("split_conditions", "d", 0x3f000000, 0x3f800000, 0x40000000);
    RUN("sum_hessian", "d", 0x40400000, 0x3f800000, 0x40000000);
    MARK("}");
  }
  MARK("}}}}");
  return (size_t)(at - out);
}

static void the_librarys_format_is_read_with_care(void **state) {
  (void)state;
  char bytes[2048], *copy;
  size_t n = saved_model(bytes);
  orr_store s = {0};
  orr_trees t;
  assert_int_equal(orr_xgboost_read_model(bytes, n, 2, 1, &s, &t, NULL), ORR_OK);
  assert_int_equal(orr_trees_check(&s, 2, 1, NULL), ORR_OK);
  assert_int_equal(t.nodes, 6);
  assert_near(t.threshold[0], 0.5, 0);
  assert_near(t.leaf[1] + t.leaf[2], 3, 0);
  assert_int_equal(t.default_left[3], 1);
  assert_near(t.cover[0] + t.cover[4], 4, 0);
  orr_store_fini(&s);
  for (size_t cut = 0; cut < n; cut++) {
    copy = test_malloc(cut + 1);
    memcpy(copy, bytes, cut);
    assert_int_not_equal(orr_xgboost_read_model(copy, cut, 2, 1, &s, &t, NULL), ORR_OK);
    orr_store_fini(&s);
    test_free(copy);
  }
  for (size_t i = 0; i < 8 * n; i++) {
    bytes[i / 8] ^= (char)(1 << i % 8);
    orr_xgboost_read_model(bytes, n, 2, 1, &s, &t, NULL);
    orr_store_fini(&s);
    bytes[i / 8] ^= (char)(1 << i % 8);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(margins_equal_the_librarys),
      cmocka_unit_test(the_library_agrees_for_any_threads),
      cmocka_unit_test(a_tree_by_hand),
      cmocka_unit_test(hostile_trees_are_refused),
      cmocka_unit_test(the_librarys_format_is_read_with_care),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
