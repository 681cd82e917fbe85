/* What keys, clicks and pastes do to the user interface; and that no key in any state does harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/tui/hints.h"
#include "app/tui/over.h"
#include "tests/tui/fixture.h"

static fixture f;

static int set_up(void **state) {
  (void)state;
  fixture_init(&f, 80, 24, true);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  fixture_fini(&f);
  return 0;
}

static void test_list_moves(void **state) {
  orr_list l = {0};
  (void)state;
  orr_list_move(&l, -1, 10, 4);
  assert_int_equal(l.cursor, 0);
  orr_list_move(&l, 5, 10, 4);
  assert_int_equal(l.cursor, 5);
  assert_int_equal(l.first, 2);
  orr_list_move(&l, 1000000000, 10, 4);
  assert_int_equal(l.cursor, 9);
  assert_int_equal(l.first, 6);
  orr_list_move(&l, 0, 3, 4); /* the list became shorter */
  assert_int_equal(l.cursor, 2);
  assert_int_equal(l.first, 0);
  orr_list_move(&l, 1, 0, 4);
  assert_int_equal(l.cursor, 0);
  orr_list_move(&l, -1000000000, 10, 0);
  assert_int_equal(l.cursor, 0);
}

static void press(orr_line_editor *l, const char *name) {
  orr_key key;
  assert_true(orr_key_parse(name, &key));
  assert_true(orr_line_edit(l, &key));
}

static void test_line_editor(void **state) {
  orr_line_editor l = {0};
  static const char *const typed[] = {"a",    "é",    "星",        "Space",  "b",
                                      "Left", "Left", "Backspace", "Delete", "x"};
  (void)state;
  for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) press(&l, typed[i]);
  assert_string_equal(l.text, "aéxb");
  assert_int_equal(l.at, 4);
  press(&l, "End"), press(&l, "Space"), press(&l, "c"), press(&l, "Ctrl-W");
  assert_string_equal(l.text, "aéxb ");
  press(&l, "Home"), press(&l, "Right"), press(&l, "Ctrl-K");
  assert_string_equal(l.text, "a");
  press(&l, "Ctrl-U"), press(&l, "Backspace"), press(&l, "Left"), press(&l, "Delete");
  assert_int_equal(l.length, 0);
  for (int i = 0; i < 2000; i++) press(&l, "星");
  assert_in_range(l.length, 1000, 1023);
}

static void test_overlays_open_and_leave(void **state) {
  static const struct {
    const char *key;
    orr_overlay overlay;
  } rows[] = {{"?", ORR_OVER_HELP},
              {"F1", ORR_OVER_HELP},
              {":", ORR_OVER_PALETTE},
              {"T", ORR_OVER_GLOSSARY},
              {"R", ORR_OVER_JOURNAL}};
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    fixture_keys(&f, rows[i].key);
    assert_int_equal(f.ui.overlay, rows[i].overlay);
    fixture_keys(&f, "Escape");
    assert_int_equal(f.ui.overlay, ORR_OVER_NONE);
  }
  fixture_keys(&f, "? ?");
  assert_int_equal(f.ui.overlay, ORR_OVER_NONE);
  fixture_keys(&f, "? q");
  assert_int_equal(f.ui.overlay, ORR_OVER_NONE);
  assert_false(f.ui.leave);
}

static void test_escape_never_leaves(void **state) {
  (void)state;
  fixture_keys(&f, "Escape Escape Escape");
  assert_false(f.ui.leave);
  assert_int_equal(f.ui.overlay, ORR_OVER_NONE);
}

static void test_leaving(void **state) {
  (void)state;
  fixture_keys(&f, "q"); /* something runs */
  assert_int_equal(f.ui.overlay, ORR_OVER_CONFIRM);
  fixture_keys(&f, "n");
  assert_false(f.ui.leave);
  fixture_keys(&f, "q y");
  assert_true(f.ui.leave);
  f.ui.leave = false;
  f.snapshot.running = NULL;
  fixture_keys(&f, "q");
  assert_true(f.ui.leave);
}

static void test_interrupt(void **state) {
  (void)state;
  fixture_keys(&f, "Ctrl-C");
  assert_int_equal(f.ui.overlay, ORR_OVER_CONFIRM);
  assert_non_null(strstr(f.ui.question, "Stop"));
  f.ui.overlay = ORR_OVER_NONE;
  f.snapshot.running = NULL;
  fixture_keys(&f, "Ctrl-C Ctrl-C"); /* the second one means it */
  assert_true(f.ui.leave);
}

static void test_rooms(void **state) {
  (void)state;
  fixture_keys(&f, "3");
  assert_int_equal(f.ui.room, ORR_ROOM_WATCH);
  fixture_keys(&f, "? 5"); /* out of the help, too */
  assert_int_equal(f.ui.room, ORR_ROOM_RECORD);
  assert_int_equal(f.ui.overlay, ORR_OVER_NONE);
}

static void test_reasons(void **state) {
  char buffer[160];
  (void)state;
  assert_string_equal(orr_ui_why_not(&f.ui, ORR_REQUEST_undo, buffer), "something runs");
  f.snapshot.running = NULL;
  assert_null(orr_ui_why_not(&f.ui, ORR_REQUEST_undo, buffer));
  f.snapshot.n_journal = 0;
  assert_non_null(orr_ui_why_not(&f.ui, ORR_REQUEST_undo, buffer));
  fixture_keys(&f, "u");
  assert_non_null(strstr(f.ui.message, "nothing was done yet"));
  assert_string_equal(orr_ui_why_not(&f.ui, ORR_REQUEST_why, buffer), "it is a key of the room Ask");
}

static void test_undo_says_what(void **state) {
  char buffer[160];
  orr_seen_line lines[] = {{.text = "s.data1 = o.data { }", .state = ORR_LINE_DONE},
                           {.text = "s.role1 = o.role { s.data1 }", .state = ORR_LINE_DONE},
                           {.text = "o.control { s.fit1 }", .state = ORR_LINE_DONE}};
  (void)state;
  f.snapshot.running = NULL;
  f.snapshot.journal = lines, f.snapshot.n_journal = 3;
  fixture_keys(&f, "u");
  assert_string_equal(f.ui.message, "Taken back: s.role1 = o.role { s.data1 }");
  lines[1].state = lines[2].state = ORR_LINE_UNDONE;
  assert_non_null(strstr(orr_ui_why_not(&f.ui, ORR_REQUEST_undo, buffer), "only the table"));
}

static void test_a_name_is_typed_over(void **state) {
  (void)state;
  f.snapshot.running = NULL;
  fixture_keys(&f, "S");
  assert_string_equal(f.ui.prompt.line.text, "session.lua");
  fixture_keys(&f, "x");
  assert_string_equal(f.ui.prompt.line.text, "x");
  fixture_keys(&f, "Escape S Left x");
  assert_string_equal(f.ui.prompt.line.text, "session.luxa");
}

static void test_escape_takes_the_crosshair(void **state) {
  (void)state;
  f.ui.plot.crosshair = true;
  fixture_keys(&f, "Escape");
  assert_false(f.ui.plot.crosshair);
}

static orr_status agree(orr_ui *ui, orr_error *e) {
  (void)e;
  return ui->agreed = true, ORR_OK;
}

static void test_the_first_question(void **state) {
  (void)state;
  orr_ui_confirm(&f.ui, "Go on?", agree);
  fixture_keys(&f, "n");
  assert_false(f.ui.leave);
  orr_ui_confirm(&f.ui, "Go on?", agree);
  f.ui.may_leave = true;
  fixture_keys(&f, "Escape");
  assert_true(f.ui.leave);
  assert_false(f.ui.agreed);
}

static void test_terms_begin_with_what_is_typed(void **state) {
  orr_glossary_term terms[ORR_TERMS];
  (void)state;
  f.ui.room = ORR_ROOM_WATCH;
  fixture_keys(&f, "T");
  assert_true(orr_glossary_terms(&f.ui, terms) > 20);
  assert_string_equal(terms[0].name, "batch"); /* the room's own first */
  fixture_keys(&f, "l o s s");
  assert_true(orr_glossary_terms(&f.ui, terms) > 2);
  assert_string_equal(terms[0].name, "loss");
}

static orr_offer chosen(void) {
  orr_offer offers[ORR_OFFERS];
  size_t n = orr_palette_offers(&f.ui, offers);
  assert_true(f.ui.over.cursor < n);
  return offers[f.ui.over.cursor];
}

static void test_palette(void **state) {
  orr_offer offers[ORR_OFFERS];
  (void)state;
  fixture_keys(&f, ":");
  size_t all = orr_palette_offers(&f.ui, offers);
  assert_true(all > orr_commands_count && all < ORR_OFFERS);
  fixture_keys(&f, "next Space theme");
  assert_int_equal(orr_palette_offers(&f.ui, offers), 1);
  assert_int_equal(chosen().request, ORR_REQUEST_theme);
  fixture_keys(&f, "Enter");
  assert_int_equal(f.ui.theme_step, 1);
  assert_int_equal(f.ui.overlay, ORR_OVER_NONE);
  fixture_keys(&f, ": o.note Enter");
  assert_int_equal(f.ui.overlay, ORR_OVER_PROMPT);
  assert_string_equal(f.ui.prompt.line.text, "o.note {  }");
  fixture_keys(&f, "x Escape : zzzz Enter");
  assert_int_equal(f.ui.overlay, ORR_OVER_PALETTE); /* nothing fits, nothing is done */
}

/* Every command of the engine and every request but movements can be found. */
static void test_palette_is_whole(void **state) {
  orr_offer offers[ORR_OFFERS];
  size_t commands = 0, requests = 0;
  (void)state;
  fixture_keys(&f, ":");
  size_t n = orr_palette_offers(&f.ui, offers);
  for (size_t i = 0; i < n; i++) commands += offers[i].command != NULL, requests += offers[i].request != 0;
  assert_int_equal(commands, orr_commands_count);
  assert_int_equal(requests, ORR_REQUESTS - 1 - (ORR_REQUEST_previous_pane - ORR_REQUEST_up + 1));
}

static char accepted[64];
static orr_status accept(orr_ui *ui, const char *text, orr_error *e) {
  (void)ui;
  snprintf(accepted, sizeof accepted, "%s", text);
  return strcmp(text, "bad") ? ORR_OK : orr_fail(e, ORR_USAGE, "it is bad");
}

static void test_prompt(void **state) {
  (void)state;
  orr_ui_prompt(&f.ui, "Name", NULL, "ba", accept);
  fixture_keys(&f, "d Enter");
  assert_int_equal(f.ui.overlay, ORR_OVER_PROMPT); /* stays open with what is wrong */
  assert_string_equal(f.ui.prompt.error.message, "it is bad");
  fixture_keys(&f, "? Enter"); /* a key of everywhere is typed here */
  assert_string_equal(accepted, "bad?");
  assert_int_equal(f.ui.overlay, ORR_OVER_NONE);
}

static void test_paste(void **state) {
  (void)state;
  orr_ui_key(&f.ui, &(orr_key){.kind = ORR_KEY_PASTE, .rune = 1});
  fixture_keys(&f, "q 3 ? u"); /* pasted text is no commands */
  assert_int_equal(f.ui.overlay, ORR_OVER_NONE);
  assert_int_equal(f.ui.room, ORR_ROOM_DATA);
  orr_ui_key(&f.ui, &(orr_key){.kind = ORR_KEY_PASTE});
  fixture_keys(&f, "3");
  assert_int_equal(f.ui.room, ORR_ROOM_WATCH);
}

static void click(int x, int y, orr_button button) {
  orr_ui_key(&f.ui, &(orr_key){.kind = ORR_KEY_MOUSE, .x = x, .y = y, .button = button});
}

static void test_mouse(void **state) {
  orr_hint hints[ORR_HINTS];
  (void)state;
  orr_header_tabs(&f.ui, hints);
  click(hints[3].x + 1, 0, ORR_PRESS);
  assert_int_equal(f.ui.room, ORR_ROOM_ASK);
  size_t n = orr_footer_hints(&f.ui, 80, hints);
  for (size_t i = 0; i < n; i++)
    if (hints[i].request == ORR_REQUEST_help) click(hints[i].x, 23, ORR_PRESS);
  assert_int_equal(f.ui.overlay, ORR_OVER_HELP);
  click(40, 10, ORR_WHEEL_DOWN);
  assert_int_equal(f.ui.over.first, 3);
  click(40, 23, ORR_PRESS); /* outside of what lies over */
  assert_int_equal(f.ui.overlay, ORR_OVER_NONE);
}

static void test_plot_view(void **state) {
  (void)state;
  uint64_t version = f.ui.plot.version;
  f.ui.room = ORR_ROOM_DATA;
  fixture_keys(&f, "c z");
  assert_true(f.ui.plot.crosshair);
  assert_true(f.ui.plot.version > version);
  assert_true(f.ui.plot.zoom_x[0] == 0.25 && f.ui.plot.zoom_x[1] == 0.75);
  fixture_keys(&f, "l l");
  assert_true(f.ui.plot.cross_x > 0.53 && f.ui.plot.cross_x < 0.55);
  fixture_keys(&f, "Z Z Z");
  assert_true(f.ui.plot.zoom_x[0] == f.ui.plot.zoom_x[1]); /* all */
}

/* The footer never overlaps, and always has help and the way back. */
static void test_footer_fits(void **state) {
  (void)state;
  for (int width = 20; width <= 200; width += 7)
    for (int room = 0; room < ORR_ROOMS; room++) {
      orr_hint h[ORR_HINTS];
      bool back = false;
      f.ui.room = (orr_room_id)room;
      size_t n = orr_footer_hints(&f.ui, width, h);
      for (size_t i = 0; i < n; i++) {
        back |= h[i].request == ORR_REQUEST_back;
        if (i && width >= 40) assert_true(h[i].x > h[i - 1].x + h[i - 1].width);
        if (width >= 40) assert_true(h[i].x + h[i].width <= width);
      }
      assert_true(back);
    }
}

static orr_key random_key(uint64_t *seed) {
  static const char runes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789?:/[]+-=. {}\"";
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  uint32_t r = (uint32_t)(*seed >> 33);
  orr_key k = {.kind = ORR_KEY_RUNE,
               .rune = (unsigned char)runes[r / 64 % (sizeof runes - 1)],
               .control = r % 16 == 0};
  if (k.control && !(k.rune >= 'a' && k.rune <= 'z')) k.rune = 'd';
  if (r % 4 == 1)
    k = (orr_key){.kind = (orr_key_kind)(ORR_KEY_ENTER + r / 64 % (ORR_KEY_PAGE_DOWN - ORR_KEY_ENTER + 1))};
  if (r % 16 == 2)
    k = (orr_key){.kind = ORR_KEY_MOUSE,
                  .x = (int)(r / 64 % 130),
                  .y = (int)(r / 8192 % 45),
                  .button = (orr_button)(r / 32 % 7)};
  return k;
}

/* Any keys at any sizes: no crash, and what is drawn stays whole. */
static void test_random_keys(void **state) {
  uint64_t seed = 1;
  (void)state;
  for (int i = 0; i < 20000; i++) {
    orr_key key = random_key(&seed);
    orr_ui_key(&f.ui, &key);
    if (seed % 200 == 0) {
      int width = 10 + (int)(seed >> 40) % 140, height = 3 + (int)(seed >> 50) % 50;
      orr_grid_fini(&f.grid);
      assert_int_equal(orr_grid_init(&f.grid, width, height, seed % 3 != 0, NULL), ORR_OK);
      f.ui.width = width, f.ui.height = height;
    }
    if (i % 4 == 0) fixture_draw(&f);
    f.ui.leave = f.ui.suspend = f.ui.redraw = false;
    f.ui.theme_step = f.ui.mode_step = 0;
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_list_moves),
      TEST(test_line_editor),
      TEST(test_overlays_open_and_leave),
      TEST(test_escape_never_leaves),
      TEST(test_leaving),
      TEST(test_interrupt),
      TEST(test_rooms),
      TEST(test_reasons),
      TEST(test_undo_says_what),
      TEST(test_a_name_is_typed_over),
      TEST(test_escape_takes_the_crosshair),
      TEST(test_the_first_question),
      TEST(test_terms_begin_with_what_is_typed),
      TEST(test_palette),
      TEST(test_palette_is_whole),
      TEST(test_prompt),
      TEST(test_paste),
      TEST(test_mouse),
      TEST(test_plot_view),
      TEST(test_footer_fits),
      TEST(test_random_keys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
