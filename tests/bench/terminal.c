/* A program on a pseudo terminal; see terminal.h. Times on a CPU are the scheduler's own, in nanoseconds. */
#include "tests/bench/terminal.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double terminal_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool terminal_start(terminal *t, const char *const argv[], const char *const env[], const char *folder,
                    int columns, int rows) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  *t = (terminal){.fd = -1, .started = terminal_now()};
  t->child = forkpty(&t->fd, NULL, NULL, &size);
  if (t->child) return t->child > 0;
  if (!chdir(folder)) execve(argv[0], (char *const *)argv, (char *const *)env);
  _exit(127);
}

/* False: the program has closed it. */
static bool hear(terminal *t, double seconds) {
  char bytes[65536];
  struct pollfd polled = {.fd = t->fd, .events = POLLIN};
  struct timespec most = {.tv_sec = (time_t)seconds};
  most.tv_nsec = (long)((seconds - (double)most.tv_sec) * 1e9);
  if (ppoll(&polled, 1, &most, NULL) <= 0) return true;
  ssize_t n = read(t->fd, bytes, sizeof bytes);
  if (n <= 0) return n < 0 && errno == EINTR;
  t->bytes += (size_t)n;
  orr_text_add_bytes(&t->heard, bytes, (size_t)n);
  return true;
}

void terminal_send(terminal *t, const char *keys) {
  t->heard.length = 0;
  if (write(t->fd, keys, strlen(keys)) < 0) return; /* it has ended: the wait for its answer tells */
}

static bool has_come(const terminal *t, const char *text) {
  return t->heard.length && memmem(t->heard.data, t->heard.length, text, strlen(text));
}

bool terminal_wait(terminal *t, const char *text, double seconds) {
  double until = terminal_now() + seconds;
  while (!has_come(t, text)) {
    double left = until - terminal_now();
    if (left <= 0 || !hear(t, left)) return has_come(t, text);
  }
  return true;
}

void terminal_listen(terminal *t, double seconds) {
  double until = terminal_now() + seconds;
  t->heard.length = 0;
  for (double left; (left = until - terminal_now()) > 0;)
    if (!hear(t, left)) return;
}

double terminal_end(terminal *t, const char *keys) {
  int status;
  struct rusage used = {0};
  if (keys) terminal_send(t, keys);
  else kill(t->child, SIGKILL);
  for (double until = terminal_now() + 60; terminal_now() < until && hear(t, 1);) continue;
  kill(t->child, SIGKILL); /* it has long ended, or hangs */
  while (wait4(t->child, &status, 0, &used) < 0 && errno == EINTR) continue;
  close(t->fd);
  orr_text_fini(&t->heard);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* ---- what it costs ---- */

static double read_schedule(pid_t process, const char *thread) {
  char path[320];
  unsigned long long nanoseconds = 0;
  snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)process, thread);
  FILE *f = fopen(path, "r");
  if (f && fscanf(f, "%llu", &nanoseconds) != 1) nanoseconds = 0;
  if (f) fclose(f);
  return (double)nanoseconds * 1e-9;
}

double cpu_of_main_thread(pid_t process) {
  char name[16];
  snprintf(name, sizeof name, "%d", (int)process);
  return read_schedule(process, name);
}

double cpu_of_process(pid_t process) {
  char path[64];
  double sum = 0;
  snprintf(path, sizeof path, "/proc/%d/task", (int)process);
  DIR *threads = opendir(path);
  for (struct dirent *d; threads && (d = readdir(threads));)
    if (d->d_name[0] != '.') sum += read_schedule(process, d->d_name);
  if (threads) closedir(threads);
  return sum;
}

static int parent_of(const char *process) {
  char path[300];
  int parent = 0;
  snprintf(path, sizeof path, "/proc/%s/stat", process);
  FILE *f = fopen(path, "r");
  if (f && fscanf(f, "%*d (%*[^)]) %*c %d", &parent) != 1) parent = 0;
  if (f) fclose(f);
  return parent;
}

double cpu_of_children(pid_t process) {
  double sum = 0;
  DIR *all = opendir("/proc");
  for (struct dirent *d; all && (d = readdir(all));)
    if (d->d_name[0] >= '1' && d->d_name[0] <= '9' && parent_of(d->d_name) == process)
      sum += cpu_of_process(atoi(d->d_name));
  if (all) closedir(all);
  return sum;
}
