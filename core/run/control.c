/* The control mailbox; see control.h. */
#include "run/control.h"

void orr_control_ask(orr_control *c, orr_signal request, orr_reason reason) {
  int none = ORR_REASON_NONE, now = atomic_load(&c->request);
  atomic_compare_exchange_strong(&c->reason, &none, (int)reason);
  while (now < (int)request && !atomic_compare_exchange_weak(&c->request, &now, (int)request)) continue;
}

orr_signal orr_control_read(orr_control *c) {
  return (orr_signal)atomic_load_explicit(&c->request, memory_order_acquire);
}

orr_reason orr_control_reason(orr_control *c) { return (orr_reason)atomic_load(&c->reason); }

const char *orr_reason_text(orr_reason reason) {
  static const char *const texts[] = {
#define X(code, text) text,
      ORR_REASON_LIST(X)
#undef X
  };
  return texts[reason];
}
