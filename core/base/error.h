/* Errors.
 *
 * Every function that can fail returns an orr_status and takes an orr_error
 * to say why. One list holds all codes, with the exit status each becomes and
 * its name for machines. A message says what failed, which value, and what to
 * try; it is one line, and holds no byte a terminal would act on.
 */
#ifndef ORR_BASE_ERROR_H
#define ORR_BASE_ERROR_H

#include <stdarg.h>

/*    code      exit  name          */
#define ORR_STATUS_LIST(X)                                                                                   \
  X(OK, 0, "ok")                                                                                             \
  X(CHECK, 1, "check failed")                                                                                \
  X(USAGE, 2, "usage")                                                                                       \
  X(DATA, 3, "data")                                                                                         \
  X(RECIPE, 4, "recipe")                                                                                     \
  X(SHAPE, 4, "shape")                                                                                       \
  X(DEADLINE, 4, "deadline")                                                                                 \
  X(NUMERIC, 5, "numerical failure")                                                                         \
  X(STOPPED, 6, "stopped")                                                                                   \
  X(SYSTEM, 7, "system")                                                                                     \
  X(MEMORY, 7, "out of memory")

typedef enum orr_status {
#define X(code, exit, name) ORR_##code,
  ORR_STATUS_LIST(X)
#undef X
} orr_status;

typedef struct orr_error {
  orr_status status;
  char message[1024];
} orr_error;

/* Fills `e` (which may be NULL) and returns `status`, so that a failure is one line. */
orr_status orr_fail(orr_error *e, orr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same failure with words put before its message: "where: message". */
orr_status orr_fail_in(orr_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Turns a failure of one kind into another; for a mistake that is somebody else's than it seemed. */
orr_status orr_fail_as(orr_error *e, orr_status was, orr_status is, orr_status now);

orr_status orr_fail_memory(orr_error *e, const char *what, unsigned long long bytes);

/* A system call failed: adds strerror(errno), and picks ORR_SYSTEM. */
orr_status orr_fail_errno(orr_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

int orr_status_exit(orr_status status);
const char *orr_status_name(orr_status status);

/* Passes a failure on; for functions with nothing to clean up. */
#define ORR_TRY(call)                                                                                        \
  do {                                                                                                       \
    orr_status try_status_ = (call);                                                                         \
    if (try_status_) return try_status_;                                                                     \
  } while (0)

/* Passes a failure on through the function's `out:` label and its `status`. */
#define ORR_GO(call)                                                                                         \
  do {                                                                                                       \
    status = (call);                                                                                         \
    if (status) goto out;                                                                                    \
  } while (0)

#endif
