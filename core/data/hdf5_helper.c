/* The helper's whole life: it reads its request, makes its threads, gives up
 * every right it does not need, and only then looks at the file. Its answer, a
 * failure included, is the memory it was given; it says nothing else. */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/hdf5.h"
#include "data/hdf5/helper.h"
#include "data/hdf5_confine.h"
#include "data/hdf5_process.h"
#include "data/hdf5_proof.h"

enum { MOST_REQUEST = 1 << 20 /* bytes */, MOST_THREADS = 1024 };

/* Run by hand, it has none of these. */
static bool has_descriptors(void) {
  for (int fd = ORR_HDF5_FILE; fd <= ORR_HDF5_REQUEST; fd++)
    if (fcntl(fd, F_GETFD) < 0) return false;
  return true;
}

/* The parent alone holds the other end of the pipe. */
static bool is_orphan(void) {
  struct pollfd p = {.fd = ORR_HDF5_PROGRESS};
  return poll(&p, 1, 0) > 0 && p.revents & (POLLERR | POLLNVAL);
}

/* A sign of headway. A pipe that is full says enough; one that is broken ends this process by its signal. */
static orr_signal beat(void *context, const orr_report *report) {
  (void)context, (void)report;
  ssize_t written = write(ORR_HDF5_PROGRESS, ".", 1);
  (void)written;
  return ORR_GO_ON;
}

/* ---- answering with a failure ---- */

static const char *name_of(orr_status status) {
  switch (status) {
  case ORR_DATA: return "data";
  case ORR_USAGE: return "usage";
  case ORR_MEMORY: return "memory";
  case ORR_STOPPED: return "stopped";
  default: return "system";
  }
}

static orr_status print_error(const orr_error *why, orr_text *out, orr_error *e) {
  orr_json *answer = orr_json_new_object();
  orr_json *error = orr_json_set(answer, "error", orr_json_new_object());
  orr_json_set(error, "status", orr_json_new_string(name_of(why->status)));
  orr_json_set(error, "message", orr_json_new_string(why->message));
  orr_status status = orr_json_print(answer, false, out, e);
  orr_json_free(answer);
  return status;
}

static bool put(const void *bytes, size_t n, off_t at) {
  return pwrite(ORR_HDF5_ANSWER, bytes, n, at) == (ssize_t)n;
}

static void answer_error(const orr_error *why) {
  static const char no_memory[] = "{\"error\":{\"status\":\"memory\",\"message\":\"out of memory\"}}";
  orr_text json = {0};
  bool printed = !print_error(why, &json, NULL);
  const char *text = printed ? json.data : no_memory;
  const uint64_t n = printed ? json.length : sizeof no_memory - 1;
  if (!ftruncate(ORR_HDF5_ANSWER, 0) && put(&n, sizeof n, 8) && put(text, n, ORR_HDF5_HEAD))
    put(ORR_HDF5_MAGIC, 8, 0); /* last: a half answer is none */
  orr_text_fini(&json);
}

/* ---- reading ---- */

static orr_status get_request(orr_json **request, orr_error *e) {
  orr_text text = {0};
  orr_status status = orr_file_read(ORR_HDF5_REQUEST, MOST_REQUEST, &text, e);
  if (!status) status = orr_json_parse(orr_text_get(&text), text.length, request, e);
  orr_text_fini(&text);
  return status;
}

static orr_status serve(const orr_json *request, orr_error *e) {
  double wanted = orr_json_number_of(request, "threads", 1);
  unsigned threads = wanted >= 1 && wanted <= MOST_THREADS ? (unsigned)wanted : 1;
  orr_work work = {.progress = beat};
  orr_hdf5_limit(threads);
  if (is_orphan()) return orr_fail(e, ORR_STOPPED, "nobody waits for the answer");
  ORR_TRY(orr_pool_new(threads, &work.pool, e));
  orr_hdf5_confine();
  beat(NULL, NULL);
  orr_status status = orr_hdf5_answer(request, ORR_HDF5_FILE, ORR_HDF5_ANSWER, &work, e);
  orr_pool_free(work.pool);
  return status;
}

int orr_hdf5_helper(int argc, char **argv) {
  orr_error e = {0};
  orr_json *request = NULL;
  (void)argc, (void)argv;
  if (!has_descriptors()) return orr_status_exit(ORR_USAGE);
  orr_status status = get_request(&request, &e);
  if (!status) status = serve(request, &e);
  if (status) answer_error(&e);
  orr_json_free(request);
  return status ? 1 : 0;
}
