/* Exponentials, logarithms, angles, and the functions of statistics. */
#include <math.h>

#include "grad/elementwise.h"
#include "grad/vector_math.h"

static orr_node input(const orr_graph *g, orr_node y) { return orr_input_of(g, y, 0); }
static orr_node times(orr_graph *g, orr_node a, orr_node b) { return orr_node_mul(g, a, b); }

ARRAY(exp)
PLAIN(exp) { return exp(a); }
DERIVATIVE(exp) { return times(g, dy, y); }
UNARY(exp, .range = {{-3, 3}})

ARRAY(expm1)
PLAIN(expm1) { return expm1(a); }
DERIVATIVE(expm1) { return times(g, dy, orr_node_offset(g, y, 1)); }
UNARY(expm1, .range = {{-3, 3}})

ARRAY(log)
PLAIN(log) { return log(a); }
DERIVATIVE(log) { return orr_node_div(g, dy, input(g, y)); }
UNARY(log, .range = {{0.2, 9}})

ARRAY(log1p)
PLAIN(log1p) { return log1p(a); }
DERIVATIVE(log1p) { return orr_node_div(g, dy, orr_node_offset(g, input(g, y), 1)); }
UNARY(log1p, .range = {{-0.7, 9}})

ARRAY(sin)
PLAIN(sin) { return sin(a); }
DERIVATIVE(sin) { return times(g, dy, orr_node_cos(g, input(g, y))); }
UNARY(sin, .range = {{-7, 7}})

ARRAY(cos)
PLAIN(cos) { return cos(a); }
DERIVATIVE(cos) { return orr_node_neg(g, times(g, dy, orr_node_sin(g, input(g, y)))); }
UNARY(cos, .range = {{-7, 7}})

ARRAY(tan)
PLAIN(tan) { return tan(a); }
DERIVATIVE(tan) { return times(g, dy, orr_node_offset(g, orr_node_square(g, y), 1)); }
UNARY(tan, .range = {{-1.2, 1.2}})

ARRAY(atan)
PLAIN(atan) { return atan(a); }
DERIVATIVE(atan) { return orr_node_div(g, dy, orr_node_offset(g, orr_node_square(g, input(g, y)), 1)); }
UNARY(atan, .range = {{-5, 5}})

ARRAY(tanh)
PLAIN(tanh) { return tanh(a); }
DERIVATIVE(tanh) { return times(g, dy, orr_node_sub(g, orr_node_constant(g, 1), orr_node_square(g, y))); }
UNARY(tanh, .range = {{-3, 3}})

ARRAY(erf)
PLAIN(erf) { return erf(a); }
DERIVATIVE(erf) {
  orr_node bell = orr_node_exp(g, orr_node_neg(g, orr_node_square(g, input(g, y))));
  return times(g, dy, orr_node_scale(g, bell, M_2_SQRTPI));
}
UNARY(erf, .range = {{-3, 3}})

ARRAY(lgamma)
PLAIN(lgamma) { return lgamma(a); }
DERIVATIVE(lgamma) { return times(g, dy, orr_node_digamma(g, input(g, y))); }
UNARY(lgamma, .range = {{0.4, 9}})

/* --- The derivatives of log Γ -------------------------------------------- */

/* B(2j) / (2j)!, the Bernoulli numbers of the asymptotic series. */
static const double bernoulli[] = {1.0 / 12,           -1.0 / 720,     1.0 / 30240,
                                   -1.0 / 1209600,     1.0 / 47900160, -691.0 / 1307674368000.0,
                                   1.0 / 74724249600.0};

/* The order-th derivative of digamma for x > 0: upwards by recurrence (Abramowitz and Stegun 6.4.6), then the
 * asymptotic series (6.4.11). NaN elsewhere. */
static double polygamma(double x, int order) {
  if (!(x > 0) || order < 0 || order > 20) return NAN;
  double factorial = 1, sum = 0, far = 16 + order;
  for (int i = 2; i <= order; i++) factorial *= i;
  for (; x < far; x++) sum += order ? factorial * pow(x, -order - 1) : -1 / x;
  double series = order ? factorial / order * pow(x, -order) : -log(x);
  series += factorial / 2 * pow(x, -order - 1);
  double power = pow(x, -order - 2), rising = factorial * (order + 1);
  for (int j = 0; j < 7; j++) {
    series += bernoulli[j] * rising * power;
    rising *= (double)(order + 2 * j + 2) * (order + 2 * j + 3);
    power /= x * x;
  }
  if (!order) return sum - series;
  return order % 2 ? sum + series : -(sum + series);
}

/* The same by 64 terms of its sum (6.3.16, 6.4.10), the rest by Euler and Maclaurin's formula. */
static double polygamma_by_sum(double x, int order) {
  int n = 64, s = order + 1;
  double factorial = 1, sum = 0, end = x + n;
  for (int i = 2; i <= order; i++) factorial *= i;
  if (order == 0) {
    for (int i = n; i-- > 0;) sum -= 1 / (x + i);
    return sum + log(end) - 1 / (2 * end) - 1 / (12 * end * end) + 1 / (120 * end * end * end * end);
  }
  for (int i = n; i-- > 0;) sum += pow(x + i, -s);
  sum += pow(end, -order) / order + pow(end, -s) / 2 + s * pow(end, -s - 1) / 12;
  sum -= s * (s + 1) * (s + 2) * pow(end, -s - 3) / 720;
  return (order % 2 ? 1 : -1) * factorial * sum;
}

static double digamma_of(double x) { return polygamma(x, 0); }
LOOP_IN(f32, float, digamma, (float)digamma_of(a), 0, 0)
LOOP_IN(f64, double, digamma, digamma_of(a), 0, 0)
PLAIN(digamma) { return polygamma_by_sum(a, 0); }
DERIVATIVE(digamma) { return times(g, dy, orr_node_polygamma(g, input(g, y), 1)); }
UNARY(digamma, .range = {{0.4, 9}})

LOOP_IN(f32, float, polygamma, (float)polygamma(a, (int)b), bp[i], 0)
LOOP_IN(f64, double, polygamma, polygamma(a, (int)b), bp[i], 0)
PLAIN(polygamma) { return polygamma_by_sum(a, (int)b); }
DERIVATIVE(polygamma) {
  if (k) return 0;
  orr_node next = orr_node_offset(g, orr_input_of(g, y, 1), 1);
  return times(g, dy,
               orr_graph_apply(g, &orr_operator_polygamma, (const orr_node[]){input(g, y), next}, 2, NULL));
}
ELEMENTWISE(polygamma, 2, .range = {{0.4, 9}, {1, 4, true}})
orr_node orr_node_polygamma(orr_graph *g, orr_node x, int order) {
  if (order == 0) return orr_node_digamma(g, x);
  orr_node b = orr_node_constant(g, order);
  return orr_graph_apply(g, &orr_operator_polygamma, (const orr_node[]){x, b}, 2, NULL);
}
