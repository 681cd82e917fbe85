/* Figures; see figures.h.
 *
 * All elements are read in boxes along the chunks, and each box is summed in
 * tiles whose size depends on nothing else; tiles are added in order, so that
 * the figures are the same bits for any number of workers. A sample is 64
 * boxes spread evenly over every axis that is not covered whole; its mean's
 * error is the standard error of the boxes' means.
 */
#include "data/hdf5/figures.h"

#include <math.h>
#include <string.h>

#include "data/hdf5/attribute.h"

enum { BLOCK = 16 << 20, TILE = 1 << 15, RUN = 512, RUNS = 64, UNBACKED = 256 << 20 };

typedef struct figures {
  bool any;
  uint64_t n, n_nan; /* elements seen; those without a value */
  double least, most;
  int64_t least_integer, most_integer; /* of integers; unsigned ones of 64 bits are kept bit by bit */
  long double sum;
} figures;

typedef struct tiling {
  const orr_h5_cell *cell;
  const char *elements;
  uint64_t n;
  figures *tiles;
} tiling;

static void add_floats(figures *f, const double *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (isnan(x[i])) {
      f->n_nan++;
      continue;
    }
    if (!f->any || x[i] < f->least) f->least = x[i];
    if (!f->any || x[i] > f->most) f->most = x[i];
    f->any = true;
    f->sum += x[i];
  }
}

static void add_signed(figures *f, const int64_t *x, size_t n) {
  int64_t least = f->any ? f->least_integer : x[0], most = f->any ? f->most_integer : x[0];
  long double sum = 0;
  for (size_t i = 0; i < n; i++) {
    least = x[i] < least ? x[i] : least;
    most = x[i] > most ? x[i] : most;
    sum += x[i];
  }
  f->least_integer = least, f->most_integer = most, f->sum += sum, f->any = true;
}

static void add_unsigned(figures *f, const int64_t *x, size_t n) {
  uint64_t least = (uint64_t)(f->any ? f->least_integer : x[0]),
           most = (uint64_t)(f->any ? f->most_integer : x[0]);
  long double sum = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t u = (uint64_t)x[i];
    least = u < least ? u : least;
    most = u > most ? u : most;
    sum += u;
  }
  f->least_integer = (int64_t)least, f->most_integer = (int64_t)most, f->sum += sum, f->any = true;
}

static void add_run(figures *f, const orr_h5_cell *c, const char *from, size_t n) {
  double x[RUN];
  int64_t k[RUN];
  f->n += n;
  if (orr_h5_cell_is_integer(c)) {
    orr_h5_to_integers(c, from, c->bytes, n, k);
    if (c->kind == ORR_H5_SIGNED) add_signed(f, k, n);
    else add_unsigned(f, k, n);
    return;
  }
  orr_h5_to_doubles(c, from, c->bytes, n, x);
  add_floats(f, x, n);
}

static void sum_tile(void *context, size_t task) {
  tiling *t = context;
  uint64_t at = (uint64_t)task * TILE, end = t->n - at < TILE ? t->n : at + TILE;
  figures f = {0};
  for (; at < end; at += RUN)
    add_run(&f, t->cell, t->elements + at * t->cell->bytes, end - at < RUN ? (size_t)(end - at) : RUN);
  t->tiles[task] = f;
}

static bool less(const orr_h5_cell *c, int64_t a, int64_t b) {
  return c->kind == ORR_H5_SIGNED ? a < b : (uint64_t)a < (uint64_t)b;
}

static void join(const orr_h5_cell *c, figures *all, const figures *f) {
  all->n += f->n, all->n_nan += f->n_nan, all->sum += f->sum;
  if (!f->any) return;
  if (!all->any || f->least < all->least) all->least = f->least;
  if (!all->any || f->most > all->most) all->most = f->most;
  if (!all->any || less(c, f->least_integer, all->least_integer)) all->least_integer = f->least_integer;
  if (!all->any || less(c, all->most_integer, f->most_integer)) all->most_integer = f->most_integer;
  all->any = true;
}

/* A dataset, what its numbers are, and memory for one box of it. */
typedef struct survey {
  orr_h5_reader *reader;
  const orr_h5_array *array;
  orr_h5_cell cell;
  size_t per_element; /* numbers of an element that is an array */
  char *box;
  size_t capacity;
  orr_arena *arena;
} survey;

static orr_status add_box(survey *s, const uint64_t *start, const uint64_t *count, figures *out,
                          orr_error *e) {
  size_t elements = 1, n, bytes;
  for (int i = 0; i < s->array->rank; i++) elements *= count[i];
  if (!orr_multiply(elements, s->array->bytes, &bytes) || !orr_multiply(elements, s->per_element, &n))
    return orr_fail_memory(e, s->array->path, 0);
  if (bytes > s->capacity) {
    orr_free(s->box);
    s->capacity = bytes;
    if (!(s->box = orr_realloc(NULL, bytes, 1))) return orr_fail_memory(e, s->array->path, bytes);
  }
  ORR_TRY(orr_h5_read_box(s->reader, s->array, start, NULL, count, s->box, e));
  tiling t = {.cell = &s->cell, .elements = s->box, .n = n};
  size_t tiles = n / TILE + (n % TILE != 0);
  t.tiles = orr_calloc(tiles, sizeof *t.tiles);
  if (!t.tiles) return orr_fail_memory(e, "figures", tiles);
  orr_status status = orr_work_run(s->reader->work, "figures", tiles, sum_tile, &t, e);
  for (size_t i = 0; i < tiles && !status; i++) join(&s->cell, out, &t.tiles[i]);
  orr_free(t.tiles);
  return status;
}

static orr_status survey_all(survey *s, figures *out, orr_error *e) {
  const orr_h5_array *a = s->array;
  uint64_t block[H5S_MAX_RANK], start[H5S_MAX_RANK] = {0}, count[H5S_MAX_RANK];
  orr_h5_array_block(a, BLOCK, block);
  for (bool more = a->elements > 0; more;) {
    for (int i = 0; i < a->rank; i++)
      count[i] = a->dims[i] - start[i] < block[i] ? a->dims[i] - start[i] : block[i];
    ORR_TRY(add_box(s, start, count, out, e));
    more = false;
    for (int i = a->rank; i-- > 0 && !more;) {
      start[i] += block[i];
      more = start[i] < a->dims[i];
      if (!more) start[i] = 0;
    }
  }
  return ORR_OK;
}

/* The counts of one box of a sample. */
static void sample_box(const orr_h5_array *a, uint64_t elements, uint64_t *count) {
  uint64_t room = elements / RUNS ? elements / RUNS : 1;
  for (int i = a->rank; i-- > 0;) {
    count[i] = a->dims[i] < room ? a->dims[i] : room;
    room = room / count[i] ? room / count[i] : 1;
  }
}

static orr_status survey_some(survey *s, uint64_t elements, figures *out, double *error, orr_error *e) {
  const orr_h5_array *a = s->array;
  uint64_t start[H5S_MAX_RANK], count[H5S_MAX_RANK];
  double mean = 0, squares = 0, runs = 0;
  sample_box(a, elements, count);
  for (uint64_t k = 0; k < RUNS; k++) {
    figures f = {0};
    for (int i = 0; i < a->rank; i++)
      start[i] = (uint64_t)((unsigned __int128)(a->dims[i] - count[i]) * k / (RUNS - 1));
    ORR_TRY(add_box(s, start, count, &f, e));
    join(&s->cell, out, &f);
    if (f.n == f.n_nan) continue;
    double x = (double)(f.sum / (long double)(f.n - f.n_nan)), step = x - mean;
    mean += step / ++runs;
    squares += step * (x - mean);
  }
  *error = runs > 1 ? sqrt(squares / (runs - 1) / runs) : NAN;
  return ORR_OK;
}

/* How many elements to look at; 0: all. What the file hardly holds (a large dataset, never written) is sampled too. */
static uint64_t elements_to_look_at(const survey *s) {
  const orr_h5_array *a = s->array;
  uint64_t most = s->reader->most;
  hsize_t stored = H5Dget_storage_size(a->id);
  H5Eclear2(H5E_DEFAULT);
  bool hollow = a->elements > UNBACKED / a->bytes && a->elements / 2000 > stored / a->bytes;
  if (hollow && (!most || most > UNBACKED / 8)) most = UNBACKED / 8;
  return most && a->elements > most ? most : 0;
}

static orr_json *extreme(const orr_h5_cell *c, double x, int64_t k) {
  if (c->kind == ORR_H5_SIGNED || (c->kind == ORR_H5_UNSIGNED && k >= 0)) return orr_json_new_integer(k);
  return orr_json_new_extended(c->kind == ORR_H5_UNSIGNED ? (double)(uint64_t)k : x);
}

static void write_figures(const survey *s, const figures *f, bool sampled, double error, orr_json *out) {
  uint64_t present = f->n - f->n_nan;
  orr_json_set(out, "n_nan", orr_json_new_integer((int64_t)f->n_nan));
  orr_json_set(out, "min", f->any ? extreme(&s->cell, f->least, f->least_integer) : NULL);
  orr_json_set(out, "max", f->any ? extreme(&s->cell, f->most, f->most_integer) : NULL);
  double mean = present ? (double)(f->sum / (long double)present) : NAN;
  orr_json_set(out, "mean", orr_json_new_extended(mean));
  orr_json_set(out, "looked_at", orr_json_new_integer((int64_t)f->n));
  if (sampled) orr_json_set(out, "mean_error", orr_json_new_number(error));
}

static orr_status find_cell(survey *s, hid_t type, orr_error *e) {
  if (H5Tget_class(type) != H5T_ARRAY) return orr_h5_cell_of(s->reader, type, &s->cell, e);
  hid_t base = H5Tget_super(type);
  orr_status status = find_cell(s, base, e);
  if (!status) s->per_element *= s->cell.bytes ? H5Tget_size(type) / H5Tget_size(base) : 0;
  H5Tclose(base);
  return status;
}

static orr_status survey_dataset(orr_h5_reader *r, const char *path, orr_json *out, orr_error *e) {
  orr_h5_array *a;
  survey s = {.reader = r, .per_element = 1};
  figures f = {0};
  double error = NAN;
  ORR_TRY(orr_h5_array_open(r, path, &a, e));
  ORR_TRY(find_cell(&s, a->type, e));
  if (!orr_h5_cell_is_number(&s.cell) || a->none) return orr_h5_array_check(r, a, e);
  ORR_TRY(orr_h5_array_check(r, a, e));
  s.array = a;
  uint64_t some = elements_to_look_at(&s);
  orr_status status = some ? survey_some(&s, some, &f, &error, e) : survey_all(&s, &f, e);
  orr_free(s.box);
  if (!status) write_figures(&s, &f, some, error, out);
  return status;
}

static orr_status describe(orr_h5_reader *r, const orr_h5_node *n, orr_json *out, size_t *readable,
                           orr_error *e) {
  static const char *const keys[] = {"n_nan", "min", "max", "mean"};
  orr_error fault = {0};
  orr_text dtype = {0};
  const char *path;
  ORR_TRY(orr_h5_utf8(r, n->path, strlen(n->path), &path, e));
  orr_json_set(out, "path", orr_json_new_string(path));
  orr_json *shape = n->none ? NULL : orr_json_new_array();
  for (int i = 0; i < n->rank; i++) orr_json_push(shape, orr_json_new_integer((int64_t)n->dims[i]));
  orr_json_set(out, "shape", shape);
  hid_t object = H5Dopen2(r->file, n->path, H5P_DEFAULT), type = object < 0 ? -1 : H5Dget_type(object);
  if (type >= 0) orr_h5_dtype(type, &dtype), H5Tclose(type);
  if (object >= 0) H5Dclose(object);
  orr_json_set(out, "dtype", orr_json_new_string(orr_text_get(&dtype)));
  orr_text_fini(&dtype);
  orr_status status = survey_dataset(r, n->path, out, &fault);
  if (status == ORR_STOPPED || status == ORR_MEMORY) return orr_fail(e, status, "%s", fault.message);
  if (!orr_json_get(out, "n_nan"))
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) orr_json_set(out, keys[i], NULL);
  if (status) orr_json_set(out, "error", orr_json_new_string(fault.message));
  *readable += !status;
  return ORR_OK;
}

orr_status orr_h5_datasets(orr_h5_reader *r, const orr_h5_nodes *nodes, orr_json **out, size_t *readable,
                           orr_error *e) {
  orr_json *all = orr_json_new_array();
  *readable = 0;
  for (size_t i = 0; i < nodes->all.count; i++) {
    const orr_h5_node *n = &nodes->all.items[i];
    if (n->kind != ORR_H5_DATASET || n->same) continue;
    orr_status status = orr_progress_step(r->work, "figures", i, nodes->all.count, e);
    if (!status) status = describe(r, n, orr_json_push(all, orr_json_new_object()), readable, e);
    if (status) return orr_json_free(all), status;
  }
  *out = all;
  return ORR_OK;
}
