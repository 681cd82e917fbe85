/* orrery predict: a kept model applied to new rows. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/past_run.h"
#include "app/speak.h"
#include "app/verb.h"
#include "base/file.h"
#include "data/csv.h"
#include "data/derive.h"
#include "session/predictions.h"

static bool same_file(const char *a, const char *b) {
  struct stat x, y;
  return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Neither the input nor anything of the run is written over. */
static orr_status check_out(const char *out, const char *source, const char *run, orr_error *e) {
  char real[PATH_MAX], folder[PATH_MAX];
  if (!out || !strcmp(out, "-")) return ORR_OK;
  if (same_file(out, source))
    return orr_fail(e, ORR_USAGE, "--out '%.200s' is the input itself; name another file", out);
  if (!realpath(run, folder) || !realpath(out, real)) return ORR_OK;
  size_t n = strlen(folder);
  if (strncmp(real, folder, n) || real[n] != '/') return ORR_OK;
  return orr_fail(e, ORR_USAGE, "--out '%.200s' is part of the run's record; name another file", out);
}

static orr_status open_model(const orr_arguments *a, const orr_place *place, orr_kept *m, orr_error *e) {
  orr_past past;
  orr_text path = {0};
  orr_status status = orr_past_open(&past, a->words.items[0], place, e);
  const char *name = orr_arguments_get(a, "model");
  if (!status && !name) name = orr_json_text_of(past.run, "model", NULL);
  if (!status && (!name || strchr(name, '/')))
    status = orr_fail(e, ORR_DATA, "the run '%s' kept no model", a->words.items[0]);
  if (!status) {
    orr_text_printf(&path, "%s/models/%s.orrery", past.folder, name);
    status = check_out(orr_arguments_get(a, "out"), orr_arguments_get(a, "data"), past.folder, e);
  }
  if (!status) {
    if (orr_file_exists(orr_text_get(&path))) status = orr_kept_read(m, orr_text_get(&path), e);
    else
      status =
          orr_fail(e, ORR_USAGE, "the run '%.200s' kept no model '%.60s'; they are in its models/ folder",
                   past.folder, name);
  }
  orr_text_fini(&path);
  orr_past_fini(&past);
  return status;
}

static orr_status read_table(const char *source, orr_table **table, const orr_work *work, orr_error *e) {
  int fd = STDIN_FILENO;
  orr_hash content;
  bool is_file = strcmp(source, "-") != 0;
  if (is_file) ORR_TRY(orr_file_open(source, &fd, e));
  orr_status status =
      orr_csv_read(fd, is_file ? orr_file_name(source) : "standard input", work, table, &content, e);
  if (is_file) close(fd);
  return status;
}

/* The columns that training had derived, and the file has not. */
static orr_status derive(const orr_kept *m, orr_table **table, const orr_work *work, orr_error *e) {
  orr_arena arena = {0};
  orr_table *wider;
  orr_status status = orr_derive_again(*table, m->derivations, work, &arena, &wider, e);
  orr_arena_fini(&arena);
  if (status) return status;
  orr_table_unref(*table);
  *table = wider;
  return ORR_OK;
}

static orr_status predict(const orr_arguments *a, const orr_kept *m, const orr_table *t, const orr_work *work,
                          orr_text *out, size_t *unseen, orr_error *e) {
  orr_arena arena = {0};
  size_t *rows = NULL;
  orr_predictions_spec p = {.model = m, .table = t, .n = t->rows};
  orr_value keep = {.kind = ORR_NIL};
  static const orr_option row = {.name = "keep", .type = ORR_TAKES_TEXTS};
  const char *text = orr_arguments_get(a, "keep");
  orr_status status = orr_arena_take(&arena, t->rows, sizeof *rows, (void **)&rows, e);
  for (size_t i = 0; rows && i < t->rows; i++) rows[i] = i;
  p.rows = rows;
  if (!status && text) status = orr_option_parse(&row, text, &arena, &keep, e);
  size_t *columns = NULL;
  if (!status) status = orr_predictions_keep(t, &keep, &arena, &columns, &p.n_keep, e);
  p.keep = columns;
  if (!status) status = orr_predictions_print(&p, work, out, unseen, e);
  orr_arena_fini(&arena);
  return status;
}

static orr_status write_out(const char *path, const orr_text *text, const orr_table *t, size_t unseen,
                            orr_error *e) {
  bool shown = !path || !strcmp(path, "-");
  if (shown && isatty(STDOUT_FILENO)) ORR_TRY(orr_say_page(orr_text_get(text), e));
  else if (shown) ORR_TRY(orr_print(orr_text_get(text), e));
  else ORR_TRY(orr_file_write(path, text->data, text->length, e));
  char count[32];
  fprintf(stderr, "%s rows predicted\n", orr_text_count(count, t->rows));
  if (unseen)
    fprintf(stderr, "%s cells hold a category that training never saw; they count as missing\n",
            orr_text_count(count, unseen));
  return ORR_OK;
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  orr_kept model = {0};
  orr_table *table = NULL;
  orr_pool *pool = NULL;
  orr_text text = {0};
  size_t unseen = 0;
  uint64_t threads = place->threads;
  const char *source = orr_arguments_get(a, "data");
  if (!source) return orr_fail(e, ORR_USAGE, "--data is needed: the rows to predict");
  ORR_TRY(orr_arguments_count(a, "threads", 1, 1024, &threads, e));
  orr_status status = orr_pool_new((unsigned)threads, &pool, e);
  orr_work work = {.pool = pool};
  if (!status) status = open_model(a, place, &model, e);
  if (!status) status = read_table(source, &table, &work, e);
  if (!status) status = derive(&model, &table, &work, e);
  if (!status) status = predict(a, &model, table, &work, &text, &unseen, e);
  if (!status) status = write_out(orr_arguments_get(a, "out"), &text, table, unseen, e);
  orr_text_fini(&text);
  orr_table_unref(table);
  orr_kept_fini(&model);
  orr_pool_free(pool);
  return status;
}

static const orr_flag flags[] = {
    {"data", "SRC", "a CSV file, or - for standard input", false},
    {"out", "FILE", "where to write (default: standard output)", false},
    {"model", "NAME", "another of the run's models, such as baseline", false},
    {"keep", "COLUMNS", "columns carried into the file: a,b", false},
    {"threads", "N", "default: the CPUs this process may use", false},
};

const orr_verb orr_verb_predict = {
    .name = "predict",
    .usage = "orrery predict RUN --data SRC [--out FILE]",
    .summary = "Applies a run's kept model to new rows.",
    .flags = flags,
    .n_flags = sizeof flags / sizeof *flags,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
