/* What was odd about a file, in words: faults that leave no useful table are
 * errors, the others go to the person's log, one line each. */
#include "base/text.h"
#include "data/csv_reader.h"

enum { MOST_TOLD = 20 };

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
  tell_rows(r, &r->repeated, "repeats the column names and is left out",
            "repeat the column names and are left out");
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

/* Whether there was something to tell; of many columns only the first few are told of. */
static bool tell_column(const orr_csv_reader *r, size_t column, bool aloud) {
  const orr_csv_tally *t = &r->columns[column].tally;
  const char *name = r->header.names[column];
  if (r->columns[column].type == ORR_TEXT) return orr_csv_report_text(r, column, aloud);
  bool padded = t->seen & ORR_SEEN_PADDED, told = true;
  if (!t->seen && t->words && aloud)
    orr_log(r->work,
            "warning: column '%.60s' is all missing: '%s' on line %zu is taken for a missing value; "
            "--load 'missing=[]' keeps such words as text",
            name, t->first_word.text, t->first_word.line);
  else if (!t->seen && aloud) orr_log(r->work, "warning: column '%.60s' holds nothing", name);
  else if (t->seen && padded && aloud)
    orr_log(
        r->work,
        "note: column '%.60s' is read as numbers: all of its cells have two digits, such as '%s' on line %zu",
        name, t->special.text, t->special.line);
  else told = !t->seen || padded;
  return told;
}

static void tell_columns(const orr_csv_reader *r) {
  size_t told = 0;
  for (size_t c = 0; c < r->header.columns; c++) told += tell_column(r, c, told < MOST_TOLD);
  if (told > MOST_TOLD) orr_log(r->work, "warning: %zu more columns are like these", told - MOST_TOLD);
}

/* What the sniffer took for a preamble, names or units, and is not sure of. */
static void tell_suspects(const orr_csv_reader *r) {
  orr_csv_oddities o = {.count = r->dialect->suspects};
  for (size_t i = 0; i < ORR_CSV_LINES_TOLD && i < ORR_CSV_SUSPECTS; i++)
    o.lines[i] = r->dialect->suspect_lines[i];
  tell_rows(r, &o, "looks like data but is not read as such; header= and skip= say otherwise",
            "look like data but are not read as such; header= and skip= say otherwise");
}

void orr_csv_report(const orr_csv_reader *r) {
  tell_suspects(r);
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
      "anything else; --load 'missing=[]' keeps such words as text",
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
  for (size_t c = 0; r->columns && !r->lenient && c < r->header.columns; c++) ORR_TRY(check_column(r, c, e));
  return ORR_OK;
}
