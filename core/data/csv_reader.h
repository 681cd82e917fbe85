/* The parts of the CSV reader, for csv_*.c alone.
 *
 * The data of a file are blocks of whole rows, cut by the size of the file
 * only. Where a block begins is first guessed by counting quotes, all blocks
 * at once; every block then proves, when it is cut into cells, that it ends
 * with a row, and so that the next one begins with one. Where the proof fails
 * the blocks are found again one after the other. Blocks write their rows
 * straight into the columns, at places that were counted before; types are
 * guessed from a sample, and columns whose cells do not all fit are read again.
 *
 * What blocks find out they add up under one lock, by sums, unions and smallest
 * lines, so that the order in which they end does not matter.
 */
#ifndef ORR_DATA_CSV_READER_H
#define ORR_DATA_CSV_READER_H

#include <pthread.h>

#include "data/csv.h"
#include "data/csv_cell.h"
#include "data/csv_cells.h"
#include "data/csv_source.h"

/* Distinct words of the text columns of one block, until they are merged. */
typedef struct orr_csv_words {
  orr_text bytes;              /* one after another, in UTF-8 */
  ORR_VECTOR(uint32_t) ends;   /* of word i in `bytes` */
  ORR_VECTOR(uint32_t) firsts; /* word of each text column, in order, and the end */
} orr_csv_words;

typedef struct orr_csv_block {
  size_t at, end;            /* bytes of the file */
  size_t line;               /* on which it begins */
  size_t row;                /* where its rows go */
  size_t most;               /* rows that it can have */
  size_t rows;               /* that it has */
  size_t open_at, open_line; /* of names repeated in its last row; 0: none */
  bool starts_over;          /* its first row is the table's first one */
  orr_csv_words words;
} orr_csv_block;

typedef struct orr_csv_name {
  const char *s;
  size_t n;
} orr_csv_name;

/* The arena's. */
typedef struct orr_csv_header {
  const char **names, **units; /* [columns]; a unit may be NULL */
  size_t columns;
  bool named;          /* the file has names */
  orr_csv_name *first; /* cells of the first row of names, as they stand in the file */
  size_t n_first;
  size_t at, line; /* where the data begin */
  orr_csv_name
      *data; /* [n_data] cells of the first row of data; NULL: names may not be repeated between rows */
  size_t n_data;
  size_t not_utf8; /* the first line of names that is not; 0: none */
} orr_csv_header;

enum { ORR_CSV_SAMPLE = 32 };

/* The first of some cells, by line. */
typedef struct orr_csv_sight {
  size_t line; /* 0: none */
  char text[ORR_CSV_SAMPLE];
} orr_csv_sight;

/* What the cells of a column are, over as many blocks as were added up. */
typedef struct orr_csv_tally {
  unsigned seen;
  size_t blank, words;      /* missing ones: nothing, or a word for it */
  uint64_t which;           /* of the words, as orr_csv_word_bit */
  size_t numbers, odd;      /* of a text column: cells that are numbers, and those that are not */
  orr_csv_sight first_word; /* for missing */
  orr_csv_sight first_odd;
  orr_csv_sight special; /* what made it text: ORR_SEEN_LARGE, _FAR, _ZERO */
} orr_csv_tally;

typedef struct orr_csv_column {
  orr_column *made;
  orr_type type;
  bool reading;  /* in this pass */
  bool hopeless; /* atomic: a cell was seen that makes it text */
  bool strand;   /* '-' is a value beside '+', though it is a word for missing */
  orr_csv_tally tally;
} orr_csv_column;

/* What one worker needs at a time. */
typedef struct orr_csv_scratch {
  struct orr_csv_scratch *next;
  orr_csv_buffer buffer;
  const char *part; /* of the file, in the buffer */
  orr_csv_cells cells;
  orr_csv_tally *tallies;      /* [columns] */
  struct orr_csv_table *table; /* of words, see csv_words.c */
} orr_csv_scratch;

typedef struct orr_csv_reader {
  const orr_work *work;
  const orr_csv_source *source;
  orr_csv_dialect *dialect;
  orr_csv_format format;
  orr_arena *arena;
  orr_csv_header header;
  size_t block_size;
  ORR_VECTOR(orr_csv_block) blocks;
  size_t rows;              /* that the blocks can have, together */
  orr_csv_column *columns;  /* [header.columns]; NULL: rows are only counted */
  ORR_VECTOR(size_t) texts; /* columns of text being read, in order */
  bool lenient;             /* a column that is all missing is no error */
  orr_hashing *hashing;     /* of the bytes as they are read; NULL: that was done */

  pthread_mutex_t lock; /* guards all below */
  orr_csv_scratch *spare;
  size_t failed; /* the first block that failed */
  orr_status status;
  orr_error error;
  bool broken;     /* a block does not end with a row */
  size_t not_utf8; /* the first line that is not */
  orr_csv_oddities short_rows, long_rows;
  orr_csv_oddities second;       /* where a second table begins, which is cut off */
  size_t second_at, second_line; /* of one that was just found; SIZE_MAX: none */
  orr_csv_oddities repeated;     /* lines of the names once more, which are left out */
  orr_csv_oddities footer;
  size_t stray, stray_line;
} orr_csv_reader;

/* csv_reader.c */
void orr_csv_reader_init(orr_csv_reader *r, const orr_csv_source *source, orr_csv_dialect *d,
                         orr_arena *arena, const orr_work *work);
void orr_csv_reader_fini(orr_csv_reader *r);
orr_csv_scratch *orr_csv_borrow(orr_csv_reader *r); /* NULL: out of memory, which is noted */
void orr_csv_give_back(orr_csv_reader *r, orr_csv_scratch *s);
void orr_csv_note_failure(orr_csv_reader *r, size_t block, orr_status status, const orr_error *e);
orr_status orr_csv_failure(const orr_csv_reader *r, orr_error *e); /* what was noted */
/* Runs tasks; a failure of one of them is the answer, that of the first block if there are several. */
orr_status orr_csv_run(orr_csv_reader *r, const char *what, size_t tasks, orr_task_fn fn, void *context,
                       orr_error *e);
void orr_csv_note_line(orr_csv_oddities *o, size_t line); /* keeps the first few */
void orr_csv_add_oddities(orr_csv_oddities *sum, const orr_csv_oddities *o);
void orr_csv_note_sight(orr_csv_sight *s, size_t line, const char *text, size_t n);

/* csv_header.c: names, units, and where the data begin. */
orr_status orr_csv_read_header(orr_csv_reader *r, orr_error *e);

/* csv_blocks.c: finds the blocks, and hashes the whole source on the way; then, where the guess was wrong, again. */
orr_status orr_csv_find_blocks(orr_csv_reader *r, orr_error *e);
orr_status orr_csv_walk_blocks(orr_csv_reader *r, orr_error *e);
void orr_csv_end_blocks(orr_csv_reader *r, size_t at); /* the table ends before byte `at` */

/* csv_rows.c: leaves only rows of the table in the cells, none with more cells than columns; says what was odd. */
typedef struct orr_csv_findings {
  orr_csv_oddities short_rows, long_rows, repeated;
  size_t second_at, second_line;
  size_t open_at, open_line; /* as in the block */
  bool starts_over;
} orr_csv_findings;
void orr_csv_sort_rows(const orr_csv_header *h, size_t at, orr_csv_cells *c, orr_csv_findings *out);
/* Takes lines of one cell off the end of a table: of two columns only words below numbers. */
orr_status orr_csv_drop_footer(orr_csv_reader *r, orr_error *e);

/* csv_pass.c: reads all blocks once: every column that is `reading`, or none. */
orr_status orr_csv_pass(orr_csv_reader *r, const char *what, orr_error *e);
orr_status orr_csv_guess_types(orr_csv_reader *r, orr_error *e);
/* Loads a block, cuts it into cells, and sorts its rows. */
orr_status orr_csv_load_block(orr_csv_reader *r, const orr_csv_block *b, orr_csv_scratch *s,
                              orr_csv_findings *found, orr_error *e);

/* csv_columns.c: the cells of a block into the columns. */
orr_status orr_csv_read_columns(orr_csv_reader *r, orr_csv_block *b, orr_csv_scratch *s, orr_error *e);
void orr_csv_see_columns(orr_csv_reader *r, orr_csv_scratch *s);
void orr_csv_add_tally(orr_csv_tally *sum, const orr_csv_tally *t);
orr_status orr_csv_miss(orr_column *c, size_t row, orr_error *e);

/* csv_words.c: the cells of a text column of a block become codes of the block's words; then the column's. */
orr_status orr_csv_read_words(orr_csv_reader *r, size_t column, orr_csv_block *b, orr_csv_scratch *s,
                              size_t *not_utf8, orr_error *e);
orr_status orr_csv_merge_words(orr_csv_reader *r, size_t from, size_t to, orr_error *e);
void orr_csv_table_free(struct orr_csv_table *t);
void orr_csv_words_fini(orr_csv_words *w);

/* csv_table.c: makes the columns (unless rows are only counted) right: all blocks proven, the table's end found, all
 * types raised; then a table of them. */
orr_status orr_csv_settle(orr_csv_reader *r, bool columns, orr_error *e);
orr_status orr_csv_make_table(orr_csv_reader *r, orr_table **out, orr_error *e);

/* csv_report.c: what the person should know, and what makes the table useless; csv_report_text.c: of a column that
 * is text, whether there was something to tell. */
bool orr_csv_report_text(const orr_csv_reader *r, size_t column, bool aloud);
orr_status orr_csv_check_table(const orr_csv_reader *r, orr_error *e);
void orr_csv_report(const orr_csv_reader *r);

/* csv_read.c: orr_csv_parse in blocks of another size than usual (64 bytes show what happens at their ends). */
orr_status orr_csv_parse_in_blocks(const char *bytes, size_t n, size_t block, const orr_options *given,
                                   const orr_work *work, orr_csv_reading *out, orr_error *e);

#endif
