/* The workbench as a person has it: the program itself, on a terminal. */
#ifndef ORR_BENCH_TUI_H
#define ORR_BENCH_TUI_H

#include <stdbool.h>

bool bench_tui_is_part(const char *word); /* paint, keys, bytes, idle, training */
void bench_tui(const char *part);         /* its rows; NULL: of all */

#endif
