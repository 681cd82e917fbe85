/* The curves of a training, kept with the model: what a figure of it shows, also when the model was loaded. */
#ifndef ORR_RUN_CURVES_H
#define ORR_RUN_CURVES_H

#include "run/trainer.h"

/* Tensor `name` [rows, columns] of the history, of many rows an even choice, and a note of that name: the columns'
 * names, with commas. Nothing where there is no history. */
orr_status orr_curves_keep(const orr_trainer_result *r, const char *name, orr_store *out, orr_error *e);

#endif
