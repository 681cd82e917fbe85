/* Commands: everything a person can do is a row of one table; adding one is a
 * file under commands/ and a row in commands.def. Keys, the palette, the command
 * line, Lua and tests call the same row; help and bindings are derived from it.
 */
#ifndef ORR_SESSION_COMMAND_H
#define ORR_SESSION_COMMAND_H

#include "base/option.h"
#include "session/session.h"

typedef struct orr_call {
  orr_options args;
  orr_value rest;   /* dict of keys that are no arguments, for commands that take them */
  orr_arena *arena; /* of this step */
  const char *slot; /* "fit1"; "" for commands that make nothing */
  orr_hash key;
  orr_json *detail;      /* of the step, for run.json; NULL: none */
  double seconds_before; /* that it took in sessions before this one */
  orr_value result;
} orr_call;

typedef struct orr_command {
  const char *name;    /* o.NAME, and the stem of its slots */
  const char *summary; /* one line for lists */
  const char *help;    /* a paragraph */
  const orr_option *args;
  size_t n_args, n_positional; /* the first of args may be given by position */
  bool takes_rest;             /* other keys are passed on: derived columns, a family's options */
  bool makes_object;
  bool takes_back;                                           /* it takes steps back and is none itself */
  orr_status (*why_not)(const orr_session *s, orr_error *e); /* NULL: always enabled */
  /* Adds to `given` what the journal must say although the caller need not; NULL: nothing. */
  orr_status (*complete)(const orr_session *s, orr_arena *arena, orr_value *given, orr_error *e);
  orr_status (*trace)(orr_session *s, orr_call *call,
                      orr_error *e); /* the functions given; NULL: takes none */
  orr_status (*run)(orr_session *s, orr_call *call, orr_error *e);
} orr_command;

#define ORR_COMMAND(name) extern const orr_command orr_command_##name;
#include "session/commands.def"
#undef ORR_COMMAND

extern const orr_command *const orr_commands[];
extern const size_t orr_commands_count;
const orr_command *orr_command_find(const char *name); /* NULL: none */

/* Checks `given` (a dict), journals the line, runs the command. The result lives in `arena`. */
orr_status orr_session_call(orr_session *s, const orr_command *command, const orr_value *given,
                            orr_arena *arena, orr_value *result, orr_error *e);

/* Puts a new object in the call's slot and makes it the call's result; owns `any` from here on. */
orr_status orr_call_return(orr_session *s, orr_call *call, orr_object_kind kind, void *any, orr_error *e);

/* The object of an argument, of this kind. */
orr_status orr_call_object(const orr_session *s, const orr_call *call, const char *arg, orr_object_kind kind,
                           orr_object **out, orr_error *e);

/* The table of an argument, and the rows of it that are meant (a part of a split, or all). */
orr_status orr_call_rows(const orr_session *s, const orr_call *call, const char *arg, orr_table **table,
                         orr_rows *rows, orr_error *e);

#endif
