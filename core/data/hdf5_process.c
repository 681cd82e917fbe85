/* The helper as a process; see hdf5_process.h. */
#include "data/hdf5_process.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "data/hdf5.h"
#include "data/hdf5_confine.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

enum {
  SLICE = 20000 /* µs between two looks */,
  LAST_SLICE = 50 /* once it closed its end */,
  ABOVE = 16 /* descriptors while they are put in order */,
  GIVEN = 4,
  SEALING_TRIES = 100 /* of 2 ms: the kernel may take a moment to tear the helper's memory down */
};

/* Seconds without a sign: by the clock while it works, of its own work in that time, and while it waits for a disk.
 * It gives a sign after each twentieth of a second of work; on a busy machine the clock runs ahead of its work. */
static const double most_quiet = ORR_HDF5_SANITIZED ? 30 : 1.5, most_work = ORR_HDF5_SANITIZED ? 20 : 1,
                    most_waiting = ORR_HDF5_SANITIZED ? 600 : 60;

typedef struct helper {
  pid_t id;
  int signs; /* where its signs of headway come in; -1: it closed them */
  int result;
  bool ended, lost; /* lost: somebody else reaped it */
  const char *source;
  double silent, worked; /* seconds since its last sign; its seconds on a processor when that came */
} helper;

/* ---- memory that is passed on ---- */

static int new_memory(const char *name) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); /* Linux < 6.3 */
  return fd;
}

static orr_status put_request(const char *request, int *fd, orr_error *e) {
  size_t n = strlen(request);
  *fd = new_memory("orrery-request");
  if (*fd < 0) return orr_fail_errno(e, "cannot make memory for the HDF5 reader");
  if (pwrite(*fd, request, n, 0) != (ssize_t)n) return orr_fail_errno(e, "cannot ask the HDF5 reader");
  return ORR_OK;
}

/* Afterwards nobody can write, grow or shrink it. A writable view that is alive refuses the seal. */
static orr_status seal(int fd, orr_error *e) {
  const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  for (int i = 0; i < SEALING_TRIES; i++) {
    if (!fcntl(fd, F_ADD_SEALS, seals)) return ORR_OK;
    if (errno != EBUSY) break;
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
  }
  return orr_fail_errno(e, "the HDF5 reader's answer cannot be sealed");
}

/* ---- starting ---- */

static void plan_signals(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setsigdefault(attributes, &all);
  posix_spawnattr_setpgroup(attributes, 0);
  posix_spawnattr_setflags(attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int plan_files(posix_spawn_file_actions_t *actions, const int above[GIVEN]) {
  int failed = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
  failed |= posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
  failed |= posix_spawn_file_actions_adddup2(actions, 1, 2);
  for (int i = 0; i < GIVEN; i++)
    failed |= posix_spawn_file_actions_adddup2(actions, above[i], ORR_HDF5_FILE + i);
#if defined __GLIBC__ && __GLIBC_PREREQ(2, 34)
  failed |= posix_spawn_file_actions_addclosefrom_np(actions, ORR_HDF5_FILE + GIVEN);
#endif
  return failed;
}

/* The folders of the libraries that this process runs with: the helper is to find the same ones. */
static int add_folder(struct dl_phdr_info *library, size_t size, void *context) {
  orr_text *folders = context;
  const char *name = library->dlpi_name, *slash = strrchr(name, '/');
  (void)size;
  if (*name != '/' || slash == name || memchr(name, ':', (size_t)(slash - name))) return 0;
  size_t n = (size_t)(slash - name);
  for (const char *f = orr_text_get(folders); (f = strchr(f, '/')); f += strcspn(f, ":"))
    if (!strncmp(f, name, n) && (f[n] == ':' || !f[n])) return 0;
  orr_text_add(folders, folders->data && strchr(folders->data, '/') ? ":" : "");
  orr_text_add_bytes(folders, name, n);
  return 0;
}

/* 0, or an errno. The variables keep libraries that read nothing here from starting threads and plugins. */
static int spawn(const char *program, const int above[GIVEN], pid_t *id) {
  orr_text folders = {0};
  orr_text_add(&folders, "LD_LIBRARY_PATH=");
  dl_iterate_phdr(add_folder, &folders);
  char *environment[] = {
      "LC_ALL=C", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1", "HDF5_PLUGIN_PATH=::", folders.data, NULL};
  char *arguments[] = {"orrery", ORR_HDF5_HELPER_WORD, NULL};
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_init(&actions);
  plan_signals(&attributes);
  int failed = folders.failed || plan_files(&actions, above) ? ENOMEM : 0;
  if (!failed) failed = posix_spawn(id, program, &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  orr_text_fini(&folders);
  return failed;
}

/* Copies of the descriptors go above the places they are put in, so that none overwrites another. */
static orr_status start(const char *program, const int given[GIVEN], helper *h, orr_error *e) {
  int above[GIVEN], n = 0, failed = 0;
  while (n < GIVEN && (above[n] = fcntl(given[n], F_DUPFD_CLOEXEC, ABOVE)) >= 0) n++;
  if (n < GIVEN) failed = errno;
  else failed = spawn(program, above, &h->id);
  while (n) close(above[--n]);
  if (!failed) return ORR_OK;
  errno = failed;
  return orr_fail_errno(e, "cannot start the HDF5 reader '%.200s'", program);
}

/* ---- watching ---- */

/* The helper's seconds on a processor; where that cannot be asked, it counts as working while it is silent. */
static double work_of(const helper *h) {
  clockid_t clock;
  struct timespec t;
  if (clock_getcpuclockid(h->id, &clock) || clock_gettime(clock, &t)) return h->silent;
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void hear(helper *h) {
  h->silent = 0;
  h->worked = work_of(h);
}

/* Waits a slice, or until the helper closes its end, which it does when it ends; then takes in its signs. */
static void listen_to(helper *h) {
  char bytes[1 << 16]; /* as much as a pipe holds: no old sign is left for later */
  const long slice = h->signs < 0 ? LAST_SLICE : SLICE;
  if (ppoll(&(struct pollfd){.fd = h->signs}, 1, &(struct timespec){.tv_nsec = slice * 1000}, NULL) == 0)
    h->silent += 1e-6 * (double)slice;
  if (h->signs < 0) return;
  ssize_t n = read(h->signs, bytes, sizeof bytes);
  if (n > 0) hear(h);
  if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN))) return;
  close(h->signs);
  h->signs = -1;
}

static void reap(helper *h, int flags) {
  pid_t got;
  do got = waitpid(h->id, &h->result, flags);
  while (got < 0 && errno == EINTR);
  h->lost = got < 0;
  h->ended = got != 0;
}

static void stop(helper *h) {
  kill(-h->id, SIGKILL);
  kill(h->id, SIGKILL);
  reap(h, 0);
}

static orr_status check_headway(const helper *h, orr_error *e) {
  if (h->silent > most_quiet && work_of(h) - h->worked > most_work)
    return orr_fail(e, ORR_DATA, "the HDF5 library makes no headway on this file; it is damaged");
  if (h->silent > most_waiting)
    return orr_fail(e, ORR_SYSTEM,
                    "the HDF5 reader gave no sign of life for %.0f s and was ended; is the disk there?",
                    h->silent);
  return ORR_OK;
}

static orr_status watch(helper *h, const orr_work *work, orr_error *e) {
  char what[300] = "reading ";
  orr_status status = ORR_OK;
  strncat(what, h->source, sizeof what - 9);
  hear(h);
  while (!h->ended) {
    listen_to(h);
    reap(h, WNOHANG);
    if (h->ended) break;
    status = orr_progress_step(work, what, 0, 0, e);
    if (!status) status = check_headway(h, e);
    if (status) stop(h);
  }
  return status;
}

/* How it ended, for a person. An exit status of 1 comes with an answer that says why. */
static orr_status judge(const helper *h, orr_error *e) {
  if (h->lost || (WIFEXITED(h->result) && WEXITSTATUS(h->result) <= 1)) return ORR_OK;
  if (WIFEXITED(h->result) && WEXITSTATUS(h->result) == 127) /* as shells have it */
    return orr_fail(e, ORR_SYSTEM,
                    "cannot start the HDF5 reader; is this program's file still in its place?");
  if (WIFEXITED(h->result))
    return orr_fail(e, ORR_SYSTEM, "the HDF5 reader ended with status %d and without an answer",
                    WEXITSTATUS(h->result));
  int number = WTERMSIG(h->result);
  if (number == SIGKILL || number == SIGTERM)
    return orr_fail(e, ORR_SYSTEM,
                    "the HDF5 reader was killed; by hand, or by the system for want of memory");
  return orr_fail(e, ORR_SYSTEM,
                  "the HDF5 reader died (%s) on this file; it is damaged, or try `h5dump -H %.200s`",
                  strsignal(number), h->source);
}

/* ---- the whole run ---- */

static void shut(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

/* given: in the order of the helper's descriptors; all but the file are made here. */
static orr_status prepare(const char *request, int given[GIVEN], helper *h, orr_error *e) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK)) return orr_fail_errno(e, "cannot make a pipe for the HDF5 reader");
  h->signs = ends[0];
  given[2] = ends[1];
  given[1] = new_memory("orrery-answer");
  if (given[1] < 0) return orr_fail_errno(e, "cannot make memory for the HDF5 reader");
  return put_request(request, &given[3], e);
}

orr_status orr_hdf5_run(const char *program, int fd, const char *source, const char *request,
                        const orr_work *work, int *answer, orr_error *e) {
  int given[GIVEN] = {fd, -1, -1, -1};
  helper h = {.signs = -1, .source = source};
  orr_status status;
  ORR_GO(prepare(request, given, &h, e));
  ORR_GO(start(program, given, &h, e));
  shut(&given[2]); /* so that the pipe ends with the helper */
  ORR_GO(watch(&h, work, e));
  ORR_GO(judge(&h, e));
  ORR_GO(seal(given[1], e));
  *answer = given[1];
  given[1] = -1;
out:
  shut(&h.signs);
  for (int i = 1; i < GIVEN; i++) shut(&given[i]);
  return status;
}
