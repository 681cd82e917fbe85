/* Recipes: a chunk's table becomes parameters or a message that says which row is wrong,
 * and running one is its commands and nothing more. */
#include "tests/unit/session/fixture.h"

#include "lua/recipe.h"

static char sugar[96];

static orr_status open_recipe(orr_recipe *r, const char *body, bool is_journal, orr_error *e) {
  orr_recipe_place place = {.name = "mine", .shown = "mine.lua", .sugar = sugar, .seed = 1};
  *e = (orr_error){0};
  return orr_recipe_open(r, body, is_journal, &place, e);
}

#define RECIPE(fields) "return { " fields " run = function(o, p) end }"

static void check_refused(const char *body, const char *message) {
  orr_recipe r;
  orr_error e;
  orr_status status = open_recipe(&r, body, false, &e);
  if (status != ORR_RECIPE && status != ORR_USAGE) fail_msg("%s: %d, '%s'", body, status, e.message);
  if (!strstr(e.message, message)) fail_msg("%s: '%s'", body, e.message);
  orr_recipe_fini(&r);
}

static void a_table_becomes_parameters(void **state) {
  (void)state;
  orr_recipe r;
  orr_error e;
  static const char body[] =
      "return { title = 'A title', question = 'Why?', bundled = { data = 'x.csv', set = { target = 'y' } },\n"
      "params = { { 'target', type = 'column', required = true, help = 'what' },\n"
      "  { 'n', type = 'integer', default = 3, min = 1, max = 9 }, { 'share', type = 'number', default = "
      "0.25 },\n"
      "  { 'on', type = 'boolean', default = false }, { 'how', type = 'choice', choices = { 'a', 'b' }, "
      "default = 'b' },\n"
      "  { 'also', type = 'choice', choices = 'c|d' }, { 'keep', type = 'list', default = { 'p', 'q\"' } } "
      "},\n"
      "run = function(o, p) end }";
  if (open_recipe(&r, body, false, &e)) fail_msg("%s", e.message);
  assert_string_equal(r.title, "A title");
  assert_string_equal(r.question, "Why?");
  assert_string_equal(r.bundled_data, "x.csv");
  assert_string_equal(orr_value_get(&r.bundled_settings, "target")->string, "y");
  static const char *const fallbacks[] = {NULL, "3", "0.25", "false", "b", NULL, "[\"p\",\"q\\\"\"]"};
  static const orr_option_type types[] = {ORR_TAKES_COLUMN,  ORR_TAKES_INTEGER, ORR_TAKES_NUMBER,
                                          ORR_TAKES_BOOLEAN, ORR_TAKES_CHOICE,  ORR_TAKES_CHOICE,
                                          ORR_TAKES_TEXTS};
  assert_int_equal(r.n_params, 7);
  for (size_t i = 0; i < 7; i++) {
    assert_int_equal(r.params[i].type, types[i]);
    assert_true(!r.params[i].fallback == !fallbacks[i]);
    if (fallbacks[i]) assert_string_equal(r.params[i].fallback, fallbacks[i]);
  }
  assert_true(r.params[0].required && !r.params[1].required && r.params[1].least == 1 &&
              r.params[1].most == 9);
  assert_string_equal(r.params[4].choices, "a|b");
  assert_string_equal(r.params[5].choices, "c|d");
  orr_recipe_fini(&r);
}

static void a_bare_recipe_has_its_names(void **state) {
  (void)state;
  orr_recipe r;
  orr_error e;
  assert_int_equal(open_recipe(&r, RECIPE(""), false, &e), ORR_OK);
  assert_string_equal(r.title, "mine");
  assert_string_equal(r.question, "");
  assert_true(!r.n_params && !r.bundled_data);
  orr_recipe_fini(&r);
}

static void chunks_that_are_no_recipe_are_told(void **state) {
  (void)state;
  check_refused("", "the recipe returns nil; it must return a table");
  check_refused("return 5", "the recipe returns number");
  check_refused("return {}", "has no function `run`");
  check_refused("return { run = 5 }", "has no function `run`");
  check_refused("return {", "mine.lua:1:");
  check_refused("error('no')", "mine.lua:1: no");
  check_refused("return setmetatable({}, { __index = function() error('caught') end })", "caught");
  check_refused("o.data()", "global 'o'");
  check_refused(RECIPE("bundled = { data = '../secret.csv' },"),
                "bundled.data is a file name without folders");
  check_refused(RECIPE("bundled = { data = 'x.csv', set = { [true] = 1 } },"), "key that is boolean");
}

static void rows_of_a_wrong_shape_are_told(void **state) {
  (void)state;
  check_refused(RECIPE("params = 5,"), "params is no table of rows");
  check_refused(RECIPE("params = { 'target' },"), "params: row 1 is no table");
  check_refused(RECIPE("params = { { type = 'text' } },"), "a parameter row has no name");
  check_refused(RECIPE("params = { { 5, type = 'text' } },"), "a parameter row has no name");
  check_refused(RECIPE("params = { { 'a b', type = 'text' } },"),
                "parameter 'a b': a name is letters, digits and _ only");
  check_refused(RECIPE("params = { { 'a\\n--@seed 2', type = 'text' } },"), "a name is letters");
  check_refused(RECIPE("params = { { '', type = 'text' } },"), "a name is letters");
  check_refused(RECIPE("params = { { 'a' } },"), "parameter 'a': unknown type ''; try boolean");
  check_refused(RECIPE("params = { { 'a', type = 'complex' } },"), "parameter 'a': unknown type 'complex'");
  check_refused(RECIPE("params = { { 'a', type = {} } },"), "parameter 'a': unknown type ''");
  check_refused(RECIPE("params = { { 'a', type = 'choice' } },"), "parameter 'a': a choice needs choices");
  check_refused(RECIPE("params = { { 'a', type = 'choice', choices = { 1, 2 } } },"),
                "item 1 of its choices is no text");
  check_refused(RECIPE("params = { { 'a', type = 'list', default = { 'x', 2 } } },"),
                "item 2 of its default is no text");
  check_refused(RECIPE("params = { { 'a', type = 'list', default = { x = 2 } } },"),
                "parameter 'a': its default is a table");
  check_refused(RECIPE("params = { { 'a', type = 'text', default = print } },"),
                "parameter 'a': its default is");
  check_refused(RECIPE("params = { { 'a', type = 'number', min = 'low' } },"),
                "parameter 'a': min is no number");
  check_refused(RECIPE("params = { { 'a', type = 'number', max = {} } },"),
                "parameter 'a': max is no number");
}

typedef struct running {
  desk desk;
  orr_recipe recipe;
  orr_options params;
  orr_error error;
} running;

static orr_status run(running *r, const char *body, bool is_journal) {
  desk_init(&r->desk);
  desk_open(&r->desk);
  r->params = (orr_options){0};
  ORR_TRY(open_recipe(&r->recipe, body, is_journal, &r->error));
  ORR_TRY(orr_options_init(&r->params, r->recipe.params, r->recipe.n_params, &(orr_value){.kind = ORR_DICT},
                           NULL, &r->desk.arena, &r->error));
  return orr_recipe_run(&r->recipe, &r->desk.session, &r->params, &r->error);
}

static void end(running *r) {
  orr_recipe_fini(&r->recipe);
  desk_fini(&r->desk);
}

static void running_is_its_commands(void **state) {
  (void)state;
  running r;
  static const char body[] =
      "return { params = { { 'share', type = 'number', default = 0.4 }, { 'none', type = 'text' } },\n"
      "run = function(o, p)\n"
      "  assert(p.share == 0.4 and p.none == nil)\n"
      "  local data = o.data()\n"
      "  local parts = o.split { data, test = p.share, stratify = 'class' }\n"
      "  o.note { 'rows: ' .. parts.test.rows }\n"
      "end }";
  if (run(&r, body, false)) fail_msg("%s", r.error.message);
  assert_int_equal(r.desk.session.steps.count, 3);
  assert_string_equal(r.desk.session.steps.items[1].line,
                      "s.split1 = o.split { s.data1, test = 0.4, stratify = \"class\" }");
  assert_string_equal(r.desk.session.report.data, "rows: 12\n");
  end(&r);
}

static void a_journal_is_its_own_run(void **state) {
  (void)state;
  running r;
  static const char body[] = "s.data1 = o.data { }\ns.filter1 = o.filter { s.data1, \"id < 9\" }\n";
  if (run(&r, body, true)) fail_msg("%s", r.error.message);
  assert_int_equal(r.desk.session.steps.count, 2);
  assert_string_equal(r.desk.session.steps.items[1].line, "s.filter1 = o.filter { s.data1, \"id < 9\" }");
  end(&r);
}

static void check_run_fails(const char *inside, orr_status status, const char *message) {
  running r;
  char body[512];
  snprintf(body, sizeof body, "return { run = function(o, p)\n  %s\nend }", inside);
  orr_status got = run(&r, body, false);
  if (got != status || !strstr(r.error.message, message))
    fail_msg("%s: %d, '%s'", inside, got, r.error.message);
  end(&r);
}

static void failures_keep_their_kind_and_line(void **state) {
  (void)state;
  check_run_fails("o.filter { o.data(), 'id >' }", ORR_RECIPE,
                  "mine.lua:2: o.filter: expression, character 5");
  check_run_fails("o.filter { o.data(), 'idd > 1' }", ORR_DATA, "mine.lua:2: o.filter: ");
  check_run_fails("o.data { 'sky' }", ORR_USAGE, "no data named 'sky'");
  check_run_fails("o.data('sky')", ORR_USAGE, "no data named 'sky'");
  check_run_fails("o.data(7)", ORR_RECIPE, "o.data takes one table");
  check_run_fails("o.data({}, {})", ORR_RECIPE, "o.data takes one table");
  check_run_fails("o.filter { o.data(), 'x > 1', 5 }", ORR_RECIPE, "takes 2 values by position, got 3");
  check_run_fails("o.filter { o.data(), data = 5, where = 'x > 1' }", ORR_RECIPE, "data is given twice");
  check_run_fails("o.filtr {}", ORR_RECIPE, "there is no command o.filtr; did you mean o.filter?");
  check_run_fails("local ok = pcall(o.data, { 'sky' }) assert(not ok) error('another')", ORR_RECIPE,
                  "mine.lua:2: another");
  check_run_fails("error('own words')", ORR_RECIPE, "mine.lua:2: own words");
}

/* What `families` says is the model table's own. */
static void families_are_those_of_the_table(void **state) {
  (void)state;
  orr_recipe r;
  orr_error e;
  static const char body[] =
      "local c, r = families.names 'classification', families.names 'regression'\n"
      "assert(c[1] == 'constant' and r[1] == 'constant')\n"
      "local seen = {}\n"
      "for _, row in ipairs(families.options 'regression') do assert(not seen[row[1]], row[1]) seen[row[1]] "
      "= true end\n"
      "assert(seen.n_estimators)\n"
      "local s = families.settings('boosted_trees', { n_estimators = 5, nonsense = 1 })\n"
      "assert(s.n_estimators == 5 and s.nonsense == nil)\n"
      "assert(not pcall(families.names, 'clustering'))\n" RECIPE(
          "params = params.supervised('regression', {}),");
  if (open_recipe(&r, body, false, &e)) fail_msg("%s", e.message);
  assert_true(r.n_params > 15);
  orr_json *j = orr_recipe_to_json(&r);
  assert_int_equal(orr_json_count(orr_json_get(j, "parameters")), r.n_params);
  orr_json_free(j);
  orr_recipe_fini(&r);
}

static void the_sugar_must_be_there(void **state) {
  (void)state;
  orr_recipe r;
  orr_error e = {0};
  orr_recipe_place place = {.name = "mine", .shown = "mine.lua", .sugar = "/nowhere", .seed = 1};
  assert_int_equal(orr_recipe_open(&r, RECIPE(""), false, &place, &e), ORR_DATA);
  assert_non_null(strstr(e.message, "/nowhere/order.lua"));
  orr_recipe_fini(&r);
}

/* The folder of the shared Lua files, seen from the root or from a folder of it. */
static int find_sugar(void **state) {
  (void)state;
  static const char *const homes[] = {"lua/orrery", "../lua/orrery", "../../lua/orrery"};
  for (size_t i = 0; i < 3; i++) {
    char file[128];
    snprintf(sugar, sizeof sugar, "%s", homes[i]);
    snprintf(file, sizeof file, "%s/params.lua", sugar);
    if (orr_file_exists(file)) return 0;
  }
  return 1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_table_becomes_parameters),
      cmocka_unit_test(a_bare_recipe_has_its_names),
      cmocka_unit_test(chunks_that_are_no_recipe_are_told),
      cmocka_unit_test(rows_of_a_wrong_shape_are_told),
      cmocka_unit_test(running_is_its_commands),
      cmocka_unit_test(a_journal_is_its_own_run),
      cmocka_unit_test(failures_keep_their_kind_and_line),
      cmocka_unit_test(families_are_those_of_the_table),
      cmocka_unit_test(the_sugar_must_be_there),
  };
  return cmocka_run_group_tests_name("recipe", tests, find_sugar, NULL);
}
