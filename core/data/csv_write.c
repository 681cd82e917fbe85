/* CSV cells as they are written. */
#include <string.h>

#include "data/csv.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A reader takes blanks off bare cells, and lines that begin with '#' for comments. */
static bool needs_quotes(const char *cell) {
  size_t n = strlen(cell);
  bool padded = n && (strchr(" \t", cell[0]) || strchr(" \t", cell[n - 1]));
  return padded || *cell == '#' || !strncmp(cell, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) ||
         strpbrk(cell, ",;\t\"\r\n");
}

void orr_csv_add_cell(orr_text *out, const char *cell) {
  if (!needs_quotes(cell)) {
    orr_text_add(out, cell);
    return;
  }
  orr_text_add(out, "\"");
  for (; *cell; cell++) {
    if (*cell == '"') orr_text_add(out, "\"");
    orr_text_add_bytes(out, cell, 1);
  }
  orr_text_add(out, "\"");
}
