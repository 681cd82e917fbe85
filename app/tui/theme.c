/* Themes; see theme.h. A theme's file names inks and colours in words:
 *
 *   return { light = false, inks = { key = { fore = "cyan", fore_256 = 80, bold = true } },
 *            series = { "#e69f00", … }, plot_text = "#d0d0d0", plot_muted = "#808080" }
 */
#include "app/tui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/settings.h"
#include "base/file.h"

enum { RGB = 0x1000000, BRIGHT = 8 };

static const char *const ansi[] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright_black",   "bright_red",
    "bright_green", "bright_yellow", "bright_blue", "bright_magenta", "bright_cyan",
    "bright_white"};

static bool parse_rgb(const char *s, int32_t *rgb) {
  char *end;
  long value = *s == '#' && strlen(s) == 7 ? strtol(s + 1, &end, 16) : -1;
  if (value < 0 || *end || strspn(s + 1, "0123456789abcdefABCDEF") != 6) return false;
  *rgb = (int32_t)value;
  return true;
}

static bool parse_colour(const orr_value *v, int32_t *out) {
  if (v->kind == ORR_INTEGER) return *out = (int32_t)v->integer, v->integer >= -1 && v->integer <= 255;
  if (v->kind != ORR_STRING) return false;
  if (!strcmp(v->string, "default")) return *out = -1, true;
  for (int32_t i = 0; i < 16; i++)
    if (!strcmp(v->string, ansi[i])) return *out = i, true;
  if (!parse_rgb(v->string, out)) return false;
  *out += RGB;
  return true;
}

static orr_status read_field(const char *ink, const char *name, const orr_value *v, orr_look *look,
                             orr_error *e) {
  struct {
    const char *name;
    int32_t *colour;
    bool *flag;
  } fields[] = {{"fore", &look->fore, NULL},         {"back", &look->back, NULL},
                {"fore_256", &look->fore_256, NULL}, {"back_256", &look->back_256, NULL},
                {"fore_rgb", &look->fore_rgb, NULL}, {"bold", NULL, &look->bold},
                {"dim", NULL, &look->dim},           {"underline", NULL, &look->underline},
                {"reverse", NULL, &look->reverse},   {"italic", NULL, &look->italic}};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (strcmp(fields[i].name, name)) continue;
    if (fields[i].flag && v->kind == ORR_BOOLEAN) return *fields[i].flag = v->boolean, ORR_OK;
    if (fields[i].colour && parse_colour(v, fields[i].colour)) return ORR_OK;
    return orr_fail(e, ORR_USAGE, "%s.%s is no %s", ink, name,
                    fields[i].flag ? "true or false" : "colour: a name, 0 to 255, or \"#rrggbb\"");
  }
  return orr_fail(e, ORR_USAGE, "an ink has no '%.40s'", name);
}

/* At 16 colours only what 16 colours have. */
static orr_status check_look(const char *ink, const orr_look *l, orr_error *e) {
  bool sound = l->fore < 16 && l->back < 16 && l->fore_256 < 256 && l->back_256 < 256;
  return sound ? ORR_OK
               : orr_fail(e, ORR_USAGE,
                          "%s: fore and back are of the 16 colours, fore_256 and back_256 of the 256", ink);
}

static orr_status read_ink(const orr_pair *p, orr_theme *t, orr_error *e) {
  size_t ink = 0;
  while (ink < ORR_INKS && strcmp(orr_ink_name((orr_ink)ink), p->key)) ink++;
  if (ink == ORR_INKS) return orr_fail(e, ORR_USAGE, "there is no ink '%.40s'", p->key);
  bool plain = p->value.kind == ORR_LIST && !p->value.count;
  if (p->value.kind != ORR_DICT && !plain) return orr_fail(e, ORR_USAGE, "%s is no table", p->key);
  enum { UNSAID = -2 };
  orr_look look = {.fore = -1, .back = -1, .fore_256 = UNSAID, .fore_rgb = UNSAID, .back_256 = UNSAID};
  for (size_t i = 0; !plain && i < p->value.count; i++)
    ORR_TRY(read_field(p->key, p->value.pairs[i].key, &p->value.pairs[i].value, &look, e));
  if (look.fore_256 == UNSAID) look.fore_256 = look.fore;
  if (look.fore_rgb == UNSAID) look.fore_rgb = look.fore_256;
  if (look.back_256 == UNSAID) look.back_256 = look.back;
  t->looks[ink] = look;
  return check_look(p->key, &look, e);
}

static orr_status read_rgb(const char *name, const orr_value *v, int32_t *out, orr_error *e) {
  if (v->kind == ORR_STRING && parse_rgb(v->string, out)) return ORR_OK;
  return orr_fail(e, ORR_USAGE, "%s is no colour \"#rrggbb\"", name);
}

static orr_status read_series(const orr_value *v, orr_theme *t, orr_error *e) {
  if (v->kind != ORR_LIST || v->count != 8) return orr_fail(e, ORR_USAGE, "series are eight colours");
  for (size_t i = 0; i < 8; i++) ORR_TRY(read_rgb("a series", &v->items[i], &t->series[i], e));
  return ORR_OK;
}

static orr_status read_entry(const orr_pair *p, orr_theme *t, orr_error *e) {
  const orr_value *v = &p->value;
  if (!strcmp(p->key, "light") && v->kind == ORR_BOOLEAN) return t->light = v->boolean, ORR_OK;
  if (!strcmp(p->key, "series")) return read_series(v, t, e);
  if (!strcmp(p->key, "plot_text")) return read_rgb(p->key, v, &t->plot_text, e);
  if (!strcmp(p->key, "plot_muted")) return read_rgb(p->key, v, &t->plot_muted, e);
  if (strcmp(p->key, "inks") || v->kind != ORR_DICT)
    return orr_fail(e, ORR_USAGE,
                    "'%.40s' is not understood; a theme has light, inks, series, plot_text, plot_muted",
                    p->key);
  for (size_t i = 0; i < v->count; i++) ORR_TRY(read_ink(&v->pairs[i], t, e));
  return ORR_OK;
}

orr_status orr_theme_read(const char *folder, const char *name, orr_theme *out, orr_error *e) {
  orr_arena arena = {0};
  orr_text path = {0};
  orr_value all = {0};
  orr_theme_plain(out);
  snprintf(out->name, sizeof out->name, "%s", name);
  orr_text_printf(&path, "%s/%s.lua", folder, name);
  orr_status status = strchr(name, '/') || !orr_file_exists(orr_text_get(&path))
                          ? orr_fail(e, ORR_USAGE, "there is no theme '%.40s' in %s", name, folder)
                          : orr_settings_read(orr_text_get(&path), &arena, &all, e);
  for (size_t i = 0; !status && i < all.count; i++) {
    status = read_entry(&all.pairs[i], out, e);
    if (status) orr_fail_in(e, "%s.lua", name);
  }
  orr_text_fini(&path);
  orr_arena_fini(&arena);
  return status;
}

void orr_theme_plain(orr_theme *out) {
  static const int32_t okabe_ito[8] = {0xe69f00, 0x56b4e9, 0x009e73, 0xf0e442,
                                       0x0072b2, 0xd55e00, 0xcc79a7, 0x999999};
  static const int8_t bold[] = {ORR_INK_TITLE, ORR_INK_FOCUS,   ORR_INK_KEY,
                                ORR_INK_BAD,   ORR_INK_WARNING, ORR_INK_HEADING};
  *out = (orr_theme){.name = "plain", .plot_text = 0x808080, .plot_muted = 0x808080};
  for (size_t i = 0; i < ORR_INKS; i++)
    out->looks[i] = (orr_look){.fore = -1, .back = -1, .fore_256 = -1, .fore_rgb = -1, .back_256 = -1};
  for (size_t i = 0; i < sizeof bold; i++) out->looks[bold[i]].bold = true;
  out->looks[ORR_INK_CURSOR].reverse = true;
  out->looks[ORR_INK_CHOSEN].underline = true;
  out->looks[ORR_INK_DISABLED].dim = out->looks[ORR_INK_MUTED].dim = true;
  memcpy(out->series, okabe_ito, sizeof okabe_ito);
}

static const int32_t ansi_rgb[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                     0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                     0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

static int32_t rgb_of_256(int32_t c) {
  static const int32_t levels[6] = {0, 95, 135, 175, 215, 255};
  if (c < 16) return ansi_rgb[c];
  if (c >= 232) return (8 + 10 * (c - 232)) * 0x010101;
  c -= 16;
  return levels[c / 36] << 16 | levels[c / 6 % 6] << 8 | levels[c % 6];
}

/* Squared, with green weighing most as it does in the eye. */
static long distance(int32_t a, int32_t b) {
  long red = (a >> 16 & 255) - (b >> 16 & 255), green = (a >> 8 & 255) - (b >> 8 & 255),
       blue = (a & 255) - (b & 255);
  return 3 * red * red + 6 * green * green + 2 * blue * blue;
}

/* Of the 16 those that vanish in the background. */
static bool vanishes(int32_t c, bool light) {
  return light ? c == 7 || c == 15 || c == 11 || c == 14 : c == 0;
}

/* A grey is no yellow, however near their numbers are. */
static bool is_grey(int32_t rgb) {
  int32_t red = rgb >> 16 & 255, green = rgb >> 8 & 255, blue = rgb & 255;
  return abs(red - green) < 32 && abs(green - blue) < 32 && abs(red - blue) < 32;
}

static int32_t nearest_of_few(int32_t rgb, int32_t count, bool light, bool is_back) {
  int32_t best = -1;
  for (int32_t c = 0; c < count; c++) {
    if ((!is_back && vanishes(c, light)) || is_grey(rgb) != is_grey(ansi_rgb[c])) continue;
    if (best < 0 || distance(rgb, ansi_rgb[c]) < distance(rgb, ansi_rgb[best])) best = c;
  }
  return is_back && best >= 0 && vanishes(best, light) ? -1 : best;
}

int32_t orr_colour_nearest(int32_t rgb, orr_depth depth, bool light, bool is_back) {
  int32_t best = 16;
  if (depth == ORR_MONO) return -1;
  if (depth == ORR_TRUE_COLOUR) return RGB + rgb;
  if (depth < ORR_256_COLOURS) return nearest_of_few(rgb, depth == ORR_16_COLOURS ? 16 : 8, light, is_back);
  for (int32_t c = 16; c < 256; c++)
    if (distance(rgb, rgb_of_256(c)) < distance(rgb, rgb_of_256(best))) best = c;
  return best;
}

/* What colour would say, weight says where there is none. */
static void without_colours(orr_look *l, orr_ink ink) {
  bool strong = ink == ORR_INK_KEY || ink == ORR_INK_HEADING || ink == ORR_INK_FOCUS ||
                ink == ORR_INK_NUMBER || ink == ORR_INK_WARNING || ink == ORR_INK_BAD;
  l->bold = l->bold || strong;
  l->dim = l->dim || ink == ORR_INK_DISABLED;
  l->underline = l->underline || ink == ORR_INK_WARNING;
  l->reverse = l->reverse || l->back >= 0;
  l->fore = l->back = -1;
}

/* True colour has the first eight of the terminal's own, and RGB. */
static int32_t in_true_colour(int32_t c) { return c < 8 || c >= RGB ? c : RGB + rgb_of_256(c); }

const char *orr_depth_name(orr_depth depth) {
  static const char *const names[] = {"no colours", "8 colours", "16 colours", "256 colours", "all colours"};
  return names[depth];
}

orr_look orr_theme_look(const orr_theme *t, orr_ink ink, orr_depth depth) {
  orr_look l = t->looks[ink];
  if (depth >= ORR_256_COLOURS && l.back_256 >= 0) l.reverse = false;
  if (depth == ORR_MONO) without_colours(&l, ink);
  if (depth == ORR_8_COLOURS) {
    if (l.fore == BRIGHT) l.fore = -1, l.dim = true; /* bold black is black on many */
    else if (l.fore > BRIGHT) l.fore -= BRIGHT, l.bold = true;
    if (l.back >= BRIGHT) l.back -= BRIGHT;
  }
  if (depth == ORR_256_COLOURS) l.fore = l.fore_256, l.back = l.back_256;
  if (depth == ORR_TRUE_COLOUR) l.fore = in_true_colour(l.fore_rgb), l.back = in_true_colour(l.back_256);
  return l;
}
