/* A dialect as options and in words; see csv_dialect.h. Each of the options
 * below is one field of the dialect, but for header, which is two. */
#include "data/csv_dialect.h"

#include <stdio.h>
#include <string.h>

#include "data/csv_sniff.h"

static const char *const encoding_names[] = {
#define X(code, name) name,
    ORR_ENCODING_LIST(X)
#undef X
};

const char *orr_encoding_name(orr_encoding encoding) { return encoding_names[encoding]; }

enum { MOST_ROWS = 1000, MOST_SKIPPED = 100000000 };

const orr_option orr_csv_options[] = {
    {.name = "delimiter",
     .type = ORR_TAKES_TEXT,
     .help = "What stands between cells: \",\" \";\" \"tab\" \"space\" \"|\" or up to 7 bytes such as \", "
             "\"; \"blanks\" for "
             "columns aligned with blanks; \"none\" for a single column"},
    {.name = "quote",
     .type = ORR_TAKES_TEXT,
     .help = "The quotation mark around cells, \" or '; \"none\" for none"},
    {.name = "escape",
     .type = ORR_TAKES_TEXT,
     .help =
         "The sign before a quotation mark inside of quotes, such as \\; \"none\" when the mark is doubled"},
    {.name = "stray_quotes",
     .type = ORR_TAKES_BOOLEAN,
     .help = "Quotation marks inside of quotes are neither doubled nor escaped: 24\" in \"a 24\" screen\""},
    {.name = "comment",
     .type = ORR_TAKES_TEXT,
     .help = "Lines that begin with this are left out, such as # or //; \"none\" for none"},
    {.name = "skip",
     .type = ORR_TAKES_INTEGER,
     .least = 0,
     .most = MOST_SKIPPED,
     .help = "Lines to leave out before the names: titles, settings of the instrument, blank lines"},
    {.name = "header",
     .type = ORR_TAKES_INTEGER,
     .least = -1,
     .most = MOST_ROWS,
     .help = "Rows of column names, which are joined; 0 for none; -1 when the names stand in a comment, in "
             "the last "
             "of the lines that `skip` leaves out"},
    {.name = "units", .type = ORR_TAKES_BOOLEAN, .help = "A row of units comes after the names"},
    {.name = "legend",
     .type = ORR_TAKES_INTEGER,
     .least = 0,
     .most = MOST_ROWS,
     .help = "Rows between names and data that are neither: dashes, formats such as 5s, kinds of average"},
    {.name = "row_names",
     .type = ORR_TAKES_BOOLEAN,
     .help = "Each row begins with a name of its own, and the header is one name shorter, as R writes it"},
    {.name = "trailing", .type = ORR_TAKES_BOOLEAN, .help = "Each row ends in one delimiter too many"},
    {.name = "trim", .type = ORR_TAKES_BOOLEAN, .help = "Blanks around cells are padding"},
    {.name = "decimal", .type = ORR_TAKES_CHOICE, .choices = ".|,", .help = "The decimal sign of numbers"},
    {.name = "thousands",
     .type = ORR_TAKES_TEXT,
     .help = "What stands between groups of three digits: , . ' or \"space\"; \"none\" for nothing"},
    {.name = "encoding",
     .type = ORR_TAKES_CHOICE,
     .choices = "utf-8|latin-1|windows-1252|utf-16le|utf-16be",
     .help = "How the bytes of the file are characters"},
    {.name = "missing",
     .type = ORR_TAKES_TEXTS,
     .help = "Words that mean that a value is missing, besides the blank cell, such as [\"NA\", \"-999\"]"},
};
const size_t orr_csv_options_count = sizeof orr_csv_options / sizeof *orr_csv_options;

/* The value of a row by its name; NULL when it is absent, or the list has no such row. */
static const orr_value *value_of(const orr_options *o, const char *name) {
  for (size_t i = 0; o && i < o->count; i++)
    if (!strcmp(o->specs[i].name, name)) return o->values[i].kind == ORR_NIL ? NULL : &o->values[i];
  return NULL;
}

/* Words for what is hard to see or to type. */
static const char *const spoken[][2] = {{"tab", "\t"},  {"\\t", "\t"},      {"space", " "},
                                        {"comma", ","}, {"semicolon", ";"}, {"none", ""}};
enum { SPOKEN = sizeof spoken / sizeof *spoken };

static const char *meant(const char *text) {
  for (size_t i = 0; i < SPOKEN; i++)
    if (!strcmp(text, spoken[i][0])) return spoken[i][1];
  return text;
}

static orr_status take_text(const orr_options *o, const char *name, char *to, size_t size, bool *given,
                            orr_error *e) {
  const orr_value *v = value_of(o, name);
  *given = v != NULL;
  if (!v) return ORR_OK;
  const char *text = meant(v->string);
  if (strlen(text) >= size || strpbrk(text, "\r\n"))
    return orr_fail(e, ORR_USAGE, "%s = '%.60s': give at most %zu byte%s, and no line end", name, v->string,
                    size - 1, size == 2 ? "" : "s");
  strcpy(to, text);
  return ORR_OK;
}

static orr_status take_sign(const orr_options *o, const char *name, char *to, bool *given, orr_error *e) {
  char text[2] = "";
  ORR_TRY(take_text(o, name, text, sizeof text, given, e));
  if (*given) *to = *text;
  return ORR_OK;
}

static int64_t take_count(const orr_options *o, const char *name, int64_t otherwise) {
  const orr_value *v = value_of(o, name);
  return !v ? otherwise : v->kind == ORR_BOOLEAN ? v->boolean : v->integer;
}

static orr_status take_delimiter(const orr_options *o, orr_csv_given *g, orr_error *e) {
  const orr_value *v = value_of(o, "delimiter");
  if (v && !strcmp(v->string, "blanks")) {
    g->fixed.delimiter = g->dialect.squeeze = true;
    strcpy(g->dialect.delimiter, " ");
    return ORR_OK;
  }
  return take_text(o, "delimiter", g->dialect.delimiter, sizeof g->dialect.delimiter, &g->fixed.delimiter, e);
}

static orr_status take_signs(const orr_options *o, orr_csv_given *g, orr_error *e) {
  orr_csv_dialect *d = &g->dialect;
  ORR_TRY(take_delimiter(o, g, e));
  ORR_TRY(take_sign(o, "quote", &d->quote, &g->fixed.quote, e));
  ORR_TRY(take_sign(o, "escape", &d->escape, &g->fixed.escape, e));
  ORR_TRY(take_text(o, "comment", d->comment, sizeof d->comment, &g->comment, e));
  ORR_TRY(take_sign(o, "thousands", &d->thousands, &g->numbers.thousands, e));
  if (d->escape == '"' || (g->fixed.quote && d->escape == d->quote))
    d->escape = 0; /* doubled, said otherwise */
  if (d->thousands && !strchr(",. '", d->thousands))
    return orr_fail(e, ORR_USAGE, "thousands = '%c': it can be , . ' or \"space\"", d->thousands);
  if (g->fixed.delimiter && d->quote && strchr(d->delimiter, d->quote))
    return orr_fail(e, ORR_USAGE, "delimiter and quote are both '%c'; give different ones", d->quote);
  return ORR_OK;
}

static void take_choices(const orr_options *o, orr_csv_given *g) {
  const orr_value *decimal = value_of(o, "decimal"), *encoding = value_of(o, "encoding");
  const orr_value *missing = value_of(o, "missing");
  if (decimal) g->numbers.decimal = true, g->dialect.decimal = *decimal->string;
  for (size_t i = 0; encoding && i < sizeof encoding_names / sizeof *encoding_names; i++)
    if (!strcmp(encoding->string, encoding_names[i]))
      g->encoding = true, g->dialect.encoding = (orr_encoding)i;
  g->missing = missing != NULL;
}

static orr_status take_missing(const orr_options *o, orr_arena *arena, orr_csv_dialect *d, orr_error *e) {
  const orr_value *v = value_of(o, "missing");
  if (!v) return ORR_OK;
  const char **words;
  ORR_TAKE(arena, words, v->count, e);
  for (size_t i = 0; i < v->count; i++)
    if (!(words[i] = orr_arena_strdup(arena, v->items[i].string)))
      return orr_fail_memory(e, "a list", v->count);
  d->missing = words;
  d->n_missing = v->count;
  return ORR_OK;
}

orr_status orr_csv_take_given(const orr_options *o, orr_arena *arena, orr_csv_given *out, orr_error *e) {
  *out = (orr_csv_given){.dialect = {.quote = '"',
                                     .decimal = '.',
                                     .missing = orr_csv_missing_words,
                                     .n_missing = orr_csv_missing_count}};
  orr_csv_dialect *d = &out->dialect;
  ORR_TRY(take_signs(o, out, e));
  take_choices(o, out);
  ORR_TRY(take_missing(o, arena, d, e));
  out->rows = (orr_csv_rows_given){.skip = take_count(o, "skip", -1),
                                   .header = take_count(o, "header", -2),
                                   .units = take_count(o, "units", -1),
                                   .legend = take_count(o, "legend", -1),
                                   .row_names = take_count(o, "row_names", -1),
                                   .trailing = take_count(o, "trailing", -1)};
  int64_t stray = take_count(o, "stray_quotes", -1), trim = take_count(o, "trim", -1);
  out->fixed.stray_quotes = stray >= 0;
  d->stray_quotes = stray > 0;
  out->numbers.trim = trim >= 0;
  d->trim = trim > 0;
  if (d->thousands && out->numbers.decimal && d->thousands == d->decimal)
    return orr_fail(e, ORR_USAGE, "decimal and thousands are both '%c'; give different ones", d->decimal);
  return ORR_OK;
}

static const char *said(const char *text) {
  for (size_t i = 0; i < SPOKEN; i++)
    if (strcmp(spoken[i][0], "\\t") && !strcmp(text, spoken[i][1]) && !strchr(",;", *text))
      return spoken[i][0];
  return *text ? text : "none";
}

static orr_value text_value(orr_arena *arena, const char *text) {
  char *copy = orr_arena_strdup(arena, said(text));
  return copy ? orr_value_of_string(copy) : (orr_value){.kind = ORR_NIL};
}

static orr_value sign_value(orr_arena *arena, char sign) { return text_value(arena, (char[]){sign, 0}); }

static orr_value boolean_value(bool b) { return (orr_value){.kind = ORR_BOOLEAN, .boolean = b}; }

static orr_value count_value(int64_t n) { return (orr_value){.kind = ORR_INTEGER, .integer = n}; }

static orr_value missing_value(const orr_csv_dialect *d, orr_arena *arena) {
  void *items = NULL;
  if (orr_arena_take(arena, d->n_missing + 1, sizeof(orr_value), &items, NULL))
    return (orr_value){.kind = ORR_NIL};
  orr_value list = {.kind = ORR_LIST, .count = d->n_missing, .items = items};
  for (size_t i = 0; i < d->n_missing; i++) {
    char *copy = orr_arena_strdup(arena, d->missing[i]);
    if (!copy) return (orr_value){.kind = ORR_NIL};
    list.items[i] = orr_value_of_string(copy);
  }
  return list;
}

orr_status orr_csv_dialect_to_value(const orr_csv_dialect *d, orr_arena *arena, orr_value *out,
                                    orr_error *e) {
  const orr_pair pairs[] = {
      {"delimiter", d->squeeze ? text_value(arena, "blanks") : text_value(arena, d->delimiter)},
      {"quote", sign_value(arena, d->quote)},
      {"escape", sign_value(arena, d->escape)},
      {"stray_quotes", boolean_value(d->stray_quotes)},
      {"comment", text_value(arena, d->comment)},
      {"skip", count_value((int64_t)d->skip)},
      {"header", count_value(d->header_comment ? -1 : (int64_t)d->header)},
      {"units", boolean_value(d->unit_row)},
      {"legend", count_value((int64_t)d->legend)},
      {"row_names", boolean_value(d->row_names)},
      {"trailing", boolean_value(d->trailing)},
      {"trim", boolean_value(d->trim)},
      {"decimal", sign_value(arena, d->decimal)},
      {"thousands", sign_value(arena, d->thousands)},
      {"encoding", text_value(arena, orr_encoding_name(d->encoding))},
      {"missing", missing_value(d, arena)},
  };
  enum { PAIRS = sizeof pairs / sizeof *pairs };
  *out = (orr_value){.kind = ORR_DICT, .count = PAIRS};
  ORR_TAKE(arena, out->pairs, PAIRS, e);
  memcpy(out->pairs, pairs, sizeof pairs);
  for (size_t i = 0; i < PAIRS; i++)
    if (pairs[i].value.kind == ORR_NIL) return orr_fail_memory(e, "the dialect", sizeof pairs);
  return ORR_OK;
}

/* Adds a part of the description, after a comma. */
__attribute__((format(printf, 2, 3))) static void part(orr_text *out, const char *format, ...) {
  char words[160];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  orr_text_add(out, ", ");
  orr_text_add_inert(out, words);
}

static void describe_delimiter(const orr_csv_dialect *d, orr_text *out) {
  if (!*d->delimiter) orr_text_add(out, "one column");
  else if (d->squeeze) orr_text_add(out, "columns aligned with blanks");
  else if (!strcmp(d->delimiter, "\t")) orr_text_add(out, "delimiter tab");
  else if (!strcmp(d->delimiter, " ")) orr_text_add(out, "delimiter blank");
  else {
    orr_text_add(out, "delimiter '");
    orr_text_add_inert(out, d->delimiter);
    orr_text_add(out, "'");
  }
}

static void describe_rows(const orr_csv_dialect *d, orr_text *out) {
  if (d->skip)
    part(out, "%zu line%s before the %s", d->skip, d->skip == 1 ? "" : "s", d->header ? "header" : "data");
  if (d->header_comment) part(out, "names in a comment");
  else if (!d->header) part(out, "no header");
  else if (d->header > 1) part(out, "%zu rows of names", d->header);
  if (d->unit_row) part(out, "units below the names");
  if (d->legend) part(out, "%zu legend row%s left out", d->legend, d->legend == 1 ? "" : "s");
  if (d->row_names) part(out, "row names");
  if (d->trailing) part(out, "a trailing delimiter");
}

void orr_csv_dialect_describe(const orr_csv_dialect *d, orr_text *out) {
  describe_delimiter(d, out);
  if (d->quote != '"') part(out, d->quote ? "quote %c" : "no quotes", d->quote);
  if (d->escape) part(out, "escape %c", d->escape);
  if (d->stray_quotes) part(out, "stray quotes inside of quotes");
  if (d->trim) part(out, "padded with blanks");
  if (d->decimal == ',') part(out, "decimal comma");
  if (d->thousands) part(out, "'%c' between thousands", d->thousands);
  if (*d->comment) part(out, "comments after %s", d->comment);
  describe_rows(d, out);
  part(out, "%s%s", orr_encoding_name(d->encoding), d->mark ? " with a byte order mark" : "");
}
