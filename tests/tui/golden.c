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

void golden_check(const char *name, const orr_grid *g, bool inks) {
  char path[256];
  orr_error e = {0};
  orr_text now = {0}, kept = {0};
  snprintf(path, sizeof path, "tests/tui/golden/%s.txt", name);
  orr_grid_dump(g, inks, &now);
  if (getenv("UPDATE")) assert_int_equal(orr_file_write(path, now.data, now.length, &e), ORR_OK);
  if (orr_file_read_path(path, 1 << 20, &kept, &e)) fail_msg("%s; UPDATE=1 writes it", e.message);
  if (strcmp(orr_text_get(&now), orr_text_get(&kept)))
    fail_msg("%s differs.\n---- kept\n%s---- now\n%s", path, orr_text_get(&kept), orr_text_get(&now));
  orr_text_fini(&now);
  orr_text_fini(&kept);
}
