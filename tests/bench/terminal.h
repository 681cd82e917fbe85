/* A program on a pseudo terminal, watched from outside: what it writes, how long it takes, what it costs. */
#ifndef ORR_BENCH_TERMINAL_H
#define ORR_BENCH_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"

typedef struct terminal {
  int fd;
  pid_t child;
  double started; /* seconds, of the monotonic clock: just before the program is executed */
  size_t bytes;   /* that came so far */
  orr_text heard; /* what came since terminal_send or terminal_listen */
} terminal;

double terminal_now(void);

/* argv[0] in `folder`, with exactly this environment. */
bool terminal_start(terminal *t, const char *const argv[], const char *const env[], const char *folder,
                    int columns, int rows);
void terminal_send(terminal *t, const char *keys);
/* Until the text has come, in one piece; false: not within so many seconds, or the program has ended. */
bool terminal_wait(terminal *t, const char *text, double seconds);
void terminal_listen(terminal *t, double seconds);
/* Ends the program by `keys` (NULL: kills it) and waits for it; its user and system time, its children's included. */
double terminal_end(terminal *t, const char *keys);

/* Seconds on a CPU so far. */
double cpu_of_main_thread(pid_t process);
double cpu_of_process(pid_t process);
double cpu_of_children(pid_t process);

#endif
