/* The words of expressions, and the one form of complaint about them.
 * Private to the files expression_*.c. */
#ifndef ORR_DATA_EXPRESSION_TOKEN_H
#define ORR_DATA_EXPRESSION_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef enum orr_token_kind {
  ORR_TOKEN_END,
  ORR_TOKEN_NUMBER,
  ORR_TOKEN_TEXT,   /* 'good' */
  ORR_TOKEN_NAME,   /* flux */
  ORR_TOKEN_QUOTED, /* `g-r` */
  ORR_TOKEN_SIGN    /* an operator, bracket or keyword; other spellings made one: = is "==", ~= is "!=" */
} orr_token_kind;

typedef struct orr_token {
  orr_token_kind kind;
  size_t start, length; /* as written */
  const char *text;     /* without quotes and escapes */
  double number;
} orr_token;

/* The token at or after byte `at` of the expression. */
orr_status orr_token_read(const char *expression, size_t at, orr_arena *a, orr_token *out, orr_error *e);
bool orr_token_is(const orr_token *t, const char *sign);

/* The token for a message, shortened; `out` is returned. */
enum { ORR_TOKEN_SHOWN = 48 };
const char *orr_token_show(const char *expression, const orr_token *t, char out[ORR_TOKEN_SHOWN]);

/* ORR_RECIPE with "expression, character 7: …"; characters, not bytes, count from 1. */
orr_status orr_expression_fault(const char *expression, size_t at, orr_error *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
size_t orr_expression_character(const char *expression, size_t at);

#endif
