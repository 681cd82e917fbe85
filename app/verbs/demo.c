/* orrery demo: the shipped classification on the bundled pulsar candidates. */
#include "app/verbs/run.h"

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  return orr_run_with(a, place, a->words.count ? a->words.items[0] : "classification", e);
}

static const orr_flag flags[] = {
    {"seed", "N", "of every random choice (default 1)", false},
    {"out", "DIR", "the run's folder", false},
    {"quiet", NULL, "no talk on standard error", false},
};

const orr_verb orr_verb_demo = {
    .name = "demo",
    .usage = "orrery demo [NAME]",
    .summary = "Runs a shipped recipe on its bundled data: classification of pulsar candidates by default.",
    .flags = flags,
    .n_flags = sizeof flags / sizeof *flags,
    .most_words = 1,
    .run = run,
};
