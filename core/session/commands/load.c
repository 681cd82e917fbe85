/* o.load { "file.csv" }: a table that the recipe names itself, from a folder it was granted. */
#include "session/command.h"
#include "session/input.h"

static const orr_option args[] = {
    {.name = "path",
     .type = ORR_TAKES_FILE,
     .required = true,
     .help = "a CSV or HDF5 file in the recipe's folder or a granted one: x.csv, x.h5:/group/dataset"},
};

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_table *table;
  ORR_TRY(orr_input_read_granted(s, orr_options_text(&call->args, "path"), &call->rest, &table, e));
  call->key = orr_hash_join(call->key, orr_table_hash(table));
  return orr_call_return(s, call, ORR_TABLE, table, e);
}

const orr_command orr_command_load = {
    .name = "load",
    .summary = "a table from a file the recipe names",
    .help =
        "Reads a CSV or HDF5 file that lies in the recipe's own folder or in one given with --grant. How it "
        "is "
        "written is found by looking; any part can be said instead: delimiter, quote, escape, comment, skip, "
        "header, decimal, missing, …, as `orrery peek --help` lists them.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .takes_rest = true,
    .makes_object = true,
    .run = run,
};
