/* Inputs; see input.h. */
#include "session/input.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/expression.h"
#include "data/load.h"
#include "session/journal.h"

void orr_input_fini(orr_input *in) {
  orr_free(in->name);
  orr_free(in->path);
  orr_free(in->options);
  orr_free(in->how);
}

static orr_status push(orr_session *s, const orr_input *in, orr_error *e) {
  if (!in->name || !in->path) return orr_fail_memory(e, "a name", 0);
  ORR_PUSH(&s->inputs, *in, e);
  return ORR_OK;
}

/* Whoever goes on with a session that died may read the file again. */
static void annotate(orr_session *s, const orr_input *in) {
  orr_text line = {0};
  orr_journal_add_file(in, &line);
  if (line.length && !line.failed) {
    line.data[line.length - 1] = 0; /* its newline */
    orr_journal_annotate(s, line.data);
  }
  orr_text_fini(&line);
}

/* The session owns what `in` holds from here on, also when it fails. */
static orr_status remember(orr_session *s, orr_input *in, orr_error *e) {
  orr_status status = push(s, in, e);
  if (status) orr_input_fini(in);
  else if (in->is_file && s->config->interactive) annotate(s, in);
  return status;
}

orr_status orr_input_add_list(orr_session *s, const char *path, orr_hash content, size_t rows, orr_error *e) {
  orr_input in = {.name = orr_strdup("test_rows"),
                  .path = orr_strdup(path),
                  .content = content,
                  .rows = rows,
                  .columns = 1,
                  .is_file = true,
                  .is_list = true};
  return remember(s, &in, e);
}

static orr_status print_options(const orr_value *options, char **out, orr_error *e) {
  orr_text text = {0};
  orr_json *j = orr_value_to_json(options);
  orr_status status = options->count ? orr_json_print(j, false, &text, e) : ORR_OK;
  orr_json_free(j);
  *out = text.data;
  return status;
}

static orr_status remember_table(orr_session *s, const orr_source *source, bool is_file, const orr_loaded *l,
                                 orr_error *e) {
  orr_input in = {.name = orr_strdup(source->name),
                  .path = orr_strdup(source->path),
                  .content = l->content,
                  .rows = l->table->rows,
                  .columns = l->table->n_columns,
                  .bundled = source->bundled,
                  .is_file = is_file,
                  .how = orr_strdup(l->how)};
  orr_status status = print_options(&l->options, &in.options, e);
  if (status) return orr_input_fini(&in), status;
  ORR_TRY(remember(s, &in, e));
  return orr_session_add_cut(s, "rows read", l->table->rows, e);
}

static orr_status read_from(orr_session *s, int fd, const orr_locator *where, const orr_source *source,
                            bool is_file, orr_arena *arena, orr_table **out, orr_error *e) {
  orr_options given;
  orr_loaded loaded;
  bool some = source->options.kind == ORR_DICT;
  ORR_TRY(orr_load_options(some ? &source->options : NULL, arena, &given, e));
  ORR_TRY(orr_load(fd, where, s->config->program, &given, &s->work, &loaded, e));
  orr_status status = remember_table(s, source, is_file, &loaded, e);
  if (!status) *out = loaded.table, loaded.table = NULL;
  orr_loaded_fini(&loaded);
  return status;
}

orr_status orr_input_read(orr_session *s, const orr_source *source, orr_table **out, orr_error *e) {
  orr_arena arena = {0};
  orr_locator where;
  int fd;
  orr_status status = orr_load_open(source->path, &arena, &where, &fd, e);
  if (!status) {
    status = read_from(s, fd, &where, source, false, &arena, out, e);
    if (fd != STDIN_FILENO) close(fd);
  }
  orr_arena_fini(&arena);
  return status;
}

/* Where the recipe's word leads: what a kept recipe's header says, else a file of the working folder, else one of a
 * folder that was granted. */
static orr_status find_file(const orr_session *s, orr_source *source, orr_arena *arena, orr_locator *where,
                            orr_error *e) {
  const orr_session_config *c = s->config;
  for (size_t i = 0; i < c->n_files; i++)
    if (!strcmp(c->files[i].name, source->name)) {
      source->path = c->files[i].path;
      if (source->options.kind != ORR_DICT) source->options = c->files[i].options;
    }
  ORR_TRY(orr_locator_parse(source->path, arena, where, e));
  for (size_t i = 0; i < c->n_grants && *source->path != '/' && !orr_file_exists(where->file); i++) {
    orr_locator granted;
    const char *path = orr_arena_printf(arena, "%s/%s", c->grants[i], source->name);
    if (!path) return orr_fail_memory(e, "a path", 0);
    ORR_TRY(orr_locator_parse(path, arena, &granted, e));
    if (orr_file_exists(granted.file)) *where = granted;
  }
  return ORR_OK;
}

static orr_status read_granted(orr_session *s, orr_source *source, orr_arena *arena, orr_table **out,
                               orr_error *e) {
  int fd;
  orr_locator where;
  ORR_TRY(find_file(s, source, arena, &where, e));
  ORR_TRY(orr_file_open_inside(where.file, s->config->grants, s->config->n_grants, &fd, e));
  orr_status status = orr_load_absolute(&where, arena, &source->path, e);
  if (!status) status = read_from(s, fd, &where, source, true, arena, out, e);
  close(fd);
  return status;
}

orr_status orr_input_read_granted(orr_session *s, const char *src, const orr_value *given, orr_table **out,
                                  orr_error *e) {
  orr_arena arena = {0};
  orr_source source = {.name = src, .path = src};
  if (given && given->count) source.options = *given;
  orr_status status = orr_fail_as(e, ORR_USAGE, ORR_RECIPE, read_granted(s, &source, &arena, out, e));
  orr_arena_fini(&arena);
  return status;
}

orr_status orr_input_filter(orr_session *s, const orr_table *t, const char *where, orr_arena *arena,
                            orr_table **out, orr_error *e) {
  orr_expression *x;
  size_t *index, n, missing;
  ORR_TRY(orr_expression_parse(where, t, arena, &x, e));
  ORR_TRY(orr_expression_filter(x, t, &s->work, arena, &index, &n, &missing, e));
  if (!n) return orr_fail(e, ORR_DATA, "no row is left where %s", where);
  if (missing)
    orr_session_note(s, "%zu rows have no answer to '%s' (missing cells) and are left out", missing, where);
  char *name = orr_arena_printf(arena, "where %s", where);
  if (!name) return orr_fail_memory(e, "a name", 0);
  ORR_TRY(orr_table_take(t, index, n, out, e));
  orr_status status = orr_session_add_cut(s, name, n, e);
  if (status) orr_table_unref(*out);
  return status;
}
