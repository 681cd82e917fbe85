/* Principal components (Pearson 1901; Hotelling 1933): the directions along which
 * standardised rows vary most, from the eigenvectors of their covariance, or of
 * the rows' own products where there are fewer rows than columns.
 *
 *   z[n,k] = ((x - center) / scale)[n,d] components[k,d]'
 *
 * A direction's sign is that which makes its largest weight positive.
 */
#include <math.h>
#include <string.h>

#include "model/density.h"
#include "model/fit.h"
#include "num/linear.h"

enum { MOST_SIDE = 8192 };

static const double still = 1e-12; /* share of the first variance below which there is no direction */

static const orr_option options[] = {
    {.name = "latent",
     .type = ORR_TAKES_INTEGER,
     .fallback = "8",
     .least = 1,
     .most = 4096,
     .help = "components kept, at most as many as there are columns"},
    {.name = "standardise",
     .type = ORR_TAKES_BOOLEAN,
     .fallback = "true",
     .help = "columns are brought to one deviation first; false, where they are of one unit, such as pixels"},
};

/* Rows standardised, each times the root of its weight, the weights summing to one. */
static orr_status standard_rows(const orr_density_input *in, const orr_store *s, orr_matrix *to,
                                orr_error *e) {
  const orr_density_rows *t = in->train;
  double total = 0;
  ORR_TRY(orr_density_standardise(&t->x, orr_store_find(s, "center")->f64, orr_store_find(s, "scale")->f64,
                                  in->arena, to, e));
  for (size_t i = 0; i < to->rows; i++) total += t->weight ? t->weight[i] : 1;
  if (!(total > 0)) return orr_fail(e, ORR_DATA, "the weights do not sum to more than zero");
  for (size_t i = 0; i < to->rows; i++) {
    double w = sqrt((t->weight ? t->weight[i] : 1) / total);
    if (!isfinite(w))
      return orr_fail(e, ORR_DATA, "row %zu has the weight %g; weights are 0 or more", i, t->weight[i]);
    for (size_t j = 0; j < to->cols; j++) to->x[i * to->cols + j] *= w;
  }
  return ORR_OK;
}

/* sums over blocks of rows in their order: the same bits for any threads, here one. */
static orr_status products(const orr_matrix *x, bool of_rows, const orr_work *work, double *out,
                           orr_error *e) {
  size_t n = x->rows, d = x->cols;
  if (of_rows) {
    orr_gemm(false, true, n, n, d, 1, x->x, d, x->x, d, 0, out, n);
    return ORR_OK;
  }
  orr_blocks blocks = orr_blocks_of(n);
  for (size_t b = 0; b < blocks.count; b++) {
    size_t start = orr_blocks_start(&blocks, b), rows = orr_blocks_end(&blocks, b) - start;
    ORR_TRY(orr_progress_step(work, "pca", b, blocks.count, e));
    orr_gemm(true, false, d, d, rows, 1, orr_matrix_row(x, start), d, orr_matrix_row(x, start), d, b ? 1 : 0,
             out, d);
  }
  return ORR_OK;
}

static void point(double *component, size_t d) {
  size_t largest = 0;
  for (size_t j = 1; j < d; j++)
    if (fabs(component[j]) > fabs(component[largest]) * (1 + 1e-9)) largest = j;
  if (component[largest] < 0)
    for (size_t j = 0; j < d; j++) component[j] = -component[j];
}

/* u[k,n] of the rows' products → v[k,d] = u x / sqrt(value) */
static void from_rows(const orr_matrix *x, const double *u, const double *values, size_t k, double *v) {
  orr_gemm(false, false, k, x->cols, x->rows, 1, u, x->rows, x->x, x->cols, 0, v, x->cols);
  for (size_t i = 0; i < k; i++)
    for (size_t j = 0; j < x->cols; j++) v[i * x->cols + j] /= sqrt(values[i]);
}

static orr_status keep(const orr_matrix *x, const double *vectors, const double *values, size_t side,
                       size_t k, orr_store *out, orr_error *e) {
  orr_tensor *t;
  double total = 0;
  for (size_t i = 0; i < side; i++) total += fmax(values[i], 0);
  ORR_TRY(orr_store_put(out, "variance", 1, &k, values, e));
  ORR_TRY(orr_store_put_number(out, "total_variance", total, e));
  ORR_TRY(orr_store_add(out, "components", ORR_F64, 2, (size_t[]){k, x->cols}, &t, e));
  if (side == x->cols) memcpy(t->f64, vectors, k * x->cols * sizeof *vectors);
  else from_rows(x, vectors, values, k, t->f64);
  for (size_t i = 0; i < k; i++) point(t->f64 + i * x->cols, x->cols);
  return ORR_OK;
}

static orr_status fit(const orr_density_input *in, orr_store *out, orr_error *e) {
  orr_matrix x;
  double *a, *values;
  size_t k = (size_t)orr_options_integer(in->options, "latent"), kept = 0;
  ORR_TRY(orr_density_scale(in, false, out, e));
  double *scale = orr_store_find(out, "scale")->f64;
  for (size_t j = 0; !orr_options_boolean(in->options, "standardise") && j < in->train->x.cols; j++)
    scale[j] = 1;
  ORR_TRY(standard_rows(in, out, &x, e));
  size_t side = x.rows < x.cols ? x.rows : x.cols;
  if (side > MOST_SIDE)
    return orr_fail(e, ORR_DATA, "%zu columns of %zu rows; pca takes at most %d of either", x.cols, x.rows,
                    MOST_SIDE);
  ORR_TAKE(in->arena, a, side * side, e);
  ORR_TAKE(in->arena, values, side, e);
  ORR_TRY(products(&x, side < x.cols, in->work, a, e));
  if (k > side) k = side;
  ORR_TRY(orr_eigen_symmetric(side, k, a, values, e));
  while (kept < k && values[kept] > still * values[0]) kept++;
  if (!kept) return orr_fail(e, ORR_DATA, "the rows are all the same; there is nothing to learn");
  if (kept < (size_t)orr_options_integer(in->options, "latent"))
    orr_log(in->work, "pca: the rows vary in %zu directions only, which are all kept", kept);
  return keep(&x, a, values, side, kept, out, e);
}

static orr_status open_kept(const orr_store *s, size_t d, const orr_tensor **components,
                            const double **center, const double **scale, orr_error *e) {
  ORR_TRY(orr_store_want(s, "components", ORR_F64, 2, (size_t[]){0, d}, components, e));
  return orr_density_want_scale(s, d, 0, center, scale, e);
}

static orr_status check(const orr_store *s, size_t d, size_t c, size_t *latent, orr_error *e) {
  const orr_tensor *components, *variance;
  const double *center, *scale;
  double total;
  *latent = 0;
  if (c) return orr_fail(e, ORR_DATA, "pca takes no context");
  ORR_TRY(open_kept(s, d, &components, &center, &scale, e));
  size_t k = components->shape[0];
  if (!k) return orr_fail(e, ORR_DATA, "the kept pca has no components");
  ORR_TRY(orr_tensor_check_finite(components, e));
  ORR_TRY(orr_store_want(s, "variance", ORR_F64, 1, &k, &variance, e));
  ORR_TRY(orr_tensor_check_finite(variance, e));
  ORR_TRY(orr_store_want_number(s, "total_variance", 0, HUGE_VAL, &total, e));
  *latent = k;
  return ORR_OK;
}

static orr_status encode(const orr_store *s, const orr_matrix *x, const orr_matrix *context, double *z,
                         const orr_work *work, orr_error *e) {
  const orr_tensor *t;
  const double *center, *scale;
  orr_arena arena = {0};
  orr_matrix at;
  (void)context, (void)work;
  ORR_TRY(open_kept(s, x->cols, &t, &center, &scale, e));
  orr_status status = orr_density_standardise(x, center, scale, &arena, &at, e);
  if (!status)
    orr_gemm(false, true, x->rows, t->shape[0], x->cols, 1, at.x, x->cols, t->f64, x->cols, 0, z,
             t->shape[0]);
  orr_arena_fini(&arena);
  return status;
}

static orr_status decode(const orr_store *s, const orr_matrix *z, const orr_matrix *context, double *x,
                         const orr_work *work, orr_error *e) {
  const orr_tensor *t;
  const double *center, *scale;
  (void)context, (void)work;
  ORR_TRY(orr_store_want(s, "components", ORR_F64, 2, (size_t[]){z->cols, 0}, &t, e));
  size_t d = t->shape[1];
  ORR_TRY(orr_density_want_scale(s, d, 0, &center, &scale, e));
  orr_gemm(false, false, z->rows, d, z->cols, 1, z->x, z->cols, t->f64, d, 0, x, d);
  orr_density_restore(x, z->rows, d, center, scale);
  return ORR_OK;
}

const orr_density orr_density_pca = {
    .name = "pca",
    .title = "principal components",
    .help = "the directions along which rows vary most",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .fit = fit,
    .check = check,
    .encode = encode,
    .decode = decode,
};

const orr_family orr_family_pca = {
    .name = "pca",
    .title = "principal components",
    .help = "the directions along which rows vary most",
    .tasks = ORR_LATENT,
    .needs = ORR_NEEDS_IMPUTED,
    .density = &orr_density_pca,
    .options = options,
    .n_options = sizeof options / sizeof *options,
};
