/* Figures to gnuplot, by a pure function, and the one-shot gnuplot that makes files.
 *
 * The text stands alone: `gnuplot NAME.gp` draws it anywhere. User text reaches
 * it only through the escaper, with `noenhanced` everywhere; no shell is ever
 * involved; a machine without gnuplot is a normal state that says so.
 */
#ifndef ORR_PLOT_GNUPLOT_H
#define ORR_PLOT_GNUPLOT_H

#include <stdint.h>

#include "base/progress.h"
#include "base/text.h"
#include "plot/figure.h"

/* script: gnuplot commands that read `NAME.dat` and write `NAME.png`; data: the numbers, %.17g, blank-line
 * separated index blocks. Pure: same figure, same bytes. ORR_USAGE for an unsafe name, ORR_DATA without
 * panels. */
orr_status orr_gnuplot_render(const orr_figure *f, orr_text *script, orr_text *data, orr_error *e);

/* Where a figure is drawn that is no file of its own: the same, but for a picture on the screen. */
typedef struct orr_gnuplot_target {
  const char *terminal;        /* "pngcairo …", to which " size W,H" is added */
  const char *output, *data;   /* paths; output NULL: none */
  double width, height;        /* pixels; 0: as the figure wants */
  bool dark;                   /* for a dark background */
  int32_t series[8], shade[5]; /* colours */
} orr_gnuplot_target;

orr_status orr_gnuplot_render_to(const orr_figure *f, const orr_gnuplot_target *target, orr_text *script,
                                 orr_text *data, orr_error *e);

/* The escaper: a gnuplot string literal in single quotes, safe for any bytes. Control bytes and invalid UTF-8
 * become '?', an apostrophe the typographic one (gnuplot 5.4 reads doubled quotes wrongly). */
void orr_gnuplot_quote(orr_text *out, const char *s);

/* Adds a finite number with a point, whatever the locale's decimal sign. */
void orr_gnuplot_number(orr_text *out, double value, int digits);

/* Formats of pictures; each makes NAME.png, .pdf or .svg. */
enum { ORR_GNUPLOT_PNG = 1, ORR_GNUPLOT_PDF = 2, ORR_GNUPLOT_SVG = 4 };

/* Writes folder/NAME.gp and .dat, then runs `program` (an absolute path; NULL: none installed) on it in
 * `folder` for each format, without a shell, with a small environment of its own, killed after `seconds` or when
 * the work is to stop. Its stderr goes to the log. *drawn tells which pictures are there; that one is not is no
 * error. Fails with ORR_STOPPED when abandoned, ORR_SYSTEM when the folder cannot be written. */
orr_status orr_gnuplot_export(const orr_figure *f, const char *folder, const char *program, unsigned formats,
                              double seconds, const orr_work *work, unsigned *drawn, orr_error *e);

/* The same for the PNG alone. */
orr_status orr_gnuplot_write(const orr_figure *f, const char *folder, const char *program, double seconds,
                             const orr_work *work, bool *drawn, orr_error *e);

#endif
