/* The workbench's speed, measured from outside: the program of this build runs
 * on a pseudo terminal and is given keys. What it has painted is known by words
 * it can only have sent for that: columns are named so that no two share a
 * letter, for only cells that change are sent.
 *
 * Beside the times on the wall stand CPU times, which a busy machine distorts less.
 */
#include "tests/bench/tui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "tests/bench/terminal.h"

enum { FEATURES = 28, ROWS = 100000, LARGE_ROWS = 12000, STARTS = 15, SWEEPS = 12, KEYS = SWEEPS * 26 };
enum { WIDE = 120, HIGH = 40, EPOCHS = 24, TURNS = 5, BATCH = 512 };
#define LARGE    1e9 /* bytes */
#define PATIENCE 30.0

static char folder[64], program[4096], home[80], state[96];
static const char *const environment[] = {
    "TERM=xterm-256color", "LC_ALL=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", home, state, NULL};

static void print(const char *name, double value, const char *unit) {
  printf("tui_%s\t%.4g\t%s\n", name, value, unit);
  fflush(stdout);
}

/* A row that could not be measured says why. */
static void print_why(const char *name, const char *why) {
  printf("tui_%s\t-\t%s\n", name, why);
  fflush(stdout);
}

static void fail(const char *what) {
  fprintf(stderr, "orrery-bench: tui: %s\n", what);
  orr_file_remove_tree(folder);
  exit(7);
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(double *values, size_t n, double share) {
  qsort(values, n, sizeof *values, by_size);
  size_t at = (size_t)(share * (double)n);
  return values[at < n ? at : n - 1];
}

/* ---- what it works on ---- */

/* Column k is five times one letter; 28 of them. */
static void column_name(int k, char out[6]) {
  memset(out, k < 26 ? 'a' + k : 'A' + k - 26, 5);
  out[5] = 0;
}

static void add_header(orr_text *t) {
  for (int k = 0; k < FEATURES; k++) {
    char name[6];
    column_name(k, name);
    orr_text_printf(t, "%s,", name);
  }
  orr_text_add(t, "y\n");
}

static void add_rows(orr_text *t, size_t rows, orr_random *r) {
  for (size_t i = 0; i < rows; i++) {
    double product = 1;
    for (int k = 0; k < FEATURES; k++) {
      double x = orr_random_normal(r);
      if (k < 2) product *= x;
      orr_text_printf(t, "%.4f,", x);
    }
    orr_text_printf(t, "%d\n", product > 0);
  }
}

static void write_file(const char *name, const orr_text *t) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (t->failed || orr_file_write(path, orr_text_get(t), t->length, NULL)) fail("cannot write a table");
}

static void write_table(const char *name, size_t rows) {
  orr_text t = {0};
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  add_header(&t);
  add_rows(&t, rows, &r);
  write_file(name, &t);
  orr_text_fini(&t);
}

/* The same rows again and again. */
static bool write_large(const char *name) {
  char path[160];
  orr_text t = {0};
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "w");
  bool sound = f != NULL;
  add_header(&t);
  size_t head = t.length;
  add_rows(&t, LARGE_ROWS, &r);
  if (sound) sound = fwrite(t.data, 1, head, f) == head;
  for (double done = 0; sound && done < LARGE; done += (double)(t.length - head))
    sound = fwrite(t.data + head, 1, t.length - head, f) == t.length - head;
  if (f && fclose(f)) sound = false;
  orr_text_fini(&t);
  return sound;
}

/* mlp_512: 28-128-128-128-1, batches of 512. */
static void write_recipe(const char *name, int epochs) {
  orr_text t = {0};
  orr_text_printf(&t,
                  "return {\n  title = \"Training\", question = \"How fast?\", params = {},\n"
                  "  run = function(o)\n"
                  "    local parts = o.split { o.data(), validation = 0.01, test = 0.01 }\n"
                  "    o.fit { \"mlp\", parts, target = \"y\", hidden = \"128,128,128\", batch_size = %d,\n"
                  "            epochs = %d, patience = 0, idle_validation = \"hold\" }\n  end,\n}\n",
                  BATCH, epochs);
  write_file(name, &t);
  orr_text_fini(&t);
}

/* A home of its own, in which the workbench has greeted before. */
static void set_up(void) {
  char path[160];
  ssize_t n = readlink("/proc/self/exe", program, sizeof program - 16);
  snprintf(folder, sizeof folder, "/tmp/orrery-bench-XXXXXX");
  if (n <= 0 || !mkdtemp(folder)) fail("cannot make a folder");
  program[n] = 0;
  char *name = strrchr(program, '/');
  memcpy(name + 1, "orrery", sizeof "orrery");
  snprintf(home, sizeof home, "HOME=%s", folder);
  snprintf(state, sizeof state, "XDG_STATE_HOME=%s/state", folder);
  snprintf(path, sizeof path, "%s/state/orrery", folder);
  orr_file_make_folders(path, NULL);
  snprintf(path, sizeof path, "%s/state/orrery/workbench", folder);
  orr_file_write(path, "", 0, NULL);
  if (access(program, X_OK)) fail("there is no orrery beside orrery-bench");
}

static void start(terminal *t, const char *source, const char *recipe, const char *out) {
  const char *argv[8] = {program, source, "--out", out};
  if (recipe) argv[4] = "--recipe", argv[5] = recipe;
  if (!terminal_start(t, argv, environment, folder, WIDE, HIGH)) fail("there is no pseudo terminal");
}

/* ---- the first paint ---- */

/* From exec to the header on the terminal, and the main thread's CPU time until then. */
static double first_paint(const char *source, double *cpu) {
  terminal t;
  start(&t, source, NULL, "first");
  if (!terminal_wait(&t, "Data", PATIENCE)) fail("it paints nothing");
  double seconds = terminal_now() - t.started;
  *cpu = cpu_of_main_thread(t.child);
  terminal_end(&t, NULL);
  return seconds;
}

static void paint(const char *name, const char *source) {
  double times[STARTS], cpu[STARTS];
  char row[64];
  for (int i = 0; i < STARTS; i++) times[i] = first_paint(source, &cpu[i]);
  snprintf(row, sizeof row, "first_paint_%s", name);
  print(row, 1e3 * quantile(times, STARTS, 0.5), "ms");
  snprintf(row, sizeof row, "first_paint_%s_cpu", name);
  print(row, 1e3 * quantile(cpu, STARTS, 0.5), "ms");
}

static void paint_large(void) {
  struct statvfs disk;
  if (statvfs(folder, &disk) || (double)disk.f_bavail * (double)disk.f_frsize < 3e9) {
    print_why("first_paint_large", "less than 3 GB of disk are free");
    return;
  }
  if (!write_large("large.csv")) fail("cannot write a table of 1 GB");
  paint("large", "large.csv");
  terminal t;
  start(&t, "large.csv", NULL, "first");
  if (terminal_wait(&t, "aaaaa", 4 * PATIENCE)) print("table_large", terminal_now() - t.started, "s");
  terminal_end(&t, NULL);
  char path[160];
  snprintf(path, sizeof path, "%s/large.csv", folder);
  unlink(path);
}

/* ---- keys ---- */

/* The recipe runs, in its room. */
static void begin_training(terminal *t, const char *recipe, const char *out) {
  start(t, "table.csv", recipe, out);
  if (!terminal_wait(t, "100,000 rows", PATIENCE)) fail("it does not read the table");
  for (int i = 0; i < 100; i++) { /* it is refused as long as the reading is not quite over */
    terminal_send(t, "\022");
    if (terminal_wait(t, "Training begins", 0.3)) return;
  }
  fail("it does not train");
}

static double press(terminal *t, const char *key, const char *answer) {
  double began = terminal_now();
  terminal_send(t, key);
  if (!terminal_wait(t, answer, PATIENCE)) {
    fprintf(stderr, "orrery-bench: tui: '%s' does not come after '%s'\n", answer, key);
    exit(7);
  }
  return terminal_now() - began;
}

/* At times that keep no step with anything, a person's at speed. */
static void rest(terminal *t, orr_random *r) { terminal_listen(t, 0.03 + 0.05 * orr_random_uniform(r)); }

/* Down the columns: each step draws the row, its pane and asks for its plot. */
static void keys_of_data(terminal *t, orr_random *r, double *times) {
  char name[6];
  for (int sweep = 0, n = 0; sweep < SWEEPS; sweep++) {
    terminal_send(t, "g");
    terminal_listen(t, 0.3);
    for (int k = 1; k <= 26; k++, rest(t, r)) {
      column_name(k, name);
      times[n++] = press(t, "j", name);
    }
  }
}

/* Through the panes beside the live plot. */
static void keys_of_watch(terminal *t, orr_random *r, double *times) {
  static const char *const title[] = {"Figures", "Log", "s.fit1"};
  for (int n = 0; n < KEYS; n++, rest(t, r)) times[n] = press(t, "\t", title[n % 3]);
}

static void print_times(const char *name, double *times) {
  char row[64];
  snprintf(row, sizeof row, "%s_p50", name);
  print(row, 1e3 * quantile(times, KEYS, 0.5), "ms");
  snprintf(row, sizeof row, "%s_p99", name);
  print(row, 1e3 * quantile(times, KEYS, 0.99), "ms");
}

static void keys(void) {
  terminal t;
  double times[KEYS];
  orr_random r = orr_random_stream(2, 0, ORR_FOR_TEST);
  begin_training(&t, "long.lua", "keys");
  press(&t, "1", "aaaaa");
  terminal_listen(&t, 2);
  double before = cpu_of_main_thread(t.child);
  keys_of_data(&t, &r, times);
  print_times("key", times);
  print("key_cpu", 1e3 * (cpu_of_main_thread(t.child) - before) / KEYS, "ms");
  press(&t, "3", "Figures");
  terminal_listen(&t, 2);
  keys_of_watch(&t, &r, times);
  print_times("key_watch", times);
  terminal_end(&t, NULL);
}

/* ---- bytes and idling ---- */

/* The curve of the batches, which has a new point for every frame. */
static void watch_batches(terminal *t) {
  press(t, "1", "aaaaa");
  press(t, "3", "gradient_norm");
  for (int i = 0; i < 8; i++) {
    terminal_send(t, "]");
    terminal_listen(t, 0.4);
    if (memmem(t->heard.data, t->heard.length, "batch", 5)) return;
  }
  fprintf(stderr, "orrery-bench: tui: there is no curve of batches\n");
}

static void bytes(void) {
  enum { SECONDS = 10 };
  terminal t;
  begin_training(&t, "long.lua", "bytes");
  watch_batches(&t);
  size_t before = t.bytes;
  double main = cpu_of_main_thread(t.child), plots = cpu_of_children(t.child);
  terminal_listen(&t, SECONDS);
  print("bytes_per_second", (double)(t.bytes - before) * 1e-3 / SECONDS, "kB/s");
  print("watch_cpu_main", 100 * (cpu_of_main_thread(t.child) - main) / SECONDS, "%");
  print("watch_cpu_gnuplot", 100 * (cpu_of_children(t.child) - plots) / SECONDS, "%");
  terminal_end(&t, NULL);
}

static void idle(void) {
  enum { SECONDS = 5 };
  terminal t;
  start(&t, "table.csv", NULL, "idle");
  if (!terminal_wait(&t, "aaaaa", PATIENCE)) fail("it does not read the table");
  terminal_listen(&t, 3);
  double before = cpu_of_process(t.child) + cpu_of_children(t.child);
  size_t came = t.bytes;
  terminal_listen(&t, SECONDS);
  print("idle_cpu", 100 * (cpu_of_process(t.child) + cpu_of_children(t.child) - before) / SECONDS, "%");
  print("idle_bytes", (double)(t.bytes - came) / SECONDS, "B/s");
  terminal_end(&t, NULL);
}

/* ---- training under the open screen ---- */

/* Rows a second from the end of the first epoch to that of the last, as the run's record has it. */
static double rate_of(const char *run) {
  char path[160], *line = NULL;
  size_t room = 0, steps[2] = {0};
  double seconds[2] = {0};
  snprintf(path, sizeof path, "%s/%s/events.jsonl", folder, run);
  FILE *f = fopen(path, "r");
  if (!f) fail("a run left no record");
  while (getline(&line, &room, f) > 0) {
    char *step = strstr(line, "\"step\":"), *time = strstr(line, "\"seconds_left\"");
    if (!step || !time) continue;
    while (strncmp(time, "\"seconds\":", 10)) time--;
    int at = steps[0] ? 1 : 0;
    steps[at] = strtoul(step + 7, NULL, 10);
    seconds[at] = strtod(time + 10, NULL);
  }
  free(line);
  fclose(f);
  return seconds[1] > seconds[0] ? BATCH * (double)(steps[1] - steps[0]) / (seconds[1] - seconds[0]) : 0;
}

static void remove_run(const char *run) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", folder, run);
  orr_file_remove_tree(path);
}

static double train_alone(double *cpu) {
  const char *argv[] = {program, "run", "./short.lua", "--data", "table.csv", "--out", "alone", NULL};
  terminal t;
  if (!terminal_start(&t, argv, environment, folder, WIDE, HIGH)) fail("there is no pseudo terminal");
  terminal_wait(&t, "Again", 4 * PATIENCE);
  *cpu = terminal_end(&t, "");
  double rate = rate_of("alone");
  remove_run("alone");
  return rate;
}

/* Share: of the CPU time of main thread and gnuplot in that of the training. */
static double train_watched(double *share) {
  terminal t;
  begin_training(&t, "short.lua", "watched");
  watch_batches(&t);
  double ours = cpu_of_main_thread(t.child) + cpu_of_children(t.child), all = cpu_of_process(t.child);
  double main = cpu_of_main_thread(t.child);
  if (!terminal_wait(&t, "all epochs done", 4 * PATIENCE)) fail("the training does not end");
  double now = cpu_of_main_thread(t.child);
  ours = now + cpu_of_children(t.child) - ours;
  *share = ours / (cpu_of_process(t.child) - all - (now - main));
  terminal_listen(&t, 0.5);
  terminal_end(&t, "q");
  double rate = rate_of("watched");
  remove_run("watched");
  return rate;
}

static void slowdown(void) {
  double alone[TURNS], watched[TURNS], cpu[TURNS], share[TURNS];
  for (int i = 0; i < TURNS; i++) {
    alone[i] = train_alone(&cpu[i]);
    watched[i] = train_watched(&share[i]);
  }
  double bare = quantile(alone, TURNS, 0.5), seen = quantile(watched, TURNS, 0.5);
  print("training_alone", bare, "rows/s");
  print("training_watched", seen, "rows/s");
  print("training_slowdown", 100 * (1 - seen / bare), "%");
  print("training_share", 100 * quantile(share, TURNS, 0.5), "% of its CPU time");
}

static void paints(void) {
  paint("small", "small.csv");
  paint_large();
}

static const struct {
  const char *name;
  void (*run)(void);
} parts[] = {{"paint", paints}, {"keys", keys}, {"bytes", bytes}, {"idle", idle}, {"training", slowdown}};
enum { PARTS = sizeof parts / sizeof *parts };

bool bench_tui_is_part(const char *word) {
  for (size_t i = 0; word && i < PARTS; i++)
    if (!strcmp(parts[i].name, word)) return true;
  return false;
}

void bench_tui(const char *part) {
  set_up();
  write_table("small.csv", 10);
  write_table("table.csv", ROWS);
  write_recipe("short.lua", EPOCHS);
  write_recipe("long.lua", 4000);
  for (size_t i = 0; i < PARTS; i++)
    if (!part || !strcmp(parts[i].name, part)) parts[i].run();
  orr_file_remove_tree(folder);
}
