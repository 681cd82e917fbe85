/* o.control { "fit2", step = 412, learning_rate = 0.0003 }: a journal's line of a change made by hand. The header has
 * read it beforehand and the fit has obeyed it at its step, so that nothing is left to do when it is called. */
#include <string.h>

#include "session/command.h"
#include "session/steered.h"

static const orr_option args[] = {
    {.name = "fit", .type = ORR_TAKES_TEXT, .required = true, .help = "the slot that was steered"},
};

/* A line of it that failed could not be told from the fit's own failure. */
static orr_status why_not(const orr_session *s, orr_error *e) {
  if (!s->config->interactive) return ORR_OK;
  return orr_fail(e, ORR_USAGE,
                  "a fit is steered while it runs, or told beforehand: o.fit { …, control = { { step = 412, "
                  "learning_rate = 0.0003 } } }");
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  orr_steered one = {.slot = orr_options_text(&call->args, "fit")};
  ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_RECIPE, orr_steered_read(&call->rest, &one, e)));
  for (size_t i = 0; i < s->config->n_controls; i++)
    if (orr_steered_is_same(&s->config->controls[i], &one)) return ORR_OK;
  return orr_fail(
      e, ORR_RECIPE,
      "only a journal has it; in a recipe a fit is told itself what changes: o.fit { …, control = { { step "
      "= %zu, %s = %g } } }",
      one.change.step, one.change.set.name, one.change.set.value);
}

const orr_command orr_command_control = {
    .name = "control",
    .summary = "a change made by hand while a fit trained",
    .help = "What the journal says of a hyper-parameter that was changed while a fit trained: the step it "
            "came at, and "
            "the value from there on. Replay changes it at the same step.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .takes_rest = true,
    .why_not = why_not,
    .run = run,
};
