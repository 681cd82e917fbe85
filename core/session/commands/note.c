/* o.note { "text" }: a line for the report. */
#include "session/command.h"

static const orr_option args[] = {
    {.name = "text", .type = ORR_TAKES_TEXT, .required = true, .help = "what to say"},
};

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_text_add_inert(&s->report, orr_options_text(&call->args, "text"));
  orr_text_add(&s->report, "\n");
  orr_session_note(s, "%s", orr_options_text(&call->args, "text"));
  return orr_text_check(&s->report, e);
}

const orr_command orr_command_note = {
    .name = "note",
    .summary = "say a line in the report",
    .help = "Adds a line of text to the report and to the log.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .run = run,
};
