/* o.role { data, weight = "w", ignore = {"id", "name"} }: what columns are for. */
#include "session/command.h"

static const orr_option args[] = {
    {.name = "data", .type = ORR_TAKES_OBJECT, .required = true, .help = "a table"},
    {.name = "feature", .type = ORR_TAKES_TEXTS, .help = "columns to learn from (all columns start as this)"},
    {.name = "target", .type = ORR_TAKES_TEXTS, .help = "the column to be learnt"},
    {.name = "weight", .type = ORR_TAKES_TEXTS, .help = "the column of row weights"},
    {.name = "error_of", .type = ORR_TAKES_TEXTS, .help = "columns that are measurement errors of others"},
    {.name = "group", .type = ORR_TAKES_TEXTS, .help = "the column whose rows belong together"},
    {.name = "units",
     .type = ORR_TAKES_ANY,
     .help = "units of columns: { mass = \"kg\" }; expressions carry them"},
    {.name = "ignore", .type = ORR_TAKES_TEXTS, .help = "columns to leave alone"},
};

static orr_status set(orr_table **table, const char *column, orr_role role, orr_error *e) {
  orr_table *made;
  ORR_TRY(orr_table_with_role(*table, column, role, &made, e));
  orr_table_unref(*table);
  *table = made;
  return ORR_OK;
}

static orr_status set_units(orr_table **table, const orr_value *units, orr_error *e) {
  if (units->kind != ORR_NIL && units->kind != ORR_DICT)
    return orr_fail(e, ORR_RECIPE, "units: expected a table such as { mass = \"kg\" }");
  for (size_t i = 0; units->kind == ORR_DICT && i < units->count; i++) {
    orr_table *made;
    if (units->pairs[i].value.kind != ORR_STRING)
      return orr_fail(e, ORR_RECIPE, "units: %s is no text", units->pairs[i].key);
    ORR_TRY(orr_table_with_unit(*table, units->pairs[i].key, units->pairs[i].value.string, &made, e));
    orr_table_unref(*table);
    *table = made;
  }
  return ORR_OK;
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_object *from;
  ORR_TRY(orr_call_object(s, call, "data", ORR_TABLE, &from, e));
  orr_table *table = orr_table_ref(from->table);
  orr_status status = set_units(&table, orr_options_get(&call->args, "units"), e);
  for (size_t i = 1; i < call->args.count && !status; i++) {
    orr_role role = ORR_ROLE_FEATURE;
    const orr_value *names = &call->args.values[i];
    orr_role_from_name(call->args.specs[i].name, &role);
    for (size_t j = 0; names->kind == ORR_LIST && j < names->count && !status; j++)
      status = set(&table, names->items[j].string, role, e);
  }
  if (status) return orr_table_unref(table), status;
  return orr_call_return(s, call, ORR_TABLE, table, e);
}

const orr_command orr_command_role = {
    .name = "role",
    .summary = "say what columns are for",
    .help = "Gives columns a role. Only columns with the role feature are learnt from unless `features` "
            "names others.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .makes_object = true,
    .run = run,
};
