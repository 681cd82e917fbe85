/* What people read; see speak.h. */
#include "app/speak.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static int put(FILE *to, const char *text) {
  orr_text plain = {0};
  if (!strcmp(nl_langinfo(CODESET), "UTF-8")) return fputs(text, to);
  orr_text_add_ascii(&plain, text);
  int result = fputs(orr_text_get(&plain), to);
  orr_text_fini(&plain);
  return result;
}

orr_status orr_say_page(const char *text, orr_error *e) {
  if (put(stdout, text) == EOF || fflush(stdout)) return orr_fail_errno(e, "cannot write to standard output");
  return ORR_OK;
}

void orr_say_line(const char *text) {
  put(stderr, text);
  fputs("\n", stderr);
}
