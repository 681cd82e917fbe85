/* The event ring: what is put comes out in order, only progress is ever dropped, and the
 * reader is woken however fast events come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "run/events.h"

static bool readable(const orr_events *v, int milliseconds) {
  struct pollfd p = {.fd = v->wake, .events = POLLIN};
  return poll(&p, 1, milliseconds) == 1;
}

static void put(orr_events *v, orr_event_kind kind, size_t step) {
  orr_event e = {.kind = kind, .step = step};
  snprintf(e.text, sizeof e.text, "number %zu", step);
  orr_events_put(v, &e);
}

static void what_is_put_comes_out_in_order(void **state) {
  (void)state;
  orr_events v;
  orr_event e;
  assert_int_equal(orr_events_init(&v, NULL), ORR_OK);
  for (size_t round = 0; round < 5; round++) {
    for (size_t i = 0; i < 300; i++) put(&v, i % 2 ? ORR_EVENT_PROGRESS : ORR_EVENT_NOTE, i);
    for (size_t i = 0; i < 300; i++) {
      char wanted[32];
      snprintf(wanted, sizeof wanted, "number %zu", i);
      assert_true(orr_events_take(&v, &e));
      assert_int_equal(e.step, i);
      assert_string_equal(e.text, wanted);
    }
    assert_false(orr_events_take(&v, &e));
  }
  orr_events_fini(&v);
}

static void the_reader_is_woken_and_let_sleep(void **state) {
  (void)state;
  orr_events v;
  orr_event e;
  assert_int_equal(orr_events_init(&v, NULL), ORR_OK);
  assert_false(readable(&v, 0));
  put(&v, ORR_EVENT_NOTE, 1);
  put(&v, ORR_EVENT_NOTE, 2);
  assert_true(readable(&v, 0));
  assert_true(orr_events_take(&v, &e));
  assert_true(readable(&v, 0)); /* one is left */
  assert_true(orr_events_take(&v, &e));
  assert_false(orr_events_take(&v, &e));
  assert_false(readable(&v, 0));
  orr_events_fini(&v);
}

static void a_full_ring_drops_progress_only(void **state) {
  (void)state;
  orr_events v;
  orr_event e;
  assert_int_equal(orr_events_init(&v, NULL), ORR_OK);
  for (size_t i = 0; i < ORR_EVENT_RING; i++) put(&v, ORR_EVENT_NOTE, i);
  for (size_t i = 0; i < 100; i++) put(&v, ORR_EVENT_PROGRESS, 9000 + i);
  assert_true(readable(&v, 0));
  for (size_t i = 0; i < ORR_EVENT_RING; i++) {
    assert_true(orr_events_take(&v, &e));
    assert_true(e.kind == ORR_EVENT_NOTE && e.step == i);
  }
  assert_false(orr_events_take(&v, &e));
  orr_events_fini(&v);
}

enum { MANY = 20000 };

static void *write_many(void *context) {
  for (size_t i = 0; i < MANY; i++) put(context, i % 3 ? ORR_EVENT_PROGRESS : ORR_EVENT_NOTE, i);
  put(context, ORR_EVENT_END, MANY);
  return NULL;
}

/* A reader that sleeps on the descriptor, with a writer that fills the ring over and over. */
static void no_note_is_lost_and_no_wake_up(void **state) {
  (void)state;
  orr_events v;
  orr_event e = {0};
  pthread_t writer;
  size_t notes = 0, last = 0;
  assert_int_equal(orr_events_init(&v, NULL), ORR_OK);
  assert_int_equal(pthread_create(&writer, NULL, write_many, &v), 0);
  while (e.kind != ORR_EVENT_END) {
    assert_true(readable(&v, 10000)); /* a lost wake-up would sleep here for ever */
    while (e.kind != ORR_EVENT_END && orr_events_take(&v, &e)) {
      assert_true(e.step >= last);
      last = e.step;
      notes += e.kind == ORR_EVENT_NOTE;
    }
  }
  pthread_join(writer, NULL);
  assert_int_equal(notes, (MANY + 2) / 3);
  assert_false(orr_events_take(&v, &e));
  orr_events_fini(&v);
}

static void a_ring_may_not_come_to_be(void **state) {
  (void)state;
  orr_events v;
  orr_memory_fail_after(0);
  assert_int_equal(orr_events_init(&v, NULL), ORR_MEMORY);
  orr_memory_fail_after(-1);
  orr_events_fini(&v); /* and fini is legal all the same */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_put_comes_out_in_order),  cmocka_unit_test(the_reader_is_woken_and_let_sleep),
      cmocka_unit_test(a_full_ring_drops_progress_only), cmocka_unit_test(no_note_is_lost_and_no_wake_up),
      cmocka_unit_test(a_ring_may_not_come_to_be),
  };
  return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
