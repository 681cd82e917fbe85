/* The control mailbox; see control.h. */
#include "run/control.h"

#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(atomic_uint) == sizeof(unsigned), "the kernel waits on a plain word");

static void ring(orr_control *c) {
  atomic_fetch_add(&c->bell, 1);
  syscall(SYS_futex, &c->bell, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void orr_control_ask(orr_control *c, orr_signal request, orr_reason reason) {
  int none = ORR_REASON_NONE, now = atomic_load(&c->request);
  atomic_compare_exchange_strong(&c->reason, &none, (int)reason);
  while (now < (int)request && !atomic_compare_exchange_weak(&c->request, &now, (int)request)) continue;
  ring(c);
}

void orr_control_pause(orr_control *c) {
  atomic_store(&c->paused, 1);
  ring(c);
}

void orr_control_resume(orr_control *c) {
  atomic_store(&c->paused, 0);
  ring(c);
}

void orr_control_ask_checkpoint(orr_control *c) {
  atomic_fetch_add(&c->checkpoints, 1);
  ring(c);
}

static void lock(orr_control *c) {
  while (atomic_exchange_explicit(&c->busy, true, memory_order_acquire)) continue;
}

static void unlock(orr_control *c) { atomic_store_explicit(&c->busy, false, memory_order_release); }

void orr_control_renew(orr_control *c) {
  atomic_store(&c->request, ORR_GO_ON);
  atomic_store(&c->reason, ORR_REASON_NONE);
  atomic_store(&c->paused, 0);
  lock(c);
  c->waiting = 0;
  unlock(c);
  ring(c);
}

bool orr_control_set(orr_control *c, const char *name, double value) {
  orr_set set = {.value = value};
  if (snprintf(set.name, sizeof set.name, "%s", name) >= (int)sizeof set.name) return false;
  lock(c);
  bool fits = c->waiting < ORR_CONTROL_SETS;
  if (fits) c->sets[(c->first + c->waiting++) % ORR_CONTROL_SETS] = set;
  unlock(c);
  ring(c);
  return fits;
}

bool orr_control_take(orr_control *c, orr_set *out) {
  lock(c);
  bool any = c->waiting > 0;
  if (any) {
    *out = c->sets[c->first];
    c->first = (c->first + 1) % ORR_CONTROL_SETS;
    c->waiting--;
  }
  unlock(c);
  return any;
}

orr_signal orr_control_read(orr_control *c) {
  return (orr_signal)atomic_load_explicit(&c->request, memory_order_acquire);
}

orr_reason orr_control_reason(orr_control *c) { return (orr_reason)atomic_load(&c->reason); }
bool orr_control_is_paused(orr_control *c) { return atomic_load(&c->paused); }
unsigned orr_control_checkpoints(orr_control *c) { return atomic_load(&c->checkpoints); }
void orr_control_tell_saving(orr_control *c, bool saving) { atomic_store(&c->saving, saving); }
bool orr_control_is_saving(orr_control *c) { return atomic_load(&c->saving); }
unsigned orr_control_bell(orr_control *c) { return atomic_load(&c->bell); }

void orr_control_wait(orr_control *c, unsigned bell) {
  while (atomic_load(&c->bell) == bell) syscall(SYS_futex, &c->bell, FUTEX_WAIT_PRIVATE, bell, NULL, NULL, 0);
}

const char *orr_reason_text(orr_reason reason) {
  static const char *const texts[] = {
#define X(code, text) text,
      ORR_REASON_LIST(X)
#undef X
  };
  return texts[reason];
}
