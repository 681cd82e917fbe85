/* What people read; see speak.h. */
#include "app/speak.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static void add_page(const char *text, orr_text *out) {
  while (*text) {
    size_t n = strcspn(text, "\n");
    char *line = orr_strndup(text, n);
    if (line) orr_text_add_inert(out, line);
    orr_free(line);
    text += n;
    if (*text) orr_text_add(out, "\n"), text++;
  }
}

static int put(FILE *to, const char *text) {
  orr_text plain = {0};
  if (!strcmp(nl_langinfo(CODESET), "UTF-8")) return fputs(text, to);
  orr_text_add_ascii(&plain, text);
  int result = fputs(orr_text_get(&plain), to);
  orr_text_fini(&plain);
  return result;
}

orr_status orr_say_broken(orr_error *e) {
  if (errno == EPIPE) return orr_fail(e, ORR_SYSTEM, "%s", "");
  return orr_fail_errno(e, "cannot write to standard output");
}

orr_status orr_say_page(const char *text, orr_error *e) {
  orr_text page = {0};
  add_page(text, &page);
  orr_status status = orr_text_check(&page, e);
  if (!status && (put(stdout, orr_text_get(&page)) == EOF || fflush(stdout))) status = orr_say_broken(e);
  orr_text_fini(&page);
  return status;
}

void orr_say_line(const char *text) {
  orr_text line = {0};
  add_page(text, &line);
  put(stderr, orr_text_get(&line));
  fputs("\n", stderr);
  orr_text_fini(&line);
}
