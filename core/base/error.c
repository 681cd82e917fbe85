/* Errors: one place that writes messages, so that none is longer than its
 * buffer, has two lines, or carries bytes a terminal would act on. */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct {
  int exit;
  const char *name;
} rows[] = {
#define X(code, exit, name) {exit, name},
    ORR_STATUS_LIST(X)
#undef X
};

static orr_status fill(orr_error *e, orr_status status, const char *format, va_list args) {
  if (!e) return status;
  e->status = status;
  vsnprintf(e->message, sizeof e->message, format, args);
  orr_text_make_inert(e->message); /* user text reaches messages */
  return status;
}

orr_status orr_fail(orr_error *e, orr_status status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fill(e, status, format, args);
  va_end(args);
  return status;
}

orr_status orr_fail_in(orr_error *e, const char *format, ...) {
  char where[256], was[sizeof e->message];
  va_list args;
  if (!e) return ORR_SYSTEM; /* what it was is not known here; callers return their own status */
  va_start(args, format);
  vsnprintf(where, sizeof where, format, args);
  va_end(args);
  memcpy(was, e->message, sizeof was);
  return orr_fail(e, e->status, "%s: %s", where, was);
}

orr_status orr_fail_as(orr_error *e, orr_status was, orr_status is, orr_status now) {
  if (now != was) return now;
  if (e) e->status = is;
  return is;
}

orr_status orr_fail_memory(orr_error *e, const char *what, unsigned long long bytes) {
  return orr_fail(e, ORR_MEMORY, "out of memory: %s needs %.1f MiB; try fewer rows or columns", what,
                  (double)bytes / (1024.0 * 1024.0));
}

orr_status orr_fail_errno(orr_error *e, const char *format, ...) {
  int number = errno;
  char what[512];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  return orr_fail(e, ORR_SYSTEM, "%s: %s", what, strerror(number));
}

int orr_status_exit(orr_status status) { return rows[status].exit; }

const char *orr_status_name(orr_status status) { return rows[status].name; }
