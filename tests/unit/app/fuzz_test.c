/* Two thousand random lines, sensible and not, with steps taken back in between:
 * the session lives through all of them, and its journal, as it was written and
 * as it is kept, gives the same numbers when it is run again. */
#include "bench_fixture.h"

#include "base/random.h"

#ifndef FUZZ_LINES
#define FUZZ_LINES 2000
#endif

static orr_random source;

static size_t draw(size_t n) { return (size_t)orr_random_below(&source, n); }

#define ONE_OF(list) (list)[draw(sizeof(list) / sizeof *(list))]

/* A slot of a kind, mostly one that there is. */
static const char *slot(char out[32], const char *kind, size_t n) {
  snprintf(out, 32, "s.%s%zu", kind, draw(n + 2) + (draw(8) > 0));
  return out;
}

static const char *table(char out[32], const orr_snapshot *s) {
  if (!s->n_tables || !draw(12)) return slot(out, "filter", 3);
  size_t newest = s->n_tables > 3 ? s->n_tables - 3 : 0;
  snprintf(out, 32, "s.%s", s->tables[draw(2) ? 0 : newest + draw(s->n_tables - newest)].slot);
  return out;
}

static const char *part(char out[48], const orr_snapshot *s) {
  static const char *const parts[] = {".train", ".validation", ".test", ".test", ""};
  char of[32];
  snprintf(out, 48, "%s%s", slot(of, "split", s->n_splits), ONE_OF(parts));
  return out;
}

static void compose(const orr_snapshot *s, orr_text *out) {
  static const char *const wheres[] = {"x > 0.2",        "y < 0.9", "kind == 'red'", "x > 7",
                                       "nothing == 'a'", "x >",     "x + y > 0.3"};
  static const char *const families[] = {"constant", "ridge", "logistic", "knn", "pca", "logstic"};
  static const char *const targets[] = {"class", "class", "class", "y", "kind", "none"};
  static const char *const names[] = {"", ", name = 'same'", ", name = 'other'", ", repeats = 2"};
  static const char *const kinds[] = {"roc",       "reliability", "confusion", "residuals",
                                      "histogram", "training",    "rok"};
  static const char *const junk[] = {"x = = 1",
                                     "s.fit1 = nil",
                                     "error 'no'",
                                     "o.split(3)",
                                     "s = 4",
                                     "s = { }",
                                     "o.fit",
                                     "for i = 1, 3 do o.note { 'n' .. i } end",
                                     "local a <const> = 1 a = 2",
                                     "o.x { }",
                                     "o.control { 'fit1', step = 3, learning_rate = 1 }",
                                     "print(s.data1.rows)"};
  char a[48], c[48], d[48];
  switch (s->n_tables ? draw(24) : 20) {
  case 0:
  case 1: orr_text_printf(out, "o.filter { %s, \"%s\" }", table(a, s), ONE_OF(wheres)); break;
  case 2: orr_text_printf(out, "o.derive { %s, d%zu = 'x * %zu' }", table(a, s), draw(3), draw(5)); break;
  case 3: orr_text_printf(out, "o.role { %s, target = '%s' }", table(a, s), ONE_OF(targets)); break;
  case 4:
  case 5: orr_text_printf(out, "o.split { %s, test = 0.%zu }", table(a, s), draw(6)); break;
  case 6:
  case 7:
  case 8:
  case 9:
    orr_text_printf(out, "o.fit { '%s', %s, target = '%s'%s }", ONE_OF(families),
                    slot(a, "split", s->n_splits), ONE_OF(targets), ONE_OF(names));
    break;
  case 10:
    orr_text_printf(out, "o.fit { 'mlp', %s, target = 'class', hidden = { 4 }, epochs = 2 }",
                    slot(a, "split", s->n_splits));
    break;
  case 11:
  case 12:
  case 13:
    orr_text_printf(out, "o.evaluate { %s, on = %s, baseline = %s, as = 'n%zu' }", slot(a, "fit", s->n_fits),
                    part(c, s), draw(2) ? "nil" : slot(d, "fit", s->n_fits), draw(1000));
    break;
  case 14: orr_text_printf(out, "o.plot { '%s', %s }", ONE_OF(kinds), slot(a, "fit", s->n_fits)); break;
  case 15: orr_text_printf(out, "o.calibrate { %s, on = %s }", slot(a, "fit", s->n_fits), part(c, s)); break;
  case 16: orr_text_printf(out, "o.predict { %s, on = %s }", slot(a, "fit", s->n_fits), part(c, s)); break;
  case 17: orr_text_printf(out, "o.save { %s, 't%zu.csv' }", table(a, s), draw(3)); break;
  case 18:
    orr_text_printf(out, "o.drop { %s }", draw(4) ? slot(a, "fit", s->n_fits + 9) : table(a, s));
    break;
  case 19: orr_text_printf(out, "o.undo { %zu }", draw(3)); break;
  case 20: orr_text_add(out, "o.data { }"); break;
  default: orr_text_add(out, ONE_OF(junk)); break;
  }
}

/* As if by chance: a line, two at once, a step back, rarely a recipe. */
static void act(void) {
  orr_text line = {0};
  orr_snapshot *s = look();
  size_t dice = draw(100);
  static const char *const words[] = {"target=class", "model=knn", "repeats=1", "baseline=constant"};
  orr_words settings = {.items = (const char **)words, .count = 4};
  bool crowded = s->n_journal && (s->n_tables > 10 || s->n_fits > 20);
  if (dice < 10 || (crowded && dice < 60)) (void)orr_workbench_undo(b.w, &b.error);
  else if (dice == 99) orr_workbench_run(b.w, "classification", &settings, &b.error);
  else {
    compose(s, &line);
    if (dice < 30) orr_text_add(&line, " "), compose(s, &line);
    put(line.data);
  }
  orr_snapshot_unref(s);
  orr_snapshot_unref(settle());
  orr_text_fini(&line);
}

static void its_journal_always_replays(void **state) {
  (void)state;
  orr_text raw = {0}, path = {0};
  size_t lines = getenv("FUZZ_LINES") ? strtoul(getenv("FUZZ_LINES"), NULL, 10) : FUZZ_LINES;
  uint64_t seed = getenv("FUZZ_SEED") ? strtoull(getenv("FUZZ_SEED"), NULL, 10) : 1;
  source = orr_random_stream(seed, 0, ORR_FOR_RECIPE);
  write_rows("rows.csv", 120);
  open_bench();
  orr_snapshot_unref(settle());
  for (size_t i = 0; i < lines; i++) act();
  done("s = { }");
  done("s.split = o.split { o.data { } } s.last = o.fit { 'constant', s.split, target = 'class' }");
  done("o.evaluate { s.last, on = s.split.test, as = 'last' }");
  orr_snapshot *s = look();
  orr_text_printf(&path, "runs/.%s.partial-%ld", orr_file_name(s->folder), (long)getpid());
  orr_snapshot_unref(s);
  read_text(path.data, "journal.lua", &raw);
  assert_int_equal(orr_file_write("raw.lua", raw.data, raw.length, NULL), ORR_OK);
  char *folder = close_bench(true);
  assert_non_null(folder);
  orr_text_fini(&path);
  orr_text_printf(&path, "%s/recipe.lua", folder);
  expect_replay(path.data, folder, "from-recipe");
  expect_replay("raw.lua", folder, "from-raw");
  orr_text_fini(&raw);
  orr_text_fini(&path);
  orr_free(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {BENCH_TEST(its_journal_always_replays)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
