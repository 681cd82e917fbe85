/* The language that recipes and lines by hand are written in: what is there
 * besides Lua itself, and lines that a person gives one after the other.
 *
 * Lines run in one state, whose globals live from line to line: the commands
 * `o`, the objects `s` by their slots, the layers `nn`. A line that fails leaves
 * the state as good as it was.
 */
#ifndef ORR_LUA_LANGUAGE_H
#define ORR_LUA_LANGUAGE_H

#include "lua/state.h"

/* Handles, families, tensors, and the trusted Lua files of the folder `sugar`: lua/orrery. */
orr_status orr_lua_open_language(orr_lua *l, const char *sugar, orr_error *e);

/* For lines: the language, and the globals `o` and `s` of this session. */
orr_status orr_lua_open_lines(orr_lua *l, orr_session *s, const char *sugar, orr_error *e);

/* The error has no position before its message: there is but one line. */
orr_status orr_lua_run_line(orr_lua *l, const char *line, orr_error *e);

/* Puts the objects from this number on into `s`, which something else than a line has made. */
orr_status orr_lua_fill_slots(orr_lua *l, size_t from, orr_error *e);

#endif
