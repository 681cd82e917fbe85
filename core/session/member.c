/* One model of a fit; see member.h. */
#include "session/member.h"

#include <string.h>

#include "base/file.h"
#include "run/fit_network.h"
#include "session/journal.h"
#include "session/steered.h"

/* ---- what steers it ---- */

typedef struct steering {
  orr_session *session;
  const orr_cache_entry *entry;
  orr_member *member;
  orr_change *given; /* by step */
  size_t n_given;
  orr_status status; /* of the list of changes, filled when the training has ended */
  orr_error error;
} steering;

/* What a journal's line says was done by hand: a checkpoint may have it. */
static void insert(steering *r, orr_change change) {
  const orr_change *c = &change;
  size_t at = r->n_given++;
  if (!r->session->config->resumes) change.cause = ORR_CAUSE_GIVEN;
  for (; at && r->given[at - 1].step > c->step; at--) r->given[at] = r->given[at - 1];
  r->given[at] = *c;
}

/* What the header and the call itself say is to change: `control = { { step = 412, learning_rate = 0.0003 } }`. */
static orr_status read_given(const orr_call *call, steering *r, orr_error *e) {
  const orr_session_config *c = r->session->config;
  const orr_value *list = orr_options_get(&call->args, "control");
  size_t more = list->kind == ORR_LIST ? list->count : 0;
  if (list->kind != ORR_NIL && list->kind != ORR_LIST && (list->kind != ORR_DICT || list->count))
    return orr_fail(e, ORR_RECIPE,
                    "control: a list of changes is wanted: { { step = 412, learning_rate = 0.0003 } }");
  ORR_TAKE(call->arena, r->given, c->n_controls + more, e);
  for (size_t i = 0; i < c->n_controls; i++)
    if (!strcmp(c->controls[i].slot, call->slot) && c->controls[i].model == r->entry->model)
      insert(r, c->controls[i].change);
  for (size_t i = 0; i < more; i++) {
    orr_steered one = {.slot = call->slot};
    ORR_TRY(orr_fail_as(e, ORR_USAGE, ORR_RECIPE, orr_steered_read(&list->items[i], &one, e)));
    if (one.model == r->entry->model) insert(r, one.change);
  }
  return ORR_OK;
}

/* By hand: a line of the journal at once, and a checkpoint, so that a crash cannot part the two. */
static void changed(void *context, const orr_change *change) {
  steering *r = context;
  orr_text line = {0};
  orr_error e;
  if (change->cause != ORR_CAUSE_LIVE) return;
  orr_steered one = {r->entry->slot, r->entry->model, *change};
  orr_steered_add_line(&one, &line);
  if (orr_text_check(&line, &e) || orr_journal_write(r->session, line.data, &e))
    orr_session_note(r->session, "a change is not in the journal: %s", e.message);
  if (r->session->control) orr_control_ask_checkpoint(r->session->control);
  orr_text_fini(&line);
}

static orr_status take_changes(const orr_trainer_result *result, orr_cached *out, orr_error *e) {
  for (size_t i = 0; i < result->changes.count; i++)
    if (result->changes.items[i].cause == ORR_CAUSE_LIVE)
      ORR_PUSH(&out->changes, result->changes.items[i], e);
  return ORR_OK;
}

static void done(void *context, const orr_trainer_result *result) {
  steering *r = context;
  if (!r->status) r->status = take_changes(result, &r->member->done, &r->error);
  r->member->done.seconds += result->seconds;
  if (result->resumed) r->session->resumed_step = result->resumed_step;
}

/* ---- training ---- */

static bool has_checkpoint(orr_session *s, const orr_cache_entry *entry) {
  orr_text path = {0};
  bool there =
      s->config->folder && !orr_cache_path(s, entry, ".ckpt", &path, NULL) && orr_file_exists(path.data);
  orr_text_fini(&path);
  return there;
}

static orr_status train(orr_session *s, const orr_training *t, steering *r, const char *path, orr_error *e) {
  orr_cached *out = &r->member->done;
  double start = orr_clock_seconds(&s->config->clock);
  orr_checkpoint checkpoint = {path, r->entry->key, ORR_CACHE_KEY, s->config->checkpoint_seconds};
  orr_steering steered = {.control = s->control,
                          .clock = s->config->clock,
                          .checkpoint = path ? &checkpoint : NULL,
                          .changes = r->given,
                          .n_changes = r->n_given,
                          .changed = changed,
                          .done = done,
                          .context = r};
  ORR_TRY(orr_fit_kept(&out->kept, t, &steered, &out->outcome, e));
  if (r->status) return *e = r->error, r->status;
  double seconds = orr_clock_seconds(&s->config->clock) - start;
  if (out->seconds > seconds) r->member->before = out->seconds - seconds;
  out->seconds = seconds + r->member->before;
  return ORR_OK;
}

/* From here on the run goes beyond what it had. */
static orr_status note_resumed(orr_session *s, const orr_call *call, orr_error *e) {
  if (!s->config->resumes || s->resumed_fit) return ORR_OK;
  s->resumed_fit = orr_strdup(call->slot);
  return s->resumed_fit ? ORR_OK : orr_fail_memory(e, "a name", 0);
}

static orr_status train_and_keep(orr_session *s, orr_call *call, const orr_training *t, steering *r,
                                 orr_error *e) {
  orr_text path = {0};
  orr_status status = note_resumed(s, call, e);
  if (!status) status = read_given(call, r, e);
  if (!status && s->config->folder) status = orr_cache_path(s, r->entry, ".ckpt", &path, e);
  if (!status) orr_cache_begin(s, r->entry);
  if (!status) status = train(s, t, r, path.data, e);
  if (!status) orr_cache_keep(s, r->entry, &r->member->done);
  s->trained += !status || (status == ORR_STOPPED && has_checkpoint(s, r->entry));
  orr_text_fini(&path);
  return status;
}

orr_status orr_member_train(orr_session *s, orr_call *call, const orr_training *t, size_t model,
                            orr_member *out, orr_error *e) {
  orr_cache_entry entry;
  steering r = {.session = s, .entry = &entry, .member = out};
  *out = (orr_member){0};
  ORR_TRY(orr_cache_entry_of(s, call, model, &entry, e));
  s->member = model;
  orr_status status = orr_cache_find(s, &entry, &out->done, &out->loaded, e);
  if (!status && out->loaded) out->before = out->done.seconds;
  else if (!status) status = train_and_keep(s, call, t, &r, e);
  s->member = 0;
  if (status) orr_cached_fini(&out->done);
  return status;
}
