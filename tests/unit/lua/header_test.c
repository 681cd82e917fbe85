/* The header of a kept recipe: every kind of line is read, every setting reads back as it
 * was, and a line that is not understood is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/option.h"
#include "base/random.h"
#include "lua/header.h"

static orr_status parse(const char *text, orr_arena *arena, orr_header *h, orr_error *e) {
  orr_status status = orr_header_parse(text, arena, h, e);
  assert_true(!status || *e->message);
  return status;
}

static void every_kind_of_line_is_read(void **state) {
  (void)state;
  static const char text[] =
      "--@journal 1\n"
      "--@recipe my recipe\n"
      "--@data sky=\"/a b/c=d.csv\" xxh3:0123456789abcdef0123456789abcdef\n"
      "--@data plain.csv xxh3:00 {\"delimiter\": \";\", \"header\": 2, \"missing\": [\"-\"]}\n"
      "--@file \"as named.csv\"=\"/c=d.csv\" xxh3:11\n"
      "--@file \"/rows.txt\"\n"
      "--@bundled \"htru2.csv\"\n"
      "--@where \"name == \\\"a\\\" and x > 5\"\n"
      "--@seed 18446744073709551615\n"
      "--@set target=\"class\"\n"
      "--@set test=0.25\n"
      "--@set keep=[\"a\",\"b\"]\n"
      "--@stop fit2 57\n"
      "--@stop fit3 models 2\n"
      "--@control fit2 {\"step\":57,\"learning_rate\":0.0003}\n"
      "--@control fit3 {\"model\":2,\"step\":9,\"clip_norm\":1}\n"
      "-- a comment\n--@seed 9\n";
  orr_arena arena = {0};
  orr_header h;
  orr_error e = {0};
  assert_int_equal(parse(text, &arena, &h, &e), ORR_OK);
  assert_true(h.is_journal && h.has_seed && h.seed == UINT64_MAX);
  assert_string_equal(h.recipe, "my recipe");
  assert_int_equal(h.n_sources, 3);
  assert_string_equal(h.sources[0].name, "sky");
  assert_string_equal(h.sources[0].path, "/a b/c=d.csv");
  assert_string_equal(h.sources[0].expected, "0123456789abcdef0123456789abcdef");
  assert_string_equal(h.sources[1].path, "plain.csv");
  assert_true(!*h.sources[1].name && !h.sources[1].bundled && h.sources[2].bundled);
  assert_true(h.sources[0].options.kind == ORR_NIL && h.sources[1].options.kind == ORR_DICT);
  assert_string_equal(orr_value_get(&h.sources[1].options, "delimiter")->string, ";");
  assert_int_equal(orr_value_get(&h.sources[1].options, "header")->integer, 2);
  assert_string_equal(orr_value_get(&h.sources[1].options, "missing")->items[0].string, "-");
  assert_int_equal(h.n_files, 2);
  assert_string_equal(h.files[0].name, "as named.csv");
  assert_string_equal(h.files[0].path, "/c=d.csv");
  assert_string_equal(h.files[0].expected, "11");
  assert_string_equal(h.files[1].path, "/rows.txt");
  assert_string_equal(h.where, "name == \"a\" and x > 5");
  assert_int_equal(h.n_settings, 3);
  assert_string_equal(h.settings[0].text, "class");
  assert_string_equal(h.settings[1].text, "0.25");
  assert_string_equal(h.settings[2].key, "keep");
  assert_string_equal(h.settings[2].text, "[\"a\",\"b\"]");
  assert_int_equal(h.n_stops, 2);
  assert_true(h.stops[0].step == 57 && h.stops[1].models == 2);
  assert_string_equal(h.stops[1].slot, "fit3");
  assert_int_equal(h.n_controls, 2); /* by step */
  assert_string_equal(h.controls[0].slot, "fit3");
  assert_true(h.controls[0].model == 2 && h.controls[0].change.step == 9);
  assert_true(h.controls[1].model == 1 && h.controls[1].change.set.value == 0.0003);
  assert_string_equal(h.controls[1].change.set.name, "learning_rate");
  assert_string_equal(h.body, "-- a comment\n--@seed 9\n"); /* the header ends at the first other line */
  orr_arena_fini(&arena);
}

/* What was changed by hand is in lines of a journal that nobody saved, and in the header of one that was. */
static void a_journal_says_how_it_was_steered(void **state) {
  (void)state;
  static const char lines[] = "--@control fit1 {\"step\":57,\"learning_rate\":0.0003}\n"
                              "s.fit1 = o.fit { \"mlp\", s.split1 }\n"
                              "o.control { \"fit1\", step = 57, learning_rate = 0.0003 }\n"
                              "o.control { \"fit1\", step = 12, beta = 2 }\n"
                              "-- by hand: o.control { \"fit1\", step = 99, beta = 2 }\n";
  orr_arena arena = {0};
  orr_text journal = {0};
  orr_header h;
  orr_error e = {0};
  orr_text_printf(&journal, "--@journal 1\n%s", lines);
  assert_int_equal(parse(journal.data, &arena, &h, &e), ORR_OK);
  assert_int_equal(h.n_controls, 2);
  assert_true(h.controls[0].change.step == 12 && h.controls[1].change.step == 57);
  assert_int_equal(parse(lines, &arena, &h, &e), ORR_OK); /* a recipe says so in its header only */
  assert_int_equal(h.n_controls, 1);
  orr_text_add(&journal, "o.control { \"fit1\", step = 12 }\n");
  assert_int_equal(parse(journal.data, &arena, &h, &e), ORR_RECIPE);
  orr_text_fini(&journal);
  orr_arena_fini(&arena);
}

static void a_text_without_a_header_is_all_body(void **state) {
  (void)state;
  static const char *const texts[] = {"", "return {}\n", "\n--@seed 1\n", " --@seed 1\n"};
  for (size_t i = 0; i < 4; i++) {
    orr_arena arena = {0};
    orr_header h;
    orr_error e = {0};
    assert_int_equal(parse(texts[i], &arena, &h, &e), ORR_OK);
    assert_ptr_equal(h.body, texts[i]);
    assert_true(!h.has_seed && !h.is_journal && !h.n_sources && !h.where && !h.recipe);
    orr_arena_fini(&arena);
  }
}

static void lines_may_end_as_on_other_systems(void **state) {
  (void)state;
  orr_arena arena = {0};
  orr_header h;
  orr_error e = {0};
  assert_int_equal(parse("--@seed 7\r\n--@where x > 5\r\nreturn", &arena, &h, &e), ORR_OK);
  assert_true(h.seed == 7);
  assert_string_equal(h.where, "x > 5");
  assert_string_equal(h.body, "return");
  assert_int_equal(parse("--@seed 7", &arena, &h, &e), ORR_OK);
  assert_string_equal(h.body, "");
  orr_arena_fini(&arena);
}

static void garbage_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"--@",
                                    "--@\n",
                                    "--@ seed 1",
                                    "--@sed 1",
                                    "--@seed",
                                    "--@seed x",
                                    "--@seed -1",
                                    "--@seed 1x",
                                    "--@seed 1 2",
                                    "--@seed 18446744073709551616",
                                    "--@seed 0x10",
                                    "--@journal",
                                    "--@journal one",
                                    "--@journal 1 x",
                                    "--@data",
                                    "--@data \"\"",
                                    "--@data \"open",
                                    "--@data \"a\" b",
                                    "--@data \"a\" xxh3:1 b",
                                    "--@bundled",
                                    "--@where \"open",
                                    "--@where \"a\" b",
                                    "--@where \"a\\",
                                    "--@where \"\\999\"",
                                    "--@where \"\\0\"",
                                    "--@set target",
                                    "--@set",
                                    "--@set a=\"open",
                                    "--@set a=\"b\" c",
                                    "--@stop",
                                    "--@stop fit1",
                                    "--@stop fit1 x",
                                    "--@stop fit1 0",
                                    "--@stop fit1 5x",
                                    "--@stop fit1 models",
                                    "--@stop fit1 models x",
                                    "--@control",
                                    "--@control fit1",
                                    "--@control fit1 3",
                                    "--@control fit1 {}",
                                    "--@control fit1 {\"step\":3}",
                                    "--@control fit1 {\"beta\":3}",
                                    "--@control fit1 {\"step\":-1,\"beta\":3}",
                                    "--@control fit1 {\"step\":1,\"beta\":\"3\"}",
                                    "--@control fit1 {\"step\":1,\"beta\":3} x",
                                    "--@stop fit1 models 0"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    orr_arena arena = {0};
    orr_header h;
    orr_error e = {0};
    if (parse(bad[i], &arena, &h, &e) != ORR_RECIPE) fail_msg("%s is taken", bad[i]);
    if (strncmp(e.message, "header: ", 8)) fail_msg("%s: %s", bad[i], e.message);
    orr_arena_fini(&arena);
  }
}

/* `v` written as a line, and read by header and option. */
static orr_value round_trip(const orr_option *o, const orr_value *v, orr_arena *arena) {
  orr_text line = {0};
  orr_header h;
  orr_error e = {0};
  orr_value back;
  orr_header_add_setting(o->name, v, &line);
  orr_text_add(&line, "the body");
  char *text = orr_arena_strdup(arena, line.data);
  orr_text_fini(&line);
  if (parse(text, arena, &h, &e)) fail_msg("%s: %s", text, e.message);
  assert_string_equal(h.body, "the body");
  assert_int_equal(h.n_settings, 1);
  assert_string_equal(h.settings[0].key, o->name);
  if (orr_option_parse(o, h.settings[0].text, arena, &back, &e)) fail_msg("%s: %s", text, e.message);
  return back;
}

static const char *const nasty[] = {"",
                                    " ",
                                    "\"",
                                    "\\",
                                    "a\"b\\c",
                                    "two\nlines",
                                    "\r\n\t\x01\x1f\x7f",
                                    "1\\n2",
                                    "\\065",
                                    "\x01"
                                    "65",
                                    "--@seed 9",
                                    "\n--@seed 9\n",
                                    "é ü 漢",
                                    "[\"a\"]",
                                    "true",
                                    "0.5",
                                    "x=y",
                                    "]]",
                                    "\x80\xff",
                                    "a,b"};

static void check_list(const orr_value *list, const char *first) {
  assert_int_equal(list->count, 2);
  assert_string_equal(list->items[0].string, first);
  assert_string_equal(list->items[1].string, "second");
}

static void nasty_texts_read_back(void **state) {
  (void)state;
  static const orr_option text = {.name = "target", .type = ORR_TAKES_TEXT},
                          list = {.name = "keep", .type = ORR_TAKES_TEXTS};
  for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
    orr_arena arena = {0};
    orr_value v = orr_value_of_string(nasty[i]), back = round_trip(&text, &v, &arena);
    assert_string_equal(back.string, nasty[i]);
    orr_value items[] = {v, orr_value_of_string("second")},
              all = {.kind = ORR_LIST, .items = items, .count = 2};
    bool utf8 = orr_text_is_utf8(nasty[i], strlen(nasty[i])); /* JSON is */
    if (utf8) back = round_trip(&list, &all, &arena);
    if (utf8) check_list(&back, nasty[i]);
    orr_arena_fini(&arena);
  }
}

static void numbers_and_truths_read_back(void **state) {
  (void)state;
  static const orr_option number = {.name = "test", .type = ORR_TAKES_NUMBER},
                          whole = {.name = "n", .type = ORR_TAKES_INTEGER},
                          truth = {.name = "on", .type = ORR_TAKES_BOOLEAN};
  static const double reals[] = {0.1 + 0.2, -0.0, 1e300, 5e-324, 3};
  orr_arena arena = {0};
  for (size_t i = 0; i < 5; i++) {
    orr_value v = {.kind = ORR_NUMBER, .number = reals[i]}, back = round_trip(&number, &v, &arena);
    double x = orr_value_to_number(&back);
    assert_memory_equal(&x, &reals[i], sizeof x);
  }
  orr_value i = {.kind = ORR_INTEGER, .integer = 1 - (1ll << 53)}, b = {.kind = ORR_BOOLEAN, .boolean = true};
  assert_true(round_trip(&whole, &i, &arena).integer == i.integer);
  assert_true(round_trip(&truth, &b, &arena).boolean);
  orr_arena_fini(&arena);
}

/* Bytes of every kind, and good lines with bytes changed: refused or taken, never harmful. */
static void mutations_do_no_harm(void **state) {
  (void)state;
  static const char good[] = "--@data sky=\"/a\\\"b\" xxh3:01\n--@set a=\"\\001\\n\"\n--@where x\n--@stop "
                             "fit1 models 2\n--@seed 4\n";
  orr_random r = orr_random_stream(1, 0, ORR_FOR_TEST);
  for (size_t round = 0; round < 20000; round++) {
    char text[sizeof good];
    memcpy(text, good, sizeof good);
    for (size_t edits = 1 + orr_random_below(&r, 4); edits; edits--)
      text[orr_random_below(&r, sizeof good - 1)] = (char)orr_random_below(&r, 256);
    orr_arena arena = {0};
    orr_header h;
    orr_error e = {0};
    parse(text, &arena, &h, &e);
    orr_arena_fini(&arena);
  }
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  orr_text text = {0};
  for (size_t i = 0; i < 3000; i++)
    orr_text_printf(&text, "--@set key%zu=\"a text that takes some room\"\n", i);
  orr_status status = ORR_MEMORY;
  long after = 0;
  for (; status && after < 100; after++) {
    orr_arena arena = {0};
    orr_header h;
    orr_error e = {0};
    orr_memory_fail_after(after);
    status = parse(text.data, &arena, &h, &e);
    orr_memory_fail_after(-1);
    if (status) assert_int_equal(status, ORR_MEMORY);
    orr_arena_fini(&arena);
  }
  assert_int_equal(status, ORR_OK);
  assert_true(after > 3);
  orr_text_fini(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_of_line_is_read),
      cmocka_unit_test(a_journal_says_how_it_was_steered),
      cmocka_unit_test(a_text_without_a_header_is_all_body),
      cmocka_unit_test(lines_may_end_as_on_other_systems),
      cmocka_unit_test(garbage_is_refused),
      cmocka_unit_test(nasty_texts_read_back),
      cmocka_unit_test(numbers_and_truths_read_back),
      cmocka_unit_test(mutations_do_no_harm),
      cmocka_unit_test(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
