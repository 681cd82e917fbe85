/* What stands before the data: lines to skip, names over one row or several,
 * units; and so how many columns there are, and where the data begin. */
#include <ctype.h>
#include <strings.h>

#include "base/map.h"
#include "data/csv_reader.h"
#include "data/csv_sniff.h"

enum { PIECE = 1 << 18, MOST_NAME = 480, MOST_WIDTHS = 64, MOST_TOLD = 5 };
static const size_t NONE = SIZE_MAX;

typedef struct heading {
  orr_csv_reader *r;
  orr_csv_buffer buffer;
  orr_csv_cells cells; /* rows of names and units, and some of data */
  size_t names;        /* rows of names, from the first */
  bool units;          /* and one of units after them */
  size_t *unit_cells;  /* [columns] where units stand below their names; NULL: one after another */
  size_t at;           /* of the cells in the file */
} heading;

/* After the byte order mark; some programs write one before the one that is there. */
static size_t start_of(const orr_csv_reader *r) {
  orr_csv_buffer b = {0};
  size_t n = r->source->size < 6 ? r->source->size : 6, at = 0;
  if (orr_csv_source_load(r->source, 0, n, &b, NULL)) n = 0;
  while (at + 3 <= n && !memcmp(b.bytes + at, "\xef\xbb\xbf", 3)) at += 3;
  orr_csv_buffer_fini(&b);
  return at;
}

/* Goes over lines of a piece, at most *lines of them; how far it came. A CR at the piece's end may be half of a line
 * end, and is left for the next one. */
static size_t pass_lines(const char *bytes, size_t n, bool last_piece, size_t *lines) {
  orr_csv_lines found = {.end = bytes + n};
  size_t at = 0;
  while (at < n && *lines) {
    size_t length = orr_csv_line_length(&found, bytes + at);
    at += length;
    if (bytes[at - 1] == '\r' && at == n && !last_piece) return at - 1;
    *lines -= bytes[at - 1] == '\n' || bytes[at - 1] == '\r';
  }
  return at;
}

/* Where the line after `lines` others begins, or the end. */
static orr_status find_line(heading *h, size_t lines, size_t *out, orr_error *e) {
  const orr_csv_source *s = h->r->source;
  size_t at = start_of(h->r);
  while (lines && at < s->size) {
    size_t n = s->size - at < PIECE ? s->size - at : PIECE;
    ORR_TRY(orr_csv_source_load(s, at, n, &h->buffer, e));
    at += pass_lines(h->buffer.bytes, n, at + n == s->size, &lines);
    ORR_TRY(orr_progress_step(h->r->work, "reading", at, s->size, e));
  }
  *out = at;
  return ORR_OK;
}

/* Cuts as much as it takes to have `rows` rows and the beginning of one more. */
static orr_status cut_rows(heading *h, size_t rows, size_t line, orr_error *e) {
  const orr_csv_source *s = h->r->source;
  size_t rest = s->size - h->at;
  for (size_t n = PIECE;; n *= 2) {
    bool all = n >= rest;
    if (all) n = rest;
    ORR_TRY(orr_csv_source_load(s, h->at, n, &h->buffer, e));
    ORR_TRY(orr_csv_check_zero(h->buffer.bytes, n, line, e));
    ORR_TRY(orr_csv_cut(h->r->dialect, h->buffer.bytes, n, line, all ? ORR_CSV_WITH_FILE : ORR_CSV_CUT_OFF,
                        &h->cells, e));
    if (all || h->cells.rows.count > rows) return ORR_OK;
    if (n >= ORR_CSV_MOST_ROW) return orr_csv_fail_row(line, e);
  }
}

/* Adds the cell as a name may be: in UTF-8, every run of blanks, line ends and control bytes one blank. */
static orr_status add_clean(heading *h, const orr_csv_row *row, size_t column, orr_text *out, orr_error *e) {
  size_t n;
  const char *s = orr_csv_cell_at(&h->cells, row, column, &n);
  orr_text text = {0};
  orr_csv_add_decoded(&text, h->r->dialect->encoding, s, n);
  orr_status status = orr_text_check(&text, e);
  bool blank = out->length > 0;
  for (size_t i = 0; i < text.length && !status; i++) {
    bool is_blank = (unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7f;
    if (!is_blank && blank && out->length) orr_text_add(out, " ");
    if (!is_blank) orr_text_add_bytes(out, text.data + i, 1);
    blank = is_blank;
  }
  bool valid = orr_text_is_utf8(orr_text_get(&text), text.length);
  if (!valid && !h->r->header.not_utf8) h->r->header.not_utf8 = row->line;
  orr_text_fini(&text);
  return status ? status : orr_text_check(out, e);
}

/* The name over all rows of names, with blanks between. */
static orr_status join_name(heading *h, size_t column, orr_text *out, orr_error *e) {
  for (size_t i = 0; i < h->names; i++) ORR_TRY(add_clean(h, &h->cells.rows.items[i], column, out, e));
  if (out->length > MOST_NAME)
    return orr_fail(e, ORR_DATA,
                    "the name of column %zu is longer than %d bytes; does the first line hold names?",
                    column + 1, MOST_NAME);
  return ORR_OK;
}

/* Names so far, and for each name as it was given the number of its next copy. */
typedef struct naming {
  orr_map seen, given;
  ORR_VECTOR(unsigned) copies;
  orr_text name, text;
  size_t told; /* names that were changed */
} naming;

static void naming_fini(naming *n) {
  orr_map_fini(&n->seen);
  orr_map_fini(&n->given);
  orr_free(n->copies.items);
  orr_text_fini(&n->name);
  orr_text_fini(&n->text);
}

/* Names must be distinct: the second "x" becomes "x_2"; a blank one "column_3". */
static orr_status make_distinct(naming *n, const char *given, size_t column, orr_text *out, orr_error *e) {
  int32_t index;
  out->length = 0;
  if (*given) orr_text_add(out, given);
  else orr_text_printf(out, "column_%zu", column + 1);
  ORR_TRY(orr_text_check(out, e));
  if (!*given) given = "column";
  ORR_TRY(orr_map_add(&n->given, given, strlen(given), &index, e));
  if ((size_t)index == n->copies.count) ORR_PUSH(&n->copies, 2, e);
  while (orr_map_find(&n->seen, out->data, out->length) != ORR_MAP_NONE) {
    out->length = 0;
    orr_text_printf(out, "%s_%u", given, n->copies.items[index]++);
    ORR_TRY(orr_text_check(out, e));
  }
  return orr_map_add(&n->seen, out->data, out->length, &index, e);
}

static bool ends_in(const char *s, size_t n, const char *word) {
  size_t length = strlen(word);
  return n >= length && !strncasecmp(s + n - length, word, length);
}

/* "Code(s)" is one code or several; "Time(s)" is in seconds. */
static bool is_plural(const char *name, const char *open, orr_csv_span inside) {
  static const char *const durations[] = {"time",     "duration", "delay",  "period",   "age",  "lag",
                                          "interval", "elapsed",  "timer",  "exposure", "step", "uptime",
                                          "stamp",    "width",    "offset", "tau",      "clock"};
  size_t n = (size_t)(open - name);
  if (n < 2 || *open != '(' || inside.n != 1 || *inside.s != 's' || !isalpha((unsigned char)open[-1]))
    return false;
  if (!isalpha((unsigned char)open[-2])) return false; /* a symbol: "t(s)", "dt (s)" has a blank */
  for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
    if (ends_in(name, n, durations[i])) return false;
  return true;
}

/* "mass [kg]" and "flux (Jy)": what stands in brackets at the end, if it reads as a unit. */
static const char *unit_in(orr_arena *arena, const char *name) {
  size_t n = strlen(name);
  if (n < 4 || (name[n - 1] != ']' && name[n - 1] != ')')) return NULL;
  const char *open = memrchr(name, name[n - 1] == ']' ? '[' : '(', n);
  if (!open || open == name) return NULL;
  orr_csv_span inside = {.s = open + 1, .n = (uint32_t)(name + n - 1 - (open + 1))};
  if (is_plural(name, open, inside)) return NULL;
  return orr_csv_is_unit(inside) ? orr_arena_strndup(arena, inside.s, inside.n) : NULL;
}

/* A row of units may hold them in brackets. */
static const char *unit_of(orr_arena *arena, const char *s) {
  size_t n = strlen(s);
  bool bracketed = n > 2 && ((s[0] == '[' && s[n - 1] == ']') || (s[0] == '(' && s[n - 1] == ')'));
  return orr_arena_strndup(arena, s + bracketed, n - 2 * bracketed);
}

static orr_status set_name(heading *h, naming *n, size_t column, const char *given, orr_error *e) {
  orr_csv_header *out = &h->r->header;
  ORR_TRY(make_distinct(n, given, column, &n->text, e));
  out->names[column] = orr_arena_strdup(h->r->arena, n->text.data);
  if (!out->names[column]) return orr_fail_memory(e, "a name", n->text.length);
  if (*given && strcmp(given, out->names[column]) && n->told++ < MOST_TOLD)
    orr_log(h->r->work, "column %zu repeats a name: it is called '%s' here", column + 1, out->names[column]);
  if (!out->units[column]) out->units[column] = unit_in(h->r->arena, out->names[column]);
  return ORR_OK;
}

/* The column's cell among the names; a column of the rows' own names has none. */
static orr_status name_column(heading *h, naming *n, size_t column, orr_error *e) {
  orr_csv_header *out = &h->r->header;
  bool of_rows = h->r->dialect->row_names && !column;
  size_t cell = column - h->r->dialect->row_names;
  n->name.length = n->text.length = 0;
  if (of_rows) orr_text_add(&n->name, "row");
  else if (out->named) ORR_TRY(join_name(h, cell, &n->name, e));
  if (h->units && h->unit_cells) cell = h->unit_cells[column];
  if (h->units && !of_rows) {
    if (cell != NONE) ORR_TRY(add_clean(h, &h->cells.rows.items[h->names], cell, &n->text, e));
    if (n->text.length) out->units[column] = unit_of(h->r->arena, n->text.data);
  }
  ORR_TRY(orr_text_check(&n->name, e));
  return set_name(h, n, column, n->name.length ? n->name.data : "", e);
}

/* A word of a line: where it stands, in characters. */
typedef struct place {
  size_t from, to;
} place;

static size_t find_places(const heading *h, const orr_csv_row *row, place *out, size_t most) {
  const char *s = h->buffer.bytes + row->at, *end = h->buffer.bytes + h->buffer.n;
  bool utf8 = h->r->dialect->encoding == ORR_UTF_8;
  size_t n = 0, at = 0;
  for (bool blank = true; s < end && *s != '\n' && *s != '\r'; s++) {
    if (utf8 && (*s & 0xc0) == 0x80) continue;
    bool is_blank = *s == ' ';
    if (*s == '\t' || (!is_blank && blank && n == most)) return SIZE_MAX;
    if (!is_blank && blank) out[n++].from = at;
    if (!is_blank) out[n - 1].to = at + 1;
    blank = is_blank;
    at++;
  }
  return n;
}

static bool overlap(place a, place b) { return a.from < b.to && b.from < a.to; }

/* Of columns aligned with blanks, fewer units than names: a unit is that of the one name it stands under, if the
 * data stand under the names too; else nobody knows whose it is. */
static void match_units(const heading *h, const place *names, const place *data, const place *units,
                        size_t n) {
  size_t columns = h->r->header.columns, last = 0;
  for (size_t c = 0; c < columns; c++)
    if (!overlap(names[c], data[c])) return;
  for (size_t u = 0; u < n; u++) {
    size_t under = NONE;
    for (size_t c = last; c < columns; c++) {
      if (!overlap(names[c], units[u])) continue;
      if (under != NONE) return;
      under = c;
    }
    if (under == NONE) return;
    h->unit_cells[under] = u;
    last = under + 1;
  }
}

static orr_status place_units(heading *h, orr_error *e) {
  const orr_csv_row *rows = h->cells.rows.items;
  size_t columns = h->r->header.columns, above = h->names + 1 + h->r->dialect->legend, n;
  place *places;
  if (!h->units || !h->r->dialect->squeeze || rows[h->names].count >= columns) return ORR_OK;
  ORR_TRY(orr_arena_take(h->r->arena, columns, sizeof *h->unit_cells, (void **)&h->unit_cells, e));
  ORR_TRY(orr_arena_take(h->r->arena, 3 * columns, sizeof *places, (void **)&places, e));
  for (size_t c = 0; c < columns; c++) h->unit_cells[c] = NONE;
  if (h->names != 1 || h->cells.rows.count <= above || h->r->dialect->row_names) return ORR_OK;
  if (find_places(h, &rows[0], places, columns) != columns) return ORR_OK;
  if (find_places(h, &rows[above], places + columns, columns) != columns) return ORR_OK;
  n = find_places(h, &rows[h->names], places + 2 * columns, columns);
  if (n != rows[h->names].count) return ORR_OK;
  place *kept = places + 2 * columns;
  match_units(h, places, places + columns, kept, n);
  return ORR_OK;
}

static orr_status name_columns(heading *h, orr_error *e) {
  orr_csv_header *out = &h->r->header;
  naming n = {0};
  ORR_TRY(place_units(h, e));
  ORR_TRY(orr_arena_take(h->r->arena, out->columns, sizeof *out->names, (void **)&out->names, e));
  ORR_TRY(orr_arena_take(h->r->arena, out->columns, sizeof *out->units, (void **)&out->units, e));
  orr_status status = ORR_OK;
  for (size_t c = 0; c < out->columns && !status; c++) status = name_column(h, &n, c, e);
  if (n.told > MOST_TOLD) orr_log(h->r->work, "and so do %zu more", n.told - MOST_TOLD);
  naming_fini(&n);
  return status;
}

static orr_status keep_row(heading *h, const orr_csv_row *row, orr_csv_name **out, size_t *count,
                           orr_error *e) {
  ORR_TRY(orr_arena_take(h->r->arena, row->count, sizeof **out, (void **)out, e));
  for (size_t i = 0; i < row->count; i++) {
    size_t n;
    const char *s = orr_csv_cell_at(&h->cells, row, i, &n);
    char *copy = orr_arena_strndup(h->r->arena, s, n);
    if (!copy) return orr_fail_memory(e, "a name", n);
    (*out)[i] = (orr_csv_name){copy, n};
  }
  *count = row->count;
  return ORR_OK;
}

/* The cells of the first row of names, by which a second table is known, and of the first row of data, by which it
 * is told from the same table going on. Names over several rows, or with units, are not repeated line by line. */
static orr_status keep_first(heading *h, orr_error *e) {
  const orr_csv_dialect *d = h->r->dialect;
  orr_csv_header *out = &h->r->header;
  ORR_TRY(keep_row(h, h->cells.rows.items, &out->first, &out->n_first, e));
  if (d->header != 1 || d->unit_row || d->legend || h->cells.rows.count < 2) return ORR_OK;
  return keep_row(h, &h->cells.rows.items[1], &out->data, &out->n_data, e);
}

/* How many columns the rows of names have; a delimiter too many makes no column. */
static size_t width_of_names(const heading *h) {
  size_t width = 0, n;
  for (size_t i = 0; i < h->names; i++)
    if (h->cells.rows.items[i].count > width) width = h->cells.rows.items[i].count;
  if (!h->r->dialect->trailing || width < 2) return width;
  for (size_t i = 0; i < h->names; i++)
    if (orr_csv_cell_at(&h->cells, &h->cells.rows.items[i], width - 1, &n), n) return width;
  return width - 1;
}

/* Without names: the number of cells that most rows have; of two equally frequent ones the larger. */
static size_t width_of_rows(const heading *h, size_t from) {
  size_t best = 0, most = 0;
  for (size_t r = from; r < h->cells.rows.count && r < from + MOST_WIDTHS; r++) {
    size_t width = h->cells.rows.items[r].count, count = 0;
    for (size_t i = from; i < h->cells.rows.count && i < from + MOST_WIDTHS; i++)
      count += h->cells.rows.items[i].count == width;
    if (count > most || (count == most && width > best)) most = count, best = width;
  }
  return best - (h->r->dialect->trailing && best > 1);
}

static orr_status read_rows(heading *h, orr_error *e) {
  const orr_csv_dialect *d = h->r->dialect;
  orr_csv_header *out = &h->r->header;
  size_t above = d->header + (d->header && d->unit_row) + d->legend;
  ORR_TRY(find_line(h, d->skip, &h->at, e));
  ORR_TRY(cut_rows(h, above + MOST_WIDTHS * !d->header, d->skip + 1, e));
  const orr_csv_cells *c = &h->cells;
  h->names = d->header < c->rows.count ? d->header : c->rows.count;
  h->units = d->header && d->unit_row && c->rows.count > d->header;
  bool rest = c->rows.count <= above;
  out->at = h->at + (rest ? c->rest : c->rows.items[above].at);
  out->line = rest ? c->rest_line : c->rows.items[above].line;
  out->named = h->names > 0;
  out->columns = out->named ? width_of_names(h) + d->row_names : width_of_rows(h, above);
  if (out->named) ORR_TRY(keep_first(h, e));
  return ORR_OK;
}

/* One line as a row, without the comment prefix. */
static orr_status cut_comment(heading *h, size_t line, orr_csv_cells *out, orr_csv_buffer *buffer,
                              orr_error *e) {
  orr_csv_dialect d = *h->r->dialect;
  size_t at, end;
  ORR_TRY(find_line(h, line - 1, &at, e));
  ORR_TRY(find_line(h, line, &end, e));
  if (end - at > ORR_CSV_MOST_CELL) return orr_csv_fail_row(line, e);
  ORR_TRY(orr_csv_source_load(h->r->source, at, end - at, buffer, e));
  ORR_TRY(orr_csv_check_zero(buffer->bytes, buffer->n, line, e));
  size_t prefix = strlen(d.comment), from = 0;
  while (prefix && buffer->n - from >= prefix && !memcmp(buffer->bytes + from, d.comment, prefix))
    from += prefix;
  while (from < buffer->n && buffer->bytes[from] == ' ') from++;
  *d.comment = 0;
  ORR_TRY(orr_csv_cut(&d, buffer->bytes + from, buffer->n - from, line, ORR_CSV_WITH_FILE, out, e));
  if (!out->rows.count) return orr_fail(e, ORR_DATA, "line %zu holds no names; try header = 0", line);
  return ORR_OK;
}

static orr_status name_from(heading *h, size_t line, bool units, orr_error *e) {
  orr_csv_header *out = &h->r->header;
  ORR_TRY(cut_comment(h, line, &h->cells, &h->buffer, e));
  h->names = 1;
  h->units = false;
  out->named = true;
  if (!units) out->columns = width_of_names(h) + h->r->dialect->row_names;
  if (!units) return keep_first(h, e), name_columns(h, e);
  if (h->r->dialect->squeeze && h->cells.rows.items[0].count < out->columns)
    return ORR_OK; /* whose they are is not known */
  orr_text text = {0};
  orr_status status = ORR_OK;
  for (size_t c = h->r->dialect->row_names; c < out->columns && !status; c++) {
    text.length = 0;
    status = add_clean(h, h->cells.rows.items, c - h->r->dialect->row_names, &text, e);
    if (!status && text.length) out->units[c] = unit_of(h->r->arena, text.data);
  }
  orr_text_fini(&text);
  return status;
}

/* Names in a comment, and units in the one below it; the rows were looked at already for where they begin. */
static orr_status read_comment(heading *h, orr_error *e) {
  const orr_csv_dialect *d = h->r->dialect;
  if (d->skip < 1U + d->unit_row)
    return orr_fail(e, ORR_USAGE, "header = -1 needs skip to count the line of names");
  ORR_TRY(name_from(h, d->skip - d->unit_row, false, e));
  return d->unit_row ? name_from(h, d->skip, true, e) : ORR_OK;
}

static orr_status read_header(heading *h, orr_error *e) {
  ORR_TRY(read_rows(h, e));
  return h->r->dialect->header_comment ? read_comment(h, e) : name_columns(h, e);
}

orr_status orr_csv_read_header(orr_csv_reader *r, orr_error *e) {
  heading h = {.r = r};
  orr_status status = read_header(&h, e);
  orr_csv_buffer_fini(&h.buffer);
  orr_csv_cells_fini(&h.cells);
  return status;
}
