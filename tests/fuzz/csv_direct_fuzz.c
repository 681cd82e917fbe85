/* CSV: the direct way of cutting bytes into cells gives what libcsv gives. The first bytes choose the dialect. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/csv_cells.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int law) {
  if (!law) abort();
}

static void compare(const orr_csv_cells *a, const orr_csv_cells *b) {
  must(a->rows.count == b->rows.count && a->rest == b->rest && a->whole == b->whole);
  must(a->rest_line == b->rest_line);
  for (size_t r = 0; r < a->rows.count; r++) {
    const orr_csv_row *x = &a->rows.items[r], *y = &b->rows.items[r];
    must(x->count == y->count && x->at == y->at && x->line == y->line);
    for (size_t c = 0; c < x->count; c++) {
      size_t n, m;
      const char *s = orr_csv_cell_at(a, x, c, &n), *t = orr_csv_cell_at(b, y, c, &m);
      must(n == m && !memcmp(s, t, n));
    }
  }
}

static void cut_both_ways(const orr_csv_dialect *d, char *bytes, size_t n, orr_csv_ending ending) {
  orr_csv_cells direct = {0}, library = {0};
  bool fit = orr_csv_is_direct(d, bytes, n);
  orr_status status = orr_csv_cut_by_library(d, bytes, n, 7, ending, &library, NULL);
  if (fit) must(!orr_csv_cut_directly(d, bytes, n, 7, ending, &direct, &fit, NULL));
  if (fit) {
    must(!status && !library.stray);
    compare(&direct, &library);
  }
  orr_csv_cells_fini(&direct);
  orr_csv_cells_fini(&library);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const delimiters[] = {",", ";", "\t", " ", "", "x", ", ", "|"};
  static const char *const comments[] = {"", "#", "//", "a"};
  if (size < 2 || memchr(data + 2, 0, size - 2)) return 0; /* text holds no NUL, and others see to that */
  orr_csv_dialect d = {.trim = data[0] & 8, .squeeze = data[0] & 16, .quote = data[0] & 32 ? '"' : 0};
  d.stray_quotes = data[0] & 64;
  strcpy(d.delimiter, delimiters[data[0] & 7]);
  strcpy(d.comment, comments[data[1] & 3]);
  if (!*d.delimiter) d.squeeze = false;
  size_t n = size - 2;
  char *bytes = calloc(n + 2 * ORR_CSV_MARGIN + 64, 1);
  must(bytes != NULL);
  if (n) memcpy(bytes + ORR_CSV_MARGIN, data + 2, n);
  static const orr_csv_ending endings[] = {ORR_CSV_CUT_OFF, ORR_CSV_WITH_ROW, ORR_CSV_WITH_FILE,
                                           ORR_CSV_WITH_FILE};
  cut_both_ways(&d, bytes + ORR_CSV_MARGIN, n, endings[data[1] >> 2 & 3]);
  free(bytes);
  return 0;
}
