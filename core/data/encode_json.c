/* Encoders kept and read back; see encode.h. What is read is hostile until
 * proven: names are there, numbers are finite, words ascend. */
#include <math.h>
#include <string.h>

#include "data/encode.h"
#include "data/encode_layout.h"

static const char *const encodings[] = {"number", "one_hot", "ordinal", "index"};
enum { ENCODINGS = sizeof encodings / sizeof *encodings };

static size_t width_of(const orr_encoded_column *c) {
  return (c->encoding == ORR_AS_ONE_HOT ? c->n_words : 1) + c->indicator;
}

static orr_status name_cells(orr_encoder *c, const orr_encoded_column *k, orr_error *e) {
  const char **names = c->names + k->first;
  for (size_t w = 0; w < k->width; w++) {
    bool missing = k->indicator && w + 1 == k->width;
    names[w] = missing                         ? orr_arena_printf(&c->arena, "%s is missing", k->name)
               : k->encoding == ORR_AS_ONE_HOT ? orr_arena_printf(&c->arena, "%s = %s", k->name, k->words[w])
                                               : k->name;
    if (!names[w]) return orr_fail_memory(e, "column names", 0);
  }
  return ORR_OK;
}

orr_status orr_encoder_lay_out(orr_encoder *c, orr_error *e) {
  c->width = 0;
  for (size_t j = 0; j < c->n_columns; j++) {
    orr_encoded_column *k = &c->columns[j];
    k->first = c->width;
    k->width = width_of(k);
    c->width += k->width;
    for (size_t w = 0; w < k->n_words; w++) {
      int32_t index;
      ORR_TRY(orr_map_add(&k->index, k->words[w], strlen(k->words[w]), &index, e));
    }
  }
  ORR_TAKE(&c->arena, c->names, c->width, e);
  ORR_TAKE(&c->arena, c->levels, c->width, e);
  for (size_t j = 0; j < c->n_columns; j++) {
    const orr_encoded_column *k = &c->columns[j];
    if (k->encoding == ORR_AS_INDEX) c->levels[k->first] = k->n_words + 1;
    ORR_TRY(name_cells(c, k, e));
  }
  return ORR_OK;
}

void orr_encoder_fini(orr_encoder *c) {
  for (size_t j = 0; j < c->n_columns; j++) orr_map_fini(&c->columns[j].index);
  orr_arena_fini(&c->arena);
  *c = (orr_encoder){0};
}

static orr_json *column_to_json(const orr_encoded_column *c) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "name", orr_json_new_string(c->name));
  orr_json_set(j, "encoding", orr_json_new_string(encodings[c->encoding]));
  orr_json_set(j, "indicator", orr_json_new_boolean(c->indicator));
  orr_json_set(j, "median", orr_json_new_number(c->median));
  orr_json_set(j, "mean", orr_json_new_number(c->mean));
  orr_json_set(j, "deviation", orr_json_new_number(c->deviation));
  orr_json *words = orr_json_set(j, "words", orr_json_new_array());
  for (size_t w = 0; w < c->n_words; w++) orr_json_push(words, orr_json_new_string(c->words[w]));
  return j;
}

orr_json *orr_encoder_to_json(const orr_encoder *c) {
  orr_json *j = orr_json_new_object();
  orr_json_set(j, "impute", orr_json_new_boolean(c->impute));
  orr_json_set(j, "scale", orr_json_new_boolean(c->scale));
  orr_json *columns = orr_json_set(j, "columns", orr_json_new_array());
  for (size_t i = 0; i < c->n_columns; i++) orr_json_push(columns, column_to_json(&c->columns[i]));
  return j;
}

static orr_status words_from_json(orr_arena *arena, orr_encoded_column *c, const orr_json *j, orr_error *e) {
  const char **words;
  ORR_TAKE(arena, words, orr_json_count(j), e);
  for (const orr_json *w = orr_json_first(j); w; w = orr_json_next(w)) {
    const char *word = orr_json_string(w);
    if (!word)
      return orr_fail(e, ORR_DATA, "the kept encoder of '%s' has a category that is not text", c->name);
    if (c->n_words && strcmp(words[c->n_words - 1], word) >= 0)
      return orr_fail(e, ORR_DATA, "the kept encoder of '%s' has its categories out of order", c->name);
    if (!(words[c->n_words++] = orr_arena_strdup(arena, word))) return orr_fail_memory(e, "categories", 0);
  }
  c->words = words;
  return ORR_OK;
}

static orr_status column_from_json(orr_arena *arena, orr_encoded_column *c, const orr_json *j, orr_error *e) {
  const char *name = orr_json_text_of(j, "name", NULL), *encoding = orr_json_text_of(j, "encoding", "");
  if (!name) return orr_fail(e, ORR_DATA, "the kept encoder has a column without a name");
  size_t kind = 0;
  while (kind < ENCODINGS && strcmp(encoding, encodings[kind])) kind++;
  if (kind == ENCODINGS)
    return orr_fail(e, ORR_DATA, "the kept encoder of '%s' is of an unknown kind '%.40s'", name, encoding);
  *c = (orr_encoded_column){.name = orr_arena_strdup(arena, name),
                            .encoding = (orr_column_encoding)kind,
                            .indicator = orr_json_is_true(orr_json_get(j, "indicator")),
                            .median = orr_json_number_of(j, "median", NAN),
                            .mean = orr_json_number_of(j, "mean", NAN),
                            .deviation = orr_json_number_of(j, "deviation", NAN)};
  if (!c->name) return orr_fail_memory(e, "a column name", 0);
  ORR_TRY(words_from_json(arena, c, orr_json_get(j, "words"), e));
  bool sound = isfinite(c->median) && isfinite(c->mean) && c->deviation > 0 && isfinite(c->deviation);
  if (c->encoding == ORR_AS_INDEX) sound &= c->n_words && !c->indicator;
  if (!sound || !width_of(c)) return orr_fail(e, ORR_DATA, "the kept encoder of '%s' is damaged", name);
  return ORR_OK;
}

orr_status orr_encoder_from_json(orr_encoder *out, const orr_json *j, orr_error *e) {
  const orr_json *columns = orr_json_get(j, "columns");
  *out = (orr_encoder){.impute = orr_json_is_true(orr_json_get(j, "impute")),
                       .scale = orr_json_is_true(orr_json_get(j, "scale"))};
  if (!orr_json_is_array(columns) || !orr_json_count(columns))
    return orr_fail(e, ORR_DATA, "the kept encoder has no columns");
  orr_status status =
      orr_arena_take(&out->arena, orr_json_count(columns), sizeof *out->columns, (void **)&out->columns, e);
  for (const orr_json *c = orr_json_first(columns); c && !status; c = orr_json_next(c))
    status = column_from_json(&out->arena, &out->columns[out->n_columns++], c, e);
  if (!status) status = orr_encoder_lay_out(out, e);
  if (status) orr_encoder_fini(out);
  return status;
}
