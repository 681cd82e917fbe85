/* The journal: each call is one line of Lua, word for word; and step keys are equal for
 * equal calls, whatever the objects were called, and for no others. */
#include "fixture.h"

static void check_line(const char *command, const orr_value *given, const char *slot, const char *wanted) {
  orr_text line = {0};
  assert_int_equal(orr_journal_line(&d.session, orr_command_find(command), given, slot, &line, NULL), ORR_OK);
  assert_string_equal(line.data, wanted);
  orr_text_fini(&line);
}

static void a_call_is_a_line_in_the_tables_order(void **state) {
  (void)state;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  orr_ref split = call(&d, "split", DICT({"test", REAL(0.25)}, {"data", IT(data)}));
  check_line("data", &(orr_value){.kind = ORR_DICT}, "data1", "s.data1 = o.data { }");
  check_line("split", DICT({"test", REAL(1)}, {"stratify", TEXT("class")}, {"data", IT(data)}), "split2",
             "s.split2 = o.split { s.data1, test = 1.0, stratify = \"class\" }");
  split.part = ORR_PART_TEST;
  check_line("evaluate", DICT({"on", IT(split)}, {"model", IT(data)}), "evaluate1",
             "s.evaluate1 = o.evaluate { s.data1, on = s.split1.test }");
  check_line(
      "fit",
      DICT({"repeats", WHOLE(3)}, {"model", TEXT("ridge")}, {"zeta", REAL(0.1)}, {"target", TEXT("y")}),
      "fit1", "s.fit1 = o.fit { \"ridge\", target = \"y\", repeats = 3, zeta = 0.1 }");
  check_line("fit", DICT({"on", IT(data)}), "fit1", "s.fit1 = o.fit { on = s.data1 }");
  check_line("drop", DICT({"object", IT(data)}), "", "o.drop { s.data1 }");
}

static void values_are_written_as_lua_reads_them(void **state) {
  (void)state;
  desk_open(&d);
  orr_value texts[] = {TEXT("a\"b\\"), TEXT("two\nlines\r\t\x01"), TEXT("é")};
  orr_value list = {.kind = ORR_LIST, .items = texts, .count = 3}, none = {.kind = ORR_LIST};
  check_line("fit", DICT({"features", list}, {"exclude", none}), "fit1",
             "s.fit1 = o.fit { features = { \"a\\\"b\\\\\", \"two\\nlines\\013\\009\\001\", \"é\" }, exclude "
             "= { } }");
  check_line("derive", DICT({"log flux", TEXT("log10(x)")}, {"end", TEXT("1")}, {"ok_1", TEXT("2")}),
             "derive1",
             "s.derive1 = o.derive { [\"log flux\"] = \"log10(x)\", [\"end\"] = \"1\", ok_1 = \"2\" }");
  check_line("fit", DICT({"repeats", WHOLE(INT64_MIN)}, {"settings", {.kind = ORR_BOOLEAN, .boolean = true}}),
             "fit1", "s.fit1 = o.fit { repeats = math.mininteger, settings = true }");
}

static void the_file_has_each_line_before_the_next_runs(void **state) {
  (void)state;
  d.config.folder = d.folder;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  char wanted[512], start[256];
  snprintf(start, sizeof start, "--@journal 1\n--@data \"%s\"\n--@seed 1\n", d.csv);
  snprintf(wanted, sizeof wanted, "%ss.data1 = o.data { }\n", start);
  assert_string_equal(content(&d, "journal.lua"), wanted);
  assert_int_equal(try_call(&d, "filter", DICT({"data", IT(data)}, {"where", TEXT("id >")}), NULL),
                   ORR_RECIPE);
  snprintf(wanted, sizeof wanted, "%ss.data1 = o.data { }\ns.filter1 = o.filter { s.data1, \"id >\" }\n",
           start);
  assert_string_equal(content(&d, "journal.lua"), wanted);
}

static void a_header_says_what_the_run_was_given(void **state) {
  (void)state;
  orr_text out = {0};
  char hash[ORR_HASH_TEXT], wanted[512];
  orr_source sources[] = {{.name = "sky", .path = d.csv},
                          {.name = "", .path = "/far/away/bundled.csv", .bundled = true}};
  orr_stop stops[] = {{.slot = "fit2", .step = 57}};
  d.config.sources = sources, d.config.n_sources = 2;
  d.config.where = "id < 25 and class != \"a\\\\b\"";
  d.config.stops = stops, d.config.n_stops = 1;
  d.config.seed = UINT64_MAX;
  desk_open(&d);
  call(&d, "data", DICT({"name", TEXT("sky")}));
  orr_journal_header(&d.session, &out);
  orr_hash_to_text(d.session.inputs.items[0].content, hash);
  snprintf(wanted, sizeof wanted, "--@data sky=\"%s\" xxh3:%s {\"delimiter\":\",\",", d.csv, hash);
  assert_memory_equal(out.data, wanted, strlen(wanted));
  assert_string_equal(strstr(out.data, "}\n"),
                      "}\n--@bundled \"bundled.csv\"\n--@where \"id < 25 and class != \\\"a\\\\\\\\b\\\"\"\n"
                      "--@seed 18446744073709551615\n--@stop fit2 57\n");
  orr_text_fini(&out);
}

static orr_hash key_of(const char *command, const orr_value *given) {
  orr_hash key;
  assert_int_equal(orr_step_key(&d.session, orr_command_find(command), given, &key, NULL), ORR_OK);
  return key;
}

static bool same(orr_hash a, orr_hash b) { return a.high == b.high && a.low == b.low; }

static void equal_calls_have_equal_keys(void **state) {
  (void)state;
  desk_open(&d);
  orr_ref a = call(&d, "data", NULL), b = call(&d, "data", NULL); /* s.data1 and s.data2: the same table */
  const orr_object *first = orr_objects_peek(&d.session.objects, a),
                   *second = orr_objects_peek(&d.session.objects, b);
  assert_string_not_equal(first->slot, second->slot);
  assert_true(same(first->key, second->key));
  orr_hash plain = key_of("filter", DICT({"data", IT(a)}, {"where", TEXT("id > 3")}));
  assert_true(same(plain, key_of("filter", DICT({"data", IT(b)}, {"where", TEXT("id > 3")}))));
  assert_true(same(plain, key_of("filter", DICT({"where", TEXT("id > 3")}, {"data", IT(a)}))));
}

static void any_difference_changes_the_key(void **state) {
  (void)state;
  desk_open(&d);
  orr_ref a = call(&d, "data", NULL),
          fewer = call(&d, "filter", DICT({"data", IT(a)}, {"where", TEXT("id > 2")}));
  orr_hash plain = key_of("split", DICT({"data", IT(a)}, {"test", REAL(0.25)}));
  assert_false(same(plain, key_of("split", DICT({"data", IT(a)}, {"test", REAL(0.26)}))));
  assert_false(same(plain, key_of("split", DICT({"data", IT(a)}))));
  assert_false(same(plain, key_of("split", DICT({"data", IT(a)}, {"validation", REAL(0.25)}))));
  assert_false(same(plain, key_of("split", DICT({"data", IT(fewer)}, {"test", REAL(0.25)}))));
  assert_false(same(plain, key_of("filter", DICT({"data", IT(a)}, {"test", REAL(0.25)}))));
  orr_ref split = call(&d, "split", DICT({"data", IT(a)})), test = split, train = split;
  test.part = ORR_PART_TEST, train.part = ORR_PART_TRAIN;
  assert_false(same(key_of("predict", DICT({"on", IT(test)})), key_of("predict", DICT({"on", IT(train)}))));
  d.config.seed = 2;
  assert_false(same(plain, key_of("split", DICT({"data", IT(a)}, {"test", REAL(0.25)}))));
  d.config.seed = 1;
  d.config.language_version = "another";
  assert_false(same(plain, key_of("split", DICT({"data", IT(a)}, {"test", REAL(0.25)}))));
}

/* The same call on a file with other cells. */
static void other_data_has_another_key(void **state) {
  (void)state;
  desk_open(&d);
  orr_hash before = orr_objects_peek(&d.session.objects, call(&d, "data", NULL))->key;
  assert_int_equal(orr_file_write(d.csv, "id,x\n1,2\n", 9, NULL), ORR_OK);
  orr_hash after = orr_objects_peek(&d.session.objects, call(&d, "data", NULL))->key;
  assert_false(same(before, after));
}

#define with_desk(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      with_desk(a_call_is_a_line_in_the_tables_order),
      with_desk(values_are_written_as_lua_reads_them),
      with_desk(the_file_has_each_line_before_the_next_runs),
      with_desk(a_header_says_what_the_run_was_given),
      with_desk(equal_calls_have_equal_keys),
      with_desk(any_difference_changes_the_key),
      with_desk(other_data_has_another_key),
  };
  return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
