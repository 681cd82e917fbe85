/* Goldens; see golden.h. */
#include "tests/tui/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"

/* Line i of a text, without its end. */
static const char *line_of(const char *text, size_t i, int *n) {
  while (i-- && *text) text += strcspn(text, "\n"), text += *text == '\n';
  *n = (int)strcspn(text, "\n");
  return text;
}

static size_t count_lines(const char *text) {
  size_t n = 0;
  for (; *text; text++) n += *text == '\n';
  return n;
}

/* The lines that differ: what was kept above what is now. */
static void tell_difference(const char *kept, const char *now, orr_text *out) {
  size_t n_kept = count_lines(kept), n_now = count_lines(now), most = n_kept > n_now ? n_kept : n_now;
  for (size_t i = 0; i < most; i++) {
    int a, b;
    const char *before = line_of(kept, i, &a), *after = line_of(now, i, &b);
    if (a == b && !strncmp(before, after, (size_t)a)) continue;
    orr_text_printf(out, "%4zu - %.*s\n     + %.*s\n", i + 1, a, before, b, after);
  }
  if (n_kept != n_now) orr_text_printf(out, "%zu lines were kept, %zu are there now\n", n_kept, n_now);
}

void golden_check_text(const char *name, const char *now) {
  char path[256];
  orr_error e = {0};
  orr_text kept = {0}, difference = {0};
  snprintf(path, sizeof path, "tests/tui/golden/%s.txt", name);
  if (getenv("UPDATE")) assert_int_equal(orr_file_write(path, now, strlen(now), &e), ORR_OK);
  if (orr_file_read_path(path, 1 << 20, &kept, &e)) fail_msg("%s; UPDATE=1 writes it", e.message);
  tell_difference(orr_text_get(&kept), now, &difference);
  if (difference.length) {
    print_error("%s differs (UPDATE=1 writes it anew):\n", path);
    for (const char *line = difference.data; *line; line += strcspn(line, "\n") + 1)
      print_error("%.*s\n", (int)strcspn(line, "\n"), line);
    fail();
  }
  orr_text_fini(&kept);
  orr_text_fini(&difference);
}

void golden_check(const char *name, const orr_grid *g, bool inks) {
  orr_text now = {0};
  orr_grid_dump(g, inks, &now);
  golden_check_text(name, orr_text_get(&now));
  orr_text_fini(&now);
}
