/* A terminal for a program under test; see pty.h. */
#include "tests/tui/pty.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <vterm.h>

#include "base/memory.h"
#include "base/text.h"

#define DEADLINE 20.0 /* seconds */

struct pty {
  int master, slave; /* the slave is kept open, so that its modes can be asked for after the end */
  pid_t child;
  bool ended, alternate, cursor, mouse;
  int status, rows, columns;
  size_t bytes;
  VTerm *terminal;
  VTermScreen *screen;
  orr_text text;
};

static int on_property(VTermProp property, VTermValue *value, void *context) {
  pty *p = context;
  if (property == VTERM_PROP_ALTSCREEN) p->alternate = value->boolean;
  if (property == VTERM_PROP_CURSORVISIBLE) p->cursor = value->boolean;
  if (property == VTERM_PROP_MOUSE) p->mouse = value->number != VTERM_PROP_MOUSE_NONE;
  return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void start_child(const pty *p, const char *const argv[], const char *const env[], const char *folder) {
  setsid();
  ioctl(p->slave, TIOCSCTTY, 0);
  for (int fd = 0; fd < 3; fd++) dup2(p->slave, fd);
  for (int fd = 3; fd < 64; fd++) close(fd);
  if (!chdir(folder)) execve(argv[0], (char *const *)argv, (char *const *)env);
  _exit(127);
}

pty *pty_start(const char *const argv[], const char *const env[], const char *folder, int rows, int columns) {
  pty *p = orr_calloc(1, sizeof *p);
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  assert_non_null(p);
  assert_int_equal(openpty(&p->master, &p->slave, NULL, NULL, &size), 0);
  p->rows = rows, p->columns = columns, p->cursor = true;
  p->terminal = vterm_new(rows, columns);
  vterm_set_utf8(p->terminal, 1);
  p->screen = vterm_obtain_screen(p->terminal);
  vterm_screen_enable_altscreen(p->screen, 1);
  vterm_screen_set_callbacks(p->screen, &callbacks, p);
  vterm_screen_reset(p->screen, 1);
  p->child = fork();
  assert_true(p->child >= 0);
  if (!p->child) start_child(p, argv, env, folder);
  return p;
}

void pty_free(pty *p) {
  if (!p) return;
  if (!p->ended) kill(p->child, SIGKILL), waitpid(p->child, NULL, 0);
  close(p->master);
  close(p->slave);
  vterm_free(p->terminal);
  orr_text_fini(&p->text);
  orr_free(p);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* What the terminal answers to questions of the program. */
static void answer(pty *p) {
  char bytes[256];
  size_t n = vterm_output_read(p->terminal, bytes, sizeof bytes);
  if (n && write(p->master, bytes, n) < 0) return;
}

/* Reads what comes within some milliseconds. */
static void hear(pty *p, int milliseconds) {
  char bytes[16384];
  struct pollfd polled = {.fd = p->master, .events = POLLIN};
  if (poll(&polled, 1, milliseconds) <= 0) return;
  ssize_t n = read(p->master, bytes, sizeof bytes);
  if (n <= 0) return;
  p->bytes += (size_t)n;
  vterm_input_write(p->terminal, bytes, (size_t)n);
  answer(p);
}

void pty_send(pty *p, const char *bytes) {
  for (size_t n = strlen(bytes); n;) {
    ssize_t done = write(p->master, bytes, n);
    assert_true(done > 0);
    bytes += done, n -= (size_t)done;
  }
}

void pty_resize(pty *p, int rows, int columns) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  p->rows = rows, p->columns = columns;
  vterm_set_size(p->terminal, rows, columns);
  ioctl(p->master, TIOCSWINSZ, &size);
}

void pty_signal(pty *p, int number) { kill(p->child, number); }
int pty_process(const pty *p) { return p->child; }

const char *pty_screen(pty *p) {
  p->text.length = 0;
  for (int y = 0; y < p->rows; y++) {
    char row[4096];
    VTermRect r = {.start_row = y, .end_row = y + 1, .start_col = 0, .end_col = p->columns};
    size_t n = vterm_screen_get_text(p->screen, row, sizeof row - 1, r);
    while (n && row[n - 1] == ' ') n--;
    orr_text_add_bytes(&p->text, row, n);
    orr_text_add(&p->text, "\n");
  }
  return orr_text_get(&p->text);
}

static void wait_text(pty *p, const char *text, bool there) {
  double until = now() + DEADLINE;
  while ((strstr(pty_screen(p), text) != NULL) != there) {
    if (now() > until)
      fail_msg("'%s' %s; the screen:\n%s", text, there ? "did not come" : "did not go", pty_screen(p));
    hear(p, 50);
  }
}

void pty_wait_text(pty *p, const char *text) { wait_text(p, text, true); }
void pty_wait_gone(pty *p, const char *text) { wait_text(p, text, false); }

int pty_wait_exit(pty *p) {
  double until = now() + DEADLINE;
  while (!p->ended) {
    if (now() > until) fail_msg("it does not end; the screen:\n%s", pty_screen(p));
    p->ended = waitpid(p->child, &p->status, WNOHANG) == p->child;
    hear(p, p->ended ? 0 : 20);
  }
  for (struct pollfd polled = {.fd = p->master, .events = POLLIN};
       poll(&polled, 1, 0) > 0 && polled.revents & POLLIN;)
    hear(p, 0);
  return p->status;
}

bool pty_is_alternate(const pty *p) { return p->alternate; }
bool pty_has_cursor(const pty *p) { return p->cursor; }
bool pty_has_mouse(const pty *p) { return p->mouse; }
size_t pty_bytes(const pty *p) { return p->bytes; }

struct termios pty_line(const pty *p) {
  struct termios line;
  assert_int_equal(tcgetattr(p->slave, &line), 0);
  return line;
}
