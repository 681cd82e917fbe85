/* What was odd about a file, in words: faults that leave no useful table are
 * errors, the others go to the person's log, one line each. */
#include "base/text.h"
#include "data/csv_reader.h"

enum { NEARLY_ALL = 9 /* numbers for each other cell */, MOST_TOLD = 20 };

static const char *plural(size_t n) { return n == 1 ? "" : "s"; }

/* "line 7", "lines 4, 9 and more" */
static void add_lines(orr_text *out, const orr_csv_oddities *o) {
  orr_text_printf(out, "line%s ", plural(o->count));
  for (size_t i = 0; i < o->count && i < ORR_CSV_LINES_TOLD; i++)
    orr_text_printf(out, "%s%zu", i ? ", " : "", o->lines[i]);
  if (o->count > ORR_CSV_LINES_TOLD) orr_text_add(out, " and more");
}

static void tell_rows(const orr_csv_reader *r, const orr_csv_oddities *o, const char *one, const char *many) {
  orr_text lines = {0};
  if (!o->count) return;
  add_lines(&lines, o);
  orr_log(r->work, "warning: %zu row%s %s (%s)", o->count, plural(o->count), o->count == 1 ? one : many,
          orr_text_get(&lines));
  orr_text_fini(&lines);
}

static void tell_ends(const orr_csv_reader *r) {
  orr_text lines = {0};
  if (r->footer.count) {
    add_lines(&lines, &r->footer);
    orr_log(r->work,
            "warning: the last %zu line%s of the table %s one cell only, and %s left out as a footer (%s)",
            r->footer.count, plural(r->footer.count), r->footer.count == 1 ? "has" : "have",
            r->footer.count == 1 ? "is" : "are", orr_text_get(&lines));
  }
  if (r->second.count)
    orr_log(r->work,
            "warning: line %zu repeats the column names: a second table begins there, which is left out",
            r->second.lines[0]);
  if (r->stray)
    orr_log(
        r->work,
        "warning: %zu quote%s within quoted cells %s not doubled, and %s taken for text (first on line %zu)",
        r->stray, plural(r->stray), r->stray == 1 ? "is" : "are", r->stray == 1 ? "is" : "are",
        r->stray_line);
  orr_text_fini(&lines);
}

static void tell_special(const orr_csv_reader *r, const char *name, const orr_csv_tally *t) {
  char sample[ORR_CSV_SAMPLE];
  memcpy(sample, t->special.text, sizeof sample);
  orr_text_make_inert(sample);
  if (t->seen & ORR_SEEN_LARGE)
    orr_log(r->work, "warning: column '%.60s' is kept as text: '%s' on line %zu is an integer beyond 64 bits",
            name, sample, t->special.line);
  else if (t->seen & ORR_SEEN_FAR)
    orr_log(r->work,
            "warning: column '%.60s' is kept as text: '%s' on line %zu is a time before 1677 or after 2262",
            name, sample, t->special.line);
  else
    orr_log(
        r->work,
        "note: column '%.60s' is kept as text: '%s' on line %zu has leading zeros, as names and codes have",
        name, sample, t->special.line);
}

/* A column that is numbers but for a few cells is text, and the person should know which cells. */
static void tell_odd(const orr_csv_reader *r, const char *name, const orr_csv_tally *t) {
  char sample[ORR_CSV_SAMPLE];
  memcpy(sample, t->first_odd.text, sizeof sample);
  orr_text_make_inert(sample);
  orr_log(
      r->work,
      "warning: column '%.60s' is read as text: %zu of its cells are numbers, but '%s' on line %zu is not%s",
      name, t->numbers, sample, t->first_odd.line, t->odd > 1 ? ", nor are others" : "");
}

/* Whether there was something to tell; of many columns only the first few are told of. */
static bool tell_column(const orr_csv_reader *r, size_t column, bool aloud) {
  const orr_csv_tally *t = &r->columns[column].tally;
  const char *name = r->header.names[column];
  bool is_text = r->columns[column].type == ORR_TEXT;
  bool special = is_text && t->special.line && !(t->seen & ORR_SEEN_TEXT);
  bool odd = is_text && !special && t->odd && t->numbers >= NEARLY_ALL * t->odd;
  if (aloud && !t->seen) orr_log(r->work, "warning: column '%.60s' holds nothing", name);
  if (aloud && special) tell_special(r, name, t);
  if (aloud && odd) tell_odd(r, name, t);
  return !t->seen || special || odd;
}

static void tell_columns(const orr_csv_reader *r) {
  size_t told = 0;
  for (size_t c = 0; c < r->header.columns; c++) told += tell_column(r, c, told < MOST_TOLD);
  if (told > MOST_TOLD) orr_log(r->work, "warning: %zu more columns are like these", told - MOST_TOLD);
}

void orr_csv_report(const orr_csv_reader *r) {
  tell_rows(r, &r->short_rows, "has too few cells and is filled with missing ones",
            "have too few cells and are filled with missing ones");
  tell_rows(r, &r->long_rows, "has more cells than there are columns and is left out",
            "have more cells than there are columns and are left out");
  tell_ends(r);
  if (r->columns) tell_columns(r);
}

static orr_status check_column(const orr_csv_reader *r, size_t column, orr_error *e) {
  const orr_csv_tally *t = &r->columns[column].tally;
  if (t->seen || !t->words) return ORR_OK;
  return orr_fail(
      e, ORR_DATA,
      "column '%.60s' would be all missing: '%s' on line %zu is taken for a missing value, and no cell is "
      "anything else; try missing={...} without it",
      r->header.names[column], t->first_word.text, t->first_word.line);
}

orr_status orr_csv_check_table(const orr_csv_reader *r, orr_error *e) {
  size_t rows = r->long_rows.count;
  for (size_t i = 0; i < r->blocks.count; i++) rows += r->blocks.items[i].rows;
  if (r->long_rows.count * 3 > rows)
    return orr_fail(
        e, ORR_DATA,
        "%zu of %zu rows have more cells than there are columns (%zu), the first on line %zu: this is no "
        "table with the delimiter '%s'; try another delimiter, header or skip",
        r->long_rows.count, rows, r->header.columns, r->long_rows.lines[0], r->dialect->delimiter);
  for (size_t c = 0; r->columns && c < r->header.columns; c++) ORR_TRY(check_column(r, c, e));
  return ORR_OK;
}
