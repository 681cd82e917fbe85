/* The command table and the one way through it; see command.h. */
#include "session/command.h"

#include <stdio.h>
#include <string.h>

#include "session/journal.h"
#include "session/provenance.h"

const orr_command *const orr_commands[] = {
#define ORR_COMMAND(name) &orr_command_##name,
#include "session/commands.def"
#undef ORR_COMMAND
};
const size_t orr_commands_count = sizeof orr_commands / sizeof *orr_commands;

const orr_command *orr_command_find(const char *name) {
  for (size_t i = 0; i < orr_commands_count; i++)
    if (!strcmp(orr_commands[i]->name, name)) return orr_commands[i];
  return NULL;
}

/* "fit2": the command's name and how many of its kind there have been. */
static char *next_slot(const orr_session *s, const orr_command *c, orr_arena *arena) {
  size_t n = strlen(c->name), number = 1;
  if (!c->makes_object) return orr_arena_strdup(arena, "");
  for (size_t i = 0; i < s->steps.count; i++) {
    const char *slot = s->steps.items[i].slot;
    number += !strncmp(slot, c->name, n) && strspn(slot + n, "0123456789") == strlen(slot + n) && slot[n];
  }
  return orr_arena_printf(arena, "%s%zu", c->name, number);
}

static orr_status push_step(orr_session *s, const orr_step *step, orr_error *e) {
  if (!step->slot || !step->line) return orr_fail_memory(e, "a step", 0);
  ORR_PUSH(&s->steps, *step, e);
  return ORR_OK;
}

static orr_status record_step(orr_session *s, const orr_call *call, const char *line, double seconds,
                              orr_undo *undo, orr_error *e) {
  orr_text detail = {0};
  orr_status status = call->detail ? orr_json_print(call->detail, false, &detail, e) : ORR_OK;
  orr_step step = {.slot = orr_strdup(call->slot),
                   .line = orr_strdup(line),
                   .key = call->key,
                   .seconds = seconds + call->seconds_before,
                   .detail = detail.data,
                   .action = s->action,
                   .undo = *undo};
  if (!status) status = push_step(s, &step, e);
  if (!status) return *undo = (orr_undo){0}, ORR_OK;
  step.undo = (orr_undo){0};
  orr_step_fini(&step);
  return status;
}

static void tell(const orr_session *s, const char *line, bool ended, const orr_error *error) {
  const orr_observer *o = s->config->observer;
  if (o && o->command) o->command(o->context, line, ended, error);
}

/* Half a step is none. Where a person goes on after it, the journal says so and nothing else of it stays. */
static void leave_out(orr_session *s, orr_undo *undo, const char *slot, const orr_error *e) {
  orr_numbers_cut(&s->numbers, undo->lengths.numbers);
  if (!s->config->interactive) return;
  orr_undo_apply(s, undo, slot);
  orr_journal_note_failure(s, e->message);
}

static orr_status carry_out(orr_session *s, const orr_command *c, orr_call *call, const char *line,
                            orr_error *e) {
  orr_undo undo;
  double start = orr_clock_seconds(&s->config->clock);
  ORR_TRY(orr_journal_write(s, line, e));
  tell(s, line, false, NULL);
  orr_undo_begin(s, &undo);
  if (s->config->interactive && !c->takes_back) s->doing = &undo;
  orr_status status = c->run(s, call, e);
  if (!status && !c->takes_back)
    status = record_step(s, call, line, orr_clock_seconds(&s->config->clock) - start, &undo, e);
  s->doing = NULL;
  if (status) leave_out(s, &undo, call->slot, e);
  orr_undo_fini(&undo);
  tell(s, line, true, status ? e : NULL);
  return status;
}

static orr_status run(orr_session *s, const orr_command *c, orr_call *call, const char *line, orr_error *e) {
  orr_error own; /* callers may want none */
  snprintf(s->slot, sizeof s->slot, "%s", call->slot);
  orr_status status = carry_out(s, c, call, line, e ? e : &own);
  *s->slot = 0;
  orr_json_free(call->detail);
  return status;
}

/* What is written and hashed of a function is what it computes: none may come this far without. */
static orr_status all_traced(const orr_value *v, const char *key, orr_error *e) {
  if (v->kind == ORR_FUNCTION && !v->function->tape)
    return orr_fail(e, ORR_RECIPE, "%s: a function cannot be given here", key);
  for (size_t i = 0; v->kind == ORR_LIST && i < v->count; i++) ORR_TRY(all_traced(&v->items[i], key, e));
  for (size_t i = 0; v->kind == ORR_DICT && i < v->count; i++)
    ORR_TRY(all_traced(&v->pairs[i].value, v->pairs[i].key, e));
  return ORR_OK;
}

orr_status orr_session_call(orr_session *s, const orr_command *command, const orr_value *said,
                            orr_arena *arena, orr_value *result, orr_error *e) {
  orr_call call = {.arena = arena};
  orr_value all = *said, *given = &all;
  orr_text line = {0};
  if (command->why_not) ORR_TRY(command->why_not(s, e));
  ORR_TRY(orr_progress_step(&s->work, command->name, 0, 0, e));
  if (command->complete) ORR_TRY(command->complete(s, arena, given, e));
  orr_status fits = orr_options_init(&call.args, command->args, command->n_args, given,
                                     command->takes_rest ? &call.rest : NULL, arena, e);
  if (fits) return orr_fail_as(e, ORR_USAGE, ORR_RECIPE, fits); /* who wrote the call is at fault */
  if (!(call.slot = next_slot(s, command, arena))) return orr_fail_memory(e, "a name", 0);
  if (command->trace) ORR_TRY(command->trace(s, &call, e));
  ORR_TRY(all_traced(given, "", e));
  orr_status status = orr_journal_line(s, command, given, call.slot, &line, e);
  if (!status) status = orr_step_key(s, command, given, &call.key, e);
  if (!status) status = run(s, command, &call, orr_text_get(&line), e);
  orr_text_fini(&line);
  *result = call.result;
  return status;
}

orr_status orr_call_return(orr_session *s, orr_call *call, orr_object_kind kind, void *any, orr_error *e) {
  call->result.kind = ORR_OBJECT;
  return orr_objects_add(&s->objects, kind, any, call->slot, call->key, &call->result.object, e);
}

orr_status orr_call_object(const orr_session *s, const orr_call *call, const char *arg, orr_object_kind kind,
                           orr_object **out, orr_error *e) {
  orr_status status = orr_objects_get(&s->objects, orr_options_get(&call->args, arg)->object, kind, out, e);
  return status ? orr_fail_in(e, "%s", arg) : ORR_OK;
}

orr_status orr_call_rows(const orr_session *s, const orr_call *call, const char *arg, orr_table **table,
                         orr_rows *rows, orr_error *e) {
  orr_ref ref = orr_options_get(&call->args, arg)->object;
  orr_status status = orr_objects_rows(&s->objects, ref, call->arena, table, rows, e);
  return status ? orr_fail_in(e, "%s", arg) : ORR_OK;
}
