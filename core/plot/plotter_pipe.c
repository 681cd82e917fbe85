/* The process and its pipes; see plotter_pipe.h. Commands go through a socket, so that writing to a dead gnuplot is
 * an error and no signal; numbers and pictures go through files in memory that it opens by /proc/self/fd. */
#include "plot/plotter_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "plot/child.h"

enum { MOST_VARIABLES = sizeof((orr_plotter_pipe *)0)->environment / sizeof(char *) - 1 };

static bool copy(char **out, const char *s) { return (*out = orr_strdup(s)) != NULL; }

orr_status orr_plotter_pipe_init(orr_plotter_pipe *p, const orr_plotter_config *config, orr_error *e) {
  static const char *const plain[] = {"LC_ALL=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin",
                                      "HOME=/nonexistent"};
  *p = (orr_plotter_pipe){.in = -1, .out = -1, .err = -1, .data = -1, .picture = -1};
  if (!config->gnuplot) return ORR_OK;
  size_t n = 0;
  bool copied = copy(&p->gnuplot, config->gnuplot) &&
                copy(&p->driver, config->driver ? config->driver : "") &&
                copy(&p->window, config->window ? config->window : "qt");
  for (; copied && n < 3; n++) copied = copy(&p->environment[n], plain[n]);
  for (size_t i = 0; copied && config->environment && config->environment[i] && n < MOST_VARIABLES; i++, n++)
    copied = copy(&p->environment[n], config->environment[i]);
  if (!copied) return orr_fail_memory(e, "the plotter", 0);
  p->data = memfd_create("orrery-plot-data", MFD_CLOEXEC);
  p->picture = memfd_create("orrery-plot-picture", MFD_CLOEXEC);
  if (p->data < 0 || p->picture < 0) return orr_fail_errno(e, "a file in memory for plots");
  return ORR_OK;
}

static void shut(int *file) {
  if (*file >= 0) close(*file);
  *file = -1;
}

void orr_plotter_pipe_kill(orr_plotter_pipe *p) {
  if (p->child) orr_child_kill(p->child);
  shut(&p->in);
  shut(&p->out);
  shut(&p->err);
  p->child = 0;
  p->script = NULL;
  p->frame = 0;
  p->line_length = 0;
  p->begun = p->ended = p->said = p->whole = false;
  p->broken = NULL;
  orr_stream_fini(&p->stream);
}

void orr_plotter_pipe_fini(orr_plotter_pipe *p) {
  orr_plotter_pipe_kill(p);
  orr_raster_fini(&p->raster);
  shut(&p->data);
  shut(&p->picture);
  orr_free(p->gnuplot);
  orr_free(p->driver);
  orr_free(p->window);
  for (size_t i = 0; i < MOST_VARIABLES; i++) orr_free(p->environment[i]);
}

bool orr_plotter_pipe_can(const orr_plotter_pipe *p) { return p->gnuplot != NULL; }

/* ---- starting ---- */

/* Both ends of what connects us; the child's are closed again when it was started. */
typedef struct ends {
  int in[2], out[2], err[2], driver;
} ends;

static void complain(orr_plotter_pipe *p, const char *about, int failed) {
  snprintf(p->trouble, sizeof p->trouble, "%.400s: %s", about, strerror(failed));
  p->complained = true;
}

static bool open_ends(orr_plotter_pipe *p, ends *s) {
  *s = (ends){{-1, -1}, {-1, -1}, {-1, -1}, -1};
  s->driver = open(p->driver, O_RDONLY | O_CLOEXEC);
  if (s->driver < 0) {
    complain(p, p->driver, errno);
    return false;
  }
  if (!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s->in) && !pipe2(s->out, O_CLOEXEC) &&
      !pipe2(s->err, O_CLOEXEC))
    return true;
  complain(p, "a pipe for gnuplot", errno);
  return false;
}

static void never_wait(int file) { fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK); }

static void start(orr_plotter_pipe *p) {
  static const char *const arguments[] = {"gnuplot", "-d", NULL};
  ends s;
  int failed = EMFILE;
  if (open_ends(p, &s)) {
    orr_child_plan plan = {.program = p->gnuplot,
                           .arguments = arguments,
                           .environment = (const char *const *)p->environment,
                           .folder = "/",
                           .files = {s.in[1], s.out[1], s.err[1], p->data, p->picture, s.driver},
                           .n_files = 6};
    failed = orr_child_start(&plan, &p->child);
    if (failed) complain(p, p->gnuplot, failed);
  }
  shut(&s.in[1]);
  shut(&s.out[1]);
  shut(&s.err[1]);
  shut(&s.driver);
  p->in = s.in[0], p->out = s.out[0], p->err = s.err[0];
  if (failed) {
    p->child = 0;
    p->broken = "gnuplot could not be started";
    return;
  }
  never_wait(p->in);
  never_wait(p->out);
  never_wait(p->err);
}

static bool write_data(orr_plotter_pipe *p, const orr_text *data) {
  if (ftruncate(p->data, 0) || ftruncate(p->picture, 0)) return false;
  for (size_t at = 0; at < data->length;) {
    ssize_t n = pwrite(p->data, data->data + at, data->length - at, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += (size_t)n;
  }
  return true;
}

void orr_plotter_pipe_send(orr_plotter_pipe *p, uint32_t frame, const orr_plot_look *look,
                           const orr_text *script, const orr_text *data) {
  p->complained = false;
  if (!p->child) start(p);
  p->script = script, p->sent = 0, p->frame = frame, p->look = *look;
  p->begun = p->ended = p->said = p->whole = false;
  if (!p->broken && !write_data(p, data)) p->broken = "the numbers of the plot could not be written";
}

/* ---- what it says ---- */

/* "  line 0: warning: …" loses its beginning; carets and echoed lines are no news. */
static void note_trouble(orr_plotter_pipe *p, char *line) {
  line += strspn(line, " \t\r");
  if (!strncmp(line, "gnuplot>", 8) || !line[strspn(line, " ^\t\r")]) return;
  if (!strncmp(line, "line ", 5) && strchr(line, ':')) line = strchr(line, ':') + 1;
  if (!strncmp(line, "\"-\", line ", 10) && strchr(line + 4, ':')) line = strchr(line + 4, ':') + 1;
  line += strspn(line, " ");
  orr_text_make_inert(line);
  snprintf(p->trouble, sizeof p->trouble, "%s", line);
  p->complained = true;
}

static void hear_line(orr_plotter_pipe *p) {
  unsigned number;
  p->line[p->line_length] = 0;
  p->line_length = 0;
  if (sscanf(p->line, "orrery %u", &number) != 1) note_trouble(p, p->line);
  else if (number == p->frame) p->said = true;
}

static void hear(orr_plotter_pipe *p, const char *bytes, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (bytes[i] == '\n') hear_line(p);
    else if (p->line_length + 1 < sizeof p->line) p->line[p->line_length++] = bytes[i];
  }
}

/* ---- what it draws ---- */

static void take_record(orr_plotter_pipe *p, const orr_stream_record *r) {
  if (r->kind == 'B') {
    p->begun = r->frame == p->frame && r->columns == p->look.columns && r->rows == p->look.rows &&
               !orr_raster_begin(&p->raster, r->columns, r->rows, p->look.mode != ORR_PLOT_ASCII,
                                 &p->look.palette, NULL);
  } else if (r->kind == 'E') p->ended = p->begun && r->frame == p->frame;
  else if (p->begun && !p->ended) orr_raster_add(&p->raster, r);
}

static void take_bytes(orr_plotter_pipe *p, const char *bytes, size_t n) {
  orr_stream_record r;
  if (orr_stream_feed(&p->stream, bytes, n, NULL)) p->broken = "gnuplot's drawing is too large";
  while (orr_stream_next(&p->stream, &r)) take_record(p, &r);
  if (p->stream.broken && !p->broken) p->broken = "gnuplot's drawing cannot be read";
}

/* Reads all there is, at most `most` bytes; false at the end of the pipe. */
static bool drain(orr_plotter_pipe *p, int file, size_t most,
                  void (*take)(orr_plotter_pipe *, const char *, size_t)) {
  static _Thread_local char bytes[65536];
  for (size_t got = 0; got < most;) {
    ssize_t n = read(file, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (n == 0) return false;
    take(p, bytes, (size_t)n);
    got += (size_t)n;
  }
  return true;
}

static void send_more(orr_plotter_pipe *p) {
  while (p->script && p->sent < p->script->length) {
    ssize_t n =
        send(p->in, p->script->data + p->sent, p->script->length - p->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (n <= 0) {
      p->broken = "gnuplot died";
      return;
    }
    p->sent += (size_t)n;
  }
  p->script = NULL;
}

/* gnuplot's word that it is through comes after the last byte of the drawing: what is not there by then never comes. */
void orr_plotter_pipe_pump(orr_plotter_pipe *p) {
  enum { MOST = 4 << 20 };
  if (!p->child || p->broken) return;
  bool alive = drain(p, p->err, MOST, hear);
  alive = drain(p, p->out, MOST, take_bytes) && alive;
  if (p->frame && p->said && !p->broken) {
    if (p->ended || p->look.mode < ORR_PLOT_CELLS) p->whole = true;
    else p->broken = "gnuplot did not draw it";
  }
  if (!alive && !p->whole && !p->broken) p->broken = "gnuplot died";
  if (!p->broken) send_more(p);
}

static bool read_picture(orr_plotter_pipe *p, orr_drawing *d) {
  struct stat about;
  if (fstat(p->picture, &about) || about.st_size <= 0) return true;
  d->picture = orr_calloc((size_t)about.st_size, 1);
  if (!d->picture) return false;
  ssize_t n = pread(p->picture, d->picture, (size_t)about.st_size, 0);
  d->picture_bytes = n > 0 ? (size_t)n : 0;
  return true;
}

orr_drawing *orr_plotter_pipe_drawing(orr_plotter_pipe *p, uint64_t id) {
  bool cells = p->look.mode >= ORR_PLOT_CELLS;
  orr_drawing *d =
      cells ? orr_raster_finish(&p->raster, id) : orr_drawing_new(id, p->look.columns, p->look.rows);
  p->whole = false;
  p->frame = 0;
  p->script = NULL;
  if (!p->complained) *p->trouble = 0;
  if (!d || cells || read_picture(p, d)) return d;
  orr_drawing_unref(d);
  return NULL;
}

size_t orr_plotter_pipe_polls(const orr_plotter_pipe *p, struct pollfd *polls) {
  if (!p->child) return 0;
  polls[0] = (struct pollfd){.fd = p->out, .events = POLLIN};
  polls[1] = (struct pollfd){.fd = p->err, .events = POLLIN};
  if (!p->script) return 2;
  polls[2] = (struct pollfd){.fd = p->in, .events = POLLOUT};
  return 3;
}
