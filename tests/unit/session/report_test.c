/* The report: a page of 80 columns that says what was read, cut and found, and never
 * passes a byte on that a terminal would act upon. */
#include "fixture.h"

#include "session/report.h"

static const char *page(const char *title, const char *status) {
  orr_text out = {0};
  orr_report_head head = {.title = title, .question = "Does it?", .recipe = "mine", .status = status};
  assert_int_equal(orr_report_print(&d.session, &head, &out, NULL), ORR_OK);
  const char *kept = orr_arena_strdup(&d.arena, out.data);
  orr_text_fini(&out);
  return kept;
}

static void check_has(const char *text, const char *wanted) {
  if (!strstr(text, wanted)) fail_msg("'%s' is not in:\n%s", wanted, text);
}

/* 80 columns, no blank at a line's end, no control byte. The data's path is as long as it is. */
static void check_page(const char *text) {
  assert_true(orr_text_is_utf8(text, strlen(text)));
  for (const char *line = text; *line;) {
    char copy[512];
    size_t n = strcspn(line, "\n");
    snprintf(copy, sizeof copy, "%.*s", (int)n, line);
    if (orr_text_width(copy) > 80) fail_msg("wider than 80: %s", copy);
    if (n && line[n - 1] == ' ') fail_msg("a blank ends: '%s'", copy);
    for (size_t i = 0; i < n; i++) assert_true((unsigned char)line[i] >= 0x20 && line[i] != 0x7f);
    line += n + (line[n] == '\n');
  }
}

static void the_head_names_data_and_cuts(void **state) {
  (void)state;
  d.config.where = "id < 20";
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  call(&d, "split", DICT({"data", IT(data)}, {"stratify", TEXT("class")}));
  const char *text = page("Title", "ok");
  check_page(text);
  assert_true(!strncmp(text, "Title\nDoes it?\n\nData      ", 26));
  check_has(text, "30 rows x 4 columns, content ");
  check_has(text, "Cut-flow  rows read");
  check_has(text, "where id < 20 ");
  check_has(text, "no (15), yes (5)");
  check_has(text, "stratified by class");
  assert_null(strstr(text, "Status"));
  check_has(page("Title", "stopped"), "Status    stopped: what was finished is below");
}

static void scores_stand_beside_the_baselines(void **state) {
  (void)state;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL),
          split = call(&d, "split", DICT({"data", IT(data)}, {"test", REAL(0.4)})), test = split;
  test.part = ORR_PART_TEST;
  orr_ref base =
      call(&d, "fit", DICT({"model", TEXT("constant")}, {"on", IT(split)}, {"target", TEXT("class")}));
  orr_ref fit = call(
      &d, "fit",
      DICT({"model", TEXT("logistic")}, {"on", IT(split)}, {"target", TEXT("class")}, {"repeats", WHOLE(2)}));
  call(&d, "evaluate", DICT({"model", IT(fit)}, {"on", IT(test)}, {"baseline", IT(base)}));
  const char *text = page("Title", "ok");
  check_page(text);
  check_has(text, "On 12 test rows");
  check_has(text, "log loss");
  check_has(text, "±");
  check_has(text, "difference");
  check_has(text, "True class (down)");
}

static void hostile_names_are_made_inert(void **state) {
  (void)state;
  static const char csv[] = "x,\"cla\x1b[31mss\",w\n1,\"a\x1b]0;t\x07\",1\n2,\"b\xc2\x9b\",1\n3,\"a\x1b]0;"
                            "t\x07\",2\n4,\"b\xc2\x9b\",1\n"
                            "5,\"a\x1b]0;t\x07\",1\n6,\"b\xc2\x9b\",1\n";
  assert_int_equal(orr_file_write(d.csv, csv, strlen(csv), NULL), ORR_OK);
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  orr_ref split = call(&d, "split",
                       DICT({"data", IT(data)}, {"test", REAL(0.3)}, {"validation", REAL(0)},
                            {"stratify", TEXT("cla [31mss")})),
          test = split;
  test.part = ORR_PART_TEST;
  orr_ref fit = call(&d, "fit",
                     DICT({"model", TEXT("constant")}, {"on", IT(split)}, {"target", TEXT("cla [31mss")},
                          {"weight", TEXT("w")}));
  call(&d, "evaluate", DICT({"model", IT(fit)}, {"on", IT(test)}));
  call(&d, "note", DICT({"text", TEXT("red \x1b[31m line\nend \xe2\x80\xae")}));
  check_page(page("T\x1b[2Jitle", "ok"));
}

#define with_desk(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      with_desk(the_head_names_data_and_cuts),
      with_desk(scores_stand_beside_the_baselines),
      with_desk(hostile_names_are_made_inert),
  };
  return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
