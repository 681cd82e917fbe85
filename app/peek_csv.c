/* A source as CSV; see peek_csv.h. What is written waits in a buffer, so that a
 * file that cannot be read leaves nothing on standard output. */
#include "app/peek_csv.h"

#include <stdio.h>
#include <unistd.h>

#include "app/speak.h"
#include "data/csv.h"

enum { BUFFER = 1 << 18 };

typedef struct writer {
  orr_text lines;
  bool inert;
} writer;

static orr_status flush(writer *w, orr_error *e) {
  ORR_TRY(orr_text_check(&w->lines, e));
  size_t n = w->lines.length;
  if (n && (fwrite(w->lines.data, 1, n, stdout) != n || fflush(stdout))) return orr_say_broken(e);
  w->lines.length = 0;
  return ORR_OK;
}

static void add_cell(writer *w, const char *cell) {
  orr_text inert = {0};
  if (w->inert) orr_text_add_inert(&inert, cell);
  orr_csv_add_cell(&w->lines, w->inert ? orr_text_get(&inert) : cell);
  w->lines.failed |= inert.failed;
  orr_text_fini(&inert);
}

/* A line of one empty cell would be a blank line, which readers pass over. */
static orr_status write_row(void *context, int64_t row, const char *const *cells, size_t n, orr_error *e) {
  writer *w = context;
  (void)row;
  if (n == 1 && !*cells[0]) orr_text_add(&w->lines, "\"\"");
  else
    for (size_t i = 0; i < n; i++) {
      if (i) orr_text_add(&w->lines, ",");
      add_cell(w, cells[i]);
    }
  orr_text_add(&w->lines, "\n");
  return w->lines.length < BUFFER ? ORR_OK : flush(w, e);
}

orr_status orr_peek_csv_file(int fd, const char *name, const orr_options *given, const orr_work *work,
                             orr_error *e) {
  writer w = {.inert = isatty(STDOUT_FILENO)};
  orr_status status = orr_csv_each_row(fd, name, given, work, write_row, &w, e);
  if (!status) status = flush(&w, e);
  orr_text_fini(&w.lines);
  return status;
}

static orr_status write_table(writer *w, const orr_table *t, const orr_work *work, orr_arena *arena,
                              orr_error *e) {
  enum { CELL = 64 };
  const char **cells;
  char(*buffers)[CELL];
  ORR_TAKE(arena, cells, t->n_columns, e);
  ORR_TAKE(arena, buffers, t->n_columns, e);
  for (size_t j = 0; j < t->n_columns; j++) cells[j] = t->columns[j]->name;
  ORR_TRY(write_row(w, -1, cells, t->n_columns, e));
  for (size_t i = 0; i < t->rows; i++) {
    if (i % 4096 == 0) ORR_TRY(orr_progress_step(work, "writing rows", i, t->rows, e));
    for (size_t j = 0; j < t->n_columns; j++) cells[j] = orr_column_text(t->columns[j], i, buffers[j], CELL);
    ORR_TRY(write_row(w, (int64_t)i, cells, t->n_columns, e));
  }
  return flush(w, e);
}

orr_status orr_peek_csv_table(const orr_table *t, const orr_work *work, orr_error *e) {
  writer w = {.inert = isatty(STDOUT_FILENO)};
  orr_arena arena = {0};
  orr_status status = write_table(&w, t, work, &arena, e);
  orr_text_fini(&w.lines);
  orr_arena_fini(&arena);
  return status;
}
