/* What people read: pages on standard output, lines on standard error. Nothing
 * in them acts on the terminal, whatever they were made of; where the locale is
 * not UTF-8 they are written in ASCII. */
#ifndef ORR_APP_SPEAK_H
#define ORR_APP_SPEAK_H

#include "base/error.h"

/* ORR_SYSTEM when it cannot be written (a full disk, a closed pipe). */
orr_status orr_say_page(const char *text, orr_error *e);
/* Standard output failed just now: why, or nothing when its reader has left (`| head`). */
orr_status orr_say_broken(orr_error *e);

void orr_say_line(const char *text);

#endif
