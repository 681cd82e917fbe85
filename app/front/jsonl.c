/* Events as lines of JSON, for programs; see front.h. */
#include <stdio.h>

#include "app/front/front.h"
#include "base/json.h"

static const char *const kinds[] = {"command", "progress", "note", "end"};

void orr_front_jsonl(void *front, const orr_event *event) {
  orr_text line = {0};
  orr_json *j = orr_json_new_object();
  (void)front;
  orr_json_set(j, "event", orr_json_new_string(kinds[event->kind]));
  orr_json_set(j, "seconds", orr_json_new_number(event->seconds));
  if (event->kind == ORR_EVENT_PROGRESS) {
    orr_json_set(j, "what", orr_json_new_string(event->what));
    orr_json_set(j, "step", orr_json_new_integer((int64_t)event->step));
    if (event->passing) orr_json_set(j, "passing", orr_json_new_boolean(true));
    orr_json_set(j, "steps", orr_json_new_integer((int64_t)event->steps));
    for (size_t i = 0; i < event->n_values; i++)
      orr_json_set(j, event->values[i].name, orr_json_new_number(event->values[i].value));
  } else {
    orr_json_set(j, "text", orr_json_new_string(event->text));
  }
  if (!orr_json_print(j, false, &line, NULL)) {
    printf("%s\n", orr_text_get(&line));
    fflush(stdout);
  }
  orr_text_fini(&line);
  orr_json_free(j);
}
