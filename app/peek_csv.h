/* A source as plain CSV on standard output: the table as it was understood,
 * every cell as text, streamed. On a terminal it is made inert. */
#ifndef ORR_APP_PEEK_CSV_H
#define ORR_APP_PEEK_CSV_H

#include "base/option.h"
#include "base/progress.h"
#include "data/table.h"

/* A CSV file, cell by cell as its text stands; no header where the file has none. */
orr_status orr_peek_csv_file(int fd, const char *name, const orr_options *given, const orr_work *work,
                             orr_error *e);

/* A table: numbers in the fewest digits that read back, times as ISO 8601, missing cells empty. */
orr_status orr_peek_csv_table(const orr_table *t, const orr_work *work, orr_error *e);

#endif
