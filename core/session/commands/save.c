/* o.save { table, "x.h5" }: a table, or the rows of a part, kept in the run's folder. */
#include <string.h>

#include "base/file.h"
#include "data/save.h"
#include "session/command.h"

static const orr_option args[] = {
    {.name = "table", .type = ORR_TAKES_OBJECT, .required = true, .help = "a table, or a part of a split"},
    {.name = "name",
     .type = ORR_TAKES_TEXT,
     .required = true,
     .help = "of the file in the run's tables/ folder: x.h5 (HDF5) or x.csv"},
};

/* A plain file name: a recipe writes into the run's folder and nowhere else. */
static orr_status check_name(const char *name, orr_error *e) {
  const char *dot = strrchr(name, '.');
  bool known = dot && dot != name && (orr_save_is_hdf5(name) || !strcmp(dot, ".csv"));
  if (known && !strchr(name, '/') && *name != '.' && strlen(name) < 200) return ORR_OK;
  return orr_fail(e, ORR_RECIPE, "'%.80s' is no plain file name that ends in .h5, .hdf5 or .csv", name);
}

/* Where its rows came from, for whoever finds the file later. */
static orr_status write(orr_session *s, const char *path, const orr_table *t, orr_hash key, orr_error *e) {
  char origin[ORR_HASH_TEXT], step[ORR_HASH_TEXT];
  const orr_hdf5_note notes[] = {{"program", "orrery " ORR_VERSION},
                                 {"source", t->source},
                                 {"origin_xxh3", orr_hash_to_text(t->origin, origin)},
                                 {"step_key", orr_hash_to_text(key, step)},
                                 {"derivations", t->derivations ? t->derivations : ""}};
  return orr_save(path, t, notes, sizeof notes / sizeof *notes, &s->work, e);
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_table *table, *part = NULL;
  orr_rows rows;
  orr_text path = {0};
  const char *name = orr_options_text(&call->args, "name");
  ORR_TRY(check_name(name, e));
  ORR_TRY(orr_call_rows(s, call, "table", &table, &rows, e));
  if (!s->config->folder) return ORR_OK;
  orr_status status = orr_table_take(table, rows.index, rows.n, &part, e);
  if (!status) status = orr_session_path(s, "tables", name, "", &path, e);
  if (!status && (!s->config->resumes || s->config->interactive) && orr_file_exists(orr_text_get(&path)))
    status = orr_fail(e, ORR_RECIPE, "this run has kept a table '%.80s' already", name);
  if (!status) status = orr_undo_keep_file(s, orr_text_get(&path), e);
  if (!status) status = write(s, orr_text_get(&path), part, call->key, e);
  orr_text_fini(&path);
  orr_table_unref(part);
  return status;
}

const orr_command orr_command_save = {
    .name = "save",
    .summary = "keep a table as HDF5 or CSV",
    .help = "Writes a table, or the rows of a part of a split, into the tables/ folder of the run: HDF5 (one "
            "compound dataset, /table, with units and provenance as attributes) for a name that ends in .h5, "
            "else CSV.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 2,
    .run = run,
};
