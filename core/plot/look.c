/* Names and palettes; see look.h. */
#include "plot/look.h"

#include "plot/drawing.h"

const char *orr_plot_mode_name(orr_plot_mode mode) {
  static const char *const names[] = {
#define X(mode, name) name,
      ORR_PLOT_MODE_LIST(X)
#undef X
  };
  return (unsigned)mode < ORR_PLOT_MODES ? names[mode] : "?";
}

orr_plot_palette orr_plot_palette_plain(bool light) {
  static const orr_plot_palette on_light = {
      .light = true,
      .colours = true,
      .text = ORR_PLOT_NO_COLOUR,
      .muted = 0x707070,
      .back = 0xffffff,
      .series = {0x0072b2, 0xd55e00, 0x009e73, 0xb0508c, 0xb07800, 0x3088c0, 0x303030, 0x5d3a9b},
      .shade = {0xf5f9fd, 0xc6dbef, 0x7fb3d9, 0x2b74b3, 0x08306b}};
  static const orr_plot_palette on_dark = {
      .colours = true,
      .text = ORR_PLOT_NO_COLOUR,
      .muted = 0x8a8a8a,
      .back = 0x121212,
      .series = {0x56b4e9, 0xe69f00, 0x2fc79a, 0xe08fc0, 0xf0e442, 0x4f8fe0, 0xe8e8e8, 0xb08cf0},
      .shade = {0x101828, 0x1d4877, 0x2a86a8, 0x6fc9a0, 0xf7f3a8}};
  return light ? on_light : on_dark;
}
