/* The guard: gives the terminal back when the program dies in a way that
 * nobody can go on from. All that is needed is made ready before. */
#ifndef ORR_TUI_TERM_GUARD_H
#define ORR_TUI_TERM_GUARD_H

#include <stddef.h>
#include <termios.h>

enum { ORR_GUARD_BYTES = 512 };

/* From now on a crash writes these bytes (at most ORR_GUARD_BYTES) to the descriptor and sets it as `saved` says. */
void orr_guard_arm(int descriptor, const struct termios *saved, const char *bytes, size_t n);
void orr_guard_disarm(void);

#endif
