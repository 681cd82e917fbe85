/* CSV tables through libcsv. The first row names the columns; types come from
 * every cell of a column, not from a prefix; nothing is dropped silently: a row
 * with another number of cells is an error that names its line. */
#ifndef ORR_DATA_CSV_H
#define ORR_DATA_CSV_H

#include "base/progress.h"
#include "base/text.h"
#include "data/table.h"

/* Reads the descriptor to its end. `source` names it for people. `content` gets the hash of its bytes. */
orr_status orr_csv_read(int fd, const char *source, const orr_work *work, orr_table **out, orr_hash *content,
                        orr_error *e);

/* The same from memory, which is also how it is fuzzed. */
orr_status orr_csv_parse(const char *bytes, size_t n, const char *source, const orr_work *work,
                         orr_table **out, orr_error *e);

/* One cell, quoted where CSV needs it. */
void orr_csv_add_cell(orr_text *out, const char *cell);

#endif
