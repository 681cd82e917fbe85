/* orrery resume: a run that was stopped or died goes on from where it was, to the same bits. */
#include <stdio.h>

#include "app/speak.h"
#include "app/unfinished.h"
#include "app/verbs/run.h"
#include "lua/state.h"
#include "session/provenance.h"

/* Other versions or another kind of CPU would give other bits. */
static orr_status check_machine(const orr_unfinished *u, orr_error *e) {
  orr_text differs = {0};
  orr_provenance_compare(u->run, orr_lua_version(), &differs);
  orr_status status = orr_text_check(&differs, e);
  if (!status && differs.length)
    status = orr_fail(e, ORR_DATA, "cannot go on to the same bits: %.600s; run it anew: orrery run %.200s",
                      differs.data, u->recipe);
  orr_text_fini(&differs);
  return status;
}

static orr_status read_job(const orr_arguments *a, const orr_place *place, const orr_unfinished *u,
                           orr_job *j, double *deadline, orr_error *e) {
  const char *text = orr_arguments_get(a, "deadline");
  const orr_json *plots = orr_json_get(u->run, "plots");
  *j = (orr_job){.recipe = u->recipe,
                 .out = u->final,
                 .resume = u->folder,
                 .recipe_path = orr_json_text_of(u->run, "recipe_path", NULL),
                 .check = orr_arguments_get(a, "check"),
                 .plots = !orr_arguments_has(a, "no-plots") && (!plots || orr_json_is_true(plots)),
                 .threads = place->threads,
                 .place = place};
  ORR_TRY(orr_arguments_all(a, "grant", &j->grants, e));
  ORR_TRY(orr_arguments_count(a, "threads", 1, 1024, &j->threads, e));
  return text ? orr_duration_parse(text, deadline, e) : ORR_OK;
}

static orr_status say_finished(const orr_unfinished *u, orr_error *e) {
  orr_text line = {0};
  orr_text_add(&line, "The run ");
  orr_text_add_inert(&line, u->final);
  orr_text_add(&line, " has come to its end; there is nothing to resume.\n");
  orr_status status = orr_text_check(&line, e);
  if (!status) status = orr_say_page(line.data, e);
  orr_text_fini(&line);
  return status;
}

static orr_status go_on(const orr_arguments *a, const orr_place *place, const orr_unfinished *u,
                        orr_error *e) {
  orr_job j = {0};
  double deadline = 0;
  orr_status status = check_machine(u, e);
  if (!status) status = read_job(a, place, u, &j, &deadline, e);
  if (!status) status = orr_run_job(&j, a, deadline, e);
  orr_job_fini(&j);
  return status;
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  orr_unfinished u;
  orr_status status = orr_unfinished_find(&u, a->words.items[0], place, e);
  if (!status) status = u.folder ? go_on(a, place, &u, e) : say_finished(&u, e);
  orr_unfinished_fini(&u);
  return status;
}

static const orr_flag flags[] = {
    {"threads", "N", "default: the CPUs this process may use; never changes the numbers", false},
    {"deadline", "TIME", "end within this time, such as 25m, keeping the best so far", false},
    {"grant", "DIR", "a folder the recipe may read", true},
    {"check", "FILE", "a numbers.json that must be met; exit status 1 if not", false},
    {"json", NULL, "print one JSON object at the end", false},
    {"jsonl", NULL, "print every event as a line of JSON, the result last", false},
    {"quiet", NULL, "no talk on standard error", false},
    {"no-plots", NULL, "make no figures", false},
};

const orr_verb orr_verb_resume = {
    .name = "resume",
    .usage = "orrery resume RUN",
    .summary =
        "Goes on with a run that was stopped or died, to the same bits; what was finished is not done again.",
    .flags = flags,
    .n_flags = sizeof flags / sizeof *flags,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
