/* Why a column is text, where it could have been something else: a few cells
 * among numbers, numbers dressed up with signs, codes. And which words in it
 * were taken for missing values, which a name may be by chance. */
#include <ctype.h>

#include "data/csv_reader.h"

enum { MOST_NUMBER = 64, MOST_PROPOSED = 8, MOST_SHOWN = 3, FEW = 3 };

/* Signs that numbers are dressed up with; some have a plain form. */
typedef struct sign {
  const char *bytes, *shown, *plain;
  bool at_end; /* at either end of the number only */
} sign;

static const sign signs[] = {{"%", "'%'", "", true},
                             {"$", "'$'", "", true},
                             {"€", "'€'", "", true},
                             {"£", "'£'", "", true},
                             {"¥", "'¥'", "", true},
                             {"\u2212", "the minus sign U+2212", "-", false},
                             {"\u00a0", "no-break spaces", "", false},
                             {"\u202f", "narrow no-break spaces", "", false},
                             {"\u2009", "thin spaces", "", false}};
static const sign comma = {",", "',' between groups of three digits", NULL, false};
enum { SIGNS = sizeof signs / sizeof *signs };

static const sign *sign_at(const char *s) {
  for (size_t i = 0; i < SIGNS; i++)
    if (!strncmp(s, signs[i].bytes, strlen(signs[i].bytes))) return &signs[i];
  return NULL;
}

static bool is_number(const orr_csv_format *f, const char *s, size_t n, char group) {
  char padded[ORR_CSV_MARGIN + MOST_NUMBER + ORR_CSV_MARGIN] = {0};
  orr_csv_value v;
  orr_csv_trim(&s, &n);
  if (!n || n > MOST_NUMBER) return false;
  memcpy(padded + ORR_CSV_MARGIN, s, n);
  return orr_csv_read_number(padded + ORR_CSV_MARGIN, n, f->mark, group, &v.number, &v.integer) != 0;
}

/* A number once the signs are taken off: the first of them, else NULL. */
static const sign *dressed_with(const orr_csv_format *f, const char *word) {
  char plain[MOST_NUMBER + 1] = "";
  const sign *found = NULL;
  size_t n = 0;
  bool digits = false, ended = false;
  if (strlen(word) > MOST_NUMBER) return NULL;
  for (const char *s = word; *s;) {
    const sign *here = sign_at(s);
    bool digit = isdigit((unsigned char)*s);
    if (digit && ended) return NULL;
    digits = digits || digit;
    if (here && !found) found = here;
    if (here && here->at_end) ended = digits;
    const char *kept = here ? here->plain : s;
    size_t length = here ? strlen(kept) : *s != ' ';
    memcpy(plain + n, kept, length);
    n += length;
    s += here ? strlen(here->bytes) : 1;
  }
  bool grouped = f->mark == '.' && memchr(plain, ',', n);
  if (!isdigit((unsigned char)plain[*plain == '-' || *plain == '+']) || (!found && !grouped)) return NULL;
  if (!is_number(f, plain, n, grouped ? ',' : f->group)) return NULL;
  return found ? found : &comma;
}

/* The distinct words of a column, as far as they had to be looked at. */
typedef struct kinds {
  size_t dressed, others;
  const char *first_dressed, *first_other;
  const sign *sign;
} kinds;

static kinds look(const orr_csv_reader *r, const orr_column *made) {
  kinds k = {0};
  for (size_t i = 0; i < made->words.count && k.others < 2; i++) {
    const char *word = orr_map_key(&made->words, i);
    if (is_number(&r->format, word, strlen(word), r->format.group)) continue;
    const sign *with = dressed_with(&r->format, word);
    if (with && !k.dressed++) k.first_dressed = word, k.sign = with;
    if (!with && !k.others++) k.first_other = word;
  }
  return k;
}

static bool tell_special(const orr_csv_reader *r, const char *name, const orr_csv_tally *t) {
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
  return true;
}

static void tell_dressed(const orr_csv_reader *r, const char *name, const kinds *k) {
  orr_text sample = {0};
  orr_text_add_inert(&sample, k->first_dressed);
  orr_log(r->work, "note: column '%.60s' is kept as text, though it looks like numbers with %s (%.40s)%s",
          name, k->sign->shown, orr_text_get(&sample), k->sign == &comma ? "; try --load thousands=," : "");
  orr_text_fini(&sample);
}

static bool is_plain(const char *word) {
  for (const char *s = word; *s; s++)
    if ((unsigned char)*s < ' ' || strchr("\"'\\", *s)) return false;
  return strlen(word) < ORR_CSV_SAMPLE;
}

/* The word, and with it those that mean missing in this file already: the list that is given takes their place. */
static void propose(const orr_csv_reader *r, const char *word, orr_text *out) {
  uint64_t used = 0;
  size_t n = 1;
  if (!is_plain(word)) return;
  for (size_t c = 0; c < r->header.columns; c++) used |= r->columns[c].tally.which;
  orr_text_printf(out, "; if it means a missing value, try --load 'missing=[\"%s\"", word);
  for (size_t i = 0; i < r->format.n_words && i < 63; i++)
    if (used >> i & 1 && is_plain(r->format.words[i]) && n++ < MOST_PROPOSED)
      orr_text_printf(out, ",\"%s\"", r->format.words[i]);
  orr_text_add(out, "]'");
}

/* A column of numbers but for some cells is text, and the person should know which cells. */
static void tell_odd(const orr_csv_reader *r, const char *name, const orr_csv_tally *t, const kinds *k) {
  char sample[ORR_CSV_SAMPLE];
  orr_text rest = {0};
  memcpy(sample, t->first_odd.text, sizeof sample);
  orr_text_make_inert(sample);
  if (k->others + k->dressed == 1) {
    if (t->odd > 1) orr_text_printf(&rest, ", nor are %zu more of the same", t->odd - 1);
    propose(r, k->others ? k->first_other : k->first_dressed, &rest);
  } else if (t->odd > 1) orr_text_printf(&rest, ", nor are %zu others", t->odd - 1);
  orr_log(
      r->work,
      "warning: column '%.60s' is read as text: %zu of its cells are numbers, but '%s' on line %zu is not%s",
      name, t->numbers, sample, t->first_odd.line, orr_text_get(&rest));
  orr_text_fini(&rest);
}

static bool is_letters(const char *word) {
  while (isalpha((unsigned char)*word)) word++;
  return !*word;
}

/* "none" may be one of the treatments, and NA is Namibia. */
static bool tell_words(const orr_csv_reader *r, const char *name, const orr_csv_tally *t, bool aloud) {
  orr_text list = {0};
  size_t n = 0;
  for (size_t i = 0; i < r->format.n_words && i < 63; i++)
    if (t->which >> i & 1 && is_letters(r->format.words[i]) && n++ < MOST_SHOWN)
      orr_text_printf(&list, "%s'%s'", n > 1 ? ", " : "", r->format.words[i]);
  if (n && aloud)
    orr_log(r->work, "note: column '%.60s': %zu cell%s taken for missing (%s); missing= says otherwise", name,
            t->words, t->words == 1 ? " is" : "s are", orr_text_get(&list));
  orr_text_fini(&list);
  return n > 0;
}

bool orr_csv_report_text(const orr_csv_reader *r, size_t column, bool aloud) {
  const orr_csv_tally *t = &r->columns[column].tally;
  const char *name = r->header.names[column];
  if (t->special.line && !(t->seen & ORR_SEEN_TEXT)) return aloud ? tell_special(r, name, t) : true;
  kinds k = look(r, r->columns[column].made);
  bool dressed = k.dressed && (!k.others || (k.others == 1 && k.dressed >= FEW));
  bool odd = !dressed && t->odd && t->numbers >= t->odd;
  if (dressed && aloud) tell_dressed(r, name, &k);
  if (odd && aloud) tell_odd(r, name, t, &k);
  return dressed || odd || tell_words(r, name, t, aloud);
}
