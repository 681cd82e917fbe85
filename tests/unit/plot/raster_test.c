/* The raster: known strokes, fills, pictures and labels, as the characters they
 * become. A record is written by hand, so gnuplot is not needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "plot/raster.h"

typedef struct fixture {
  orr_raster raster;
  orr_plot_palette palette;
  uint8_t bytes[64];
} fixture;

static int set_up(void **state) {
  static fixture f;
  f = (fixture){.palette = orr_plot_palette_plain(false)};
  *state = &f;
  return 0;
}

static int tear_down(void **state) {
  orr_raster_fini(&((fixture *)*state)->raster);
  return 0;
}

static void begin(fixture *f, int columns, int rows, bool utf8) {
  assert_int_equal(orr_raster_begin(&f->raster, columns, rows, utf8, &f->palette, NULL), ORR_OK);
}

static void put_points(fixture *f, const int *at, size_t n) {
  for (size_t i = 0; i < 2 * n; i++)
    f->bytes[2 * i] = (uint8_t)(at[i] & 255), f->bytes[2 * i + 1] = (uint8_t)(at[i] >> 8 & 255);
}

static void shape(fixture *f, char kind, int percent, const int *at, size_t n) {
  put_points(f, at, n);
  orr_raster_add(&f->raster,
                 &(orr_stream_record){.kind = kind, .percent = percent, .n = n, .points = f->bytes});
}

static void pen(fixture *f, int32_t colour, int tenths) {
  orr_stream_record c = {.kind = 'C',
                         .colour = {(uint8_t)(colour >> 16), (uint8_t)(colour >> 8), (uint8_t)colour}};
  orr_raster_add(&f->raster, &c);
  orr_raster_add(&f->raster, &(orr_stream_record){.kind = 'W', .tenths = tenths});
}

static void label(fixture *f, int x, int y, int justify, const char *text) {
  put_points(f, (int[]){x, y}, 1);
  orr_raster_add(&f->raster, &(orr_stream_record){.kind = 'T',
                                                  .justify = justify,
                                                  .n = strlen(text),
                                                  .bytes = (const uint8_t *)text,
                                                  .points = f->bytes});
}

static void shows(fixture *f, const char *wanted) {
  orr_text dump = {0};
  orr_drawing *d = orr_raster_finish(&f->raster, 1);
  assert_non_null(d);
  orr_drawing_dump(d, &dump);
  assert_string_equal(orr_text_get(&dump), wanted);
  orr_text_fini(&dump);
  orr_drawing_unref(d);
}

static orr_plot_cell cell(fixture *f, int column, int row) {
  orr_drawing *d = orr_raster_finish(&f->raster, 1);
  orr_plot_cell c = d->cells[row * d->columns + column];
  orr_drawing_unref(d);
  return c;
}

static void lines_are_braille(void **state) {
  fixture *f = *state;
  begin(f, 6, 2, true);
  pen(f, 0x56b4e9, 10);
  shape(f, 'P', 0, (int[]){0, 0, 11, 7}, 2);
  shows(f, "   ⣀⠔⠊\n⡠⠔⠉\n");
}

static void a_dash_leaves_gaps(void **state) {
  fixture *f = *state;
  begin(f, 6, 1, true);
  pen(f, 0x56b4e9, 10);
  orr_raster_add(&f->raster, &(orr_stream_record){.kind = 'D', .n = 2, .bytes = (const uint8_t *)"\4\2"});
  shape(f, 'P', 0, (int[]){0, 0, 11, 0}, 2);
  shows(f, "⣀⣀ ⣀⣀\n");
}

static void lines_are_clipped(void **state) {
  fixture *f = *state;
  begin(f, 3, 1, true);
  pen(f, 1, 10);
  shape(f, 'P', 0, (int[]){-32768, 1, 32767, 1}, 2);
  shape(f, 'P', 0, (int[]){-32768, -32768, -32768, 32767}, 2);
  shows(f, "⠤⠤⠤\n");
}

/* The axis stands in the cells before the first dot of numbers, and tics point away from it. */
static void axes_are_box_lines(void **state) {
  fixture *f = *state;
  begin(f, 8, 4, true);
  pen(f, 0x808080, 70);
  shape(f, 'P', 0, (int[]){4, 15, 4, 8, 15, 8}, 3);
  shape(f, 'P', 0, (int[]){4, 13, 3, 13}, 2);
  shape(f, 'P', 0, (int[]){8, 8, 8, 6}, 2);
  shows(f, " ┤\n │\n └──┬───\n\n");
}

static void heavy_fills_are_blocks(void **state) {
  fixture *f = *state;
  begin(f, 4, 2, true);
  pen(f, 0x56b4e9, 10);
  shape(f, 'R', 75, (int[]){0, 0, 2, 6}, 2);
  shape(f, 'R', 75, (int[]){4, 0, 7, 4}, 2);
  shows(f, "▄\n█ █▌\n");
}

static void light_fills_are_a_tint_under_the_line(void **state) {
  fixture *f = *state;
  begin(f, 3, 1, true);
  pen(f, 0xffffff, 10);
  shape(f, 'R', 20, (int[]){0, 0, 4, 4}, 2);
  shape(f, 'P', 0, (int[]){0, 0, 1, 0}, 2);
  shows(f, "⣀\n");
  assert_int_equal(cell(f, 0, 0).back, cell(f, 1, 0).back);
  assert_true(cell(f, 1, 0).back > f->palette.back);
  assert_int_equal(cell(f, 2, 0).back, ORR_PLOT_NO_COLOUR);
}

static void without_colours_a_light_fill_is_a_shade(void **state) {
  fixture *f = *state;
  f->palette.colours = false;
  begin(f, 3, 1, true);
  pen(f, 0xffffff, 10);
  shape(f, 'R', 20, (int[]){0, 0, 4, 4}, 2);
  shows(f, "░░\n");
  assert_int_equal(cell(f, 0, 0).back, ORR_PLOT_NO_COLOUR);
}

static void opaque_fills_are_two_squares_a_cell(void **state) {
  fixture *f = *state;
  begin(f, 2, 1, true);
  pen(f, 0xff0000, 10);
  shape(f, 'R', 100, (int[]){0, 2, 4, 4}, 2);
  pen(f, 0x0000ff, 10);
  shape(f, 'R', 100, (int[]){0, 0, 2, 2}, 2);
  shows(f, "▀▀\n");
  assert_true(cell(f, 0, 0).fore == 0xff0000 && cell(f, 0, 0).back == 0x0000ff);
  assert_true(cell(f, 1, 0).fore == 0xff0000 && cell(f, 1, 0).back == ORR_PLOT_NO_COLOUR);
}

static void a_picture_is_sampled(void **state) {
  fixture *f = *state;
  begin(f, 2, 1, true);
  put_points(f, (int[]){0, 4, 4, 0, 0, 4, 4, 0}, 4);
  static const uint8_t pixels[] = {10, 0, 0, 1, 20, 0, 0, 1, 30, 0, 0, 1, 40, 0, 0, 0};
  orr_raster_add(&f->raster,
                 &(orr_stream_record){
                     .kind = 'I', .columns = 2, .rows = 2, .n = 4, .points = f->bytes, .bytes = pixels});
  assert_true(cell(f, 0, 0).fore == 0x0a0000 && cell(f, 0, 0).back == 0x1e0000);
  assert_true(cell(f, 1, 0).fore == 0x140000 && cell(f, 1, 0).back == ORR_PLOT_NO_COLOUR);
}

static void labels_keep_apart(void **state) {
  fixture *f = *state;
  begin(f, 12, 2, true);
  label(f, 0, 5, 0, "left");
  label(f, 24, 5, 2, "right");
  label(f, 12, 1, 1, "mid");
  label(f, 2, 5, 0, "gone"); /* no room beside the others */
  label(f, 22, 1, 0, "é±…"); /* moved left to fit */
  shows(f, "left   right\n     mid é±…\n");
}

static void letters_stand_out_from_a_picture(void **state) {
  fixture *f = *state;
  begin(f, 2, 1, true);
  pen(f, 0xf0f0f0, 10);
  shape(f, 'R', 100, (int[]){0, 0, 4, 4}, 2);
  label(f, 0, 1, 0, "x");
  assert_int_equal(cell(f, 0, 0).rune, 'x');
  assert_int_equal(cell(f, 0, 0).back, 0xf0f0f0);
  assert_true(orr_colour_light(cell(f, 0, 0).fore) < 0.2);
}

static void control_bytes_do_not_reach_a_cell(void **state) {
  fixture *f = *state;
  begin(f, 8, 1, true);
  label(f, 0, 1, 0, "a\033[31m\xff");
  for (int i = 0; i < 8; i++) assert_true(cell(f, i, 0).rune >= ' ' && cell(f, i, 0).rune != 0x7f);
}

static void ascii_has_a_sign_a_series(void **state) {
  fixture *f = *state;
  begin(f, 6, 2, false);
  pen(f, f->palette.series[0], 10);
  shape(f, 'P', 0, (int[]){0, 0, 11, 0}, 2);
  pen(f, f->palette.series[1], 10);
  shape(f, 'P', 0, (int[]){0, 6, 11, 6}, 2);
  pen(f, f->palette.muted, 70);
  shows(f, "++++++\n******\n");
}

/* Of what is drawn over one another the later shows, unless it is next to nothing of the cell. */
static void the_later_ink_shows(void **state) {
  fixture *f = *state;
  begin(f, 1, 1, true);
  pen(f, 0x111111, 10);
  shape(f, 'P', 0, (int[]){0, 0, 1, 0}, 2);
  pen(f, 0x222222, 10);
  shape(f, 'P', 0, (int[]){0, 3, 1, 3}, 2);
  assert_int_equal(cell(f, 0, 0).fore, 0x222222);
}

static void sizes_are_bounded(void **state) {
  fixture *f = *state;
  orr_error e;
  assert_int_equal(orr_raster_begin(&f->raster, 0, 5, true, &f->palette, &e), ORR_DATA);
  assert_int_equal(orr_raster_begin(&f->raster, 5000, 5, true, &f->palette, &e), ORR_DATA);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(lines_are_braille),
      TEST(a_dash_leaves_gaps),
      TEST(lines_are_clipped),
      TEST(axes_are_box_lines),
      TEST(heavy_fills_are_blocks),
      TEST(light_fills_are_a_tint_under_the_line),
      TEST(without_colours_a_light_fill_is_a_shade),
      TEST(opaque_fills_are_two_squares_a_cell),
      TEST(a_picture_is_sampled),
      TEST(labels_keep_apart),
      TEST(letters_stand_out_from_a_picture),
      TEST(control_bytes_do_not_reach_a_cell),
      TEST(ascii_has_a_sign_a_series),
      TEST(the_later_ink_shows),
      TEST(sizes_are_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
