/* Model files: any bytes are a model that predicts, or an error. A file with notes goes
 * the whole way of a kept model; bare tensors are offered to every family. */
#include <stdio.h>
#include <unistd.h>

#include "fuzz_table.h"
#include "model/density.h"
#include "model/kept.h"

static void offer(const orr_store *s, const orr_family *f, orr_task task, size_t d, size_t k) {
  static double x[4 * 3] = {0, 1, -1, 0.5, 2, -3, 1e9, 0, 7, 3, 2, 1};
  double out[4 * 3];
  orr_error e = {0};
  orr_matrix rows = {4, d, x};
  if (f->check(s, task, d, k, &e)) must(*e.message != 0);
  else f->predict(s, task, &rows, k, out, NULL, &e);
}

static void offer_latent(const orr_store *s, const orr_density *f, size_t d) {
  static double x[2 * 3] = {0, 1, -1, 0.5, 2, -3};
  orr_error e = {0};
  orr_arena arena = {0};
  orr_matrix z, rows = {2, d, x};
  double out[2 * 3];
  size_t latent = 0;
  if (f->check(s, d, 0, &latent, &e)) must(*e.message != 0);
  else if (latent <= 64 && !orr_matrix_take(&arena, 2, latent, &z, &e)) {
    f->encode(s, &rows, NULL, z.x, NULL, &e);
    f->decode(s, &z, NULL, out, NULL, &e);
  }
  orr_arena_fini(&arena);
}

static void offer_to_all(const orr_store *s) {
  for (size_t i = 0; i < orr_families_count; i++)
    for (size_t d = 1; d <= 3; d++) {
      if (orr_families[i]->density) offer_latent(s, orr_families[i]->density, d);
      if (orr_families[i]->tasks & ORR_REGRESSION) offer(s, orr_families[i], ORR_REGRESSION, d, 1);
      for (size_t k = 2; k <= 3; k++)
        if (orr_families[i]->tasks & ORR_CLASSIFICATION) offer(s, orr_families[i], ORR_CLASSIFICATION, d, k);
    }
}

static void read_whole(const uint8_t *data, size_t size) {
  static char path[64];
  orr_kept m;
  orr_arena arena = {0};
  orr_prediction p;
  orr_error e = {0};
  snprintf(path, sizeof path, "/tmp/orrery-fuzz-%ld", (long)getpid());
  FILE *file = fopen(path, "wb");
  must(file && fwrite(data, 1, size, file) == size && !fclose(file));
  if (orr_kept_read(&m, path, &e)) must(*e.message != 0);
  else {
    orr_table *t = fuzz_table();
    orr_kept_predict(&m, t, (size_t[]){0, 1, 2, 3}, 4, NULL, &arena, &p, &e);
    orr_table_unref(t);
    orr_kept_fini(&m);
  }
  orr_arena_fini(&arena);
  unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  orr_store s = {0};
  orr_error e = {0};
  if (orr_store_parse(&s, data, size, &e)) return must(*e.message != 0), 0;
  if (s.n_notes) read_whole(data, size);
  else offer_to_all(&s);
  orr_store_fini(&s);
  return 0;
}
