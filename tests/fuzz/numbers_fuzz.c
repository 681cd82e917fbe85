/* numbers.json of an earlier run: any text is compared or refused. */
#include <math.h>

#include "fuzz_table.h"
#include "session/numbers.h"

static void add(orr_numbers *all, const char *name, double value) {
  orr_number n = {.name = name, .value = value, .error = 0.01, .n = 10, .n_eff = 10, .method = "exact"};
  must(!orr_numbers_add(all, "test.", &n, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  orr_numbers all = {0};
  orr_text told = {0};
  orr_error e = {0};
  size_t differences = 0, lines = 0;
  char *text = text_of(data, size);
  add(&all, "auc", 0.9);
  add(&all, "ece", NAN);
  if (orr_numbers_check(&all, text, &told, &differences, &e)) must(*e.message != 0);
  else {
    for (const char *p = orr_text_get(&told); *p; p++) lines += *p == '\n';
    must(lines >= differences && (differences > 0) == (lines > 0));
  }
  orr_text_fini(&told);
  orr_numbers_fini(&all);
  free(text);
  return 0;
}
