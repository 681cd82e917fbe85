/* Networks, losses and fields written in a recipe: tables become architectures, functions are checked, kept and
 * journaled as what they compute, and a journal gives the same models again. */
#include "tests/unit/session/fixture.h"

#include <math.h>

#include "lua/recipe.h"

typedef struct running {
  desk desk;
  orr_recipe recipe;
  orr_options params;
  orr_error error;
} running;

static char sugar[96];

static orr_status run(running *r, const char *body, bool is_journal) {
  orr_recipe_place place = {.name = "mine", .shown = "mine.lua", .sugar = sugar, .seed = 1};
  *r = (running){0};
  desk_init(&r->desk);
  desk_open(&r->desk);
  ORR_TRY(orr_recipe_open(&r->recipe, body, is_journal, &place, &r->error));
  return orr_recipe_run(&r->recipe, &r->desk.session, &r->params, &r->error);
}

static void end(running *r) {
  orr_recipe_fini(&r->recipe);
  desk_fini(&r->desk);
}

/* A recipe that fits `model` to y, with more options. */
static orr_status run_fit(running *r, const char *model, const char *more) {
  static char body[4096];
  snprintf(body, sizeof body,
           "return { run = function(o, p)\n  local data = o.data()\n  o.fit { %s, data, target = 'y', "
           "features = { 'id', "
           "'x' }, epochs = 3%s }\nend }",
           model, more);
  return run(r, body, false);
}

#define NETWORK "nn.sequential{ nn.linear(8), nn.tanh(), nn.linear(1) }"

static const orr_fit_object *fit_of(const running *r) {
  const orr_objects *all = &r->desk.session.objects;
  for (size_t i = 0; i < all->count; i++)
    if (all->items[i].kind == ORR_FIT) return all->items[i].fit;
  fail_msg("no fit was made");
  return NULL;
}

static void tables_become_an_architecture(void **state) {
  (void)state;
  running r;
  if (run_fit(
          &r,
          "nn.sequential{ nn.linear(8), { nn.layer_norm(), nn.silu() }, nn.residual(4, { dropout = 0.1 }), "
          "nn.dropout(0.2), nn.squash(), function(x) return x * x:sigmoid() end, nn.linear(1) }",
          ""))
    fail_msg("%s", r.error.message);
  const char *note = orr_store_text(&fit_of(&r)->members[0].store, "architecture");
  assert_string_equal(note,
                      "{\"inputs\":2,\"loss\":\"squared_error\",\"layers\":[{\"layer\":\"linear\",\"width\":"
                      "8},{\"layer\":\"layer_norm\"},"
                      "{\"layer\":\"silu\"},{\"layer\":\"residual\",\"width\":4,\"rate\":0.1,\"activation\":"
                      "\"silu\",\"norm\":false},"
                      "{\"layer\":\"dropout\",\"rate\":0.2},{\"layer\":\"squash\",\"bound\":3},{\"layer\":"
                      "\"traced\",\"function\":{"
                      "\"arguments\":[\"x\"],\"calls\":[[\"x\"],[\"sigmoid\",0],[\"*\",0,1]],\"result\":2}},"
                      "{\"layer\":\"linear\",\"width\":1}]}");
  end(&r);
}

static void check_fails(const char *model, const char *more, orr_status status, const char *message) {
  running r;
  orr_status got = run_fit(&r, model, more);
  if (got != status || !strstr(r.error.message, message))
    fail_msg("%s%s: %d, '%s'", model, more, got, r.error.message);
  end(&r);
}

static void networks_that_are_none_are_told(void **state) {
  (void)state;
  check_fails("nn.liner(8)", "", ORR_RECIPE, "there is no nn.liner");
  check_fails("nn.mlp{ hiden = 8 }", "", ORR_RECIPE, "nn.mlp has no 'hiden'; it has hidden");
  check_fails("nn.flow{ kind = 'fast' }", "", ORR_RECIPE, "nn.flow has no 'fast'; it has nsf");
  check_fails("nn.linear(0)", "", ORR_RECIPE, "nn.linear takes a number of units, not 0");
  check_fails("nn.sequential{}", "", ORR_RECIPE, "no layer is given");
  check_fails("nn.sequential{ nn.linear(2), 5 }", "", ORR_RECIPE, "item 2 is no layer");
  check_fails("{ 5 }", "", ORR_RECIPE, "expected the name of a family or a network");
  check_fails("5", "", ORR_RECIPE, "expected the name of a family or a network");
  check_fails("nn.sequential{ nn.linear(3) }", "", ORR_SHAPE,
              "the network ends in [rows, 3], and squared_error takes 1");
  check_fails("nn.sequential{ nn.linear(2), function(x) return x:sum(2) end }", "", ORR_SHAPE,
              "ends in [rows]; end it with nn.linear");
  check_fails("nn.sequential{ nn.linear(2), function(x) return x:column(3) end, nn.linear(1) }", "",
              ORR_SHAPE, "layer 2 (function): mine.lua:3: columns 3 to 3 of [rows, 2]");
  check_fails("nn.sequential{ nn.linear(2), nn.dropout(2), nn.linear(1) }", "", ORR_RECIPE,
              "layer 2: a layer has the rate 2");
  check_fails("'ridge'", ", l2 = function(x) return x end", ORR_RECIPE, "a function cannot be given here");
  check_fails("'mlp'", ", loss = function(p, t) return (p - t):mean() end", ORR_RECIPE,
              "a loss of your own goes with nn.sequential");
  check_fails("function(x) return x end", "", ORR_RECIPE, "a function cannot be given here");
  check_fails(NETWORK, ", loss = 'squared_eror'", ORR_RECIPE, "did you mean 'squared_error'?");
}

static void losses_are_checked_before_they_are_trained(void **state) {
  (void)state;
  running r;
  check_fails(NETWORK, ", loss = function(p, t) return ((p - t)^2):sum() end", ORR_NUMERIC,
              "it must be a mean over the rows");
  check_fails(NETWORK, ", loss = function(p, t) return ((p:stop_gradient() * 2 - t - p)^2):mean() end",
              ORR_NUMERIC, "gradient check:");
  check_fails(NETWORK, ", loss = function(p, t) return (0 * p - 1000):log():mean() end", ORR_NUMERIC,
              "before any training");
  check_fails(NETWORK, ", loss = function(p, t) return (t^2):mean() end", ORR_NUMERIC,
              "does not depend on any parameter");
  check_fails(NETWORK, ", loss = function(p, t, row) return (p - row.clas):mean() end", ORR_RECIPE,
              "loss: mine.lua:3: row has no 'clas'");
  check_fails(NETWORK, ", loss = function(p, t, row) return ((p - row.y)^2):mean() end, weight = 'x'",
              ORR_RECIPE, "the loss must return one value a row");
  check_fails(NETWORK, ", loss = function(p, t) return o.note { 'x' } end", ORR_RECIPE,
              "no command can be called inside a loss or a layer");
  check_fails(NETWORK, ", loss = function(p, t) return p:columns(1, 2) end", ORR_SHAPE,
              "loss: mine.lua:3: columns 1 to 2 of [rows, 1]");
  if (run_fit(&r, NETWORK,
              ", loss = function(pred, target, row) local d = pred:column(1) - target return d^2 * (1 + "
              "row.x * 0.01), { "
              "size = d:abs():mean() } end"))
    fail_msg("%s", r.error.message);
  assert_non_null(
      strstr(r.desk.session.steps.items[1].line,
             "loss = function(pred, target, row) local t1 = pred:column(1) - target return t1^2 * (1 + row.x "
             "* 0.01), { size = t1:abs():mean() } end"));
  const orr_store *kept = &fit_of(&r)->members[0].store;
  assert_string_equal(orr_store_text(kept, "history"), "epoch,step,loss,size,learning_rate,gradient_norm");
  assert_int_equal(orr_store_find(kept, "history")->shape[0], 3);
  end(&r);
}

/* Whatever the function's text was, its journal line gives the same key, the same line and the same weights. */
static void a_journal_trains_the_same_network(void **state) {
  (void)state;
  running first, again;
  orr_text journal = {0};
  if (run_fit(&first,
              "nn.sequential{ nn.linear(6), function(x) local y = x -- a remark\n return y:tanh() * y end, "
              "nn.linear(1) }",
              ", loss = function(p, t) return ((p:column(1) - t):abs() + 0.1):log() end"))
    fail_msg("%s", first.error.message);
  for (size_t i = 0; i < first.desk.session.steps.count; i++)
    orr_text_printf(&journal, "%s\n", first.desk.session.steps.items[i].line);
  if (run(&again, journal.data, true)) fail_msg("%s: %s", journal.data, again.error.message);
  assert_string_equal(again.desk.session.steps.items[1].line, first.desk.session.steps.items[1].line);
  assert_memory_equal(&again.desk.session.steps.items[1].key, &first.desk.session.steps.items[1].key,
                      sizeof(orr_hash));
  orr_hash one = orr_store_hash(&fit_of(&first)->members[0].store),
           two = orr_store_hash(&fit_of(&again)->members[0].store);
  assert_memory_equal(&one, &two, sizeof one);
  orr_text_fini(&journal);
  end(&first);
  end(&again);
}

static double number(const running *r, const char *name) {
  const orr_number *n = orr_numbers_find(&r->desk.session.numbers, name);
  if (!n) fail_msg("there is no number %s", name);
  return n->value;
}

/* x = id²: its second derivative is 2 everywhere. */
static void a_field_finds_its_coefficient(void **state) {
  (void)state;
  running r;
  static const char body[] =
      "return { run = function(o, p)\n"
      "  local field = o.fit { nn.field{ unknown = { bend = 1 }, cycles = 0.5, points = 100, hidden = "
      "'16,16',\n"
      "      residual = function(u, x, c) return grad(grad(u, x.id), x.id) - c.bend end },\n"
      "    o.data(), target = 'x', features = { 'id' }, epochs = 300 }\n"
      "  o.evaluate { field, on = o.data() }\n"
      "end }";
  if (run(&r, body, false)) fail_msg("%s", r.error.message);
  assert_true(fabs(number(&r, "coefficient.bend") - 2) < 0.02);
  assert_true(number(&r, "residual.rms") < 0.05);
  assert_true(number(&r, "all.rmse") < 2);
  const orr_number *bend = orr_numbers_find(&r.desk.session.numbers, "coefficient.bend");
  assert_string_equal(bend->method, "laplace");
  assert_true(bend->error > 0 && bend->error < 0.05);
  end(&r);
}

static void check_field(const char *field, const char *more, orr_status status, const char *message) {
  running r;
  static char body[2048];
  snprintf(body, sizeof body,
           "return { run = function(o, p)\n  o.fit { nn.field{ %s },\n    o.data(), target = 'x', epochs = "
           "2%s }\nend }",
           field, more);
  orr_status got = run(&r, body, false);
  if (got != status || !strstr(r.error.message, message))
    fail_msg("%s%s: %d, '%s'", field, more, got, r.error.message);
  end(&r);
}

#define EQUATION "residual = function(u, x, c) return grad(u, x.id) - 2 * x.id end"
#define ALONG    ", features = { 'id' }"

static void fields_that_are_none_are_told(void **state) {
  (void)state;
  check_field(EQUATION, "", ORR_RECIPE, "features is needed: the field's coordinates");
  check_field("", ALONG, ORR_RECIPE, "residual is needed");
  check_field("residual = 5", ALONG, ORR_RECIPE, "expected type function, got an integer");
  check_field("residual = function(u, x, c) return grad(u, x.t) end", ALONG, ORR_RECIPE,
              "residual: mine.lua:2: x has no 't'");
  check_field("residual = function(u, x, c) return u * c.rate end", ALONG, ORR_RECIPE, "c has no 'rate'");
  check_field("residual = function(u, x, c) return u:mean() end", ALONG, ORR_SHAPE, "one value a row");
  check_field("residual = function(u, x, c) return 0 * u end", ALONG, ORR_NUMERIC,
              "does it depend on the field");
  check_field(EQUATION ", unknown = 5", ALONG, ORR_RECIPE, "expected { name = first guess");
  check_field(EQUATION ", unknown = { a = 'x' }", ALONG, ORR_RECIPE, "the first guess of a is no number");
  check_field(EQUATION ", domain = { z = { 0, 1 } }", ALONG, ORR_RECIPE, "domain: z is no coordinate");
  check_field(EQUATION ", domain = { id = { 1, 0 } }", ALONG, ORR_RECIPE, "expected id = { low, high }");
  check_field(EQUATION ", domain = { id = { 1e9, 1000000001 } }", ALONG, ORR_DATA,
              "derive one that begins near 0");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_become_an_architecture),
      cmocka_unit_test(networks_that_are_none_are_told),
      cmocka_unit_test(losses_are_checked_before_they_are_trained),
      cmocka_unit_test(a_journal_trains_the_same_network),
      cmocka_unit_test(a_field_finds_its_coefficient),
      cmocka_unit_test(fields_that_are_none_are_told),
  };
  snprintf(sugar, sizeof sugar, "lua/orrery");
  return cmocka_run_group_tests(tests, NULL, NULL);
}
