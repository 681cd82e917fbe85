/* A fused chain, run tile by tile: each operator goes over a tile of some
 * thousand bytes that the next one finds in the nearest cache. An operand whose
 * elements lie as the chain's own is read where it is; any other is spread into
 * a tile first. */
#include <string.h>

#include "grad/plan.h"

enum { REGISTERS = ORR_MOST_OPERANDS + ORR_MOST_MEMBERS };

typedef struct registers {
  char *base[REGISTERS];  /* where element 0 is, or the tile */
  size_t step[REGISTERS]; /* bytes an element, 0 for a tile */
} registers;

static void fill(char *to, const char *from, size_t n, size_t size) {
  if (size == sizeof(float))
    for (size_t i = 0; i < n; i++) ((float *)(void *)to)[i] = *(const float *)(const void *)from;
  else
    for (size_t i = 0; i < n; i++) ((double *)(void *)to)[i] = *(const double *)(const void *)from;
}

/* Elements [at, at+n) of the innermost axis. */
static void run_along(char *to, const char *from, size_t stride, size_t n, size_t size) {
  if (stride == 0) fill(to, from, n, size);
  else if (stride == 1) memcpy(to, from, n * size);
  else
    for (size_t i = 0; i < n; i++) memcpy(to + i * size, from + i * stride * size, size);
}

/* Spreads elements [start, start+n), counted through rows of row_size, into a tile. */
static void spread(const orr_operand *o, const char *from, size_t row_size, size_t start, size_t n,
                   size_t size, char *to) {
  size_t inner = o->dim[o->rank - 1], stride = o->stride[o->rank - 1];
  for (size_t done = 0; done < n;) {
    size_t row = (start + done) / row_size, rest = (start + done) % row_size, along = rest % inner;
    size_t offset = row * o->row_stride + along * stride, count = inner - along;
    rest /= inner;
    for (int i = o->rank - 1; i-- > 0; rest /= o->dim[i]) offset += rest % o->dim[i] * o->stride[i];
    if (count > n - done) count = n - done;
    run_along(to + done * size, from + offset * size, stride, count, size);
    done += count;
  }
}

static void set_registers(const orr_spot *at, const orr_unit *u, registers *r) {
  const orr_program *p = at->run->p;
  size_t tile = ORR_TILE_BYTES / p->element;
  char *scratch = at->memory + p->scratch_offset;
  for (int i = 0; i < u->n_operands + u->n_members; i++) {
    orr_node n = i < u->n_operands ? u->operands[i].node : u->members[i - u->n_operands].node;
    bool tiled = u->slot[i] >= 0;
    r->base[i] = tiled ? scratch + (size_t)u->slot[i] * ORR_TILE_BYTES : orr_run_pointer(at, n);
    r->step[i] = tiled ? 0 : p->element;
    if (tiled && i < u->n_operands && u->operands[i].scalar)
      fill(r->base[i], orr_run_pointer(at, n), tile, p->element);
  }
}

static void apply(const orr_unit *u, const registers *r, size_t start, size_t n, orr_precision precision) {
  for (int i = 0; i < u->n_members; i++) {
    const orr_member *m = &u->members[i];
    void *x[3] = {NULL, NULL, NULL};
    for (int k = 0; k < 3; k++)
      if (m->in[k] >= 0) x[k] = r->base[m->in[k]] + start * r->step[m->in[k]];
    int out = u->n_operands + i;
    void *y = r->base[out] + start * r->step[out];
    if (precision == ORR_SINGLE) m->op->vector_f32(n, x[0], x[1], x[2], y);
    else m->op->vector_f64(n, x[0], x[1], x[2], y);
  }
}

void orr_run_fused(const orr_spot *at, const orr_unit *u, size_t start, size_t end) {
  const orr_program *p = at->run->p;
  size_t tile = ORR_TILE_BYTES / p->element;
  registers r;
  set_registers(at, u, &r);
  for (size_t n; start < end; start += n) {
    n = end - start < tile ? end - start : tile;
    for (int i = 0; i < u->n_operands; i++)
      if (u->slot[i] >= 0 && !u->operands[i].scalar)
        spread(&u->operands[i], orr_run_pointer(at, u->operands[i].node), u->row_size, start, n, p->element,
               r.base[i]);
    apply(u, &r, start, n, p->precision);
  }
}
