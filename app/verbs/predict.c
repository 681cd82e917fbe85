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
#include "data/derive.h"
#include "data/load.h"
#include "data/save.h"
#include "session/predictions.h"

/* The rows to predict, and how they were read; the table may have grown derived columns since. */
typedef struct rows_in {
  orr_loaded loaded;
  orr_table *table;
} rows_in;

static bool same_file(const char *a, const char *b) {
  struct stat x, y;
  return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Neither the input nor anything of the run is written over. */
static orr_status check_out(const orr_arguments *a, const char *run, orr_error *e) {
  char real[PATH_MAX], folder[PATH_MAX];
  orr_arena arena = {0};
  orr_locator where;
  const char *out = orr_arguments_get(a, "out");
  if (!out || !strcmp(out, "-")) return ORR_OK;
  orr_status status = orr_locator_parse(orr_arguments_get(a, "data"), &arena, &where, e);
  if (!status && same_file(out, where.file))
    status = orr_fail(e, ORR_USAGE, "--out '%.200s' is the input itself; name another file", out);
  orr_arena_fini(&arena);
  if (status || !realpath(run, folder) || !realpath(out, real)) return status;
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
    status = check_out(a, past.folder, e);
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

static orr_status how_to_read(const orr_arguments *a, orr_arena *arena, orr_options *given, orr_error *e) {
  orr_words words = {0};
  orr_value dict = {.kind = ORR_DICT};
  orr_status status = orr_arguments_all(a, "load", &words, e);
  for (size_t i = 0; i < words.count && !status; i++)
    status = orr_load_parse(words.items[i], arena, &dict, e);
  orr_free(words.items);
  return status ? status : orr_load_options(&dict, arena, given, e);
}

static orr_status read_table(const orr_arguments *a, const orr_place *place, const orr_work *work,
                             orr_arena *arena, rows_in *in, orr_error *e) {
  int fd;
  orr_options given;
  orr_locator where;
  ORR_TRY(how_to_read(a, arena, &given, e));
  ORR_TRY(orr_load_open(orr_arguments_get(a, "data"), arena, &where, &fd, e));
  orr_status status = orr_load(fd, &where, place->program, &given, work, &in->loaded, e);
  if (fd != STDIN_FILENO) close(fd);
  if (status) return status;
  in->table = in->loaded.table;
  in->loaded.table = NULL;
  return ORR_OK;
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
                          orr_table **out, size_t *unseen, orr_error *e) {
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
  if (!status) status = orr_predictions_make(&p, work, out, unseen, e);
  orr_arena_fini(&arena);
  return status;
}

static orr_status show(const orr_table *said, const orr_work *work, orr_error *e) {
  orr_text text = {0};
  orr_status status = orr_save_print_csv(said, work, &text, e);
  if (!status && isatty(STDOUT_FILENO)) status = orr_say_page(orr_text_get(&text), e);
  else if (!status) status = orr_print(orr_text_get(&text), e);
  orr_text_fini(&text);
  return status;
}

/* An HDF5 file says itself which model spoke about which rows. */
static orr_status save(const char *path, const orr_arguments *a, const rows_in *in, const orr_table *said,
                       const orr_work *work, orr_error *e) {
  char hash[ORR_HASH_TEXT];
  const char *model = orr_arguments_get(a, "model");
  const orr_hdf5_note notes[] = {{"program", "orrery " ORR_VERSION},
                                 {"run", a->words.items[0]},
                                 {"model", model ? model : "the run's main model"},
                                 {"data", orr_arguments_get(a, "data")},
                                 {"data_content_xxh3", orr_hash_to_text(in->loaded.content, hash)}};
  return orr_save(path, said, notes, sizeof notes / sizeof *notes, work, e);
}

static orr_status write_out(const orr_arguments *a, const rows_in *in, const orr_table *said, size_t unseen,
                            const orr_work *work, orr_error *e) {
  const char *path = orr_arguments_get(a, "out");
  if (!path || !strcmp(path, "-")) ORR_TRY(show(said, work, e));
  else ORR_TRY(save(path, a, in, said, work, e));
  char count[32];
  fprintf(stderr, "%s rows predicted\n", orr_text_count(count, said->rows));
  if (unseen)
    fprintf(stderr, "%s cells hold a category that training never saw; they count as missing\n",
            orr_text_count(count, unseen));
  return ORR_OK;
}

static void on_log(void *context, const char *line) {
  (void)context;
  orr_say_line(line);
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  orr_kept model = {0};
  rows_in in = {0};
  orr_table *said = NULL;
  orr_pool *pool = NULL;
  orr_arena arena = {0};
  size_t unseen = 0;
  uint64_t threads = place->threads;
  if (!orr_arguments_get(a, "data")) return orr_fail(e, ORR_USAGE, "--data is needed: the rows to predict");
  ORR_TRY(orr_arguments_count(a, "threads", 1, 1024, &threads, e));
  orr_status status = orr_pool_new((unsigned)threads, &pool, e);
  orr_work work = {.pool = pool, .log = on_log};
  if (!status) status = open_model(a, place, &model, e);
  if (!status) status = read_table(a, place, &work, &arena, &in, e);
  if (!status) status = derive(&model, &in.table, &work, e);
  if (!status) status = predict(a, &model, in.table, &work, &said, &unseen, e);
  if (!status) status = write_out(a, &in, said, unseen, &work, e);
  orr_table_unref(said);
  orr_table_unref(in.table);
  orr_loaded_fini(&in.loaded);
  orr_kept_fini(&model);
  orr_pool_free(pool);
  orr_arena_fini(&arena);
  return status;
}

static const orr_flag flags[] = {
    {"data", "SRC", "a CSV file, file.h5:/group/dataset, or - for CSV on standard input", false},
    {"load", "KEY=VALUE", "how it is read, by hand: delimiter=; header=2 (see peek --help)", true},
    {"out", "FILE",
     "where to write: CSV, or HDF5 for a name that ends in .h5 (default: CSV on standard output)", false},
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
