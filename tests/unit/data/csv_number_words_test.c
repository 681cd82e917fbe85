/* Numbers of CSV files as machines without SSE2 read them: eight digits at a time. */
#define ORR_CSV_WORDS
#include "tests/unit/data/csv_number_test.c"
