/* The guard; see term_guard.h. The handler runs on a stack of its own, calls
 * only what may be called in one, and lets the signal do what it would have. */
#include "app/tui/term_guard.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGXCPU};
enum { DEADLY = sizeof deadly / sizeof *deadly, STACK = 16384 };

static struct {
  volatile sig_atomic_t armed;
  int descriptor;
  struct termios saved;
  char bytes[ORR_GUARD_BYTES];
  size_t n;
  struct sigaction before[DEADLY];
} guard;

static char stack[STACK];

static void on_death(int number) {
  static const char words[] =
      "orrery: it crashed. What was done is kept: `orrery` with the same data goes on from there.\n";
  if (guard.armed) {
    guard.armed = 0;
    ssize_t written = write(guard.descriptor, guard.bytes, guard.n);
    tcsetattr(guard.descriptor, TCSANOW, &guard.saved);
    if (written >= 0) written = write(STDERR_FILENO, words, sizeof words - 1);
  }
  signal(number, SIG_DFL);
  raise(number);
}

void orr_guard_arm(int descriptor, const struct termios *saved, const char *bytes, size_t n) {
  struct sigaction action = {.sa_handler = on_death, .sa_flags = SA_ONSTACK | SA_NODEFER};
  stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
  bool again = guard.armed;
  guard.descriptor = descriptor;
  guard.saved = *saved;
  guard.n = n < sizeof guard.bytes ? n : sizeof guard.bytes;
  memcpy(guard.bytes, bytes, guard.n);
  guard.armed = 1;
  if (again) return;
  sigaltstack(&own, NULL);
  for (size_t i = 0; i < DEADLY; i++) sigaction(deadly[i], &action, &guard.before[i]);
}

void orr_guard_disarm(void) {
  if (!guard.armed) return;
  guard.armed = 0;
  for (size_t i = 0; i < DEADLY; i++) sigaction(deadly[i], &guard.before[i], NULL);
}
