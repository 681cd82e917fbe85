/* What `run` and `demo` share. */
#ifndef ORR_APP_VERBS_RUN_H
#define ORR_APP_VERBS_RUN_H

#include "app/job.h"

extern const orr_flag orr_run_flags[];
extern const size_t orr_run_flags_count;

/* Runs the job and shows what comes of it, as the flags json, jsonl and quiet ask for. */
orr_status orr_run_job(orr_job *j, const orr_arguments *a, double deadline, orr_error *e);

/* Runs the recipe (NULL: the first word) with the flags given. */
orr_status orr_run_with(const orr_arguments *a, orr_place *place, const char *recipe, orr_error *e);

#endif
