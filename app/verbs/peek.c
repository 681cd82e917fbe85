/* orrery peek: what is in this file. */
#include <langinfo.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/peek.h"
#include "app/peek_csv.h"
#include "app/speak.h"
#include "app/verb.h"
#include "data/load.h"

/* Cells of an HDF5 dataset that are looked at where --full does not ask for all. */
static const size_t most_cells = 4000000;

typedef struct looking {
  const orr_arguments *arguments;
  const orr_place *place;
  orr_arena arena;
  orr_locator where;
  orr_options given;
  orr_text name;
  int fd;
  orr_work work;
  orr_peek peek;
  orr_csv_reading csv;
  orr_hdf5_reading hdf5;
  orr_profile profile;
} looking;

static bool has(const looking *l, const char *flag) { return orr_arguments_has(l->arguments, flag); }

static void keep_warning(void *context, const char *line) {
  looking *l = context;
  char *kept = orr_strdup(line);
  if (l->peek.warnings.count == l->peek.warnings.capacity &&
      orr_vector_grow((void **)&l->peek.warnings.items, l->peek.warnings.count, &l->peek.warnings.capacity,
                      sizeof *l->peek.warnings.items, NULL)) {
    orr_free(kept);
    return;
  }
  if (kept) l->peek.warnings.items[l->peek.warnings.count++] = kept;
}

/* ---- the source ---- */

static orr_status read_options(looking *l, orr_error *e) {
  orr_words words = {0};
  orr_value dict = {.kind = ORR_DICT};
  orr_status status = orr_arguments_all(l->arguments, "load", &words, e);
  for (size_t i = 0; i < words.count && !status; i++)
    status = orr_load_parse(words.items[i], &l->arena, &dict, e);
  orr_free(words.items);
  return status ? status : orr_load_options(&dict, &l->arena, &l->given, e);
}

static orr_status open_source(looking *l, orr_error *e) {
  struct stat s;
  ORR_TRY(orr_load_open(l->peek.src, &l->arena, &l->where, &l->fd, e));
  orr_load_name(&l->where, &l->name);
  l->peek.name = orr_text_get(&l->name);
  if (!fstat(l->fd, &s) && S_ISREG(s.st_mode)) l->peek.bytes = (uint64_t)s.st_size;
  return orr_text_check(&l->name, e);
}

/* ---- reading ---- */

/* A link that is not followed may be why. */
static orr_status no_dataset(const looking *l, orr_error *e) {
  const char *note = NULL;
  for (const orr_json *j = orr_json_first(orr_json_get(l->hdf5.facts, "tree")); j && !note;
       j = orr_json_next(j))
    note = orr_json_text_of(j, "note", NULL);
  if (!note) return orr_fail(e, ORR_DATA, "%.200s: there is no dataset in it", l->peek.name);
  return orr_fail(e, ORR_DATA, "%.200s: there is no dataset in it: %.300s", l->peek.name, note);
}

/* A container of which not one dataset can be read holds nothing to look at. */
static orr_status check_readable(const looking *l, orr_error *e) {
  const char *why = NULL;
  size_t n = 0;
  for (const orr_json *j = orr_json_first(orr_json_get(l->hdf5.facts, "datasets")); j;
       j = orr_json_next(j), n++) {
    why = orr_json_text_of(j, "error", NULL);
    if (!why) return ORR_OK;
  }
  if (l->hdf5.table) return ORR_OK;
  if (!n) return no_dataset(l, e);
  return orr_fail(e, ORR_DATA, "%.200s: none of its datasets can be read: %.300s", l->peek.name, why);
}

static orr_status read_hdf5(looking *l, bool tree, size_t most, orr_error *e) {
  orr_hdf5_request request = {
      .inside = l->where.inside, .given = &l->given, .tree = tree, .table = true, .most = most};
  orr_work silent = l->work; /* what it would tell stands in the facts too */
  if (tree) silent.log = NULL;
  ORR_TRY(orr_hdf5_read(l->place->program, l->fd, l->peek.name, &request, &silent, &l->hdf5, e));
  l->peek.facts = l->hdf5.facts;
  l->peek.table = l->hdf5.table;
  l->peek.rows_of = l->hdf5.rows_of;
  return tree ? check_readable(l, e) : ORR_OK;
}

static orr_status read_csv(looking *l, orr_error *e) {
  ORR_TRY(orr_csv_read_lenient(l->fd, l->peek.name, &l->given, &l->work, &l->csv, e));
  l->peek.csv = &l->csv;
  l->peek.table = l->csv.table;
  l->peek.rows_of = l->csv.table->rows;
  return ORR_OK;
}

static orr_status read_source(looking *l, bool is_hdf5, orr_error *e) {
  l->work.log = keep_warning;
  if (is_hdf5) ORR_TRY(read_hdf5(l, true, has(l, "full") ? 0 : most_cells, e));
  else ORR_TRY(read_csv(l, e));
  if (!l->peek.table) return ORR_OK;
  ORR_TRY(orr_profile_make(l->peek.table, orr_arguments_get(l->arguments, "target"), &l->work, &l->arena,
                           &l->profile, e));
  l->peek.profile = &l->profile;
  return ORR_OK;
}

/* ---- saying it ---- */

static void say_warning(void *context, const char *line) {
  (void)context;
  orr_say_line(line);
}

static orr_status print_csv(looking *l, bool is_hdf5, orr_error *e) {
  l->work.log = say_warning;
  if (!is_hdf5) return orr_peek_csv_file(l->fd, l->peek.name, &l->given, &l->work, e);
  ORR_TRY(read_hdf5(l, false, 0, e));
  if (l->peek.table) return orr_peek_csv_table(l->peek.table, &l->work, e);
  return orr_fail(e, ORR_USAGE, "%.200s: no one table stands out; `orrery peek` lists what can be named",
                  l->peek.name);
}

static orr_status print_page(looking *l, orr_error *e) {
  enum { NARROWEST = 60, WIDEST = 120 };
  size_t columns = l->place->columns;
  orr_ink ink = {.columns = columns < NARROWEST ? NARROWEST
                            : columns > WIDEST  ? WIDEST
                                                : columns,
                 .colour = isatty(STDOUT_FILENO) && !l->place->plain,
                 .utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8")};
  orr_status status = orr_peek_page(&l->peek, &ink, e);
  if (!status) status = orr_print(orr_text_get(&ink.page), e);
  orr_ink_fini(&ink);
  return status;
}

static orr_status print_json(looking *l, orr_error *e) {
  orr_text text = {0};
  orr_status status = orr_peek_to_json(&l->peek, &text, e);
  if (!status) status = orr_print(orr_text_get(&text), e);
  orr_text_fini(&text);
  return status;
}

static orr_status look(looking *l, orr_error *e) {
  if (has(l, "json") && has(l, "csv")) return orr_fail(e, ORR_USAGE, "--json and --csv: choose one of them");
  ORR_TRY(read_options(l, e));
  ORR_TRY(open_source(l, e));
  bool is_hdf5;
  ORR_TRY(orr_load_kind(l->fd, &l->where, &l->given, &is_hdf5, e));
  if (has(l, "csv")) return print_csv(l, is_hdf5, e);
  ORR_TRY(read_source(l, is_hdf5, e));
  return has(l, "json") ? print_json(l, e) : print_page(l, e);
}

static void looking_fini(looking *l) {
  for (size_t i = 0; i < l->peek.warnings.count; i++) orr_free(l->peek.warnings.items[i]);
  orr_free(l->peek.warnings.items);
  orr_csv_reading_fini(&l->csv);
  orr_hdf5_reading_fini(&l->hdf5);
  if (l->fd > STDIN_FILENO) close(l->fd);
  orr_text_fini(&l->name);
  orr_arena_fini(&l->arena);
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  looking l = {.arguments = a, .place = place, .fd = -1, .peek.src = a->words.items[0]};
  uint64_t threads = place->threads;
  orr_pool *pool = NULL;
  ORR_TRY(orr_arguments_count(a, "threads", 1, 1024, &threads, e));
  ORR_TRY(orr_pool_new((unsigned)threads, &pool, e));
  l.work = (orr_work){.pool = pool, .context = &l};
  orr_status status = look(&l, e);
  looking_fini(&l);
  orr_pool_free(pool);
  return status;
}

static const orr_flag flags[] = {
    {"json", NULL, "one JSON object", false},
    {"csv", NULL, "the table as understood, every cell as text", false},
    {"full", NULL, "look at every row of a large HDF5 dataset, not at a sample", false},
    {"target", "COLUMN", "the column to predict, where the guess is wrong", false},
    {"load", "KEY=VALUE",
     "how it is read, by hand: delimiter, quote, escape, comment, skip, header, units, row_names,\n"
     "                         decimal, thousands, encoding, missing, trim; flatten of HDF5",
     true},
    {"threads", "N", "default: the CPUs this process may use; never changes the numbers", false},
};

const orr_verb orr_verb_peek = {
    .name = "peek",
    .usage = "orrery peek SRC [--json | --csv] [--full] [--target COLUMN] [--load KEY=VALUE]...",
    .summary =
        "What is in this file (CSV, or HDF5 as file.h5:/group/dataset): columns, figures, guessed roles.",
    .flags = flags,
    .n_flags = sizeof flags / sizeof *flags,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
