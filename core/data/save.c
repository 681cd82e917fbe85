/* Saving; see save.h. */
#include "data/save.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "data/csv.h"

bool orr_save_is_hdf5(const char *path) {
  const char *dot = strrchr(orr_file_name(path), '.');
  return dot && (!strcasecmp(dot, ".h5") || !strcasecmp(dot, ".hdf5"));
}

static void add_number(double x, orr_text *out) {
  if (isfinite(x)) orr_text_add_number(out, x);
  else if (isinf(x)) orr_text_add(out, x > 0 ? "inf" : "-inf");
}

static void add_cell(const orr_column *c, size_t row, orr_text *out) {
  char buffer[64];
  if (c->type == ORR_FLOAT64) add_number(c->float64[row], out);
  else orr_csv_add_cell(out, orr_column_text(c, row, buffer, sizeof buffer));
}

orr_status orr_save_print_csv(const orr_table *t, const orr_work *work, orr_text *out, orr_error *e) {
  for (size_t j = 0; j < t->n_columns; j++) {
    if (j) orr_text_add(out, ",");
    orr_csv_add_cell(out, t->columns[j]->name);
  }
  orr_text_add(out, "\n");
  for (size_t i = 0; i < t->rows; i++) {
    for (size_t j = 0; j < t->n_columns; j++) {
      if (j) orr_text_add(out, ",");
      add_cell(t->columns[j], i, out);
    }
    orr_text_add(out, "\n");
    if (i % 4096 == 0) ORR_TRY(orr_progress_step(work, "writing", i, t->rows, e));
  }
  return orr_text_check(out, e);
}

orr_status orr_save(const char *path, const orr_table *t, const orr_hdf5_note *notes, size_t n_notes,
                    const orr_work *work, orr_error *e) {
  orr_text text = {0};
  if (orr_save_is_hdf5(path)) return orr_hdf5_write(path, "table", t, notes, n_notes, e);
  orr_status status = orr_save_print_csv(t, work, &text, e);
  if (!status) status = orr_file_write(path, text.data, text.length, e);
  orr_text_fini(&text);
  return status;
}
