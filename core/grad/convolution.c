/* Convolution as a matrix product: unfold lays the window's view from each
 * place into one row (im2col), fold adds such rows back onto the picture; each
 * is the other's derivative. Channels come last, so that a window's line is
 * contiguous. */
#ifndef real
#include <string.h>

#include "grad/nodes.h"
#include "grad/operator.h"

/* attributes.window, and how many places the window has. */
typedef struct geometry {
  int height, width, stride_y, stride_x, padding_y, padding_x; /* of the window */
  int rows, cols;                                              /* of the picture */
  int down, across;                                            /* places */
} geometry;

static geometry geometry_of(const int32_t w[8]) {
  geometry o = {w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], 0, 0};
  int free_y = o.rows + 2 * o.padding_y - o.height, free_x = o.cols + 2 * o.padding_x - o.width;
  if (o.stride_y < 1 || o.stride_x < 1 || free_y < 0 || free_x < 0) return o;
  o.down = free_y / o.stride_y + 1;
  o.across = free_x / o.stride_x + 1;
  return o;
}

#define FAMILY "grad/convolution.c"
#include "grad/both.h"

static bool impossible(orr_graph *g, const orr_vertex *v, const geometry *o) {
  char text[64];
  orr_shape x = orr_shape_of(g, v->input[0]);
  orr_graph_fail(g,
                 "%s: %s with a picture of %d × %d, a window of %d × %d, strides %d, %d and padding %d, %d",
                 v->op->name, orr_shape_text(&x, text), o->rows, o->cols, o->height, o->width, o->stride_y,
                 o->stride_x, o->padding_y, o->padding_x);
  return false;
}

static bool sound(const geometry *o) {
  bool small = o->padding_y < o->height && o->padding_x < o->width;
  return o->height > 0 && o->width > 0 && o->padding_y >= 0 && o->padding_x >= 0 && small && o->down > 0;
}

static bool unfold_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape x = orr_shape_of(g, v->input[0]);
  geometry o = geometry_of(v->attributes.window);
  if (x.rank != 4 || !sound(&o)) return impossible(g, v, &o);
  *out = ORR_SHAPE_OF(x.dim[0], o.down * o.across, o.height * o.width * x.dim[3]);
  return true;
}

static bool fold_shape(orr_graph *g, const orr_vertex *v, orr_shape *out) {
  orr_shape x = orr_shape_of(g, v->input[0]);
  geometry o = geometry_of(v->attributes.window);
  bool fit =
      x.rank == 3 && sound(&o) && x.dim[1] == o.down * o.across && x.dim[2] % (o.height * o.width) == 0;
  if (!fit) return impossible(g, v, &o);
  *out = ORR_SHAPE_OF(x.dim[0], o.rows, o.cols, x.dim[2] / (o.height * o.width));
  return true;
}

/* Visits every element of the unfolded tensor with its picture element, if it has one. */
static void visit_plain(const orr_kernel_call *c, const orr_tensor *unfolded, const orr_tensor *picture,
                        void (*meet)(double *unfolded, double *picture)) {
  geometry o = geometry_of(c->node->attributes.window);
  size_t i[ORR_MOST_RANK] = {0};
  int channels = (int)picture->dim[3];
  do {
    int place = (int)i[1], element = (int)i[2];
    int y = place / o.across * o.stride_y - o.padding_y + element / channels / o.width;
    int x = place % o.across * o.stride_x - o.padding_x + element / channels % o.width;
    bool inside = y >= 0 && y < o.rows && x >= 0 && x < o.cols;
    size_t at[ORR_MOST_RANK] = {i[0], inside ? (size_t)y : 0, inside ? (size_t)x : 0,
                                (size_t)(element % channels)};
    double zero = 0;
    meet((double *)unfolded->x + orr_tensor_offset(unfolded, i),
         inside ? (double *)picture->x + orr_tensor_offset(picture, at) : &zero);
  } while (orr_tensor_next(unfolded, i));
}

static void read_picture(double *unfolded, double *picture) { *unfolded = *picture; }
static void add_to_picture(double *unfolded, double *picture) { *picture += *unfolded; }

static void unfold_plain(const orr_kernel_call *c) { visit_plain(c, &c->out, &c->in[0], read_picture); }

static void fold_plain(const orr_kernel_call *c) {
  for (size_t i = 0; i < orr_tensor_size(&c->out); i++) ((double *)c->out.x)[i] = 0;
  visit_plain(c, &c->in[0], &c->out, add_to_picture);
}

static orr_node unfold_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  (void)k;
  return orr_graph_apply(g, &orr_operator_fold, &dy, 1, &orr_graph_at(g, y)->attributes);
}

static orr_node fold_derivative(orr_graph *g, orr_node y, orr_node dy, int k) {
  (void)k;
  return orr_graph_apply(g, &orr_operator_unfold, &dy, 1, &orr_graph_at(g, y)->attributes);
}

static const orr_window trial_windows[] = {
    {3, 3, 1, 1, 1, 1}, {2, 3, 1, 2, 0, 1}, {1, 1, 1, 1, 0, 0}, {5, 4, 3, 2, 2, 0}};

static orr_node unfold_trial(orr_graph *g, int number) {
  if (number > 3) return 0;
  return orr_node_unfold(g, orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, 5, 4, 2), -3, 3, false),
                         trial_windows[number]);
}

static orr_node fold_trial(orr_graph *g, int number) {
  static const int places[] = {20, 8, 20, 2}, elements[] = {18, 12, 2, 40};
  if (number > 3) return 0;
  orr_node x = orr_node_trial(g, ORR_SHAPE_OF(ORR_FREE, places[number], elements[number]), -3, 3, false);
  return orr_node_fold(g, x, trial_windows[number], 5, 4);
}

const orr_operator orr_operator_unfold = {.name = "unfold",
                                          .class = ORR_KERNEL,
                                          .arity = 1,
                                          .shape = unfold_shape,
                                          .run_f32 = unfold_f32,
                                          .run_f64 = unfold_f64,
                                          .plain = unfold_plain,
                                          .derivative = unfold_derivative,
                                          .trial = unfold_trial};

const orr_operator orr_operator_fold = {.name = "fold",
                                        .class = ORR_KERNEL,
                                        .arity = 1,
                                        .shape = fold_shape,
                                        .run_f32 = fold_f32,
                                        .run_f64 = fold_f64,
                                        .plain = fold_plain,
                                        .derivative = fold_derivative,
                                        .trial = fold_trial};

static orr_attributes attributes_of(orr_window w, int height, int width) {
  return (orr_attributes){
      .window = {w.height, w.width, w.stride_y, w.stride_x, w.padding_y, w.padding_x, height, width}};
}

orr_node orr_node_unfold(orr_graph *g, orr_node x, orr_window window) {
  orr_shape s = orr_shape_of(g, x);
  orr_attributes a = attributes_of(window, s.dim[1], s.dim[2]);
  return orr_graph_apply(g, &orr_operator_unfold, &x, 1, &a);
}

orr_node orr_node_fold(orr_graph *g, orr_node x, orr_window window, int height, int width) {
  orr_attributes a = attributes_of(window, height, width);
  return orr_graph_apply(g, &orr_operator_fold, &x, 1, &a);
}

/* --- Convolutions -------------------------------------------------------- */

orr_node orr_node_convolution_2d(orr_graph *g, orr_node x, orr_node w, orr_node b, orr_window window) {
  orr_node y = orr_node_linear(g, orr_node_unfold(g, x, window), w, b);
  orr_shape s = orr_shape_of(g, x), flat = orr_shape_of(g, y);
  geometry o = geometry_of(attributes_of(window, s.dim[1], s.dim[2]).window);
  return orr_node_reshape(g, y, ORR_SHAPE_OF(s.dim[0], o.down, o.across, flat.dim[2]));
}

orr_node orr_node_convolution_transpose_2d(orr_graph *g, orr_node x, orr_node w, orr_node b,
                                           orr_window window, int height, int width) {
  orr_shape s = orr_shape_of(g, x);
  if (s.rank != 4) return orr_graph_fail(g, "convolution: a picture has rows, height, width and channels");
  orr_node flat = orr_node_reshape(g, x, ORR_SHAPE_OF(s.dim[0], s.dim[1] * s.dim[2], s.dim[3]));
  orr_node y = orr_node_fold(g, orr_node_matmul(g, flat, w), window, height, width);
  return b ? orr_node_add(g, y, b) : y;
}

/* A line is a picture of height 1. */
static orr_node as_picture(orr_graph *g, orr_node x) {
  orr_shape s = orr_shape_of(g, x);
  if (s.rank != 3) return orr_graph_fail(g, "convolution: a line has rows, length and channels");
  return orr_node_reshape(g, x, ORR_SHAPE_OF(s.dim[0], 1, s.dim[1], s.dim[2]));
}

static orr_node as_line(orr_graph *g, orr_node y) {
  orr_shape s = orr_shape_of(g, y);
  return orr_node_reshape(g, y, ORR_SHAPE_OF(s.dim[0], s.dim[2], s.dim[3]));
}

orr_node orr_node_convolution_1d(orr_graph *g, orr_node x, orr_node w, orr_node b, int width, int stride,
                                 int padding) {
  orr_window window = {1, width, 1, stride, 0, padding};
  return as_line(g, orr_node_convolution_2d(g, as_picture(g, x), w, b, window));
}

orr_node orr_node_convolution_transpose_1d(orr_graph *g, orr_node x, orr_node w, orr_node b, int width,
                                           int stride, int padding, int length) {
  orr_window window = {1, width, 1, stride, 0, padding};
  return as_line(g, orr_node_convolution_transpose_2d(g, as_picture(g, x), w, b, window, 1, length));
}

#else /* the kernels, for either precision */

/* The part of the window's line `ky` at place (oy, ox) that is on the picture: its first column in the window, how
 * many, and the element of the picture; 0 when there is none. */
static size_t K(line)(const geometry *o, int oy, int ox, int ky, int *first, size_t *at) {
  int y = oy * o->stride_y - o->padding_y + ky, x = ox * o->stride_x - o->padding_x;
  int from = x < 0 ? -x : 0, to = x + o->width > o->cols ? o->cols - x : o->width;
  if (y < 0 || y >= o->rows || from >= to) return 0;
  *first = from;
  *at = (size_t)y * (size_t)o->cols + (size_t)(x + from);
  return (size_t)(to - from);
}

static void K(unfold)(const orr_kernel_call *c) {
  geometry o = geometry_of(c->node->attributes.window);
  size_t channels = c->in[0].dim[3], picture = (size_t)o.rows * (size_t)o.cols * channels;
  const real *x = c->in[0].x;
  real *y = c->out.x;
  memset(y, 0, orr_tensor_size(&c->out) * sizeof *y);
  for (size_t r = 0; r < c->in[0].dim[0]; r++, x += picture)
    for (int place = 0; place < o.down * o.across; place++)
      for (int ky = 0; ky < o.height; ky++, y += (size_t)o.width * channels) {
        int first = 0;
        size_t at = 0, n = K(line)(&o, place / o.across, place % o.across, ky, &first, &at);
        if (n) memcpy(y + (size_t)first * channels, x + at * channels, n * channels * sizeof *y);
      }
}

static void K(fold)(const orr_kernel_call *c) {
  geometry o = geometry_of(c->node->attributes.window);
  size_t channels = c->out.dim[3], picture = (size_t)o.rows * (size_t)o.cols * channels;
  const real *x = c->in[0].x;
  real *y = c->out.x;
  memset(y, 0, orr_tensor_size(&c->out) * sizeof *y);
  for (size_t r = 0; r < c->out.dim[0]; r++, y += picture)
    for (int place = 0; place < o.down * o.across; place++)
      for (int ky = 0; ky < o.height; ky++, x += (size_t)o.width * channels) {
        int first = 0;
        size_t at = 0, n = K(line)(&o, place / o.across, place % o.across, ky, &first, &at) * channels;
        for (size_t i = 0; i < n; i++) y[at * channels + i] += x[(size_t)first * channels + i];
      }
}

#endif
