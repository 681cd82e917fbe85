/* Figures in words; see words.h. */
#include "plot/words.h"

void orr_figure_say(const orr_figure *f, orr_text *out) {
  orr_text_printf(out, "%s.\n", f->title && *f->title ? f->title : f->name);
}
