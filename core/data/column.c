/* Columns: one typed run of cells with marks for the missing ones; see table.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/table.h"

static const struct {
  const char *name;
  size_t bytes;
} types[] = {
#define X(type, name, bytes) {name, bytes},
    ORR_TYPE_LIST(X)
#undef X
};

static const char *const roles[] = {
#define X(role, name) name,
    ORR_ROLE_LIST(X)
#undef X
};

const char *orr_type_name(orr_type type) { return types[type].name; }
size_t orr_type_bytes(orr_type type) { return types[type].bytes; }
const char *orr_role_name(orr_role role) { return roles[role]; }

bool orr_role_from_name(const char *name, orr_role *role) {
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
    if (!strcmp(roles[i], name)) return *role = (orr_role)i, true;
  return false;
}

static void column_free(orr_column *c) {
  orr_free(c->name);
  orr_free(c->unit);
  if (!orr_mapping_holds(c->owner, c->cells)) orr_free(c->cells);
  if (!orr_mapping_holds(c->owner, c->missing)) orr_free(c->missing);
  orr_mapping_unref(c->owner);
  orr_map_fini(&c->words);
  orr_free(c);
}

orr_status orr_column_new(const char *name, orr_type type, size_t rows, orr_column **out, orr_error *e) {
  orr_column *c = orr_calloc(1, sizeof *c);
  if (!c) return orr_fail_memory(e, "a column", sizeof *c);
  c->refs = 1;
  c->type = type;
  c->rows = rows;
  c->name = orr_strdup(name);
  c->cells = orr_calloc(rows, orr_type_bytes(type));
  if (!c->name || !c->cells) {
    column_free(c);
    return orr_fail_memory(e, "a column", (unsigned long long)rows * orr_type_bytes(type));
  }
  *out = c;
  return ORR_OK;
}

orr_status orr_column_map(const char *name, orr_type type, size_t rows, orr_mapping *owner, const void *cells,
                          const uint8_t *missing, orr_column **out, orr_error *e) {
  orr_column *c = orr_calloc(1, sizeof *c);
  if (!c) return orr_fail_memory(e, "a column", sizeof *c);
  *c = (orr_column){.refs = 1, .type = type, .rows = rows, .owner = orr_mapping_ref(owner)};
  c->cells = rows ? (void *)cells : (void *)owner->address;
  c->missing = rows ? (uint8_t *)missing : NULL;
  c->name = orr_strdup(name);
  if (!c->name) return column_free(c), orr_fail_memory(e, "a column", strlen(name));
  *out = c;
  return ORR_OK;
}

orr_column *orr_column_ref(orr_column *c) {
  __atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
  return c;
}

void orr_column_unref(orr_column *c) {
  if (c && __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) == 0) column_free(c);
}

/* Marks that may be written: none at first, a copy of those that lie in a mapping. */
static orr_status own_marks(orr_column *c, orr_error *e) {
  uint8_t *given = c->missing;
  if (given && !orr_mapping_holds(c->owner, given)) return ORR_OK;
  uint8_t *own = orr_calloc(c->rows, 1);
  if (!own) return orr_fail_memory(e, "missing marks", c->rows);
  if (given) memcpy(own, given, c->rows);
  c->missing = own;
  return ORR_OK;
}

orr_status orr_column_set_missing(orr_column *c, size_t row, orr_error *e) {
  if (orr_column_is_missing(c, row) && orr_mapping_holds(c->owner, c->missing)) return ORR_OK;
  ORR_TRY(own_marks(c, e));
  c->missing[row] = 1;
  if (orr_mapping_holds(c->owner, c->cells)) return ORR_OK;
  memset((char *)c->cells + row * orr_type_bytes(c->type), 0, orr_type_bytes(c->type));
  if (c->type == ORR_FLOAT64) c->float64[row] = NAN;
  if (c->type == ORR_FLOAT32) c->float32[row] = NAN;
  return ORR_OK;
}

static bool is_nan(const orr_column *c, size_t row) {
  return (c->type == ORR_FLOAT64 && isnan(c->float64[row])) ||
         (c->type == ORR_FLOAT32 && isnan(c->float32[row]));
}

void orr_column_seal(orr_column *c) {
  for (size_t i = 0; i < c->rows; i++)
    if (is_nan(c, i) && orr_column_set_missing(c, i, NULL)) return; /* NaN still reads as missing */
  c->n_missing = 0;
  for (size_t i = 0; c->missing && i < c->rows; i++) c->n_missing += c->missing[i];
}

double orr_column_number(const orr_column *c, size_t row) {
  if (orr_column_is_missing(c, row)) return NAN;
  switch (c->type) {
  case ORR_FLOAT64: return c->float64[row];
  case ORR_FLOAT32: return (double)c->float32[row];
  case ORR_INT64: return (double)c->int64[row];
  case ORR_TIME: return (double)c->int64[row] * 1e-9;
  case ORR_TEXT: return c->codes[row];
  case ORR_BOOL: return c->bools[row];
  }
  return NAN;
}

bool orr_column_is_numeric(const orr_column *c) { return c->type != ORR_TEXT; }

static const char *time_text(int64_t nanoseconds, char *buffer, size_t n) {
  int64_t seconds = nanoseconds / 1000000000, rest = nanoseconds % 1000000000;
  if (rest < 0) seconds--, rest += 1000000000;
  struct tm when;
  time_t t = (time_t)seconds;
  gmtime_r(&t, &when);
  size_t used = strftime(buffer, n, "%Y-%m-%dT%H:%M:%S", &when);
  if (rest) used += (size_t)snprintf(buffer + used, n - used, ".%09lld", (long long)rest);
  snprintf(buffer + used, n - used, "Z");
  return buffer;
}

/* The fewest digits that read back to the same value. */
static const char *number_text(double x, char *buffer, size_t n) {
  orr_text digits = {0};
  orr_text_add_number(&digits, x);
  snprintf(buffer, n, "%s", orr_text_get(&digits));
  orr_text_fini(&digits);
  return buffer;
}

static const char *float32_text(float x, char *buffer, size_t n) {
  for (int precision = 6; precision <= 9; precision++) {
    snprintf(buffer, n, "%.*g", precision, (double)x);
    double back;
    if (orr_text_to_number(buffer, &back) && (float)back == x) break;
  }
  return buffer;
}

const char *orr_column_text(const orr_column *c, size_t row, char *buffer, size_t n) {
  if (orr_column_is_missing(c, row)) return "";
  switch (c->type) {
  case ORR_FLOAT64: return number_text(c->float64[row], buffer, n);
  case ORR_FLOAT32: return float32_text(c->float32[row], buffer, n);
  case ORR_INT64: return snprintf(buffer, n, "%lld", (long long)c->int64[row]), buffer;
  case ORR_TIME: return time_text(c->int64[row], buffer, n);
  case ORR_TEXT: return orr_map_key(&c->words, (size_t)c->codes[row]);
  case ORR_BOOL: return c->bools[row] ? "true" : "false";
  }
  return "";
}

static orr_status copy_words(const orr_column *c, orr_column *made, orr_error *e) {
  for (size_t w = 0; w < c->words.count; w++) {
    const char *word = orr_map_key(&c->words, w);
    int32_t code;
    ORR_TRY(orr_map_add(&made->words, word, strlen(word), &code, e));
  }
  return ORR_OK;
}

static orr_status copy_cells(const orr_column *c, const size_t *index, size_t n, orr_column *made,
                             orr_error *e) {
  size_t size = orr_type_bytes(c->type);
  for (size_t i = 0; i < n; i++)
    memcpy((char *)made->cells + i * size, (char *)c->cells + index[i] * size, size);
  for (size_t i = 0; c->missing && i < n; i++)
    if (c->missing[index[i]]) ORR_TRY(orr_column_set_missing(made, i, e));
  if (c->unit && !(made->unit = orr_strdup(c->unit))) return orr_fail_memory(e, "a unit", 0);
  return c->type == ORR_TEXT ? copy_words(c, made, e) : ORR_OK;
}

orr_status orr_column_take(const orr_column *c, const size_t *index, size_t n, orr_column **out,
                           orr_error *e) {
  orr_column *made;
  ORR_TRY(orr_column_new(c->name, c->type, n, &made, e));
  orr_status status = copy_cells(c, index, n, made, e);
  if (status) return orr_column_unref(made), status;
  orr_column_seal(made);
  *out = made;
  return ORR_OK;
}
