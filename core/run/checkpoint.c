/* Checkpoints; see checkpoint.h. */
#include "run/checkpoint.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

#define FORMAT_NOTE "orrery.checkpoint"
#define FORMAT      "1"
#define PREFIX      "key."

static orr_status add_parts(orr_store *s, const orr_key_part *parts, size_t n, orr_error *e) {
  char name[96];
  for (size_t i = 0; i < n; i++) {
    snprintf(name, sizeof name, PREFIX "%s", parts[i].name);
    ORR_TRY(orr_store_note(s, name, parts[i].value, e));
  }
  return ORR_OK;
}

orr_status orr_checkpoint_write(const orr_checkpoint *c, const orr_key_part *own, size_t n_own, orr_store *s,
                                orr_error *e) {
  ORR_TRY(orr_store_note(s, FORMAT_NOTE, FORMAT, e));
  ORR_TRY(add_parts(s, c->key, c->n_key, e));
  ORR_TRY(add_parts(s, own, n_own, e));
  return orr_store_write(s, c->path, e);
}

static const char *value_of(const orr_key_part *parts, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (!strcmp(parts[i].name, name)) return parts[i].value;
  return NULL;
}

static void add_difference(orr_text *out, const char *name, const char *was, const char *is) {
  orr_text_printf(out, "%s%s was %s and is now %s", out->length ? "; " : "", name, was ? was : "not said",
                  is ? is : "not said");
}

/* The parts that are not as they were, and parts only one side knows. */
static void compare(const orr_store *s, const orr_key_part *parts, size_t n, orr_text *out) {
  char name[96];
  for (size_t i = 0; i < n; i++) {
    snprintf(name, sizeof name, PREFIX "%s", parts[i].name);
    const char *was = orr_store_text(s, name);
    if (!was || strcmp(was, parts[i].value)) add_difference(out, parts[i].name, was, parts[i].value);
  }
}

static void find_strangers(const orr_store *s, const orr_checkpoint *c, const orr_key_part *own, size_t n_own,
                           orr_text *out) {
  const size_t skip = strlen(PREFIX);
  for (size_t i = 0; i < s->n_notes; i++) {
    const char *name = s->notes[i].key + skip;
    if (strncmp(s->notes[i].key, PREFIX, skip)) continue;
    if (!value_of(c->key, c->n_key, name) && !value_of(own, n_own, name))
      add_difference(out, name, s->notes[i].text, NULL);
  }
}

static orr_status check_key(const orr_checkpoint *c, const orr_key_part *own, size_t n_own,
                            const orr_store *s, orr_error *e) {
  const char *format = orr_store_text(s, FORMAT_NOTE);
  if (!format || strcmp(format, FORMAT))
    return orr_fail(e, ORR_DATA, "'%s' is no checkpoint of this version; remove it to begin anew", c->path);
  orr_text differs = {0};
  compare(s, c->key, c->n_key, &differs);
  compare(s, own, n_own, &differs);
  find_strangers(s, c, own, n_own, &differs);
  orr_status status = orr_text_check(&differs, e);
  if (!status && differs.length)
    status =
        orr_fail(e, ORR_DATA, "the checkpoint '%s' is of another training: %.600s; restore that or remove it",
                 c->path, differs.data);
  orr_text_fini(&differs);
  return status;
}

orr_status orr_checkpoint_read(const orr_checkpoint *c, const orr_key_part *own, size_t n_own, orr_store *s,
                               bool *found, orr_error *e) {
  *s = (orr_store){0};
  *found = orr_file_exists(c->path);
  if (!*found) return ORR_OK;
  orr_status status = orr_store_read(s, c->path, e);
  if (status) return orr_fail_in(e, "checkpoint"), status;
  status = check_key(c, own, n_own, s, e);
  if (status) orr_store_fini(s);
  return status;
}
