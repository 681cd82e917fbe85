/* Ink: pages for a terminal, with colour and columns that line up.
 *
 * Whatever is written with it is made inert; its width is counted as a terminal
 * counts it; where the locale is not UTF-8 it becomes ASCII before it is
 * measured. Styles are a few of the 16 colours, never a background, and only
 * where they are wanted. No line ends in blanks.
 */
#ifndef ORR_APP_INK_H
#define ORR_APP_INK_H

#include "base/text.h"

typedef enum orr_style {
  ORR_PLAIN,
  ORR_STRONG, /* names */
  ORR_FAINT,  /* what is there for the second look */
  ORR_ACCENT, /* the picked one, the target */
  ORR_WARN
} orr_style;

typedef struct orr_ink {
  orr_text page;
  bool colour, utf8;
  size_t columns; /* of the page */
  size_t at;      /* columns written on this line, blanks at its end included */
  size_t blanks;  /* of those, at the end and not yet on the page */
} orr_ink;

void orr_ink_add(orr_ink *ink, orr_style style, const char *s);
void orr_ink_printf(orr_ink *ink, orr_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void orr_ink_blank(orr_ink *ink, size_t n);
void orr_ink_to(orr_ink *ink,
                size_t column); /* blanks up to there; at least one, unless it is there already */
void orr_ink_end_line(orr_ink *ink);

/* At most `width` columns of it; what is cut ends in "…". */
void orr_ink_add_cut(orr_ink *ink, orr_style style, const char *s, size_t width);
void orr_ink_add_right(orr_ink *ink, orr_style style, const char *s,
                       size_t width); /* fits, at the right end */

/* From here on, broken at blanks, further lines indented; ends the line. */
void orr_ink_add_wrapped(orr_ink *ink, orr_style style, const char *s, size_t indent);

/* Columns that it will take. */
size_t orr_ink_width(const orr_ink *ink, const char *s);

void orr_ink_fini(orr_ink *ink);

#endif
