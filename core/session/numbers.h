/* The numbers of a run: dotted stable names, each with its error and how it was
 * found. numbers.json is these and nothing else, so equal runs are equal bytes. */
#ifndef ORR_SESSION_NUMBERS_H
#define ORR_SESSION_NUMBERS_H

#include "base/json.h"
#include "base/vector.h"
#include "metric/score.h"

typedef struct orr_numbers {
  orr_number *items; /* names are owned */
  size_t count, capacity;
} orr_numbers;

/* prefix + name; ORR_RECIPE when the name is taken. */
orr_status orr_numbers_add(orr_numbers *all, const char *prefix, const orr_number *number, orr_error *e);
const orr_number *orr_numbers_find(const orr_numbers *all, const char *name);
bool orr_numbers_any(const orr_numbers *all, const char *prefix);
void orr_numbers_cut(orr_numbers *all, size_t n); /* forgets all but the first n */
void orr_numbers_fini(orr_numbers *all);

/* {"test.auc":{"value":…,"error":…,"n":…,"n_eff":…,"method":…},…} */
orr_json *orr_numbers_to_json(const orr_numbers *all);

/* {"schema":1,"numbers":{…}} as text, ending in a newline. */
orr_status orr_numbers_print(const orr_numbers *all, orr_text *out, orr_error *e);

/* Compares with the text of an earlier numbers.json: bitwise, or within an entry's absolute "tolerance".
 * One line a difference is added to `out`; *differences counts them. */
orr_status orr_numbers_check(const orr_numbers *all, const char *json, orr_text *out, size_t *differences,
                             orr_error *e);

#endif
