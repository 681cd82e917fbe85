/* Inputs; see input.h. */
#include "session/input.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/csv.h"
#include "data/expression.h"

static orr_status push(orr_session *s, const orr_input *in, orr_error *e) {
  ORR_PUSH(&s->inputs, *in, e);
  return ORR_OK;
}

static orr_status remember(orr_session *s, const orr_source *source, const orr_table *t, orr_hash content,
                           orr_error *e) {
  orr_input in = {.name = orr_strdup(source->name),
                  .path = orr_strdup(source->path),
                  .content = content,
                  .rows = t->rows,
                  .columns = t->n_columns,
                  .bundled = source->bundled};
  orr_status status = in.name && in.path ? push(s, &in, e) : orr_fail_memory(e, "a name", 0);
  if (!status) return orr_session_add_cut(s, "rows read", t->rows, e);
  orr_free(in.name);
  orr_free(in.path);
  return status;
}

orr_status orr_input_add_list(orr_session *s, const char *path, orr_hash content, size_t rows, orr_error *e) {
  orr_input in = {.name = orr_strdup("test_rows"),
                  .path = orr_strdup(path),
                  .content = content,
                  .rows = rows,
                  .columns = 1,
                  .is_list = true};
  orr_status status = in.name && in.path ? push(s, &in, e) : orr_fail_memory(e, "a name", 0);
  if (status) {
    orr_free(in.name);
    orr_free(in.path);
  }
  return status;
}

static orr_status read_from(orr_session *s, int fd, const orr_source *source, orr_table **out, orr_error *e) {
  orr_hash content;
  const char *shown = strcmp(source->path, "-") ? orr_file_name(source->path) : "standard input";
  ORR_TRY(orr_csv_read(fd, shown, &s->work, out, &content, e));
  (*out)->origin = content;
  orr_status status = remember(s, source, *out, content, e);
  if (status) orr_table_unref(*out);
  return status;
}

orr_status orr_input_read(orr_session *s, const orr_source *source, orr_table **out, orr_error *e) {
  int fd = STDIN_FILENO;
  bool is_file = strcmp(source->path, "-") != 0;
  if (is_file) ORR_TRY(orr_file_open(source->path, &fd, e));
  orr_status status = read_from(s, fd, source, out, e);
  if (is_file) close(fd);
  return status;
}

orr_status orr_input_read_granted(orr_session *s, const char *path, orr_table **out, orr_error *e) {
  int fd;
  orr_source source = {.name = "", .path = path};
  ORR_TRY(orr_file_open_inside(path, s->config->grants, s->config->n_grants, &fd, e));
  orr_status status = read_from(s, fd, &source, out, e);
  close(fd);
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
