/* Children; see child.h. */
#include "plot/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ABOVE = 32 /* descriptors that none of the child's is put over */ };

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

/* Copies of the files, high up, so that none is overwritten before it was put in its place. */
static int lift(const orr_child_plan *plan, int *lifted) {
  int failed = 0;
  for (size_t i = 0; i < plan->n_files; i++) {
    lifted[i] = plan->files[i] < 0 ? -1 : fcntl(plan->files[i], F_DUPFD_CLOEXEC, ABOVE);
    if (plan->files[i] >= 0 && lifted[i] < 0) failed = errno;
  }
  return failed;
}

static int plan_files(const orr_child_plan *plan, const int *lifted, posix_spawn_file_actions_t *actions) {
  int failed = 0;
  for (size_t i = 0; i < plan->n_files; i++)
    failed |= lifted[i] < 0 ? posix_spawn_file_actions_addopen(actions, (int)i, "/dev/null", O_RDWR, 0)
                            : posix_spawn_file_actions_adddup2(actions, lifted[i], (int)i);
#if defined __GLIBC__ && __GLIBC_PREREQ(2, 34)
  failed |= posix_spawn_file_actions_addclosefrom_np(actions, (int)plan->n_files);
#endif
  if (plan->folder) failed |= posix_spawn_file_actions_addchdir_np(actions, plan->folder);
  return failed;
}

int orr_child_start(const orr_child_plan *plan, pid_t *child) {
  int lifted[ORR_CHILD_FILES];
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  int failed = lift(plan, lifted);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_init(&actions);
  plan_signals(&attributes);
  if (!failed && plan_files(plan, lifted, &actions)) failed = ENOMEM;
  if (!failed)
    failed = posix_spawn(child, plan->program, &actions, &attributes, (char *const *)plan->arguments,
                         (char *const *)plan->environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  for (size_t i = 0; i < plan->n_files; i++)
    if (lifted[i] >= 0) close(lifted[i]);
  return failed;
}

void orr_child_kill(pid_t child) {
  int result;
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  while (waitpid(child, &result, 0) < 0 && errno == EINTR) continue;
}
