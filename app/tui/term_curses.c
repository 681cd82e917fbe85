/* The terminal through curses, and the only file that knows it; see term.h.
 *
 * Curses never writes to the terminal itself: its descriptor is turned into a
 * file in memory once it has looked the terminal over, so that a frame is one
 * write whose bytes are known, and nothing else can ever block in it. The modes
 * of the terminal's line are set here, for the same reason.
 */
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "app/tui/term.h"
#include "app/tui/term_guard.h"

/* After ours, for they make macros of plain words. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

enum {
  KEY_OF_MOUSE = KEY_MAX + 1,
  KEY_OF_PASTE,
  KEY_OF_PASTE_END,
  ESCAPE_MILLISECONDS = 25,
  PAIRS = 1024,
  COLOURS_SEEN = 256
};

static const char modes_on[] = "\033[?1002h\033[?1006h\033[?2004h",
                  modes_off[] = "\033[?1006l\033[?1002l\033[?2004l";

static struct {
  bool open;
  orr_term_setup setup;
  SCREEN *screen;
  FILE *input, *output; /* output: the file in memory, once open */
  WINDOW *keys;         /* a pad: reading from it draws nothing */
  struct termios saved, raw;
  orr_theme theme;
  orr_look looks[ORR_INKS];
  orr_depth depth;
  int width, height;
  bool utf8, pasting;
  orr_grid shown; /* what the terminal shows */
  bool all;       /* everything is to be sent again */
  orr_key last_press;
  double last_press_time;
  struct {
    int fore, back, pair;
  } pairs[PAIRS];
  struct {
    bool known, on_colour;
    int32_t rgb, nearest;
  } seen[COLOURS_SEEN]; /* colours of pictures and plots, at this depth and theme */
} term;

static const char *capability(const char *name) {
  const char *s = tigetstr((char *)name);
  return s && s != (char *)-1 ? s : "";
}

static void write_all(const char *bytes, size_t n) {
  while (n) {
    ssize_t done = write(term.setup.out, bytes, n);
    struct pollfd p = {.fd = term.setup.out, .events = POLLOUT};
    if (done < 0 && errno == EAGAIN && poll(&p, 1, 1000) > 0) continue;
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return; /* the terminal is gone; the loop hears of it */
    bytes += done;
    n -= (size_t)done;
  }
}

/* Sends what curses has written since the last time. */
static size_t flush(void) {
  int fd = fileno(term.output);
  char bytes[8192];
  off_t end = lseek(fd, 0, SEEK_CUR);
  for (off_t at = 0; at < end;) {
    size_t want = (size_t)(end - at) < sizeof bytes ? (size_t)(end - at) : sizeof bytes;
    ssize_t n = pread(fd, bytes, want, at);
    if (n <= 0) break;
    write_all(bytes, (size_t)n);
    at += n;
  }
  if (end > 0) lseek(fd, 0, SEEK_SET);
  return end > 0 ? (size_t)end : 0;
}

static bool read_size(int *width, int *height) {
  struct winsize size;
  if (ioctl(term.setup.out, TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row) return false;
  *width = size.ws_col, *height = size.ws_row;
  return true;
}

static orr_depth find_depth(bool mono) {
  int colours = tigetnum("colors");
  if (mono || colours < 8) return ORR_MONO;
  if (colours > 256 && tigetflag("RGB") > 0) return ORR_TRUE_COLOUR;
  return colours >= 256 ? ORR_256_COLOURS : colours >= 16 ? ORR_16_COLOURS : ORR_8_COLOURS;
}

static bool is_utf8(void) { return !strcmp(nl_langinfo(CODESET), "UTF-8"); }

bool orr_term_look(bool mono, orr_term_facts *out) {
  int known;
  term.setup.out = STDOUT_FILENO;
  *out = (orr_term_facts){.utf8 = is_utf8()};
  read_size(&out->width, &out->height);
  if (setupterm(NULL, STDOUT_FILENO, &known) != OK) return false;
  out->depth = find_depth(mono);
  return true;
}

void orr_term_set_theme(const orr_theme *theme) {
  term.theme = *theme;
  memset(term.seen, 0, sizeof term.seen);
  for (size_t i = 0; i < ORR_INKS; i++) term.looks[i] = orr_theme_look(theme, (orr_ink)i, term.depth);
  term.all = true;
}

/* The bytes that undo whatever was done to the screen, without a call of curses. */
static size_t make_farewell(char out[ORR_GUARD_BYTES]) {
  static const char *const names[] = {"rmkx", "sgr0", "cnorm", "rmcup"};
  orr_text t = {0};
  orr_text_add(&t, modes_off);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    for (const char *p = capability(names[i]); *p; p++) {
      if (p[0] == '$' && p[1] == '<' && strchr(p, '>')) p = strchr(p, '>'); /* a delay for slow printers */
      else orr_text_add_bytes(&t, p, 1);
    }
  size_t n = t.length < ORR_GUARD_BYTES ? t.length : ORR_GUARD_BYTES;
  memcpy(out, orr_text_get(&t), n);
  orr_text_fini(&t);
  return n;
}

static void take_line(void) {
  char bytes[ORR_GUARD_BYTES];
  size_t n = make_farewell(bytes);
  orr_guard_arm(term.setup.out, &term.saved, bytes, n);
  tcsetattr(term.setup.in, TCSADRAIN, &term.raw);
}

static void give_line_back(void) {
  tcsetattr(term.setup.in, TCSADRAIN, &term.saved);
  orr_guard_disarm();
}

static orr_status open_streams(orr_error *e) {
  int in = dup(term.setup.in), out = dup(term.setup.out);
  term.input = in < 0 ? NULL : fdopen(in, "r");
  term.output = out < 0 ? NULL : fdopen(out, "w");
  return term.input && term.output ? ORR_OK : orr_fail_errno(e, "cannot open the terminal");
}

/* From here on curses writes into memory. */
static orr_status divert(orr_error *e) {
  int memory = memfd_create("orrery-screen", MFD_CLOEXEC);
  if (memory < 0) return orr_fail_errno(e, "cannot make room for the screen");
  fflush(term.output);
  int done = dup2(memory, fileno(term.output));
  close(memory);
  return done < 0 ? orr_fail_errno(e, "cannot make room for the screen") : ORR_OK;
}

static void set_up_curses(void) {
  cbreak();
  noecho();
  nonl();
  set_escdelay(ESCAPE_MILLISECONDS);
  if (has_colors()) start_color(), use_default_colors();
  term.keys = newpad(1, 1);
  keypad(term.keys, TRUE);
  nodelay(term.keys, TRUE);
  leaveok(stdscr, FALSE);
  define_key("\033[<", KEY_OF_MOUSE);
  define_key("\033[200~", KEY_OF_PASTE);
  define_key("\033[201~", KEY_OF_PASTE_END);
}

static void close_streams(void) {
  if (term.screen) delscreen(term.screen);
  if (term.input) fclose(term.input);
  if (term.output) fclose(term.output);
  term.screen = NULL;
  term.input = term.output = NULL;
}

static orr_status start_curses(orr_error *e) {
  int known;
  ORR_TRY(open_streams(e));
  bool found = setupterm(NULL, term.setup.out, &known) == OK; /* newterm leaks what it began for others */
  if (found) del_curterm(cur_term);
  term.screen = found ? newterm(NULL, term.output, term.input) : NULL;
  if (!term.screen)
    return orr_fail(e, ORR_USAGE, "this kind of terminal is not known here; try TERM=xterm-256color");
  set_up_curses();
  return divert(e);
}

orr_status orr_term_open(const orr_term_setup *setup, const orr_theme *theme, orr_error *e) {
  memset(&term, 0, sizeof term);
  term.setup = *setup;
  if (tcgetattr(setup->in, &term.saved) || !isatty(setup->out))
    return orr_fail(e, ORR_USAGE, "the workbench needs a terminal; `orrery run` works without one");
  orr_status status = start_curses(e);
  if (status) {
    tcsetattr(setup->in, TCSADRAIN, &term.saved);
    close_streams();
    return status;
  }
  term.raw = term.saved;
  cfmakeraw(&term.raw);
  term.utf8 = is_utf8();
  term.depth = find_depth(setup->mono);
  term.open = true;
  if (!read_size(&term.width, &term.height)) term.width = COLS, term.height = LINES;
  resizeterm(term.height, term.width);
  take_line();
  if (!setup->no_mouse) write_all(modes_on, sizeof modes_on - 1);
  orr_term_set_theme(theme);
  return ORR_OK;
}

void orr_term_close(void) {
  if (!term.open) return;
  term.open = false;
  write_all(modes_off, sizeof modes_off - 1);
  endwin();
  flush();
  give_line_back();
  delwin(term.keys);
  close_streams();
  orr_grid_fini(&term.shown);
}

orr_term_facts orr_term_facts_now(void) {
  return (orr_term_facts){.width = term.width, .height = term.height, .depth = term.depth, .utf8 = term.utf8};
}

int orr_term_descriptor(void) { return term.setup.in; }

static int pair_of(int fore, int back) {
  if (fore < 0 && back < 0) return 0;
  unsigned at = ((unsigned)(fore + 1) * 2654435761u ^ (unsigned)(back + 1) * 40503u) % PAIRS;
  if (!term.pairs[at].pair || term.pairs[at].fore != fore || term.pairs[at].back != back) {
    term.pairs[at].pair = alloc_pair(fore, back);
    term.pairs[at].fore = fore, term.pairs[at].back = back;
  }
  return term.pairs[at].pair < 0 ? 0 : term.pairs[at].pair;
}

/* As curses numbers it: of true colour, RGB without our mark. */
static int colour(int32_t c) { return c >= 0x1000000 ? c - 0x1000000 : c; }

/* Plots and pictures have few colours in many cells. */
static int32_t nearest(int32_t rgb, bool on_colour) {
  unsigned at = ((unsigned)rgb * 2654435761u >> 8 ^ on_colour) % COLOURS_SEEN;
  if (!term.seen[at].known || term.seen[at].rgb != rgb || term.seen[at].on_colour != on_colour) {
    term.seen[at].nearest = orr_colour_nearest(rgb, term.depth, term.theme.light, on_colour);
    term.seen[at].known = true, term.seen[at].rgb = rgb, term.seen[at].on_colour = on_colour;
  }
  return term.seen[at].nearest;
}

static void make_cell(const orr_cell *cell, cchar_t *out) {
  const orr_look *l = &term.looks[cell->ink];
  wchar_t text[3] = {(wchar_t)cell->rune, (wchar_t)cell->mark, 0};
  int fore = l->fore, back = l->back;
  if (cell->fore >= 0) fore = nearest(cell->fore, cell->back >= 0);
  if (cell->back >= 0) back = nearest(cell->back, true);
  attr_t a = A_NORMAL;
  if (l->bold || cell->bold) a |= A_BOLD;
  if (l->dim) a |= A_DIM;
  if (l->underline || cell->underline) a |= A_UNDERLINE;
  if (l->reverse != cell->reverse) a |= A_REVERSE;
  if (l->italic) a |= A_ITALIC;
  int pair = pair_of(colour(fore), colour(back));
  setcchar(out, text, a, 0, &pair);
}

static void paint_row(const orr_grid *g, int y) {
  cchar_t row[1024];
  const orr_cell *cells = g->cells + (size_t)y * (size_t)g->width;
  int n = 0, at = 0;
  for (int x = 0; x < g->width; x++) {
    if (n == 1024) mvadd_wchnstr(y, at, row, n), at = x, n = 0;
    if (cells[x].rune) make_cell(&cells[x], &row[n++]);
  }
  mvadd_wchnstr(y, at, row, n);
}

static bool keep_shown(const orr_grid *g) {
  if (term.shown.cells && term.shown.width == g->width && term.shown.height == g->height) return true;
  orr_grid_fini(&term.shown);
  term.all = true;
  return !orr_grid_init(&term.shown, g->width, g->height, g->utf8, NULL);
}

size_t orr_term_paint(const orr_grid *g) {
  if (!term.open || !keep_shown(g)) return 0;
  size_t row = (size_t)g->width * sizeof *g->cells;
  for (int y = 0; y < g->height && y < term.height; y++) {
    char *before = (char *)term.shown.cells + (size_t)y * row, *now = (char *)g->cells + (size_t)y * row;
    if (!term.all && !memcmp(before, now, row)) continue;
    paint_row(g, y);
    memcpy(before, now, row);
  }
  term.all = false;
  bool cursor = g->cursor_x >= 0 && g->cursor_y >= 0;
  if (cursor) move(g->cursor_y, g->cursor_x);
  curs_set(cursor);
  refresh();
  return flush();
}

void orr_term_raw(int x, int y, const char *bytes, size_t n) {
  orr_text t = {0};
  orr_text_printf(&t, "\0337\033[%d;%dH", y + 1, x + 1);
  orr_text_add_bytes(&t, bytes, n);
  orr_text_add(&t, "\0338");
  if (term.open && !t.failed) write_all(t.data, t.length);
  orr_text_fini(&t);
}

void orr_term_redraw(void) {
  if (!term.open) return;
  clearok(curscr, TRUE);
  term.all = true;
}

void orr_term_suspend(void) {
  struct sigaction stop = {.sa_handler = SIG_DFL}, before;
  if (!term.open) return;
  write_all(modes_off, sizeof modes_off - 1);
  endwin();
  flush();
  give_line_back();
  sigaction(SIGTSTP, &stop, &before);
  kill(0, SIGTSTP); /* the whole job, as the shell would; goes on here after `fg` */
  sigaction(SIGTSTP, &before, NULL);
  tcgetattr(term.setup.in, &term.saved);
  take_line();
  if (!term.setup.no_mouse) write_all(modes_on, sizeof modes_on - 1);
  orr_term_redraw();
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The next character of a sequence that has begun; 0: it does not come. */
static wint_t next_of_sequence(void) {
  wint_t c;
  struct pollfd p = {.fd = term.setup.in, .events = POLLIN};
  int code = wget_wch(term.keys, &c);
  if (code == ERR && poll(&p, 1, ESCAPE_MILLISECONDS) > 0) code = wget_wch(term.keys, &c);
  return code == OK ? c : 0;
}

/* A press at the place of the last one, a moment after it. */
static void find_double(orr_key *k) {
  enum { MILLISECONDS = 400 };
  double now = seconds_now();
  bool same = k->x == term.last_press.x && k->y == term.last_press.y;
  bool twice = same && (now - term.last_press_time) * 1000 < MILLISECONDS;
  if (twice) k->button = ORR_DOUBLE_CLICK;
  term.last_press = *k;
  term.last_press_time = twice ? 0 : now;
}

/* "0;12;5M" of the SGR protocol. */
static orr_key read_mouse(void) {
  unsigned numbers[3] = {0}, i = 0;
  wint_t c = 0;
  for (unsigned length = 0; length < 20 && i < 3; length++) {
    c = next_of_sequence();
    if (c >= '0' && c <= '9') numbers[i] = numbers[i] * 10 + (unsigned)(c - '0');
    else if (c == ';') i++;
    else break;
  }
  unsigned b = numbers[0];
  orr_key k = {.kind = ORR_KEY_MOUSE, .x = (int)numbers[1] - 1, .y = (int)numbers[2] - 1, .shift = b & 4};
  if (c != 'M' && c != 'm') return (orr_key){0};
  if (b & 64) k.button = (b & 3) == 0 ? ORR_WHEEL_UP : (b & 3) == 1 ? ORR_WHEEL_DOWN : ORR_NO_BUTTON;
  else if ((b & 3) != 0) k.button = ORR_NO_BUTTON;
  else k.button = c == 'm' ? ORR_RELEASE : b & 32 ? ORR_DRAG : ORR_PRESS;
  if (k.button == ORR_PRESS) find_double(&k);
  return k.button ? k : (orr_key){0};
}

static orr_key of_code(wint_t code) {
  static const struct {
    int code;
    orr_key_kind kind;
  } codes[] = {
      {KEY_UP, ORR_KEY_UP},         {KEY_DOWN, ORR_KEY_DOWN},           {KEY_LEFT, ORR_KEY_LEFT},
      {KEY_RIGHT, ORR_KEY_RIGHT},   {KEY_HOME, ORR_KEY_HOME},           {KEY_END, ORR_KEY_END},
      {KEY_PPAGE, ORR_KEY_PAGE_UP}, {KEY_NPAGE, ORR_KEY_PAGE_DOWN},     {KEY_DC, ORR_KEY_DELETE},
      {KEY_ENTER, ORR_KEY_ENTER},   {KEY_BACKSPACE, ORR_KEY_BACKSPACE}, {KEY_BTAB, ORR_KEY_BACK_TAB}};
  int c = (int)code;
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i].code == c) return (orr_key){.kind = codes[i].kind};
  if (c >= KEY_F(1) && c <= KEY_F(12))
    return (orr_key){.kind = ORR_KEY_FUNCTION, .rune = (uint32_t)(c - KEY_F0)};
  if (c == KEY_OF_MOUSE) return read_mouse();
  if (c != KEY_OF_PASTE && c != KEY_OF_PASTE_END) return (orr_key){0};
  term.pasting = c == KEY_OF_PASTE;
  return (orr_key){.kind = ORR_KEY_PASTE, .rune = term.pasting};
}

static orr_key of_character(wint_t c) {
  if (term.pasting && (c == '\r' || c == '\n' || c == '\t')) c = ' ';
  if (c == '\r' || c == '\n') return (orr_key){.kind = ORR_KEY_ENTER};
  if (c == '\t') return (orr_key){.kind = ORR_KEY_TAB};
  if (c == 8 || c == 127) return (orr_key){.kind = ORR_KEY_BACKSPACE};
  if (c == 27) {
    wint_t next; /* Escape with a character right behind it is Alt, which is never bound */
    return wget_wch(term.keys, &next) == ERR ? (orr_key){.kind = ORR_KEY_ESCAPE} : (orr_key){0};
  }
  if (c >= 1 && c <= 26)
    return (orr_key){.kind = ORR_KEY_RUNE, .rune = 'a' + (uint32_t)c - 1, .control = true};
  if (c >= 28 && c <= 31)
    return (orr_key){.kind = ORR_KEY_RUNE, .rune = (uint32_t) "\\]^_"[c - 28], .control = true};
  bool sound = c >= 32 && (c < 127 || (c >= 160 && term.utf8));
  return sound ? (orr_key){.kind = ORR_KEY_RUNE, .rune = (uint32_t)c} : (orr_key){0};
}

static orr_key nothing_typed(void) {
  struct pollfd p = {.fd = term.setup.in, .events = POLLIN};
  int width = term.width, height = term.height;
  if (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)))
    return (orr_key){.kind = ORR_KEY_GONE};
  if (!read_size(&width, &height) || (width == term.width && height == term.height)) return (orr_key){0};
  term.width = width, term.height = height;
  resizeterm(height, width);
  orr_term_redraw();
  return (orr_key){.kind = ORR_KEY_RESIZE, .x = width, .y = height};
}

orr_key orr_term_key(void) {
  wint_t c;
  while (term.open) {
    int code = wget_wch(term.keys, &c);
    if (code == ERR) return nothing_typed();
    orr_key key = code == KEY_CODE_YES ? of_code(c) : of_character(c);
    if (key.kind) return key;
  }
  return (orr_key){0};
}
