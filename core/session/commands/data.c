/* o.data { "name" }: the table given with --data, or the recipe's bundled one. */
#include <string.h>

#include "session/command.h"
#include "session/input.h"

static const orr_option args[] = {
    {.name = "name", .type = ORR_TAKES_TEXT, .fallback = "", .help = "which of several `--data NAME=SRC`"},
};

static orr_status find(const orr_session *s, const char *name, const orr_source **out, orr_error *e) {
  const orr_session_config *c = s->config;
  for (size_t i = 0; i < c->n_sources; i++)
    if (!strcmp(c->sources[i].name, name)) return *out = &c->sources[i], ORR_OK;
  if (!*name && c->n_sources == 1) return *out = &c->sources[0], ORR_OK;
  if (!c->n_sources)
    return orr_fail(e, ORR_USAGE, "this recipe needs a table; give one with --data FILE.csv");
  return orr_fail(e, ORR_USAGE, "no data named '%s' was given; try --data %s=FILE.csv", name,
                  *name ? name : "NAME");
}

static orr_status read_filtered(orr_session *s, const orr_source *source, orr_arena *arena, orr_table **out,
                                orr_error *e) {
  orr_table *all;
  ORR_TRY(orr_input_read(s, source, &all, e));
  if (!s->config->where) return *out = all, ORR_OK;
  orr_status status = orr_input_filter(s, all, s->config->where, arena, out, e);
  orr_table_unref(all);
  if (status != ORR_RECIPE) return status;
  orr_fail_in(e, "--where");
  return e->status = ORR_USAGE; /* the recipe is not at fault */
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  const orr_source *source = NULL;
  orr_table *table;
  ORR_TRY(find(s, orr_options_text(&call->args, "name"), &source, e));
  ORR_TRY(read_filtered(s, source, call->arena, &table, e));
  call->key = orr_hash_join(call->key, orr_table_hash(table));
  return orr_call_return(s, call, ORR_TABLE, table, e);
}

const orr_command orr_command_data = {
    .name = "data",
    .summary = "the table given with --data",
    .help = "Reads the table given on the command line, or the recipe's bundled one when none was given, and "
            "keeps the rows that --where asks for.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .makes_object = true,
    .run = run,
};
