/* A terminal for a program under test: a pseudo-terminal whose other side is read by libvterm. Whatever is waited for
 * has a deadline; nothing sleeps. */
#ifndef TESTS_TUI_PTY_H
#define TESTS_TUI_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

typedef struct pty pty;

/* Starts argv[0] in `folder` with exactly this environment on a terminal of that size. */
pty *pty_start(const char *const argv[], const char *const env[], const char *folder, int rows, int columns);
void pty_free(pty *p); /* kills what still runs */

void pty_send(pty *p, const char *bytes);
void pty_resize(pty *p, int rows, int columns);
void pty_signal(pty *p, int number);
int pty_process(const pty *p);

/* Fail the test, and show the screen, when it does not come about within 20 seconds. */
void pty_wait_text(pty *p, const char *text);
void pty_wait_gone(pty *p, const char *text);
int pty_wait_exit(pty *p); /* as waitpid tells it */

/* As things are now. */
bool pty_is_alternate(const pty *p); /* the alternate screen is shown */
bool pty_has_cursor(const pty *p);
bool pty_has_mouse(const pty *p);
size_t pty_bytes(const pty *p); /* that came so far */
struct termios pty_line(const pty *p);
/* The screen as text, a line a row, trailing blanks cut. */
const char *pty_screen(pty *p);

#endif
