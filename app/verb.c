/* The command line, parsed by its table; see verb.h. */
#include "app/verb.h"
#include "app/speak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const orr_verb *const orr_verbs[] = {
#define ORR_VERB(name) &orr_verb_##name,
#include "app/verbs.def"
#undef ORR_VERB
};
const size_t orr_verbs_count = sizeof orr_verbs / sizeof *orr_verbs;

static orr_status unknown_flag(const orr_verb *v, const char *word, orr_error *e) {
  const char *names[32];
  for (size_t i = 0; i < v->n_flags; i++) names[i] = v->flags[i].name;
  const char *nearest = orr_text_nearest(word, names, v->n_flags);
  if (nearest) return orr_fail(e, ORR_USAGE, "unknown option --%.40s; did you mean --%s?", word, nearest);
  return orr_fail(e, ORR_USAGE, "unknown option --%.40s; see `orrery %s --help`", word, v->name);
}

static const orr_flag *find_flag(const orr_verb *v, const char *word, size_t n) {
  for (size_t i = 0; i < v->n_flags; i++)
    if (strlen(v->flags[i].name) == n && !strncmp(v->flags[i].name, word, n)) return &v->flags[i];
  return NULL;
}

/* `--name=value` or `--name value`; *i moves on when the next word is the value. */
static orr_status take_flag(orr_arguments *a, int argc, char **argv, int *i, orr_error *e) {
  const char *word = argv[*i] + 2, *equals = strchr(word, '=');
  size_t n = equals ? (size_t)(equals - word) : strlen(word);
  const orr_flag *flag = find_flag(a->verb, word, n);
  const char *value = NULL;
  if (!flag) return unknown_flag(a->verb, word, e);
  if (flag->value && equals) value = equals + 1;
  else if (flag->value && *i + 1 < argc) value = argv[++*i];
  else if (flag->value)
    return orr_fail(e, ORR_USAGE, "--%s needs a value: --%s %s", flag->name, flag->name, flag->value);
  else if (equals) return orr_fail(e, ORR_USAGE, "--%s takes no value", flag->name);
  if (flag->value && !flag->repeats && orr_arguments_has(a, flag->name))
    return orr_fail(e, ORR_USAGE, "--%s is given twice", flag->name);
  ORR_PUSH(&a->flags, flag->name, e);
  ORR_PUSH(&a->flags, value, e);
  return ORR_OK;
}

orr_status orr_arguments_parse(const orr_verb *verb, int argc, char **argv, orr_arguments *out,
                               orr_error *e) {
  bool only_words = false;
  *out = (orr_arguments){.verb = verb};
  for (int i = 0; i < argc; i++) {
    if (!only_words && !strcmp(argv[i], "--")) only_words = true;
    else if (!only_words && !strncmp(argv[i], "--", 2)) ORR_TRY(take_flag(out, argc, argv, &i, e));
    else if (!only_words && argv[i][0] == '-' && argv[i][1])
      return orr_fail(e, ORR_USAGE, "unknown option %.40s; options have two dashes: see `orrery %s --help`",
                      argv[i], verb->name);
    else ORR_PUSH(&out->words, argv[i], e);
  }
  if (out->words.count < verb->least_words) return orr_fail(e, ORR_USAGE, "usage: %s", verb->usage);
  if (out->words.count > verb->most_words)
    return orr_fail(e, ORR_USAGE, "'%.60s' is one word too many; usage: %s",
                    out->words.items[verb->most_words], verb->usage);
  return ORR_OK;
}

void orr_arguments_fini(orr_arguments *a) {
  orr_free(a->words.items);
  orr_free(a->flags.items);
}

bool orr_arguments_has(const orr_arguments *a, const char *flag) {
  for (size_t i = 0; i + 1 < a->flags.count; i += 2)
    if (!strcmp(a->flags.items[i], flag)) return true;
  return false;
}

const char *orr_arguments_get(const orr_arguments *a, const char *flag) {
  const char *value = NULL;
  for (size_t i = 0; i + 1 < a->flags.count; i += 2)
    if (!strcmp(a->flags.items[i], flag)) value = a->flags.items[i + 1];
  return value;
}

orr_status orr_arguments_all(const orr_arguments *a, const char *flag, orr_words *out, orr_error *e) {
  for (size_t i = 0; i + 1 < a->flags.count; i += 2)
    if (!strcmp(a->flags.items[i], flag)) ORR_PUSH(out, a->flags.items[i + 1], e);
  return ORR_OK;
}

orr_status orr_arguments_count(const orr_arguments *a, const char *flag, uint64_t least, uint64_t most,
                               uint64_t *value, orr_error *e) {
  const char *text = orr_arguments_get(a, flag);
  char *end;
  if (!text) return ORR_OK;
  errno = 0;
  unsigned long long number = strtoull(text, &end, 10);
  bool whole = *text && strspn(text, "0123456789") == strlen(text) && !errno;
  if (!whole || number < least || number > most)
    return orr_fail(e, ORR_USAGE, "--%s = '%.40s': expected a whole number from %llu to %llu", flag, text,
                    (unsigned long long)least, (unsigned long long)most);
  *value = number;
  return ORR_OK;
}

orr_status orr_duration_parse(const char *text, double *seconds, orr_error *e) {
  static const struct {
    char unit;
    double seconds;
  } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
  char *end;
  double value = strtod(text, &end), unit = 1;
  bool known = !*end;
  for (size_t i = 0; i < 4; i++)
    if (*end == units[i].unit && !end[1]) unit = units[i].seconds, known = true;
  if (end == text || !known || !(value > 0) || value * unit > 1e9)
    return orr_fail(e, ORR_USAGE, "--deadline = '%.40s': expected a time such as 90s, 25m or 2h", text);
  *seconds = value * unit;
  return ORR_OK;
}

orr_status orr_print(const char *text, orr_error *e) {
  if (fputs(text, stdout) == EOF || fflush(stdout)) return orr_say_broken(e);
  return ORR_OK;
}

void orr_verb_help(const orr_verb *v, orr_text *out) {
  orr_text_printf(out, "usage: %s\n\n%s\n", v->usage, v->summary);
  if (v->n_flags) orr_text_add(out, "\n");
  for (size_t i = 0; i < v->n_flags; i++) {
    char left[64];
    snprintf(left, sizeof left, "--%s %s", v->flags[i].name, v->flags[i].value ? v->flags[i].value : "");
    orr_text_printf(out, "  %-22s %s%s\n", left, v->flags[i].help,
                    v->flags[i].repeats ? " (may be repeated)" : "");
  }
}

void orr_usage(orr_text *out) {
  orr_text_add(out, "Orrery: machine learning on a scientist's own tables.\n\n");
  for (size_t i = 0; i < orr_verbs_count; i++)
    orr_text_printf(out, "  %s\n      %s\n", orr_verbs[i]->usage, orr_verbs[i]->summary);
  orr_text_add(
      out,
      "\nBegin with `orrery demo`. `orrery VERB --help` tells more; `orrery recipes` lists what it can do.\n"
      "Exit status: 0 ok, 1 a check failed, 2 usage, 3 data, 4 recipe, 5 numerical failure,\n"
      "6 stopped by a signal, 7 system.\n");
}
