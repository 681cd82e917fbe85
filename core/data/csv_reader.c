/* What the passes over a file share: memory of the workers, failures, counts; see csv_reader.h. */
#include "data/csv_reader.h"

void orr_csv_reader_init(orr_csv_reader *r, const orr_csv_source *source, orr_csv_dialect *d,
                         orr_arena *arena, const orr_work *work) {
  *r = (orr_csv_reader){.work = work, .source = source, .dialect = d, .arena = arena};
  r->failed = r->second_at = SIZE_MAX;
  pthread_mutex_init(&r->lock, NULL);
  orr_csv_format_init(&r->format, d);
}

static void free_scratch(orr_csv_scratch *s) {
  orr_csv_buffer_fini(&s->buffer);
  orr_csv_cells_fini(&s->cells);
  orr_csv_table_free(s->table);
  orr_free(s->tallies);
  orr_free(s);
}

void orr_csv_reader_fini(orr_csv_reader *r) {
  for (size_t i = 0; i < r->blocks.count; i++) orr_csv_words_fini(&r->blocks.items[i].words);
  for (size_t c = 0; r->columns && c < r->header.columns; c++) orr_column_unref(r->columns[c].made);
  while (r->spare) {
    orr_csv_scratch *s = r->spare;
    r->spare = s->next;
    free_scratch(s);
  }
  orr_free(r->blocks.items);
  orr_free(r->texts.items);
  orr_free(r->columns);
  pthread_mutex_destroy(&r->lock);
}

static orr_csv_scratch *new_scratch(orr_csv_reader *r) {
  orr_csv_scratch *s = orr_calloc(1, sizeof *s);
  if (s) s->tallies = orr_calloc(r->header.columns, sizeof *s->tallies);
  if (s && s->tallies) return s;
  orr_free(s);
  orr_error e;
  orr_status status =
      orr_fail_memory(&e, "a worker of the CSV reader", r->header.columns * sizeof *s->tallies);
  orr_csv_note_failure(r, 0, status, &e);
  return NULL;
}

orr_csv_scratch *orr_csv_borrow(orr_csv_reader *r) {
  pthread_mutex_lock(&r->lock);
  orr_csv_scratch *s = r->spare;
  if (s) r->spare = s->next;
  pthread_mutex_unlock(&r->lock);
  return s ? s : new_scratch(r);
}

void orr_csv_give_back(orr_csv_reader *r, orr_csv_scratch *s) {
  pthread_mutex_lock(&r->lock);
  s->next = r->spare;
  r->spare = s;
  pthread_mutex_unlock(&r->lock);
}

void orr_csv_note_failure(orr_csv_reader *r, size_t block, orr_status status, const orr_error *e) {
  pthread_mutex_lock(&r->lock);
  if (!r->status || block < r->failed) {
    r->status = status;
    r->failed = block;
    r->error = *e;
  }
  pthread_mutex_unlock(&r->lock);
}

orr_status orr_csv_failure(const orr_csv_reader *r, orr_error *e) {
  if (r->status && e) *e = r->error;
  return r->status;
}

orr_status orr_csv_run(orr_csv_reader *r, const char *what, size_t tasks, orr_task_fn fn, void *context,
                       orr_error *e) {
  r->status = ORR_OK;
  r->failed = SIZE_MAX;
  ORR_TRY(orr_work_run(r->work, what, tasks, fn, context, e));
  return orr_csv_failure(r, e);
}

static void insert(orr_csv_oddities *o, size_t line) {
  size_t n = o->count < ORR_CSV_LINES_TOLD ? o->count : ORR_CSV_LINES_TOLD, i = n;
  if (n == ORR_CSV_LINES_TOLD && line >= o->lines[n - 1]) return;
  if (n == ORR_CSV_LINES_TOLD) i--;
  for (; i && o->lines[i - 1] > line; i--) o->lines[i] = o->lines[i - 1];
  o->lines[i] = line;
}

void orr_csv_note_line(orr_csv_oddities *o, size_t line) {
  insert(o, line);
  o->count++;
}

void orr_csv_add_oddities(orr_csv_oddities *sum, const orr_csv_oddities *o) {
  size_t count = sum->count + o->count;
  for (size_t i = 0; i < o->count && i < ORR_CSV_LINES_TOLD; i++) orr_csv_note_line(sum, o->lines[i]);
  sum->count = count;
}

void orr_csv_note_sight(orr_csv_sight *s, size_t line, const char *text, size_t n) {
  if (s->line && s->line <= line) return;
  s->line = line;
  if (n >= sizeof s->text) n = sizeof s->text - 1;
  memcpy(s->text, text, n);
  s->text[n] = 0;
}
