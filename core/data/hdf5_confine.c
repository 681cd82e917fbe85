/* The home of libseccomp; see hdf5_confine.h. */
#include "data/hdf5_confine.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of address space besides this machine's memory: the program itself, and stacks and heaps of threads. */
#define BESIDES         ((rlim_t)1 << 30)
#define BESIDES_THREADS ((rlim_t)256 << 20)

static void limit(int what, rlim_t most) {
  struct rlimit l;
  if (getrlimit(what, &l)) return;
  if (l.rlim_max != RLIM_INFINITY && most > l.rlim_max) most = l.rlim_max;
  l.rlim_cur = l.rlim_max = most;
  setrlimit(what, &l);
}

/* When memory is short, the system ends this process and not the one that waits for it. */
static void go_first(void) {
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (write(fd, "1000", 4) < 0) errno = 0;
  close(fd);
}

void orr_hdf5_limit(unsigned threads) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  go_first();
  limit(RLIMIT_CORE, 0);
  if (!ORR_HDF5_SANITIZED && pages > 0 && size > 0)
    limit(RLIMIT_AS, (rlim_t)pages * (rlim_t)size + BESIDES + threads * BESIDES_THREADS);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static const int allowed[] = {
    /* descriptors that are open */
    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(close),
    SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(fadvise64),
    /* memory */
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    /* threads */
    SCMP_SYS(futex), SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(restart_syscall),
    /* signals */
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    /* time */
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
    /* what this machine has, and the end */
    SCMP_SYS(getrandom), SCMP_SYS(sysinfo), SCMP_SYS(getrusage), SCMP_SYS(exit), SCMP_SYS(exit_group)};

/* Memory that holds code cannot be made, and signals reach this process only (abort needs one). */
static void add_rules(scmp_filter_ctx filter) {
  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
    seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
  seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                   SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
}

void orr_hdf5_confine(void) {
  if (ORR_HDF5_SANITIZED) return;
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (!filter) return;
  add_rules(filter);
  seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
  seccomp_load(filter);
  seccomp_release(filter);
}
