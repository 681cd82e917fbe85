/* Starting a gnuplot: no shell, no descriptor, signal mask or variable of ours
 * reaches it but those it is given. */
#ifndef ORR_PLOT_CHILD_H
#define ORR_PLOT_CHILD_H

#include <stddef.h>
#include <sys/types.h>

enum { ORR_CHILD_FILES = 6 };

typedef struct orr_child_plan {
  const char *program;                               /* absolute path */
  const char *const *arguments, *const *environment; /* ending in NULL */
  const char *folder;                                /* it works in; NULL: ours */
  int files[ORR_CHILD_FILES];                        /* its descriptors 0, 1, 2, …; -1: /dev/null */
  size_t n_files;
} orr_child_plan;

/* 0, or an errno. The child leads a process group of its own. */
int orr_child_start(const orr_child_plan *plan, pid_t *child);
/* Kills it with its group, and reaps it. */
void orr_child_kill(pid_t child);

#endif
