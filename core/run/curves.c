/* The curves of a training; see curves.h. */
#include "run/curves.h"

#include <string.h>

#include "base/text.h"

enum { MOST_ROWS = 1000 };

static orr_status note_names(const orr_trainer_result *r, const char *name, orr_store *out, orr_error *e) {
  orr_text names = {0};
  for (size_t i = 0; i < r->n_columns; i++) orr_text_printf(&names, "%s%s", i ? "," : "", r->columns[i]);
  orr_status status = orr_text_check(&names, e);
  if (!status) status = orr_store_note(out, name, orr_text_get(&names), e);
  orr_text_fini(&names);
  return status;
}

orr_status orr_curves_keep(const orr_trainer_result *r, const char *name, orr_store *out, orr_error *e) {
  orr_tensor *t;
  size_t k = r->n_columns, rows = k ? r->history.count / k : 0, n = rows < MOST_ROWS ? rows : MOST_ROWS;
  if (!n) return ORR_OK;
  ORR_TRY(orr_store_add(out, name, ORR_F64, 2, (size_t[]){n, k}, &t, e));
  for (size_t i = 0; i < n; i++) {
    size_t row = n > 1 ? i * (rows - 1) / (n - 1) : 0;
    memcpy(t->f64 + i * k, r->history.items + row * k, k * sizeof *t->f64);
  }
  return note_names(r, name, out, e);
}
