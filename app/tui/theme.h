/* Themes: how each ink looks at each depth of colour. Files under themes/ (Lua
 * tables, read behind the wall); the background is left as the terminal has it. */
#ifndef ORR_TUI_THEME_H
#define ORR_TUI_THEME_H

#include "app/tui/grid.h"

typedef enum orr_depth {
  ORR_MONO,
  ORR_8_COLOURS,
  ORR_16_COLOURS,
  ORR_256_COLOURS,
  ORR_TRUE_COLOUR
} orr_depth;

const char *orr_depth_name(orr_depth depth); /* "256 colours" */

/* How an ink looks. Colours: -1 the terminal's own, 0-15 ANSI, 16-255 of the 256, and 0x1000000 + RGB. */
typedef struct orr_look {
  int32_t fore, back;         /* at 16 colours; at 8 those from 8 on become bold 0-7 */
  int32_t fore_256, fore_rgb; /* richer ones; the same as fore where the theme does not say */
  int32_t back_256;           /* the same; where there is one, `reverse` is for fewer colours */
  bool bold, dim, underline, reverse, italic;
} orr_look;

typedef struct orr_theme {
  char name[32];
  bool light; /* made for a light background */
  orr_look looks[ORR_INKS];
  int32_t series[8];             /* RGB of the plot's series, for gnuplot */
  int32_t plot_text, plot_muted; /* RGB of axes and guides in plots that are pictures */
} orr_theme;

/* Reads folder/NAME.lua. ORR_USAGE with what is wrong in it, or that there is none of that name. */
orr_status orr_theme_read(const char *folder, const char *name, orr_theme *out, orr_error *e);
/* The look of an ink at a depth: fore and back as that depth has them (RGB only of true colour), attributes as they are
 * to be shown, without colours where there are none. */
orr_look orr_theme_look(const orr_theme *t, orr_ink ink, orr_depth depth);

/* The nearest colour to 0xRRGGBB that a depth has; -1 of ORR_MONO. Of 8 and 16 one that can be read on the background
 * (light or not); as a background itself -1, the terminal's own, where it would be that. */
int32_t orr_colour_nearest(int32_t rgb, orr_depth depth, bool light, bool is_back);

/* The one built in, for when no file can be read: the terminal's own colours. */
void orr_theme_plain(orr_theme *out);

#endif
