/* Headers of kept recipes: any text is read or refused, and a setting that was read is
 * written so that it reads the same. */
#include "fuzz_table.h"
#include "lua/header.h"

static void write_again(const orr_setting *s) {
  orr_text line = {0};
  orr_arena arena = {0};
  orr_header h;
  orr_error e = {0};
  orr_value v = orr_value_of_string(s->text);
  orr_header_add_setting("key", &v, &line);
  must(!orr_header_parse(line.data, &arena, &h, &e));
  must(h.n_settings == 1 && !strcmp(h.settings[0].text, s->text) && !*h.body);
  orr_arena_fini(&arena);
  orr_text_fini(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  orr_arena arena = {0};
  orr_header h;
  orr_error e = {0};
  char *text = text_of(data, size);
  if (orr_header_parse(text, &arena, &h, &e)) must(*e.message != 0);
  else
    for (size_t i = 0; i < h.n_settings; i++) write_again(&h.settings[i]);
  orr_arena_fini(&arena);
  free(text);
  return 0;
}
