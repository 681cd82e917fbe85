/* Commands: the one way through them checks, journals, runs and remembers, names slots by
 * kind, and leaves nothing behind when memory runs out. */
#include "fixture.h"

static const orr_object *peek(orr_ref ref) { return orr_objects_peek(&d.session.objects, ref); }

static void every_row_is_whole(void **state) {
  (void)state;
  for (size_t i = 0; i < orr_commands_count; i++) {
    const orr_command *c = orr_commands[i];
    assert_ptr_equal(orr_command_find(c->name), c);
    assert_true(c->summary && *c->summary && c->help && *c->help && c->run);
    assert_true(c->n_positional <= c->n_args);
    for (size_t a = 0; a < c->n_args; a++)
      assert_true(c->args[a].name && c->args[a].help && *c->args[a].help);
  }
  assert_null(orr_command_find("frobnicate"));
}

static void objects_are_named_by_kind_and_number(void **state) {
  (void)state;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  orr_ref first = call(&d, "filter", DICT({"data", IT(data)}, {"where", TEXT("id > 2")}));
  call(&d, "note", DICT({"text", TEXT("a word")}));
  assert_int_equal(try_call(&d, "filter", DICT({"data", IT(data)}, {"where", TEXT("id > 99")}), NULL),
                   ORR_DATA);
  orr_ref second = call(&d, "filter", DICT({"data", IT(first)}, {"where", TEXT("id < 9")}));
  assert_string_equal(peek(data)->slot, "data1");
  assert_string_equal(peek(first)->slot, "filter1");
  assert_string_equal(peek(second)->slot, "filter2"); /* a call that failed takes no number */
  assert_int_equal(d.session.steps.count, 4);
  assert_string_equal(d.session.steps.items[2].slot, "");
  assert_string_equal(d.session.steps.items[3].line, "s.filter2 = o.filter { s.filter1, \"id < 9\" }");
}

static void rows_are_counted_cut_by_cut(void **state) {
  (void)state;
  d.config.where = "id < 20";
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  call(&d, "filter", DICT({"data", IT(data)}, {"where", TEXT("y > 5")})); /* row 4 has no y */
  static const struct {
    const char *name;
    size_t rows;
  } wanted[] = {{"rows read", 30}, {"where id < 20", 20}, {"where y > 5", 17}};
  assert_int_equal(d.session.cuts.count, 3);
  for (size_t i = 0; i < 3; i++) {
    assert_string_equal(d.session.cuts.items[i].name, wanted[i].name);
    assert_int_equal(d.session.cuts.items[i].rows, wanted[i].rows);
  }
}

static void check_refused(const char *command, const orr_value *given, orr_status status,
                          const char *message) {
  size_t steps = d.session.steps.count;
  bool other = try_call(&d, command, given, NULL) != status;
  if (other || !strstr(d.error.message, message)) fail_msg("'%s', not '%s'", d.error.message, message);
  assert_int_equal(d.session.steps.count, steps);
}

static void wrong_arguments_are_told(void **state) {
  (void)state;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL), split = call(&d, "split", DICT({"data", IT(data)}));
  check_refused("filter", NULL, ORR_RECIPE, "data");
  check_refused("filter", DICT({"data", IT(data)}), ORR_RECIPE, "where");
  check_refused("filter", DICT({"data", TEXT("data1")}, {"where", TEXT("id > 1")}), ORR_RECIPE, "data");
  check_refused("filter", DICT({"data", IT(split)}, {"where", TEXT("id > 1")}), ORR_RECIPE,
                "data: s.split1 is a split where a table is needed");
  check_refused("filter", DICT({"data", IT(data)}, {"wher", TEXT("x")}), ORR_RECIPE, "did you mean 'where'");
  check_refused("split", DICT({"data", IT(data)}, {"test", REAL(2)}), ORR_RECIPE, "test");
  check_refused("split", DICT({"data", IT(data)}, {"test", REAL(0.5)}, {"validation", REAL(0.5)}), ORR_USAGE,
                "leave too few rows");
  check_refused("data", DICT({"name", TEXT("sky")}), ORR_USAGE, "no data named 'sky'");
  check_refused("fit", DICT({"model", TEXT("ridge")}, {"on", IT(split)}, {"target", TEXT("yy")}), ORR_DATA,
                "target: no column 'yy'");
  check_refused("fit", DICT({"model", TEXT("ridg")}, {"on", IT(split)}, {"target", TEXT("y")}), ORR_RECIPE,
                "did you mean 'ridge'");
  check_refused("fit",
                DICT({"model", TEXT("ridge")}, {"on", IT(split)}, {"target", TEXT("y")}, {"depht", WHOLE(3)}),
                ORR_RECIPE, "depht");
  check_refused(
      "fit", DICT({"model", TEXT("ridge")}, {"on", IT(split)}, {"target", TEXT("y")}, {"name", TEXT("../x")}),
      ORR_RECIPE, "letters, digits");
  check_refused("load", DICT({"path", TEXT("/etc/hostname")}), ORR_RECIPE, "lies outside the folders");
}

static void dropped_objects_cannot_be_used(void **state) {
  (void)state;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL),
          few = call(&d, "filter", DICT({"data", IT(data)}, {"where", TEXT("id > 2")}));
  call(&d, "drop", DICT({"object", IT(data)}));
  check_refused("filter", DICT({"data", IT(data)}, {"where", TEXT("id > 2")}), ORR_RECIPE,
                "data: that object was dropped");
  check_refused("drop", DICT({"object", IT(data)}), ORR_RECIPE, "dropped before");
  call(&d, "filter", DICT({"data", IT(few)}, {"where", TEXT("id > 3")}));
}

static void columns_get_roles_and_company(void **state) {
  (void)state;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  const orr_table *t =
      peek(call(&d, "derive", DICT({"data", IT(data)}, {"twice", TEXT("2 * x")}, {"x", TEXT("x + 1")})))
          ->table;
  assert_int_equal(t->n_columns, 5);
  assert_true(orr_column_number(t->columns[4], 3) == 18 && orr_column_number(t->columns[1], 3) == 10);
  orr_value ignore = {.kind = ORR_LIST, .count = 1, .items = (orr_value[]){TEXT("id")}};
  t = peek(call(&d, "role", DICT({"data", IT(data)}, {"ignore", ignore}, {"target", TEXT("y")})))->table;
  assert_int_equal(t->roles[0], ORR_ROLE_IGNORE);
  assert_int_equal(t->roles[2], ORR_ROLE_TARGET);
  assert_int_equal(peek(data)->table->roles[0], ORR_ROLE_FEATURE);
}

/* ridge on y = 3 id: the whole way to numbers and files. */
static void a_run_from_data_to_numbers(void **state) {
  (void)state;
  d.config.folder = d.folder;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  orr_ref split = call(&d, "split", DICT({"data", IT(data)}, {"test", REAL(0.3)}, {"validation", REAL(0.4)})),
          test = split, held = split;
  test.part = ORR_PART_TEST, held.part = ORR_PART_VALIDATION;
  orr_ref base = call(&d, "fit",
                      DICT({"model", TEXT("constant")}, {"on", IT(split)}, {"target", TEXT("y")},
                           {"task", TEXT("regression")}));
  orr_ref fit = call(&d, "fit",
                     DICT({"model", TEXT("ridge")}, {"on", IT(split)}, {"target", TEXT("y")},
                          {"task", TEXT("regression")}, {"features", TEXT("id")}, {"name", TEXT("line")}));
  call(&d, "calibrate", DICT({"model", IT(fit)}, {"on", IT(held)}, {"level", REAL(0.9)}));
  call(&d, "evaluate", DICT({"model", IT(fit)}, {"on", IT(test)}, {"baseline", IT(base)}));
  call(&d, "predict", DICT({"model", IT(fit)}, {"on", IT(test)}, {"keep", TEXT("id")}));
  const orr_number *rmse = orr_numbers_find(&d.session.numbers, "test.rmse");
  assert_non_null(rmse);
  assert_true(rmse->value < 3);
  assert_true(orr_numbers_find(&d.session.numbers, "baseline.test.rmse")->value > 5);
  assert_non_null(orr_numbers_find(&d.session.numbers, "difference.test.rmse"));
  assert_non_null(orr_numbers_find(&d.session.numbers, "test.coverage_90"));
  assert_true(!strncmp(content(&d, "predictions.csv"), "row,id,y,mean,sd,lower,upper\n", 29));
  orr_kept m;
  orr_text path = {0};
  orr_text_printf(&path, "%s/models/line.orrery", d.folder);
  assert_int_equal(orr_kept_read(&m, path.data, NULL), ORR_OK);
  assert_true(m.level == 0.9 && m.radius > 0);
  orr_kept_fini(&m);
  orr_text_fini(&path);
}

static void write_rows(const char *name, const char *text, orr_value *out) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", d.root, name);
  assert_int_equal(orr_file_write(path, text, strlen(text), NULL), ORR_OK);
  *out = orr_value_of_string(orr_arena_strdup(&d.arena, path));
}

static void rows_to_test_come_from_a_file(void **state) {
  (void)state;
  static const char *const bad[][2] = {{"\n\n5\nsix\n", "line 4 is no row number"},
                                       {"-1\n", "line 1 is no row number"},
                                       {"5 6\n", "line 1 is no row number"},
                                       {"1.5\n", "line 1 is no row number"},
                                       {"99999999999999999999", "line 1 is no row number"},
                                       {"\n\n", "names no row"},
                                       {"", "names no row"},
                                       {"3\n4\n3\n", "names row 3 twice"},
                                       {"700\n", "test_rows names row 700, and the table ends at row 29"}};
  const char *root = d.root;
  orr_value rows;
  d.config.grants = &root, d.config.n_grants = 1;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  write_rows("rows.txt", "7\r\n\r\n 0 \n\n29", &rows);
  orr_ref split = call(&d, "split", DICT({"data", IT(data)}, {"test_rows", rows}, {"validation", REAL(0)}));
  const orr_rows *test = &peek(split)->split->split.part[ORR_PART_TEST];
  assert_int_equal(test->n, 3);
  assert_true(test->index[0] == 0 && test->index[1] == 7 && test->index[2] == 29);
  orr_hash key = peek(split)->key;
  write_rows("rows.txt", "7\n1\n", &rows);
  split = call(&d, "split", DICT({"data", IT(data)}, {"test_rows", rows}, {"validation", REAL(0)}));
  assert_true(peek(split)->key.low != key.low); /* the file's content is part of the step */
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    write_rows("rows.txt", bad[i][0], &rows);
    check_refused("split", DICT({"data", IT(data)}, {"test_rows", rows}), ORR_DATA, bad[i][1]);
  }
  check_refused("split", DICT({"data", IT(data)}, {"test_rows", TEXT("/etc/passwd")}), ORR_RECIPE,
                "lies outside the folders");
}

static void a_granted_file_can_be_loaded(void **state) {
  (void)state;
  const char *root = d.root;
  orr_value path;
  d.config.grants = &root, d.config.n_grants = 1;
  desk_open(&d);
  write_rows("more.csv", "a,b\n1,2\n", &path);
  assert_int_equal(peek(call(&d, "load", DICT({"path", path})))->table->rows, 1);
  assert_int_equal(d.session.inputs.count, 1);
}

static orr_ref fitted_classes(orr_ref *test) {
  orr_ref data = call(&d, "data", NULL),
          split = call(&d, "split", DICT({"data", IT(data)}, {"test", REAL(0.3)}));
  *test = split;
  test->part = ORR_PART_TEST;
  return call(&d, "fit", DICT({"model", TEXT("constant")}, {"on", IT(split)}, {"target", TEXT("class")}));
}

static void plots_are_of_what_was_evaluated(void **state) {
  (void)state;
  d.config.folder = d.folder;
  d.config.plots = true;
  desk_open(&d);
  orr_ref test, fit = fitted_classes(&test), data = call(&d, "data", NULL);
  check_refused("plot", DICT({"kind", TEXT("roc")}, {"of", IT(fit)}), ORR_RECIPE,
                "s.fit1 was not evaluated yet");
  call(&d, "evaluate", DICT({"model", IT(fit)}, {"on", IT(test)}));
  call(&d, "plot", DICT({"kind", TEXT("roc")}, {"of", IT(fit)}));
  call(&d, "plot",
       DICT({"kind", TEXT("histogram")}, {"of", IT(data)}, {"by", TEXT("class")},
            {"name", TEXT("all_of_it")}));
  assert_true(d.session.plots_written == 2 && !d.session.plots_drawn); /* gnuplot is not there */
  assert_true(*content(&d, "plots/roc.gp") && *content(&d, "plots/all_of_it.gp"));
  check_refused("plot", DICT({"kind", TEXT("rock")}, {"of", IT(fit)}), ORR_RECIPE, "did you mean 'roc'");
  check_refused("plot", DICT({"kind", TEXT("residuals")}, {"of", IT(fit)}), ORR_RECIPE,
                "is not for classification");
  check_refused("plot", DICT({"kind", TEXT("histogram")}, {"of", IT(fit)}), ORR_RECIPE,
                "is a fit where a table is needed");
  check_refused("plot", DICT({"kind", TEXT("roc")}, {"of", IT(fit)}, {"name", TEXT("../x")}), ORR_RECIPE,
                "small letters");
}

static void predictions_of_classes_name_them(void **state) {
  (void)state;
  static const char csv[] = "class,x\n\"a,b\",1\nplain,2\n\"a,b\",3\nplain,4\n\"a,b\",5\n";
  d.config.folder = d.folder;
  assert_int_equal(orr_file_write(d.csv, csv, strlen(csv), NULL), ORR_OK);
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  orr_ref fit =
      call(&d, "fit", DICT({"model", TEXT("constant")}, {"on", IT(data)}, {"target", TEXT("class")}));
  call(&d, "predict", DICT({"model", IT(fit)}, {"on", IT(data)}, {"keep", TEXT("x")}));
  static const char wanted[] =
      "row,x,class,prediction,\"p.a,b\",p.plain\n0,1,\"a,b\",\"a,b\",0.6,0.4\n1,2,plain,\"a,b\",0.6,0.4\n";
  assert_true(!strncmp(content(&d, "predictions.csv"), wanted, strlen(wanted)));
  check_refused("predict", DICT({"model", IT(fit)}, {"on", IT(data)}, {"keep", TEXT("z")}), ORR_DATA,
                "keep: no column 'z'");
}

static orr_signal stop_all(orr_control *c) {
  orr_control_ask(c, ORR_ABANDON, ORR_REASON_USER);
  return orr_control_read(c);
}

static void a_stop_ends_the_next_command(void **state) {
  (void)state;
  orr_control control = {0};
  desk_open(&d);
  d.session.control = &control;
  orr_ref data = call(&d, "data", NULL);
  assert_int_equal(stop_all(&control), ORR_ABANDON);
  check_refused("filter", DICT({"data", IT(data)}, {"where", TEXT("id > 2")}), ORR_STOPPED,
                "stopped during filter");
}

/* One call with the n-th allocation failing, for n upwards until it succeeds. */
static void step_through(const char *command, const orr_value *given) {
  orr_status status = ORR_MEMORY;
  long after = 0;
  for (; status && after < 2000; after++) {
    orr_value result;
    orr_arena arena = {0};
    orr_error e = {0};
    orr_text_fini(&d.session.facts); /* a page that once lacked memory stays failed */
    orr_memory_fail_after(after);
    status = orr_session_call(&d.session, orr_command_find(command), given, &arena, &result, &e);
    orr_memory_fail_after(-1);
    if (status && status != ORR_MEMORY) fail_msg("o.%s, allocation %ld: %s", command, after, e.message);
    assert_int_equal(e.status, status);
    orr_arena_fini(&arena);
  }
  if (status || after <= 5) fail_msg("o.%s: %ld allocations", command, after);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  desk_open(&d);
  orr_ref data = call(&d, "data", NULL);
  step_through("data", DICT({"name", TEXT("")}));
  step_through("filter", DICT({"data", IT(data)}, {"where", TEXT("id > 2 and class == 'yes'")}));
  step_through("derive", DICT({"data", IT(data)}, {"log", TEXT("log10(x + 1)")}));
  step_through("role", DICT({"data", IT(data)}, {"ignore", TEXT("id")}));
  step_through("split", DICT({"data", IT(data)}, {"stratify", TEXT("class")}));
  step_through("fit", DICT({"model", TEXT("constant")}, {"on", IT(data)}, {"target", TEXT("class")}));
}

#define with_desk(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_row_is_whole),        with_desk(objects_are_named_by_kind_and_number),
      with_desk(rows_are_counted_cut_by_cut),      with_desk(wrong_arguments_are_told),
      with_desk(dropped_objects_cannot_be_used),   with_desk(columns_get_roles_and_company),
      with_desk(a_run_from_data_to_numbers),       with_desk(rows_to_test_come_from_a_file),
      with_desk(a_granted_file_can_be_loaded),     with_desk(plots_are_of_what_was_evaluated),
      with_desk(predictions_of_classes_name_them), with_desk(a_stop_ends_the_next_command),
      with_desk(any_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
