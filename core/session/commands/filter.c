/* o.filter { data, where = "snr > 5" }: the rows for which an expression is true. */
#include "session/command.h"
#include "session/input.h"

static const orr_option args[] = {
    {.name = "data", .type = ORR_TAKES_OBJECT, .required = true, .help = "a table"},
    {.name = "where",
     .type = ORR_TAKES_EXPRESSION,
     .required = true,
     .help = "which rows to keep, such as snr > 5 and quality == 'good'"},
};

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_object *from;
  orr_table *table;
  ORR_TRY(orr_call_object(s, call, "data", ORR_TABLE, &from, e));
  ORR_TRY(orr_input_filter(s, from->table, orr_options_text(&call->args, "where"), call->arena, &table, e));
  return orr_call_return(s, call, ORR_TABLE, table, e);
}

const orr_command orr_command_filter = {
    .name = "filter",
    .summary = "keep the rows where an expression is true",
    .help =
        "Keeps the rows for which the expression is true; rows where it has no answer, for missing cells, "
        "are left out and counted. Each filter is a line of the cut-flow.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 2,
    .makes_object = true,
    .run = run,
};
