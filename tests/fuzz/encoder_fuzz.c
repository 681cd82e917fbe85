/* Kept encoders: any JSON is an encoder or an error; one that was taken is kept the same
 * again, and encodes a table to numbers. */
#include "data/encode.h"
#include "fuzz_table.h"

static void print(const orr_encoder *c, orr_text *out) {
  orr_json *j = orr_encoder_to_json(c);
  must(!orr_json_print(j, false, out, NULL));
  orr_json_free(j);
}

static void keep_again(const orr_encoder *c) {
  orr_text first = {0}, second = {0};
  orr_json *j;
  orr_encoder again;
  orr_error e = {0};
  print(c, &first);
  must(!orr_json_parse(first.data, first.length, &j, &e) && !orr_encoder_from_json(&again, j, &e));
  print(&again, &second);
  must(again.width == c->width && !strcmp(first.data, second.data));
  orr_json_free(j);
  orr_encoder_fini(&again);
  orr_text_fini(&first);
  orr_text_fini(&second);
}

static void encode(const orr_encoder *c) {
  static orr_table *t;
  orr_arena arena = {0};
  orr_matrix x;
  size_t unseen;
  orr_error e = {0};
  if (!t) t = fuzz_table();
  if (orr_encoder_apply(c, t, (size_t[]){3, 2, 1, 0}, 4, NULL, &arena, &x, &unseen, &e))
    must(*e.message != 0);
  else must(x.rows == 4 && x.cols == c->width && unseen <= 4 * c->n_columns);
  orr_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  orr_json *j;
  orr_encoder c;
  orr_error e = {0};
  if (orr_json_parse((const char *)data, size, &j, &e)) return 0;
  if (orr_encoder_from_json(&c, j, &e)) must(*e.message != 0);
  else {
    keep_again(&c);
    encode(&c);
    orr_encoder_fini(&c);
  }
  orr_json_free(j);
  return 0;
}
