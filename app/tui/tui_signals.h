/* Signals as bytes of a pipe, for the loop. */
#ifndef ORR_TUI_TUI_SIGNALS_H
#define ORR_TUI_TUI_SIGNALS_H

#include "base/error.h"

orr_status orr_tui_watch_signals(orr_error *e);
void orr_tui_unwatch_signals(void);
int orr_tui_signals(void);     /* the descriptor; readable when there are some */
int orr_tui_next_signal(void); /* 0: none left */

#endif
