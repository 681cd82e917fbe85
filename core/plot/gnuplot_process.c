/* The one-shot gnuplot that draws files; see gnuplot.h. A plot that cannot be
 * drawn never fails the work it belongs to: the script and data stay, and the
 * log says why. No shell, no signal mask, no descriptor and no variable of ours
 * reaches the child, and it is always reaped. */
#include "plot/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/file.h"
#include "plot/child.h"

enum { SLICE = 20 /* ms */, SPEECH_LONGEST = 4096 /* bytes of its output kept */ };

static orr_status write_part(const char *folder, const char *name, const char *suffix, const orr_text *t,
                             orr_error *e) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/%s%s", folder, name, suffix);
  orr_status status = orr_text_check(&path, e);
  if (!status) status = orr_file_write(orr_text_get(&path), orr_text_get(t), t->length, e);
  orr_text_fini(&path);
  return status;
}

static orr_status write_source(const orr_figure *f, const char *folder, orr_error *e) {
  orr_text script = {0}, data = {0};
  orr_status status;
  ORR_GO(orr_gnuplot_render(f, &script, &data, e));
  ORR_GO(write_part(folder, f->name, ".gp", &script, e));
  ORR_GO(write_part(folder, f->name, ".dat", &data, e));
out:
  orr_text_fini(&script);
  orr_text_fini(&data);
  return status;
}

/* ---- starting ---- */

/* `home` is a folder of its own, where fontconfig may write. 0, or an errno. */
static int start(const char *program, const char *folder, const char *script, const char *format,
                 const char *home, int speech, pid_t *child) {
  orr_text home_is = {0}, cache_is = {0};
  orr_text_printf(&home_is, "HOME=%s", home);
  orr_text_printf(&cache_is, "XDG_CACHE_HOME=%s", home);
  const char *environment[] = {"LC_ALL=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", home_is.data,
                               cache_is.data, NULL};
  char choice[32];
  snprintf(choice, sizeof choice, "format='%s'", format);
  const char *arguments[] = {"gnuplot", "-d", "-e", choice, script, NULL};
  orr_child_plan plan = {.program = program,
                         .arguments = arguments,
                         .environment = environment,
                         .folder = folder,
                         .files = {-1, speech, speech},
                         .n_files = 3};
  int failed = home_is.failed || cache_is.failed ? ENOMEM : orr_child_start(&plan, child);
  orr_text_fini(&home_is);
  orr_text_fini(&cache_is);
  return failed;
}

/* ---- watching ---- */

typedef struct child {
  pid_t id;
  int speech; /* its output and errors; -1 once closed */
  orr_text said;
  int result; /* of waitpid */
  bool ended, late;
} child;

/* A descriptor that becomes readable after the time; -1 where there can be none. */
static int set_alarm(double seconds) {
  double within = seconds < 1e-3 ? 1e-3 : seconds > 1e6 ? 1e6 : seconds;
  struct itimerspec when = {.it_value = {.tv_sec = (time_t)within}};
  when.it_value.tv_nsec = (long)(1e9 * (within - (double)when.it_value.tv_sec));
  int alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  if (alarm >= 0 && timerfd_settime(alarm, 0, &when, NULL)) close(alarm), alarm = -1;
  return alarm;
}

static bool has_rung(int alarm) { return poll(&(struct pollfd){.fd = alarm, .events = POLLIN}, 1, 0) > 0; }

/* Reads what there is, waiting a slice at most; what is too much is read and dropped. */
static void listen_to(child *c, int wait) {
  struct pollfd p = {.fd = c->speech, .events = POLLIN};
  if (poll(&p, 1, wait) <= 0 || c->speech < 0) return;
  char bytes[1024];
  ssize_t n = read(c->speech, bytes, sizeof bytes);
  if (n > 0 && c->said.length < SPEECH_LONGEST) orr_text_add_bytes(&c->said, bytes, (size_t)n);
  if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN))) return;
  close(c->speech);
  c->speech = -1;
}

static void reap(child *c, int flags) {
  pid_t got;
  do got = waitpid(c->id, &c->result, flags);
  while (got < 0 && errno == EINTR);
  if (got < 0) c->result = 0; /* someone else's handler took it: the picture tells */
  c->ended = got != 0;
}

static void stop(child *c) {
  kill(-c->id, SIGKILL);
  kill(c->id, SIGKILL);
  reap(c, 0);
}

static orr_status watch(child *c, double seconds, const orr_work *work, orr_error *e) {
  orr_status status = ORR_OK;
  int alarm = set_alarm(seconds);
  while (!c->ended) {
    listen_to(c, SLICE);
    reap(c, WNOHANG);
    if (c->ended) break;
    status = orr_progress_step(work, "plot", 0, 0, e);
    c->late = alarm < 0 || has_rung(alarm);
    if (status || c->late) stop(c);
  }
  for (int i = 0; i < SPEECH_LONGEST / 256 && c->speech >= 0; i++) listen_to(c, 0);
  if (alarm >= 0) close(alarm);
  return status;
}

static void log_speech(const orr_work *work, const orr_figure *f, const char *said) {
  for (const char *s = said; *s;) {
    size_t n = strcspn(s, "\n");
    orr_text line = {0}, inert = {0};
    orr_text_add_bytes(&line, s, n);
    orr_text_add_inert(&inert, orr_text_get(&line));
    if (n && strspn(s, " \t\r^") < n) orr_log(work, "gnuplot, %s: %.900s", f->name, orr_text_get(&inert));
    orr_text_fini(&line);
    orr_text_fini(&inert);
    s += n + (s[n] == '\n');
  }
}

/* ---- drawing ---- */

static orr_status run(const orr_figure *f, const char *folder, const char *program, const char *format,
                      const char *home, double seconds, const orr_work *work, bool *well, orr_error *e) {
  char script[256];
  int ends[2];
  if (strlen(f->name) > sizeof script - 4)
    return orr_fail(e, ORR_USAGE, "figure name '%.80s…' is too long", f->name);
  stpcpy(stpcpy(script, f->name), ".gp");
  if (pipe2(ends, O_CLOEXEC)) return orr_fail_errno(e, "a pipe for gnuplot");
  child c = {.speech = ends[0]};
  int failed = start(program, folder, script, format, home, ends[1], &c.id);
  close(ends[1]);
  orr_status status = failed ? ORR_OK : watch(&c, seconds, work, e);
  if (failed)
    orr_log(work, "%s could not be started (%s): no picture of %s", program, strerror(failed), f->name);
  else if (c.late) orr_log(work, "gnuplot took more than %g s over %s and was stopped", seconds, f->name);
  log_speech(work, f, orr_text_get(&c.said));
  *well = !failed && !status && !c.late && WIFEXITED(c.result) && WEXITSTATUS(c.result) == 0;
  if (!failed && !status && !c.late && !*well)
    orr_log(work, "gnuplot ended with status %d: no picture of %s",
            WIFEXITED(c.result) ? WEXITSTATUS(c.result) : -1, f->name);
  if (c.speech >= 0) close(c.speech);
  orr_text_fini(&c.said);
  return status;
}

static orr_status draw(const orr_figure *f, const char *folder, const char *program, const char *format,
                       double seconds, const orr_work *work, bool *drawn, orr_error *e) {
  orr_text whole = {0}, home = {0}, picture = {0};
  struct stat about;
  orr_status status;
  ORR_GO(orr_file_absolute(folder, &whole, e));
  orr_text_printf(&home, "%s/.gnuplot-XXXXXX", orr_text_get(&whole));
  orr_text_printf(&picture, "%s/%s.%s", orr_text_get(&whole), f->name, format);
  ORR_GO(orr_text_check(&home, e));
  ORR_GO(orr_text_check(&picture, e));
  unlink(picture.data);
  if (!mkdtemp(home.data)) ORR_GO(orr_fail_errno(e, "cannot make '%s'", home.data));
  bool well = false;
  status = run(f, whole.data, program, format, home.data, seconds, work, &well, e);
  orr_file_remove_tree(home.data);
  *drawn = well && !stat(picture.data, &about) && about.st_size > 0;
  if (!*drawn) unlink(picture.data);
out:
  orr_text_fini(&whole);
  orr_text_fini(&home);
  orr_text_fini(&picture);
  return status;
}

orr_status orr_gnuplot_export(const orr_figure *f, const char *folder, const char *program, unsigned formats,
                              double seconds, const orr_work *work, unsigned *drawn, orr_error *e) {
  static const char *const names[] = {"png", "pdf", "svg"};
  *drawn = 0;
  ORR_TRY(write_source(f, folder, e));
  for (unsigned i = 0; program && i < sizeof names / sizeof *names; i++) {
    bool there = false;
    if (formats >> i & 1) ORR_TRY(draw(f, folder, program, names[i], seconds, work, &there, e));
    if (there) *drawn |= 1u << i;
  }
  if (program) return ORR_OK;
  orr_log(work,
          "gnuplot is not installed: %s.gp and %s.dat are written, without a picture (Debian: apt install "
          "gnuplot)",
          f->name, f->name);
  return ORR_OK;
}

orr_status orr_gnuplot_write(const orr_figure *f, const char *folder, const char *program, double seconds,
                             const orr_work *work, bool *drawn, orr_error *e) {
  unsigned pictures;
  orr_status status = orr_gnuplot_export(f, folder, program, ORR_GNUPLOT_PNG, seconds, work, &pictures, e);
  *drawn = pictures != 0;
  return status;
}
