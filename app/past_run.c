/* Past runs; see past_run.h. Their files may have been edited by anyone: what is read is checked. */
#include "app/past_run.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "session/history.h"

static bool is_run(const char *folder) {
  orr_text path = {0};
  orr_text_printf(&path, "%s/run.json", folder);
  bool there = orr_file_exists(orr_text_get(&path));
  orr_text_fini(&path);
  return there;
}

typedef struct looking {
  const char *word;
  char *found;
} looking;

static orr_status look(void *context, const orr_past_run *run) {
  looking *l = context;
  bool same = !strcmp(l->word, "last") || !strcmp(orr_file_name(run->path), l->word);
  if (!same || !is_run(run->path)) return ORR_OK;
  l->found = orr_strdup(run->path);
  return ORR_STOPPED; /* ends the walk */
}

static char *find_folder(const char *word, const orr_place *place) {
  orr_text path = {0};
  looking l = {word, NULL};
  if (is_run(word)) return orr_strdup(word);
  orr_text_printf(&path, "runs/%s", word);
  if (is_run(orr_text_get(&path))) l.found = orr_strdup(path.data);
  else orr_history_list(place->history, look, &l, NULL);
  orr_text_fini(&path);
  return l.found;
}

static orr_status read_json(const char *folder, const char *name, orr_json **out, orr_error *e) {
  orr_text path = {0}, text = {0};
  orr_text_printf(&path, "%s/%s", folder, name);
  orr_status status = orr_file_read_path(orr_text_get(&path), (size_t)1 << 26, &text, e);
  if (!status && (status = orr_json_parse(orr_text_get(&text), text.length, out, e)))
    orr_fail_in(e, "'%s'", orr_text_get(&path));
  orr_text_fini(&path);
  orr_text_fini(&text);
  return status;
}

orr_status orr_past_open(orr_past *p, const char *word, const orr_place *place, orr_error *e) {
  *p = (orr_past){.folder = find_folder(word, place)};
  if (!p->folder) return orr_fail(e, ORR_USAGE, "no run '%.200s'; `orrery runs` lists them", word);
  ORR_TRY(read_json(p->folder, "run.json", &p->run, e));
  return read_json(p->folder, "numbers.json", &p->numbers, e);
}

void orr_past_fini(orr_past *p) {
  orr_free(p->folder);
  orr_json_free(p->run);
  orr_json_free(p->numbers);
}
