/* The two long-lived threads: the engine runs the job; the main thread owns
 * signals, timers and the front end in one poll loop.
 *
 * A deadline asks twice: some time before it fits in progress stop and keep
 * their best; at the deadline everything ends. A signal ends everything at once. If the engine
 * is stuck inside a library and does not answer, the main thread ends the
 * process, and the journal on disk is what was done.
 *
 * While it runs the job's control is the mailbox by which the main thread
 * steers it: pause, go on, checkpoint, change a hyper-parameter.
 */
#ifndef ORR_APP_ENGINE_H
#define ORR_APP_ENGINE_H

#include "app/job.h"

/* Called on the main thread for each event. */
typedef void (*orr_show_fn)(void *context, const orr_event *event);

/* Runs the job to its end; deadline in seconds, 0: none. The outcome is in the job. */
orr_status orr_engine_run(orr_job *j, double deadline, orr_show_fn show, void *context, orr_error *e);

#endif
