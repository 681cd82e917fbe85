/* Rational-quadratic splines: Durkan, Bekasov, Murray and Papamakarios, "Neural
 * spline flows", NeurIPS 2019, section 3.1 and appendix A.1.
 *
 * A bin from (x, y), w wide and h high, with derivatives d0 and d1 at its ends
 * and slope s = h / w, maps ξ = (input - x) / w to
 *   y + h (s ξ² + d0 θ) / D,  D = s + (d0 + d1 - 2 s) θ,  θ = ξ (1 - ξ),
 * with derivative s² M / D², M = d1 ξ² + 2 s θ + d0 (1 - ξ)². Raw parameters
 * p[3K-1] are K widths and K heights (through a softmax, none below a least
 * share) and K-1 inner derivatives (through a softplus; 0 gives 1). Beyond the
 * box it is the identity, and its derivative at the box's edge is 1.
 */
#ifndef real
#include <tgmath.h>
#include <string.h>

#include "grad/nodes.h"
#include "grad/operator.h"
#include "grad/spline.h"
#include "grad/vector_math.h"

enum { LINE = 64 }; /* elements side by side */

/* The raw derivative that gives 1 is shifted to 0. */
static double shift_of(const orr_attributes *a) { return log(expm1(1 - a->value[3])); }
static size_t bins_of(const orr_kernel_call *c) { return (c->in[1].dim[2] + 1) / 3; }

#define FAMILY "grad/spline.c"
#include "grad/both.h"

/* --- The reference: one element in complex numbers, for derivatives by an imaginary step -------- */

typedef double complex point;

typedef struct knot {
  point x, y, d;
} knot;

static void knots_plain(const orr_attributes *a, size_t n, const point *p, knot *k) {
  double box = a->value[0];
  point sum_w = 0, sum_h = 0, w = -box, h = -box;
  for (size_t i = 0; i < n; i++) sum_w += cexp(p[i]), sum_h += cexp(p[n + i]);
  for (size_t i = 0; i <= n; i++) {
    k[i] = (knot){w, h, 1};
    if (i > 0 && i < n) k[i].d = a->value[3] + clog(1 + cexp(p[2 * n + i - 1] + shift_of(a)));
    if (i == n) break;
    w += 2 * box * (a->value[1] + (1 - a->value[1] * (double)n) * cexp(p[i]) / sum_w);
    h += 2 * box * (a->value[2] + (1 - a->value[2] * (double)n) * cexp(p[n + i]) / sum_h);
  }
}

static point bin_inverse(knot low, knot high, point value) {
  point s = (high.y - low.y) / (high.x - low.x), rise = value - low.y, bend = low.d + high.d - 2 * s;
  point a = (high.y - low.y) * (s - low.d) + rise * bend, b = (high.y - low.y) * low.d - rise * bend,
        c = -s * rise;
  return 2 * c / (-b - csqrt(b * b - 4 * a * c));
}

static void element_plain(const orr_attributes *a, size_t n, const point *p, point x, point out[2]) {
  knot k[ORR_MOST_BINS + 1];
  size_t i = 0;
  out[0] = x, out[1] = 0;
  if (!(fabs(creal(x)) <= a->value[0])) return;
  knots_plain(a, n, p, k);
  while (i + 1 < n && creal(x) >= creal(a->flag ? k[i + 1].y : k[i + 1].x)) i++;
  point w = k[i + 1].x - k[i].x, h = k[i + 1].y - k[i].y, s = h / w;
  point xi = a->flag ? bin_inverse(k[i], k[i + 1], x) : (x - k[i].x) / w, theta = xi * (1 - xi);
  point denominator = s + (k[i].d + k[i + 1].d - 2 * s) * theta;
  point m = k[i + 1].d * xi * xi + 2 * s * theta + k[i].d * (1 - xi) * (1 - xi);
  out[1] = clog(s * s * m / (denominator * denominator)) * (a->flag ? -1 : 1);
  out[0] = a->flag ? k[i].x + xi * w : k[i].y + h * (s * xi * xi + k[i].d * theta) / denominator;
}

/* The element at row r and column j of x[rows,d], p[rows,d,3K-1]. */
static point read_element(const orr_kernel_call *c, size_t at, point *p) {
  size_t n = c->in[1].dim[2];
  for (size_t i = 0; i < n; i++) p[i] = ((const double *)c->in[1].x)[at * n + i];
  return ((const double *)c->in[0].x)[at];
}

static void spline_plain(const orr_kernel_call *c) {
  size_t d = c->in[0].dim[1];
  point p[3 * ORR_MOST_BINS], y[2];
  for (size_t at = 0; at < c->in[0].dim[0] * d; at++) {
    point x = read_element(c, at, p);
    element_plain(&c->node->attributes, bins_of(c), p, x, y);
    for (size_t i = 0; i < 2; i++) ((double *)c->out.x)[(at / d * 2 + i) * d + at % d] = creal(y[i]);
  }
}

static void spline_gradient_plain(const orr_kernel_call *c) {
  size_t d = c->in[0].dim[1], n = c->in[1].dim[2];
  const double *dy = c->in[2].x, step = 1e-30;
  point p[3 * ORR_MOST_BINS + 1], y[2];
  for (size_t at = 0; at < c->in[0].dim[0] * d; at++)
    for (size_t i = 0; i <= n; i++) {
      p[n] = read_element(c, at, p);
      p[i] += step * I;
      element_plain(&c->node->attributes, bins_of(c), p, p[n], y);
      double dvalue = cimag(y[0]) / step, dlogarithm = cimag(y[1]) / step;
      const double *passed = dy + at / d * 2 * d + at % d;
      ((double *)c->out.x)[at * (n + 1) + i] = passed[0] * dvalue + passed[d] * dlogarithm;
    }
}

/* --- The operators ------------------------------------------------------- */

static bool arguments_fit(orr_graph *g, const orr_vertex *v) {
  orr_shape x = orr_shape_of(g, v->input[0]), p = orr_shape_of(g, v->input[1]);
  char a[64], b[64];
  bool fit = x.rank == 2 && p.rank == 3 && x.dim[0] == p.dim[0] && x.dim[1] == p.dim[1];
  bool bins = fit && p.dim[2] % 3 == 2 && (p.dim[2] + 1) / 3 <= ORR_MOST_BINS;
  if (bins && v->attributes.value[1] * (p.dim[2] + 1) / 3 < 1) return true;
  orr_graph_fail(g, "%s: %s with parameters %s; they are [rows, d] and [rows, d, 3 bins - 1], 2 to %d bins",
                 v->op->name, orr_shape_text(&x, a), orr_shape_text(&p, b), ORR_MOST_BINS);
  return false;
}

static bool spline_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  if (!arguments_fit(g, v)) return false;
  orr_shape x = orr_shape_of(g, v->input[0]);
  *out = ORR_SHAPE_OF(x.dim[0], 2, x.dim[1]);
  return true;
}

static bool spline_gradient_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape wanted, dy = orr_shape_of(g, v->input[2]);
  char text[64];
  if (!spline_shape(g, v, &wanted)) return false;
  *out = orr_shape_of(g, v->input[1]);
  out->dim[2]++;
  if (orr_shape_equal(&wanted, &dy)) return true;
  return orr_graph_fail(g, "spline_gradient: was passed %s", orr_shape_text(&dy, text)), false;
}

/* One pass gives both: p's derivatives, then x's, along the last axis. */
static orr_node spline_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  const orr_vertex *v = orr_graph_at(g, y);
  int n = orr_shape_of(g, v->input[1]).dim[2];
  orr_node both = orr_graph_apply(g, &orr_operator_spline_gradient,
                                  (const orr_node[]){v->input[0], v->input[1], dy}, 3, &v->attributes);
  if (k) return orr_node_slice(g, both, 2, 0, n);
  return orr_node_sum(g, orr_node_slice(g, both, 2, n, 1), 2, false);
}

static orr_node try_spline(orr_graph *g, int number, orr_node *in) {
  static const int bins[] = {5, 2, 3, 3, 8};
  int n = bins[number], d = number == 1 ? 1 : 3;
  orr_shape x = ORR_SHAPE_OF(number == 3 ? 4 : ORR_FREE, d), p = ORR_SHAPE_OF(x.dim[0], d, 3 * n - 1);
  in[0] = orr_node_trial(g, x, -2.5, 2.5, false);
  in[1] = orr_node_trial(g, p, -1, 1, false);
  return orr_node_spline(g, in[0], in[1], 2, number % 2 || number == 4);
}

static orr_node spline_trial(orr_graph *g, int number) {
  orr_node in[2];
  return number > 4 ? 0 : try_spline(g, number, in);
}

static orr_node spline_gradient_trial(orr_graph *g, int number) {
  if (number > 4) return 0;
  orr_node in[2], y = try_spline(g, number, in);
  orr_node dy = orr_node_trial(g, orr_shape_of(g, y), -2, 2, false);
  return orr_graph_apply(g, &orr_operator_spline_gradient, (const orr_node[]){in[0], in[1], dy}, 3,
                         &orr_graph_at(g, y)->attributes);
}

const orr_operator orr_operator_spline = {.name = "spline",
                                          .class = ORR_KERNEL,
                                          .arity = 2,
                                          .shape = spline_shape,
                                          .run_f32 = spline_f32,
                                          .run_f64 = spline_f64,
                                          .plain = spline_plain,
                                          .derivative = spline_derivative,
                                          .trial = spline_trial};

const orr_operator orr_operator_spline_gradient = {.name = "spline_gradient",
                                                   .class = ORR_KERNEL,
                                                   .arity = 3,
                                                   .shape = spline_gradient_shape,
                                                   .run_f32 = spline_gradient_f32,
                                                   .run_f64 = spline_gradient_f64,
                                                   .plain = spline_gradient_plain,
                                                   .derivative = orr_spline_gradient_derivative,
                                                   .trial = spline_gradient_trial};

orr_node orr_node_spline(orr_graph *g, orr_node x, orr_node p, double box, bool inverse) {
  if (!(box > 0)) return orr_graph_fail(g, "spline: its box must be larger than 0");
  orr_attributes a = {.flag = inverse, .value = {box, 1e-3, 1e-3, 1e-3}};
  orr_shape s = orr_shape_of(g, x), of_p = orr_shape_of(g, p);
  if (of_p.rank == 2 && s.rank == 2)
    p = orr_node_broadcast(g, p, ORR_SHAPE_OF(s.dim[0], of_p.dim[0], of_p.dim[1]));
  return orr_graph_apply(g, &orr_operator_spline, (const orr_node[]){x, p}, 2, &a);
}

#else /* the kernels, for either precision */

/* A run of elements side by side: each line of an array is one number of all of them. */
typedef struct K(tile) {
  size_t n, bins, words; /* elements, bins, raw parameters an element */
  real box, least_w, least_h, least_d, shift;
  real in[LINE];                       /* x; for the inverse, y */
  real share[2 * ORR_MOST_BINS][LINE]; /* softmax of widths, then of heights */
  real raw[ORR_MOST_BINS + 1][LINE]; /* derivatives at the knots; 0 at the box's edges, which stands for 1 */
  real bin[LINE];                    /* the number of the bin an element is in */
  real x[LINE], y[LINE], w[LINE], h[LINE]; /* its lower corner and size */
  real d[2][LINE];                         /* derivatives at its ends */
  real xi[LINE];
} K(tile);

static void K(start)(K(tile) * t, const orr_kernel_call *c) {
  const orr_attributes *a = &c->node->attributes;
  t->bins = bins_of(c);
  t->words = 3 * t->bins - 1;
  t->box = (real)a->value[0];
  t->least_w = (real)a->value[1];
  t->least_h = (real)a->value[2];
  t->least_d = (real)a->value[3];
  t->shift = (real)shift_of(a);
  memset(t->in, 0, sizeof t->in);
  memset(t->share, 0, sizeof t->share);
  memset(t->raw, 0, sizeof t->raw);
}

/* Elements become columns. */
ORR_VECTORISED static void K(load)(K(tile) * t, const real *x, const real *p) {
  size_t shares = 2 * t->bins, words = t->words;
  for (size_t e = 0; e < t->n; e++) t->in[e] = x[e];
  for (size_t i = 0; i < shares; i++)
    for (size_t e = 0; e < t->n; e++) t->share[i][e] = p[e * words + i];
  for (size_t i = shares; i < words; i++)
    for (size_t e = 0; e < t->n; e++) t->raw[i - shares + 1][e] = p[e * words + i];
}

ORR_VECTORISED static void K(below_greatest)(real (*share)[LINE], size_t bins) {
  real most[LINE];
  memcpy(most, share[0], sizeof most);
  for (size_t i = 1; i < bins; i++)
    for (size_t e = 0; e < LINE; e++) most[e] = share[i][e] > most[e] ? share[i][e] : most[e];
  for (size_t i = 0; i < bins; i++)
    for (size_t e = 0; e < LINE; e++) share[i][e] -= most[e];
}

ORR_VECTORISED static void K(by_sum)(real (*share)[LINE], size_t bins) {
  real sum[LINE] = {0};
  for (size_t i = 0; i < bins; i++)
    for (size_t e = 0; e < LINE; e++) sum[e] += share[i][e];
  for (size_t e = 0; e < LINE; e++) sum[e] = 1 / sum[e];
  for (size_t i = 0; i < bins; i++)
    for (size_t e = 0; e < LINE; e++) share[i][e] *= sum[e];
}

/* Lower edges and sizes of bin number i, the edges by going on from the bin before. */
ORR_VECTORISED static void K(next_bin)(real (*share)[LINE], size_t i, size_t bins, real least, real box,
                                       real *edge, real *size) {
  real free_share = 1 - least * (real)bins;
  for (size_t e = 0; e < LINE; e++) {
    edge[e] = i ? edge[e] + size[e] : -box;
    size[e] = 2 * box * (least + free_share * share[i][e]);
  }
}

ORR_VECTORISED static void K(take)(const real *mask, const real *from, real *to) {
  for (size_t e = 0; e < LINE; e++) to[e] = mask[e] != 0 ? from[e] : to[e];
}

/* Goes through the bins from below and keeps, of each element, the last one whose lower edge it reaches. */
ORR_VECTORISED static void K(find)(K(tile) * t, bool inverse) {
  real x[LINE], y[LINE], w[LINE], h[LINE], reached[LINE];
  const real *edge = inverse ? y : x;
  for (size_t i = 0; i < t->bins; i++) {
    K(next_bin)(t->share, i, t->bins, t->least_w, t->box, x, w);
    K(next_bin)(t->share + t->bins, i, t->bins, t->least_h, t->box, y, h);
    for (size_t e = 0; e < LINE; e++) reached[e] = i == 0 || t->in[e] >= edge[e];
    for (size_t e = 0; e < LINE; e++) t->bin[e] = reached[e] != 0 ? (real)i : t->bin[e];
    K(take)(reached, x, t->x);
    K(take)(reached, y, t->y);
    K(take)(reached, w, t->w);
    K(take)(reached, h, t->h);
    K(take)(reached, t->raw[i], t->d[0]);
    K(take)(reached, t->raw[i + 1], t->d[1]);
  }
}

ORR_VECTORISED static void K(add_to)(real *x, real summand) {
  for (size_t e = 0; e < LINE; e++) x[e] += summand;
}

ORR_VECTORISED static void K(where_in_bin)(K(tile) * t) {
  for (size_t e = 0; e < LINE; e++) t->xi[e] = (t->in[e] - t->x[e]) / t->w[e];
}

/* For the inverse: ξ with y = in, the root that lies in the bin (equations 6 to 8 of appendix A.1). */
ORR_VECTORISED static void K(solve)(K(tile) * t) {
  real b[LINE], c[LINE], root[LINE];
  for (size_t e = 0; e < LINE; e++) {
    real s = t->h[e] / t->w[e], rise = t->in[e] - t->y[e], bend = t->d[0][e] + t->d[1][e] - 2 * s;
    real a = t->h[e] * (s - t->d[0][e]) + rise * bend;
    b[e] = t->h[e] * t->d[0][e] - rise * bend;
    c[e] = -s * rise;
    real inside = b[e] * b[e] - 4 * a * c[e];
    root[e] = inside > 0 ? inside : 0;
  }
  V(sqrt)(LINE, root, root);
  for (size_t e = 0; e < LINE; e++) t->xi[e] = 2 * c[e] / (-b[e] - root[e]);
}

/* Everything about the n elements from `from` on. */
static void K(place)(K(tile) * t, const orr_kernel_call *c, size_t from, size_t n) {
  real(*w)[LINE] = t->share, (*h)[LINE] = t->share + t->bins;
  bool inverse = c->node->attributes.flag;
  t->n = n;
  K(load)(t, (const real *)c->in[0].x + from, (const real *)c->in[1].x + from * t->words);
  K(below_greatest)(w, t->bins);
  K(below_greatest)(h, t->bins);
  for (size_t i = 0; i < 2 * t->bins; i++) V(exp)(LINE, t->share[i], t->share[i]);
  K(by_sum)(w, t->bins);
  K(by_sum)(h, t->bins);
  K(find)(t, inverse);
  for (size_t end = 0; end < 2; end++) {
    K(add_to)(t->d[end], t->shift);
    V(softplus)(LINE, t->d[end], t->d[end]);
    K(add_to)(t->d[end], t->least_d);
  }
  if (inverse) K(solve)(t);
  else K(where_in_bin)(t);
}

/* The bin's numbers at one element, for the formulas. */
#define AT(e)                                                                                                \
  real w = t->w[e], h = t->h[e], d0 = t->d[0][e], d1 = t->d[1][e], xi = t->xi[e], left = 1 - xi, s = h / w;  \
  real theta = xi * left, bend = d0 + d1 - 2 * s, below = s + bend * theta, top = s * xi * xi + d0 * theta;  \
  real m = d1 * xi * xi + 2 * s * theta + d0 * left * left;                                                  \
  (void)top
#define OUTSIDE(e) !(t->in[e] >= -t->box && t->in[e] <= t->box)

/* Values into y, what the logarithm is of into slope. */
ORR_VECTORISED static void K(evaluate)(const K(tile) * t, bool inverse, real *y, real *slope) {
  for (size_t e = 0; e < LINE; e++) {
    AT(e);
    real value = inverse ? t->x[e] + xi * w : t->y[e] + h * top / below;
    y[e] = OUTSIDE(e) ? t->in[e] : value;
    slope[e] = OUTSIDE(e) ? 1 : s * s * m / (below * below);
  }
}

static void K(spline)(const orr_kernel_call *c) {
  K(tile) t;
  real y[LINE], slope[LINE], *out = c->out.x, sign = c->node->attributes.flag ? -1 : 1;
  size_t d = c->in[0].dim[1], total = c->in[0].dim[0] * d;
  K(start)(&t, c);
  for (size_t from = 0; from < total; from += LINE) {
    K(place)(&t, c, from, total - from < LINE ? total - from : LINE);
    K(evaluate)(&t, c->node->attributes.flag, y, slope);
    V(log)(t.n, slope, slope);
    for (size_t e = 0; e < t.n; e++) {
      size_t row = (from + e) / d, column = (from + e) % d;
      out[2 * row * d + column] = y[e];
      out[(2 * row + 1) * d + column] = sign * slope[e];
    }
  }
}

/* What each number of the bins is passed. */
typedef struct K(pull) {
  real in[LINE], x[LINE], w[LINE], y[LINE], h[LINE], d[2][LINE];
} K(pull);

/* From what the value (gy) and the logarithm of its derivative (gl) are passed. */
ORR_VECTORISED static void K(pull_back)(const K(tile) * t, const real *gy, const real *gl, K(pull) * g) {
  for (size_t e = 0; e < LINE; e++) {
    AT(e);
    real q = top / below, g_top = gy[e] * h / below, g_below = -(g_top * q + 2 * gl[e] / below),
         g_m = gl[e] / m;
    real g_s = 2 * gl[e] / s + g_top * xi * xi + g_below * (1 - 2 * theta) + 2 * g_m * theta;
    real g_theta = g_top * d0 + g_below * bend + 2 * g_m * s;
    real g_xi = 2 * g_top * s * xi + g_theta * (1 - 2 * xi) + 2 * g_m * (d1 * xi - d0 * left);
    g->in[e] = g_xi / w;
    g->x[e] = -g_xi / w;
    g->w[e] = -(g_s * s + g_xi * xi) / w;
    g->y[e] = gy[e];
    g->h[e] = gy[e] * q + g_s / w;
    g->d[0][e] = (g_top + g_below) * theta + g_m * left * left;
    g->d[1][e] = g_below * theta + g_m * xi * xi;
  }
}

/* What the inverse is passed, turned into what the spline at its value would be: by the implicit function, over the
 * spline's slope. */
ORR_VECTORISED static void K(turn)(const K(tile) * t, const real *of_logarithm, real *gy, real *gl) {
  for (size_t e = 0; e < LINE; e++) {
    AT(e);
    gy[e] = -(gy[e] - gl[e] * of_logarithm[e]) * below * below / (s * s * m);
    gl[e] = -gl[e];
  }
}

static void K(pull_inverse)(const K(tile) * t, real *gy, real *gl, K(pull) * g) {
  real zero[LINE] = {0}, one[LINE];
  for (size_t e = 0; e < LINE; e++) one[e] = 1;
  K(pull_back)(t, zero, one, g);
  K(turn)(t, g->in, gy, gl);
  K(pull_back)(t, gy, gl, g);
  for (size_t e = 0; e < LINE; e++) g->in[e] = -gy[e];
}

/* Outside, x goes straight through. */
ORR_VECTORISED static void K(pass_outside)(const K(tile) * t, const real *passed, K(pull) * g) {
  real inside[LINE], zero[LINE] = {0}, *of_bin[] = {g->x, g->w, g->y, g->h, g->d[0], g->d[1]};
  for (size_t e = 0; e < LINE; e++) inside[e] = OUTSIDE(e) ? 0 : 1;
  for (size_t e = 0; e < LINE; e++) g->in[e] = inside[e] != 0 ? g->in[e] : passed[e];
  for (size_t e = 0; e < LINE; e++) inside[e] = 1 - inside[e];
  for (size_t i = 0; i < 6; i++) K(take)(inside, zero, of_bin[i]);
}

/* From an edge and a size back through sum, least share and softmax, in place of the shares. */
ORR_VECTORISED static void K(pull_shares)(const K(tile) * t, real (*share)[LINE], real least,
                                          const real *edge, const real *size) {
  real mean[LINE] = {0}, scale = 2 * t->box * (1 - least * (real)t->bins);
  for (size_t i = 0; i < t->bins; i++)
    for (size_t e = 0; e < LINE; e++) {
      real passed = (real)i < t->bin[e] ? edge[e] : (real)i == t->bin[e] ? size[e] : 0;
      mean[e] += passed * share[i][e];
    }
  for (size_t i = 0; i < t->bins; i++)
    for (size_t e = 0; e < LINE; e++) {
      real passed = (real)i < t->bin[e] ? edge[e] : (real)i == t->bin[e] ? size[e] : 0;
      share[i][e] = scale * share[i][e] * (passed - mean[e]);
    }
}

/* Less the slope of the softplus at each end: exp(-softplus) - 1. */
static void K(end_slopes)(const K(tile) * t, real slope[2][LINE]) {
  for (size_t end = 0; end < 2; end++) {
    for (size_t e = 0; e < LINE; e++) slope[end][e] = t->least_d - t->d[end][e];
    V(expm1)(LINE, slope[end], slope[end]);
  }
}

/* The raw derivatives' share, in place of them. */
ORR_VECTORISED static void K(pull_derivatives)(K(tile) * t, const K(pull) * g, real slope[2][LINE]) {
  for (size_t i = 0; i <= t->bins; i++)
    for (size_t e = 0; e < LINE; e++) {
      real low = (real)i == t->bin[e] ? -g->d[0][e] * slope[0][e] : 0;
      real high = (real)i == t->bin[e] + 1 ? -g->d[1][e] * slope[1][e] : 0;
      t->raw[i][e] = low + high;
    }
}

/* Columns become elements: raw parameters, then x. */
ORR_VECTORISED static void K(store)(const K(tile) * t, const real *dx, real *out) {
  size_t shares = 2 * t->bins, words = t->words, step = words + 1;
  for (size_t e = 0; e < t->n; e++) {
    for (size_t i = 0; i < shares; i++) out[e * step + i] = t->share[i][e];
    for (size_t i = shares; i < words; i++) out[e * step + i] = t->raw[i - shares + 1][e];
    out[e * step + words] = dx[e];
  }
}

/* What the elements from `from` on are passed, as two lines. */
static void K(read_passed)(const orr_kernel_call *c, size_t from, size_t n, real *gy, real *gl) {
  size_t d = c->in[0].dim[1];
  for (size_t e = 0; e < n; e++) {
    const real *passed = (const real *)c->in[2].x + (from + e) / d * 2 * d + (from + e) % d;
    gy[e] = passed[0];
    gl[e] = passed[d];
  }
}

static void K(spline_gradient)(const orr_kernel_call *c) {
  K(tile) t;
  K(pull) g;
  real *out = c->out.x;
  size_t total = c->in[0].dim[0] * c->in[0].dim[1];
  K(start)(&t, c);
  for (size_t from = 0; from < total; from += LINE, out += LINE * (t.words + 1)) {
    real gy[LINE] = {0}, gl[LINE] = {0}, identity[LINE], slope[2][LINE];
    K(place)(&t, c, from, total - from < LINE ? total - from : LINE);
    K(read_passed)(c, from, t.n, gy, gl);
    memcpy(identity, gy, sizeof gy);
    if (c->node->attributes.flag) K(pull_inverse)(&t, gy, gl, &g);
    else K(pull_back)(&t, gy, gl, &g);
    K(pass_outside)(&t, identity, &g);
    K(end_slopes)(&t, slope);
    K(pull_shares)(&t, t.share, t.least_w, g.x, g.w);
    K(pull_shares)(&t, t.share + t.bins, t.least_h, g.y, g.h);
    K(pull_derivatives)(&t, &g, slope);
    K(store)(&t, g.in, out);
    memset(t.raw, 0, sizeof t.raw);
  }
}

#undef AT
#undef OUTSIDE

#endif
