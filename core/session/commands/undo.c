/* o.undo { 3 }: takes the newest steps back. Only a session that is worked by hand has it; a recipe, a saved session and
 * a journal that is replayed are without the lines that were taken back. */
#include "session/command.h"
#include "session/session.h"
#include "session/undo.h"

static const orr_option args[] = {
    {.name = "steps",
     .type = ORR_TAKES_INTEGER,
     .least = 1,
     .most = 1e6,
     .help = "how many; default: those of the last line, or all of the last recipe"},
};

static orr_status why_not(const orr_session *s, orr_error *e) {
  if (!s->config->interactive)
    return orr_fail(e, ORR_RECIPE, "only the workbench takes steps back; leave out the lines instead");
  return s->steps.count ? ORR_OK : orr_fail(e, ORR_USAGE, "there is nothing to take back");
}

/* The journal says how many, whatever the last action will seem to be to who reads it. */
static orr_status complete(const orr_session *s, orr_arena *arena, orr_value *given, orr_error *e) {
  orr_pair *pairs;
  if (orr_value_get(given, "steps")) return ORR_OK;
  ORR_TAKE(arena, pairs, given->count + 1, e);
  for (size_t i = 0; i < given->count; i++) pairs[i] = given->pairs[i];
  orr_value steps = {.kind = ORR_INTEGER, .integer = (int64_t)orr_undo_action(s)};
  pairs[given->count++] = (orr_pair){"steps", steps};
  given->pairs = pairs;
  return ORR_OK;
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  size_t n = (size_t)orr_options_integer(&call->args, "steps");
  if (n > s->steps.count)
    return orr_fail(e, ORR_USAGE, "%zu steps cannot be taken back: there are %zu", n, s->steps.count);
  while (n--) {
    orr_step *last = &s->steps.items[--s->steps.count];
    orr_undo_apply(s, &last->undo, last->slot);
    orr_step_fini(last);
  }
  return ORR_OK;
}

const orr_command orr_command_undo = {
    .name = "undo",
    .summary = "take back the last line",
    .help =
        "Takes the newest steps back: what they made is gone, what they changed or wrote over is as it was, "
        "and the saved session does not have them.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 1,
    .takes_back = true,
    .why_not = why_not,
    .complete = complete,
    .run = run,
};
