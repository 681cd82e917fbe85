/* orrery report: the page of a run made before. */
#include "app/past_run.h"
#include "app/speak.h"
#include "app/verb.h"
#include "base/file.h"

static orr_status add_page(const char *folder, orr_text *out, orr_error *e) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/report.txt", folder);
  orr_status status = orr_file_read_path(orr_text_get(&path), (size_t)1 << 24, out, e);
  orr_text_fini(&path);
  return status;
}

static orr_status run(const orr_arguments *a, orr_place *place, orr_error *e) {
  orr_past past;
  orr_text page = {0};
  orr_status status = orr_past_open(&past, a->words.items[0], place, e);
  if (!status) status = add_page(past.folder, &page, e);
  if (!status) {
    orr_text_printf(&page, "\nMade      %s with seed %.0f, orrery %s, on %s\n",
                    orr_json_text_of(past.run, "start", "?"), orr_json_number_of(past.run, "seed", 0),
                    orr_json_text_of(orr_json_get(past.run, "versions"), "orrery", "?"),
                    orr_json_text_of(past.run, "cpu", "?"));
    status = orr_say_page(orr_text_get(&page), e);
  }
  orr_text_fini(&page);
  orr_past_fini(&past);
  return status;
}

const orr_verb orr_verb_report = {
    .name = "report",
    .usage = "orrery report RUN",
    .summary = "Prints the report of a run; RUN is its folder, its name, or `last`.",
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
