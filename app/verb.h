/* Verbs: the program's command line; one file under verbs/ and one row in
 * verbs.def each. Usage and help are made from the rows. */
#ifndef ORR_APP_VERB_H
#define ORR_APP_VERB_H

#include "app/place.h"
#include "base/option.h"
#include "base/vector.h"

/* A flag: `--name` alone, or `--name VALUE`; repeatable ones collect. */
typedef struct orr_flag {
  const char *name, *value; /* value: its word in the usage; NULL: none */
  const char *help;
  bool repeats;
} orr_flag;

typedef ORR_VECTOR(const char *) orr_words;

typedef struct orr_verb orr_verb;

typedef struct orr_arguments {
  const orr_verb *verb;
  orr_words words; /* the positional ones */
  orr_words flags; /* name, value, name, value …; value NULL for flags alone */
} orr_arguments;

struct orr_verb {
  const char *name, *usage, *summary;
  const orr_flag *flags;
  size_t n_flags, least_words, most_words;
  orr_status (*run)(const orr_arguments *a, orr_place *place,
                    orr_error *e); /* the status becomes the exit status */
};

#define ORR_VERB(name) extern const orr_verb orr_verb_##name;
#include "app/verbs.def"
#undef ORR_VERB

extern const orr_verb *const orr_verbs[];
extern const size_t orr_verbs_count;

orr_status orr_arguments_parse(const orr_verb *verb, int argc, char **argv, orr_arguments *out, orr_error *e);
void orr_arguments_fini(orr_arguments *a);

bool orr_arguments_has(const orr_arguments *a, const char *flag);
const char *orr_arguments_get(const orr_arguments *a, const char *flag); /* the last one given; NULL: none */
orr_status orr_arguments_all(const orr_arguments *a, const char *flag, orr_words *out, orr_error *e);
orr_status orr_arguments_count(const orr_arguments *a, const char *flag, uint64_t least, uint64_t most,
                               uint64_t *value, orr_error *e); /* left alone when the flag is not given */

/* "25m", "90s", "1.5h", "300": seconds. */
orr_status orr_duration_parse(const char *text, double *seconds, orr_error *e);

/* Writes to standard output; ORR_SYSTEM when it cannot (a full disk, a closed pipe). */
orr_status orr_print(const char *text, orr_error *e);

void orr_verb_help(const orr_verb *v, orr_text *out);
void orr_usage(orr_text *out);

#endif
