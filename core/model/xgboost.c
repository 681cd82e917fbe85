/* The home of XGBoost; see xgboost.h. The library is loaded when it is first needed: it and what it brings along take
 * a third of the program's start, and of that of the HDF5 reader, which never grows a tree. */
#include "model/xgboost.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <xgboost/c_api.h>

#include "model/xgboost_model.h"

enum { CELLS_PER_THREAD = 1 << 21 };

/* ---- the library ---- */

#define FUNCTIONS(X)                                                                                         \
  X(XGBGetLastError)                                                                                         \
  X(XGBSetGlobalConfig)                                                                                      \
  X(XGBoostVersion)                                                                                          \
  X(XGBoosterBoostOneIter)                                                                                   \
  X(XGBoosterCreate)                                                                                         \
  X(XGBoosterFree)                                                                                           \
  X(XGBoosterPredictFromDMatrix)                                                                             \
  X(XGBoosterSaveModelToBuffer)                                                                              \
  X(XGBoosterSetParam)                                                                                       \
  X(XGDMatrixCreateFromMat_omp)                                                                              \
  X(XGDMatrixFree)                                                                                           \
  X(XGDMatrixSetFloatInfo)

static struct {
  bool loaded;
  char why[400]; /* it is not */
#define X(name) __typeof__(name) *name;
  FUNCTIONS(X)
#undef X
} library;

static void load(void) {
  void *handle = dlopen("libxgboost.so.0", RTLD_NOW | RTLD_LOCAL);
  library.loaded = handle;
#define X(name) library.loaded = library.loaded && (*(void **)&library.name = dlsym(handle, #name));
  FUNCTIONS(X)
#undef X
  if (!library.loaded) snprintf(library.why, sizeof library.why, "%s", dlerror());
}

static bool is_loaded(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return library.loaded;
}

static orr_status check(int failed, const char *doing, orr_error *e) {
  if (!failed) return ORR_OK;
  return orr_fail(e, ORR_NUMERIC, "XGBoost failed %s: %.300s", doing, library.XGBGetLastError());
}

const char *orr_xgboost_version(void) {
  static char text[32];
  int major, minor, patch;
  if (!is_loaded()) return "absent";
  library.XGBoostVersion(&major, &minor, &patch);
  snprintf(text, sizeof text, "%d.%d.%d", major, minor, patch);
  return text;
}

static orr_status matrix_new(const orr_matrix *x, unsigned threads, void **out, orr_error *e) {
  orr_arena arena = {0};
  float *cells;
  orr_status status = orr_arena_take(&arena, x->rows * x->cols, sizeof *cells, (void **)&cells, e);
  if (!status) {
    for (size_t i = 0; i < x->rows * x->cols; i++) cells[i] = orr_tree_cell(x->x[i]);
    status = check(library.XGDMatrixCreateFromMat_omp(cells, x->rows, x->cols, NAN, out, (int)threads),
                   "to take the rows", e);
  }
  orr_arena_fini(&arena);
  return status;
}

/* OpenMP's waiting costs more than a second thread brings on few cells; the trees are the same either way. */
static unsigned threads_for(const orr_matrix *x, const orr_work *work) {
  size_t useful = 1 + x->rows * x->cols / CELLS_PER_THREAD,
         threads = orr_pool_threads(work ? work->pool : NULL);
  return (unsigned)(useful < threads ? useful : threads);
}

static orr_status set_text(orr_xgboost *x, const char *name, const char *value, orr_error *e) {
  return check(library.XGBoosterSetParam(x->booster, name, value), name, e);
}

orr_status orr_xgboost_set(orr_xgboost *x, const char *name, double value, orr_error *e) {
  char digits[32];
  snprintf(digits, sizeof digits, "%.17g", value);
  return set_text(x, name, digits, e);
}

static orr_status set_weights(orr_xgboost *x, const double *weight, orr_error *e) {
  for (size_t i = 0; i < x->rows; i++) x->gradient[i] = (float)weight[i];
  return check(library.XGDMatrixSetFloatInfo(x->train, "weight", x->gradient, x->rows), "to take the weights",
               e);
}

orr_status orr_xgboost_init(orr_xgboost *x, const orr_matrix *train, const double *weight,
                            const orr_matrix *validation, size_t groups, const orr_work *work,
                            orr_arena *scratch, orr_error *e) {
  unsigned threads = threads_for(train, work);
  if (!is_loaded())
    return orr_fail(e, ORR_SYSTEM, "XGBoost cannot be loaded (%s); install libxgboost", library.why);
  x->rows = train->rows;
  x->groups = groups;
  ORR_TAKE(scratch, x->gradient, x->rows * groups, e);
  ORR_TAKE(scratch, x->hessian, x->rows * groups, e);
  ORR_TRY(check(library.XGBSetGlobalConfig("{\"verbosity\": 0}"), "to be silent", e));
  ORR_TRY(matrix_new(train, threads, &x->train, e));
  if (weight) ORR_TRY(set_weights(x, weight, e));
  if (validation) ORR_TRY(matrix_new(validation, threads, &x->validation, e));
  DMatrixHandle known[] = {x->train, x->validation};
  ORR_TRY(check(library.XGBoosterCreate(known, validation ? 2 : 1, &x->booster), "to start", e));
  ORR_TRY(orr_xgboost_set(x, "verbosity", 0, e));
  ORR_TRY(set_text(x, "tree_method", "hist", e));
  ORR_TRY(set_text(x, "objective", groups > 1 ? "multi:softprob" : "reg:squarederror", e));
  if (groups > 1) ORR_TRY(orr_xgboost_set(x, "num_class", (double)groups, e));
  ORR_TRY(orr_xgboost_set(x, "base_score", 0, e));
  return orr_xgboost_set(x, "nthread", threads, e);
}

void orr_xgboost_fini(orr_xgboost *x) {
  if (x->booster) library.XGBoosterFree(x->booster);
  if (x->train) library.XGDMatrixFree(x->train);
  if (x->validation) library.XGDMatrixFree(x->validation);
  *x = (orr_xgboost){0};
}

/* Rounds to multiples of 2^(e-24) where 2^e bounds all: a float holds each, a double 2^29 summed. */
static bool quantise(const double *from, size_t n, float *to) {
  double most = 0;
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(from[i])) return false;
    most = fmax(most, fabs(from[i]));
  }
  int exponent;
  frexp(most, &exponent);
  double quantum = ldexp(1, exponent - 24), inverse = ldexp(1, 24 - exponent);
  if (exponent < -100 || exponent > 120) return most == 0;
  for (size_t i = 0; i < n; i++) to[i] = (float)(rint(from[i] * inverse) * quantum);
  return true;
}

orr_status orr_xgboost_round(orr_xgboost *x, const double *gradient, const double *hessian, orr_error *e) {
  size_t n = x->rows * x->groups;
  if (!quantise(gradient, n, x->gradient) || !quantise(hessian, n, x->hessian))
    return orr_fail(e, ORR_NUMERIC,
                    "gradients of the loss are beyond float32; rescale the target or the weights");
  return check(library.XGBoosterBoostOneIter(x->booster, x->train, x->gradient, x->hessian, n),
               "to grow a tree", e);
}

orr_status orr_xgboost_margins(orr_xgboost *x, bool validation, double *out, orr_error *e) {
  static const char settings[] =
      "{\"type\": 1, \"training\": true, \"iteration_begin\": 0, \"iteration_end\": 0,"
      " \"strict_shape\": true}";
  bst_ulong const *shape;
  bst_ulong dimensions;
  float const *margins;
  ORR_TRY(check(library.XGBoosterPredictFromDMatrix(x->booster, validation ? x->validation : x->train,
                                                    settings, &shape, &dimensions, &margins),
                "to predict", e));
  size_t n = 1;
  for (size_t i = 0; i < dimensions; i++) n *= shape[i];
  for (size_t i = 0; i < n; i++) out[i] = (double)margins[i];
  return ORR_OK;
}

orr_status orr_xgboost_trees(const orr_xgboost *x, size_t rounds, orr_store *out, orr_trees *trees,
                             orr_error *e) {
  bst_ulong n;
  const char *bytes;
  ORR_TRY(check(library.XGBoosterSaveModelToBuffer(x->booster, "{\"format\": \"ubj\"}", &n, &bytes),
                "to give its trees", e));
  return orr_xgboost_read_model(bytes, n, rounds * x->groups, x->groups, out, trees, e);
}
