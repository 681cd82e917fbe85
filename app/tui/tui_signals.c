/* Signals as bytes of a pipe; see tui_signals.h. */
#include "app/tui/tui_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGWINCH, SIGTSTP, SIGCONT, SIGQUIT};
enum { CAUGHT = sizeof caught / sizeof *caught };

static struct sigaction before[CAUGHT];
static int ends[2] = {-1, -1};

static void on_signal(int number) {
  int kept = errno;
  unsigned char byte = (unsigned char)number;
  if (write(ends[1], &byte, 1) < 0) byte = 0; /* a full pipe: one is waiting already */
  errno = kept;
}

/* A hangup that was ignored when the program began (nohup) stays ignored. */
orr_status orr_tui_watch_signals(orr_error *e) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK)) return orr_fail_errno(e, "cannot watch signals");
  for (size_t i = 0; i < CAUGHT; i++) {
    sigaction(caught[i], NULL, &before[i]);
    if (caught[i] != SIGHUP || before[i].sa_handler != SIG_IGN) sigaction(caught[i], &action, NULL);
  }
  return ORR_OK;
}

void orr_tui_unwatch_signals(void) {
  if (ends[0] < 0) return;
  for (size_t i = 0; i < CAUGHT; i++) sigaction(caught[i], &before[i], NULL);
  close(ends[0]);
  close(ends[1]);
  ends[0] = ends[1] = -1;
}

int orr_tui_signals(void) { return ends[0]; }

int orr_tui_next_signal(void) {
  unsigned char byte;
  return read(ends[0], &byte, 1) == 1 ? byte : 0;
}
