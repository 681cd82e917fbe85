/* o.derive { data, log_flux = "log10(flux)" }: new columns from expressions. */
#include "data/derive.h"
#include "session/command.h"

static const orr_option args[] = {
    {.name = "data",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "a table; any other key is a new column's name, with its expression"},
};

static orr_status add_column(orr_session *s, const orr_table *base, const orr_pair *column, orr_arena *arena,
                             orr_table **table, orr_error *e) {
  orr_table *wider;
  if (column->value.kind != ORR_STRING)
    return orr_fail(e, ORR_RECIPE, "%s: expected an expression as text, got %s", column->key,
                    orr_kind_name(column->value.kind));
  ORR_TRY(orr_derive(*table, base, column->key, column->value.string, &s->work, arena, &wider, e));
  orr_table_unref(*table);
  *table = wider;
  return ORR_OK;
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_object *from;
  ORR_TRY(orr_call_object(s, call, "data", ORR_TABLE, &from, e));
  orr_table *base = from->table, *table = orr_table_ref(base);
  orr_status status = ORR_OK;
  for (size_t i = 0; i < call->rest.count && !status; i++)
    status = add_column(s, base, &call->rest.pairs[i], call->arena, &table, e);
  if (status) return orr_table_unref(table), status;
  return orr_call_return(s, call, ORR_TABLE, table, e);
}

const orr_command orr_command_derive = {
    .name = "derive",
    .summary = "add columns computed from others",
    .help = "Adds a column for every further key. All expressions see the table as it came, not each other's "
            "columns.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .takes_rest = true,
    .makes_object = true,
    .run = run,
};
