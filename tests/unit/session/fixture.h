/* A session over one small CSV file, with a clock that stands still, and calls in one line. */
#ifndef ORR_TESTS_SESSION_FIXTURE_H
#define ORR_TESTS_SESSION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "session/command.h"
#include "session/journal.h"

typedef struct desk {
  char root[64], csv[96], folder[96];
  orr_source source;
  orr_session_config config;
  orr_session session;
  orr_arena arena;
  orr_error error;
} desk;

static inline double still(void *context) { return (void)context, 5; }
static inline long long noon(void *context) { return (void)context, 1795000000; }

/* Thirty rows: id 0 … 29, x = id², y = 3 id with a gap in row 4, class yes from id 15 on. */
static inline void desk_init(desk *d) {
  orr_text csv = {0};
  *d = (desk){.root = "/tmp/orrery-session-XXXXXX"};
  assert_non_null(mkdtemp(d->root));
  snprintf(d->csv, sizeof d->csv, "%s/rows.csv", d->root);
  snprintf(d->folder, sizeof d->folder, "%s/run", d->root);
  assert_int_equal(mkdir(d->folder, 0755), 0);
  orr_text_add(&csv, "id,x,y,class\n");
  for (int i = 0; i < 30; i++) {
    orr_text_printf(&csv, "%d,%d,", i, i * i);
    if (i != 4) orr_text_printf(&csv, "%d", 3 * i);
    orr_text_printf(&csv, ",%s\n", i < 15 ? "no" : "yes");
  }
  assert_int_equal(orr_file_write(d->csv, csv.data, csv.length, NULL), ORR_OK);
  orr_text_fini(&csv);
  d->source = (orr_source){.name = "", .path = d->csv};
  d->config = (orr_session_config){.sources = &d->source,
                                   .n_sources = 1,
                                   .seed = 1,
                                   .language_version = "none",
                                   .clock = {.seconds = still, .wall = noon}};
}

static inline void desk_open(desk *d) {
  assert_int_equal(orr_session_open(&d->session, &d->config, NULL, NULL, NULL, &d->error), ORR_OK);
}

static inline void desk_close(desk *d) {
  orr_session_close(&d->session);
  orr_arena_fini(&d->arena);
}

static inline void desk_fini(desk *d) {
  desk_close(d);
  orr_file_remove_tree(d->root);
}

#define DICT(...)                                                                                            \
  (&(orr_value){.kind = ORR_DICT,                                                                            \
                .pairs = (orr_pair[]){__VA_ARGS__},                                                          \
                .count = sizeof((orr_pair[]){__VA_ARGS__}) / sizeof(orr_pair)})
#define TEXT(s)                                                                                              \
  { .kind = ORR_STRING, .string = (s) }
#define WHOLE(i)                                                                                             \
  { .kind = ORR_INTEGER, .integer = (i) }
#define REAL(x)                                                                                              \
  { .kind = ORR_NUMBER, .number = (x) }
#define IT(ref)                                                                                              \
  { .kind = ORR_OBJECT, .object = (ref) }

static inline orr_status try_call(desk *d, const char *name, const orr_value *given, orr_ref *out) {
  orr_value nothing = {.kind = ORR_DICT}, result = {0};
  d->error = (orr_error){0};
  orr_status status = orr_session_call(&d->session, orr_command_find(name), given ? given : &nothing,
                                       &d->arena, &result, &d->error);
  if (out) *out = result.object;
  return status;
}

static inline orr_ref call(desk *d, const char *name, const orr_value *given) {
  orr_ref ref;
  if (try_call(d, name, given, &ref)) fail_msg("o.%s: %s", name, d->error.message);
  return ref;
}

/* Text of a file of the run's folder, in the arena. */
static inline const char *content(desk *d, const char *name) {
  orr_text path = {0}, text = {0};
  orr_text_printf(&path, "%s/%s", d->folder, name);
  if (orr_file_read_path(path.data, 1 << 20, &text, &d->error)) fail_msg("%s", d->error.message);
  const char *kept = orr_arena_strdup(&d->arena, orr_text_get(&text));
  orr_text_fini(&path);
  orr_text_fini(&text);
  return kept;
}

/* A desk for each test. */
static desk d;

static inline int desk_set_up(void **state) {
  (void)state;
  desk_init(&d);
  return 0;
}

static inline int desk_tear_down(void **state) {
  (void)state;
  desk_fini(&d);
  return 0;
}

#endif
