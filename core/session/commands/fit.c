/* o.fit { "logistic", parts, target = "class" }: trains a model, or several that differ in their seed. */
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "num/statistics.h"
#include "session/journal.h"
#include "session/member.h"
#include "session/network.h"
#include "session/report.h"
#include "session/steered.h"
#include "session/training.h"

static const orr_option args[] = {
    {.name = "model",
     .type = ORR_TAKES_ANY,
     .required = true,
     .help = "the family, such as logistic or boosted_trees, or a network such as nn.sequential{ … }"},
    {.name = "on",
     .type = ORR_TAKES_OBJECT,
     .required = true,
     .help = "a split (its train and validation rows), or a table"},
    {.name = "target",
     .type = ORR_TAKES_COLUMN,
     .help = "the column to be learnt; default: the one with the role target"},
    {.name = "task",
     .type = ORR_TAKES_CHOICE,
     .fallback = "auto",
     .choices = "auto|classification|regression",
     .help = "auto: by the target's type"},
    {.name = "positive",
     .type = ORR_TAKES_TEXT,
     .help = "of two classes, the one that is sought: precision and recall are its own"},
    {.name = "weight", .type = ORR_TAKES_COLUMN, .help = "the column of row weights"},
    {.name = "negative_weights",
     .type = ORR_TAKES_CHOICE,
     .fallback = "error",
     .choices = "error|drop|absolute",
     .help = "what to do with rows of negative weight, where the family takes none"},
    {.name = "features",
     .type = ORR_TAKES_TEXTS,
     .help = "columns to learn from; default: all with the role feature"},
    {.name = "exclude", .type = ORR_TAKES_TEXTS, .help = "columns not to learn from"},
    {.name = "idle_validation",
     .type = ORR_TAKES_CHOICE,
     .fallback = "hold",
     .choices = "hold|learn",
     .help = "validation rows of a family that does not watch them: hold them back, or learn from them too"},
    {.name = "encode",
     .type = ORR_TAKES_CHOICE,
     .fallback = "auto",
     .choices = "auto|one_hot|ordinal",
     .help = "how text columns become numbers"},
    {.name = "repeats",
     .type = ORR_TAKES_INTEGER,
     .fallback = "1",
     .least = 1,
     .most = 100,
     .help = "models that differ in their seed; the first is kept, the others give the spread"},
    {.name = "epochs",
     .type = ORR_TAKES_INTEGER,
     .least = 1,
     .most = 1000000,
     .help = "most training steps of iterative families (boosting rounds)"},
    {.name = "settings",
     .type = ORR_TAKES_ANY,
     .help = "a table of options: those the family knows are taken"},
    {.name = "stop_step",
     .type = ORR_TAKES_INTEGER,
     .least = 0,
     .most = 1e9,
     .help = "replay of a fit that was stopped: end after this step"},
    {.name = "control",
     .type = ORR_TAKES_ANY,
     .help = "what is to change while it trains: { { step = 412, learning_rate = 0.0003 } }"},
    {.name = "name", .type = ORR_TAKES_TEXT, .help = "of the kept model's file"},
};

/* `--@stop SLOT …` of the header, the last one of several, where the call itself does not say. */
static orr_stop stop_of(const orr_session *s, const orr_call *call) {
  for (size_t i = s->config->n_stops; i--;)
    if (!strcmp(s->config->stops[i].slot, call->slot)) return s->config->stops[i];
  return (orr_stop){.step = (size_t)orr_options_integer(&call->args, "stop_step")};
}

/* How many models to train: a first one that was stopped stands alone. */
static size_t count_models(const orr_call *call, const orr_stop *stop) {
  size_t repeats = (size_t)orr_options_integer(&call->args, "repeats");
  if (stop->step) return 1;
  return stop->models && stop->models < repeats ? stop->models : repeats;
}

/* ---- the models ---- */

typedef struct models {
  orr_session *session;
  orr_call *call;
  const orr_training *training;
  orr_fit_object *fit;
  size_t loaded; /* from the record */
} models;

/* A line for the header, unless it was there: "--@stop fit2 57". */
static void add_stop(const models *m, const char *of, size_t n) {
  orr_session *s = m->session;
  orr_stop known = stop_of(s, m->call);
  size_t begin = s->stops.length;
  if (known.step + known.models == n && !known.models == !*of) return;
  orr_text_printf(&s->stops, "--@stop %s %s%zu\n", m->call->slot, of, n);
  char *line = s->config->interactive && !s->stops.failed ? orr_strdup(s->stops.data + begin) : NULL;
  if (!line) return;
  line[strcspn(line, "\n")] = 0;
  orr_journal_annotate(s, line);
  orr_free(line);
}

/* Families do not know who has stopped them. */
static void note_cut(const models *m, orr_fit_outcome *outcome) {
  orr_control *c = m->session->control;
  orr_reason reason = c ? orr_control_reason(c) : ORR_REASON_NONE;
  if (reason) outcome->stop_reason = orr_reason_text(reason);
  add_stop(m, "", outcome->steps);
  orr_session_note(m->session, "%s: stopped after %zu steps (%s); the best so far is kept",
                   m->training->family->title, outcome->steps, outcome->stop_reason);
}

static void note_fewer(const models *m, size_t n, size_t repeats) {
  add_stop(m, "models ", n);
  orr_session_note(m->session, "%s: the time was enough for %zu of %zu seeds", m->training->family->title, n,
                   repeats);
}

/* A model that is loaded may have been steered by what the header says already. */
static bool is_given(const orr_session *s, const orr_steered *change) {
  for (size_t i = 0; i < s->config->n_controls; i++)
    if (orr_steered_is_same(&s->config->controls[i], change)) return true;
  return false;
}

/* A session that goes on has no line of what was changed in the one before. */
static void annotate(orr_session *s, const orr_steered *change) {
  orr_text line = {0};
  if (!s->config->interactive) return;
  orr_steered_add_header(change, &line);
  if (line.failed || !line.length) return orr_text_fini(&line);
  line.data[line.length - 1] = 0; /* its newline */
  orr_journal_annotate(s, line.data);
  orr_text_fini(&line);
}

/* The model becomes the fit's own; what was changed while it trained belongs into the header. */
static void take(models *m, orr_member *one, size_t model) {
  for (size_t i = 0; i < one->done.changes.count; i++) {
    orr_steered change = {m->call->slot, model, one->done.changes.items[i]};
    if (!is_given(m->session, &change)) orr_steered_add_header(&change, &m->session->controls);
    if (one->loaded || one->before > 0) annotate(m->session, &change);
  }
  m->fit->members[m->fit->n_members++] = one->done.kept;
  one->done.kept = (orr_kept){0};
  if (model == 1) m->fit->outcome = one->done.outcome;
  m->call->seconds_before += one->before;
  m->loaded += one->loaded;
}

/* Of one that is stopped the first model keeps its best; a further one would spoil the spread and is left out. */
static orr_status add_member(models *m, size_t model, bool *cut, orr_error *e) {
  orr_member one;
  ORR_TRY(orr_member_train(m->session, m->call, m->training, model, &one, e));
  *cut = one.done.outcome.cut;
  if (model == 1 || !*cut) take(m, &one, model);
  orr_cached_fini(&one.done);
  return ORR_OK;
}

static orr_status train_members(models *m, orr_training *t, orr_error *e) {
  orr_session *s = m->session;
  orr_stop stop = stop_of(s, m->call);
  size_t repeats = count_models(m->call, &stop);
  if (!(m->fit->members = orr_calloc(repeats, sizeof *m->fit->members)))
    return orr_fail_memory(e, "models", repeats * sizeof *m->fit->members);
  t->stop_step = stop.step;
  for (size_t i = 0; i < repeats; i++) {
    bool cut = false;
    orr_report report = {.what = "seeds", .step = i, .steps = repeats};
    t->seed = i ? orr_random_derive(s->config->seed, i) : s->config->seed;
    if (i) ORR_TRY(orr_progress(&s->work, &report, &cut, e));
    if (!cut) ORR_TRY(add_member(m, i + 1, &cut, e));
    if (i && cut) return note_fewer(m, i, repeats), ORR_OK;
    if (cut) return note_cut(m, &m->fit->outcome), ORR_OK;
  }
  return orr_text_check(&s->controls, e);
}

/* Which rows of which input it learns from, so that scoring on them can be told. */
static orr_status remember_rows(const orr_training *t, orr_fit_object *fit, orr_error *e) {
  fit->n_train = t->n_train;
  fit->n_validation = t->n_validation;
  fit->origin = t->table->origin;
  fit->trained = orr_calloc(t->n_train, sizeof *fit->trained);
  if (!fit->trained) return orr_fail_memory(e, "row numbers", t->n_train * sizeof *fit->trained);
  for (size_t i = 0; i < t->n_train; i++) fit->trained[i] = orr_table_input_row(t->table, t->train[i]);
  qsort(fit->trained, t->n_train, sizeof *fit->trained, orr_by_integer);
  return ORR_OK;
}

static orr_status keep(orr_session *s, orr_fit_object *fit, orr_error *e) {
  orr_text path = {0};
  orr_status status = ORR_OK;
  if (s->config->folder) {
    status = orr_session_path(s, "models", fit->name, ".orrery", &path, e);
    if (!status) status = orr_undo_keep_file(s, orr_text_get(&path), e);
    if (!status) status = orr_kept_write(&fit->members[0], orr_text_get(&path), e);
  }
  orr_text_fini(&path);
  return status;
}

static orr_json *describe(const orr_training *t, const orr_fit_object *fit) {
  orr_json *j = orr_json_new_object(), *options = orr_json_new_object();
  orr_json_set(j, "family", orr_json_new_string(t->family->name));
  orr_json_set(j, "n_train", orr_json_new_integer((int64_t)t->n_train));
  orr_json_set(j, "n_validation", orr_json_new_integer((int64_t)t->n_validation));
  orr_json_set(j, "steps", orr_json_new_integer((int64_t)fit->outcome.steps));
  orr_json_set(j, "stop_reason", orr_json_new_string(fit->outcome.stop_reason));
  orr_json_set(j, "options", options);
  for (size_t i = 0; i < t->options->count; i++) {
    const orr_value *v = &t->options->values[i];
    const orr_tensor *found = orr_store_find(&fit->members[0].store, t->options->specs[i].name);
    bool chosen = v->kind == ORR_NIL && found && found->dtype == ORR_F64 && found->count == 1;
    orr_json *value = chosen ? orr_json_new_number(found->f64[0]) : orr_value_to_json(v);
    orr_json_set(options, t->options->specs[i].name, value);
  }
  return j;
}

static orr_status fit_and_keep(orr_session *s, orr_call *call, orr_fit_object *fit, orr_error *e) {
  orr_training t;
  orr_options options;
  ORR_TRY(orr_training_prepare(s, call, fit, &t, &options, e));
  ORR_TRY(remember_rows(&t, fit, e));
  models m = {s, call, &t, fit, 0};
  ORR_TRY(train_members(&m, &t, e));
  ORR_TRY(keep(s, fit, e));
  ORR_TRY(orr_report_features(s, &t, e));
  ORR_TRY(orr_report_field(s, fit, e));
  call->detail = describe(&t, fit);
  if (m.loaded == fit->n_members)
    orr_session_note(s, "%s: %s is loaded from the record", call->slot, t.family->title);
  else if (fit->outcome.steps > 1)
    orr_session_note(s, "%s: %s after %zu steps on %zu rows", t.family->title, fit->outcome.stop_reason,
                     fit->outcome.steps, t.n_train);
  else orr_session_note(s, "%s: fitted on %zu rows", t.family->title, t.n_train);
  return ORR_OK;
}

/* A file stem: letters, digits, '_' and '-' only. */
static orr_status check_name(const char *name, orr_error *e) {
  bool good =
      *name && strlen(name) < 64 &&
      strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(name);
  return good ? ORR_OK : orr_fail(e, ORR_RECIPE, "name = '%.60s': use letters, digits, _ and - only", name);
}

static orr_status run(orr_session *s, orr_call *call, orr_error *e) {
  const char *name = orr_options_text(&call->args, "name");
  if (!name) name = call->slot;
  ORR_TRY(check_name(name, e));
  orr_fit_object *fit = orr_calloc(1, sizeof *fit);
  if (!fit || !(fit->name = orr_strdup(name))) return orr_free(fit), orr_fail_memory(e, "a fit", sizeof *fit);
  orr_status status = fit_and_keep(s, call, fit, e);
  if (status) return orr_fit_unref(fit), status;
  orr_object *made;
  ORR_TRY(orr_call_return(s, call, ORR_FIT, fit, e));
  ORR_TRY(orr_objects_get(&s->objects, call->result.object, ORR_FIT, &made, e));
  made->on = orr_options_get(&call->args, "on")->object;
  return ORR_OK;
}

const orr_command orr_command_fit = {
    .name = "fit",
    .summary = "train a model",
    .help = "Trains a model of the family on the training rows; families that stop early watch the "
            "validation rows. "
            "Any option of the family may be given by name. The model is kept under models/.",
    .args = args,
    .n_args = sizeof args / sizeof *args,
    .n_positional = 2,
    .takes_rest = true,
    .makes_object = true,
    .trace = orr_network_trace,
    .run = run,
};
