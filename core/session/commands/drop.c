/* o.drop { object }: lets go of an object's memory; its handles become errors. */
#include "session/command.h"

static const orr_option args[] = {
    {.name = "object",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "a table, split, fit or evaluation"},
};

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_ref ref = orr_options_get(&call->args, "object")->object;
  orr_undo_keep(s, ref);
  return orr_objects_drop(&s->objects, ref, e);
}

const orr_command orr_command_drop = {
    .name = "drop",
    .summary = "let go of an object's memory",
    .help = "Frees a large table or model before the run ends. Using it afterwards is an error. In the "
            "workbench it "
            "can be taken back, so its memory is freed at the session's end.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .run = run,
};
