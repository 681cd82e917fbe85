/* o.split { data, stratify = "class", test = 0.2 }: which rows train, validate and test. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "session/command.h"
#include "session/input.h"
#include "session/report.h"

static const orr_option args[] = {
    {.name = "data", .type = ORR_TAKES_OBJECT, .required = true, .help = "a table"},
    {.name = "test",
     .type = ORR_TAKES_NUMBER,
     .fallback = "0.2",
     .least = 0,
     .most = 0.95,
     .help = "share of the rows that test"},
    {.name = "validation",
     .type = ORR_TAKES_NUMBER,
     .fallback = "0.2",
     .least = 0,
     .most = 0.95,
     .help = "share of the rows that validate (of the rest, when test rows are named)"},
    {.name = "test_rows",
     .type = ORR_TAKES_FILE,
     .help = "a file with one row number of the input a line, from 0: these rows test"},
    {.name = "stratify", .type = ORR_TAKES_COLUMN, .help = "every part keeps this column's shares"},
    {.name = "group", .type = ORR_TAKES_COLUMN, .help = "rows with the same value stay together"},
    {.name = "time", .type = ORR_TAKES_COLUMN, .help = "the latest rows test, those before them validate"},
};

static orr_status parse_rows(const char *text, orr_arena *arena, orr_split_spec *spec, orr_error *e) {
  int64_t *rows;
  size_t lines = 1, line = 0;
  for (const char *p = text; *p; p++) lines += *p == '\n';
  ORR_TAKE(arena, rows, lines, e);
  for (const char *p = text, *line_end; *p; p = line_end + (*line_end == '\n')) {
    char *end;
    line++;
    line_end = p + strcspn(p, "\n");
    p += strspn(p, " \t\r");
    if (p == line_end) continue;
    errno = 0;
    long long row = strtoll(p, &end, 10);
    if (end + strspn(end, " \t\r") != line_end || row < 0 || errno)
      return orr_fail(e, ORR_DATA,
                      "test_rows: line %zu is no row number; give one number a line, counting from 0", line);
    rows[spec->n_test_rows++] = row;
  }
  spec->test_rows = rows;
  return spec->n_test_rows ? ORR_OK : orr_fail(e, ORR_DATA, "test_rows: the file names no row");
}

static orr_status read_rows(orr_session *s, const char *path, orr_arena *arena, orr_split_spec *spec,
                            orr_error *e) {
  int fd;
  orr_text text = {0};
  ORR_TRY(orr_file_open_inside(path, s->config->grants, s->config->n_grants, &fd, e));
  orr_status status = orr_file_read(fd, (size_t)1 << 30, &text, e);
  close(fd);
  if (!status) status = parse_rows(orr_text_get(&text), arena, spec, e);
  if (!status)
    status =
        orr_input_add_list(s, path, orr_hash_bytes(orr_text_get(&text), text.length), spec->n_test_rows, e);
  orr_text_fini(&text);
  return status;
}

static orr_status make(orr_session *s, orr_call *call, const orr_table *t, orr_split_object *made,
                       orr_error *e) {
  orr_options *o = &call->args;
  orr_split_spec spec = {.test = orr_options_number(o, "test"),
                         .validation = orr_options_number(o, "validation"),
                         .stratify = orr_options_text(o, "stratify"),
                         .group = orr_options_text(o, "group"),
                         .time = orr_options_text(o, "time"),
                         .seed = s->config->seed};
  if (!spec.stratify && !spec.time && !spec.group) spec.group = orr_table_with(t, ORR_ROLE_GROUP);
  if (!!spec.stratify + !!spec.group + !!spec.time > 1)
    return orr_fail(e, ORR_USAGE, "split by one of stratify, group and time; %s and %s are both given",
                    spec.group ? "group" : "stratify", spec.time ? "time" : "group");
  const char *path = orr_options_text(o, "test_rows");
  if (path) ORR_TRY(read_rows(s, path, call->arena, &spec, e));
  if (path)
    call->key =
        orr_hash_join(call->key, orr_hash_bytes(spec.test_rows, spec.n_test_rows * sizeof *spec.test_rows));
  if (!path && spec.test + spec.validation > 0.95)
    return orr_fail(e, ORR_USAGE, "test = %g and validation = %g leave too few rows to train on", spec.test,
                    spec.validation);
  return orr_split_make(t, &spec, &made->arena, &made->split, e);
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_object *from;
  ORR_TRY(orr_call_object(s, call, "data", ORR_TABLE, &from, e));
  orr_split_object *made = orr_calloc(1, sizeof *made);
  if (!made) return orr_fail_memory(e, "a split", sizeof *made);
  made->table = orr_table_ref(from->table);
  orr_status status = make(s, call, made->table, made, e);
  if (status) return orr_split_unref(made), status;
  orr_rows *part = made->split.part;
  orr_session_note(s, "split %s: %zu train, %zu validation, %zu test", made->split.how,
                   part[ORR_PART_TRAIN].n, part[ORR_PART_VALIDATION].n, part[ORR_PART_TEST].n);
  status = orr_report_split(s, made->table, &made->split, orr_options_text(&call->args, "stratify"), e);
  if (status) return orr_split_unref(made), status;
  return orr_call_return(s, call, ORR_SPLIT, made, e);
}

const orr_command orr_command_split = {
    .name = "split",
    .summary = "decide which rows train, validate and test",
    .help = "Cuts the rows in three parts, at random, by strata, by groups, by time or as a file says. "
            "The parts are split.train, split.validation and split.test.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .makes_object = true,
    .run = run,
};
