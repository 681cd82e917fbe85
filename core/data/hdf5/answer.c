/* The answer: reads the request, chooses, reads, and lays the table out in the memory that the parent will map.
 * README.md gives the form. The header comes last, into room kept for it: pages that are never touched cost nothing. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/hdf5/choose.h"
#include "data/hdf5/figures.h"
#include "data/hdf5/helper.h"

enum { ALIGN = 64, PAGE = 4096, HEADER = 16, SPARE = 1 << 20, RUNS = 64, LARGE = 16 * PAGE };
static const char magic[8] = "ORRH5\0\0\1";

/* What is asked for and what is found. */
typedef struct answer {
  orr_h5_reader reader;
  orr_h5_nodes nodes;
  orr_h5_plan plan;
  const char *inside;
  bool tree, table;
  int fd;
  orr_json *json; /* the header */
  uint64_t room;  /* bytes kept for it */
  uint64_t size;  /* of the answer */
  orr_h5_run runs[RUNS];
  size_t n_runs;
  uint64_t rows; /* of the runs */
} answer;

static orr_status read_request(const orr_json *request, answer *a, orr_error *e) {
  const orr_json *options = orr_json_get(request, "options");
  const char *flatten = orr_json_text_of(options, "flatten", NULL);
  double most = orr_json_number_of(request, "most", 0);
  a->reader.source = orr_json_text_of(request, "source", "the file");
  a->inside = orr_json_text_of(request, "inside", NULL);
  if (a->inside && !*a->inside) a->inside = NULL;
  a->tree = orr_json_is_true(orr_json_get(request, "tree"));
  a->table = orr_json_is_true(orr_json_get(request, "table"));
  a->reader.most = most > 0 && most < 0x1p63 ? (uint64_t)most : 0;
  if (!flatten) return ORR_OK;
  if (!strcmp(flatten, "columns")) a->reader.flatten = ORR_H5_FLATTEN_COLUMNS;
  else if (!strcmp(flatten, "summary")) a->reader.flatten = ORR_H5_FLATTEN_SUMMARY;
  else return orr_fail(e, ORR_USAGE, "flatten = '%.40s' is unknown; it is columns or summary", flatten);
  return ORR_OK;
}

/* All rows, or evenly spread runs of them. */
static void choose_runs(answer *a) {
  uint64_t rows = a->plan.rows, columns = a->plan.columns.count ? a->plan.columns.count : 1;
  uint64_t wanted = a->reader.most / columns ? a->reader.most / columns : 1;
  a->runs[0] = (orr_h5_run){0, rows};
  a->n_runs = 1, a->rows = rows;
  if (!a->reader.most || rows <= wanted) return;
  a->n_runs = wanted < RUNS ? (size_t)wanted : RUNS;
  uint64_t length = wanted / a->n_runs;
  a->rows = length * a->n_runs;
  for (size_t i = 0; i < a->n_runs; i++) {
    uint64_t gap = a->n_runs > 1 ? (uint64_t)((unsigned __int128)(rows - length) * i / (a->n_runs - 1)) : 0;
    a->runs[i] = (orr_h5_run){gap, length};
  }
}

static uint64_t memory_limit(void) {
  struct rlimit limit;
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  uint64_t most = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : UINT64_MAX;
  if (!getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < most)
    most = limit.rlim_cur;
  return most;
}

static uint64_t aligned(uint64_t n, uint64_t to) { return (n + to - 1) / to * to; }

/* Room for the header: what is known of it, and more than enough for the rest. */
static uint64_t header_room(const answer *a, uint64_t known) {
  uint64_t room = SPARE + 2 * known;
  for (size_t i = 0; i < a->plan.columns.count; i++) {
    const orr_h5_column *c = a->plan.columns.items[i];
    room += 400 + 6 * (strlen(c->name) + (c->meaning.unit ? strlen(c->meaning.unit) : 0));
  }
  return aligned(HEADER + room, PAGE);
}

/* Where each column's cells and missing marks go. */
static orr_status lay_out(answer *a, orr_error *e) {
  uint64_t at = a->room, limit = memory_limit();
  for (size_t i = 0; i < a->plan.columns.count; i++) {
    orr_h5_column *c = a->plan.columns.items[i];
    size_t bytes;
    if (!orr_multiply((size_t)a->rows, orr_type_bytes(c->type) + 1, &bytes) || bytes > limit ||
        at > limit - bytes) {
      char rows[32], columns[32];
      return orr_fail(
          e, ORR_DATA,
          "%s claims %s rows of %s columns, more than this machine's memory holds; take a slice: %s[0:1000]",
          a->plan.picked, orr_text_count(rows, a->rows), orr_text_count(columns, a->plan.columns.count),
          a->plan.picked);
    }
    if (a->rows * orr_type_bytes(c->type) >= LARGE) at = aligned(at, PAGE);
    c->cells_at = at;
    c->missing_at = aligned(at + a->rows * orr_type_bytes(c->type), ALIGN);
    at = aligned(c->missing_at + a->rows, ALIGN);
  }
  a->size = at;
  return ORR_OK;
}

static orr_status write_at(int fd, const void *bytes, size_t n, uint64_t at, orr_error *e) {
  const char *from = bytes;
  while (n) {
    ssize_t done = pwrite(fd, from, n, (off_t)at);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return orr_fail_errno(e, "the answer cannot be written");
    from += done, at += (uint64_t)done, n -= (size_t)done;
  }
  return ORR_OK;
}

static orr_status write_words(answer *a, orr_error *e) {
  for (size_t i = 0; i < a->plan.columns.count; i++) {
    orr_h5_column *c = a->plan.columns.items[i];
    if (c->type != ORR_TEXT || !c->words.count) continue;
    c->words_at = aligned(a->size, ALIGN);
    a->size = c->words_at + c->words.bytes_used;
    ORR_TRY(write_at(a->fd, c->words.bytes, c->words.bytes_used, c->words_at, e));
  }
  return ORR_OK;
}

static orr_status read_table(answer *a, orr_error *e) {
  if (ftruncate(a->fd, (off_t)a->size))
    return orr_fail_errno(e, "the answer needs %" PRIu64 " bytes", a->size);
  char *memory = mmap(NULL, (size_t)a->size, PROT_READ | PROT_WRITE, MAP_SHARED, a->fd, 0);
  if (memory == MAP_FAILED) return orr_fail_memory(e, "the table", a->size);
  for (size_t i = 0; i < a->plan.columns.count; i++) {
    orr_h5_column *c = a->plan.columns.items[i];
    c->cells = memory + c->cells_at;
    c->missing = (uint8_t *)memory + c->missing_at;
  }
  orr_status status = orr_h5_fill(&a->reader, &a->plan, a->runs, a->n_runs, e);
  munmap(memory, (size_t)a->size);
  return status ? status : write_words(a, e);
}

static orr_json *column_to_json(const orr_h5_column *c) {
  orr_json *j = orr_json_new_object();
  bool text = c->type == ORR_TEXT;
  orr_json_set(j, "name", orr_json_new_string(c->name));
  orr_json_set(j, "type", orr_json_new_string(orr_type_name(c->type)));
  orr_json_set(j, "unit", orr_json_new_string(c->meaning.unit));
  orr_json_set(j, "cells", orr_json_new_integer((int64_t)c->cells_at));
  orr_json_set(j, "missing", orr_json_new_integer(atomic_load(&c->any_missing) ? (int64_t)c->missing_at : 0));
  orr_json_set(j, "words", orr_json_new_integer(text ? (int64_t)c->words_at : 0));
  orr_json_set(j, "words_bytes", orr_json_new_integer(text ? (int64_t)c->words.bytes_used : 0));
  orr_json_set(j, "n_words", orr_json_new_integer(text ? (int64_t)c->words.count : 0));
  return j;
}

static void describe_table(const answer *a) {
  orr_json *table = orr_json_set(a->json, "table", orr_json_new_object());
  orr_json_set(table, "rows", orr_json_new_integer((int64_t)a->rows));
  orr_json_set(table, "rows_of", orr_json_new_integer((int64_t)a->plan.rows));
  if (a->rows != a->plan.rows) {
    orr_json *runs = orr_json_set(table, "runs", orr_json_new_array());
    for (size_t i = 0; i < a->n_runs; i++) {
      orr_json *run = orr_json_push(runs, orr_json_new_array());
      orr_json_push(run, orr_json_new_integer((int64_t)a->runs[i].start));
      orr_json_push(run, orr_json_new_integer((int64_t)a->runs[i].count));
    }
  }
  orr_json *columns = orr_json_set(table, "columns", orr_json_new_array());
  for (size_t i = 0; i < a->plan.columns.count; i++)
    orr_json_push(columns, column_to_json(a->plan.columns.items[i]));
}

static uint64_t json_length(const orr_json *j) {
  orr_text t = {0};
  orr_json_print(j, false, &t, NULL);
  uint64_t n = t.length;
  orr_text_fini(&t);
  return n;
}

static orr_status make_table(answer *a, orr_error *e) {
  ORR_TRY(orr_h5_plan_finish_names(&a->reader, &a->plan, e));
  choose_runs(a);
  a->room = header_room(a, json_length(a->json) + (a->reader.notes ? json_length(a->reader.notes) : 0));
  ORR_TRY(lay_out(a, e));
  ORR_TRY(read_table(a, e));
  describe_table(a);
  return ORR_OK;
}

static orr_status add_inventory(answer *a, size_t *readable, orr_error *e) {
  orr_json *part;
  ORR_TRY(orr_h5_walk(&a->reader, &a->nodes, e));
  if (!a->tree) return ORR_OK;
  ORR_TRY(orr_h5_tree(&a->reader, &a->nodes, &part, e));
  orr_json_set(a->json, "tree", part);
  ORR_TRY(orr_h5_datasets(&a->reader, &a->nodes, &part, readable, e));
  orr_json_set(a->json, "datasets", part);
  return ORR_OK;
}

static void add_candidates(answer *a, const orr_h5_candidates *c) {
  orr_json *list = orr_json_set(a->json, "candidates", orr_json_new_array());
  for (size_t i = 0; i < c->all.count; i++)
    orr_json_push(list, orr_json_new_string(a->nodes.all.items[c->all.items[i].at].path));
}

static orr_status plan_choice(answer *a, const orr_h5_candidates *c, orr_error *e) {
  const orr_h5_candidate *one = orr_h5_choose(c, &a->plan.why);
  if (!one && !a->tree) return orr_h5_fail_undecided(&a->reader, &a->nodes, c, e);
  if (!one) return ORR_OK;
  a->plan.picked = a->nodes.all.items[one->at].path;
  orr_h5_note_unread(&a->reader, &a->nodes, one->at);
  return one->layout->plan(&a->reader, &a->nodes, one->at, &a->plan, e);
}

/* Nothing was named: the file's one table. When it cannot be read, the tree is an answer of its own, unless nothing
 * else could be read either. */
static orr_status answer_unnamed(answer *a, orr_error *e) {
  orr_h5_candidates c = {{0}};
  size_t readable = 0;
  orr_error fault = {0};
  orr_status status;
  ORR_GO(add_inventory(a, &readable, e));
  ORR_GO(orr_h5_find_tables(&a->reader, &a->nodes, &c, e));
  status = plan_choice(a, &c, &fault);
  if (!status && a->plan.picked && a->table) status = make_table(a, &fault);
  if (status == ORR_DATA && a->tree && readable) {
    orr_h5_note(&a->reader, "%s", fault.message);
    orr_h5_plan_fini(&a->plan);
    status = ORR_OK;
  } else if (status) {
    orr_fail(e, status, "%s", fault.message);
  }
  if (!status && !a->plan.picked) add_candidates(a, &c);
out:
  orr_free(c.all.items);
  return status;
}

static orr_status answer_named(answer *a, orr_error *e) {
  size_t readable;
  if (a->tree) ORR_TRY(add_inventory(a, &readable, e));
  ORR_TRY(orr_h5_plan_inside(&a->reader, a->inside, &a->nodes, &a->plan, e));
  return a->table ? make_table(a, e) : ORR_OK;
}

static orr_status write_header(answer *a, orr_error *e) {
  orr_text t = {0};
  const char *picked = a->plan.picked, *utf8 = NULL;
  if (picked) ORR_TRY(orr_h5_utf8(&a->reader, picked, strlen(picked), &utf8, e));
  orr_json_set(a->json, "picked", orr_json_new_string(utf8));
  orr_json_set(a->json, "why", orr_json_new_string(a->plan.why));
  orr_json_set(a->json, "notes", a->reader.notes ? a->reader.notes : orr_json_new_array());
  orr_json_set(a->json, "options", a->reader.options ? a->reader.options : orr_json_new_object());
  a->reader.notes = a->reader.options = NULL;
  orr_status status = orr_json_print(a->json, false, &t, e);
  uint64_t n = t.length;
  if (!status && a->room && HEADER + n > a->room)
    status = orr_fail(e, ORR_SYSTEM, "the answer's header outgrew its room (%" PRIu64 " bytes)", n);
  if (!status) status = write_at(a->fd, magic, sizeof magic, 0, e);
  if (!status) status = write_at(a->fd, &n, sizeof n, sizeof magic, e);
  if (!status) status = write_at(a->fd, orr_text_get(&t), t.length, HEADER, e);
  orr_text_fini(&t);
  return status;
}

orr_status orr_hdf5_answer(const orr_json *request, int file_fd, int answer_fd, const orr_work *work,
                           orr_error *e) {
  answer a = {.reader = {.fd = file_fd, .answer = answer_fd, .work = work}, .fd = answer_fd};
  orr_status status;
  ORR_GO(read_request(request, &a, e));
  ORR_GO(orr_h5_open(&a.reader, e));
  if (!(a.json = orr_json_new_object())) ORR_GO(orr_fail_memory(e, "the answer", 0));
  ORR_GO(a.inside ? answer_named(&a, e) : answer_unnamed(&a, e));
  ORR_GO(write_header(&a, e));
out:
  orr_json_free(a.json);
  orr_h5_plan_fini(&a.plan);
  orr_h5_nodes_fini(&a.nodes);
  orr_h5_close(&a.reader);
  return status;
}
