/* The session's objects. Others hold a number and a generation, never an
 * address: a reference to an object that was dropped is a clear error.
 *
 * What an object leads to is never changed once it is an object, and shared by
 * reference count: snapshots of the session hold it while the session goes on. */
#ifndef ORR_SESSION_OBJECT_H
#define ORR_SESSION_OBJECT_H

#include "base/hash.h"
#include "base/value.h"
#include "data/split.h"
#include "model/kept.h"

typedef enum orr_object_kind { ORR_NO_OBJECT, ORR_TABLE, ORR_SPLIT, ORR_FIT, ORR_EVALUATION } orr_object_kind;

typedef struct orr_split_object {
  int refs; /* of holders besides the first; atomic */
  orr_table *table;
  orr_split split;
  orr_arena arena; /* owns the split */
} orr_split_object;

/* `repeats` models that differ in their seed only; the first is the one that is kept. */
typedef struct orr_fit_object {
  int refs;                    /* of holders besides the first; atomic */
  struct orr_fit_object *base; /* whose tensors and encoders the members share; NULL: they are their own */
  orr_kept *members;
  size_t n_members;
  orr_fit_outcome outcome;
  char *name;   /* file stem under models/ */
  char *weight; /* column; NULL: none */
  bool absolute_weights, drop_negative;
  size_t n_train, n_validation;
  orr_hash origin;  /* of the rows it was trained on */
  int64_t *trained; /* [n_train] their numbers in the input, ascending */
} orr_fit_object;

/* The rows a model was scored on, and what it said. */
typedef struct orr_evaluation_object {
  int refs;        /* of holders besides the first; atomic */
  orr_arena arena; /* owns everything here */
  orr_evaluation model, baseline;
  bool has_baseline;
  const char *model_name, *baseline_name, *target, *prefix;
} orr_evaluation_object;

orr_split_object *orr_split_ref(orr_split_object *s);
void orr_split_unref(orr_split_object *s);
orr_fit_object *orr_fit_ref(orr_fit_object *f);
void orr_fit_unref(orr_fit_object *f);
orr_evaluation_object *orr_evaluation_ref(orr_evaluation_object *v);
void orr_evaluation_unref(orr_evaluation_object *v);

/* A fit of the same models, of which level, radius and spread may be set before it becomes an object. */
orr_status orr_fit_renew(orr_fit_object *base, orr_fit_object **out, orr_error *e);

typedef struct orr_object {
  orr_object_kind kind;
  uint32_t generation;
  char *slot; /* "fit1" */
  orr_hash key;
  orr_ref on;     /* of a fit: what it was trained on; of an evaluation: the fit; id 0: not known */
  orr_ref scored; /* of a fit: its newest evaluation; id 0: none */
  union {
    void *any;
    orr_table *table;
    orr_split_object *split;
    orr_fit_object *fit;
    orr_evaluation_object *evaluation;
  };
} orr_object;

typedef struct orr_objects {
  orr_object *items; /* by id; id 0 is never used */
  size_t count, capacity;
} orr_objects;

const char *orr_object_kind_name(orr_object_kind kind);

/* Takes ownership of `any`, also when it fails. */
orr_status orr_objects_add(orr_objects *all, orr_object_kind kind, void *any, const char *slot, orr_hash key,
                           orr_ref *out, orr_error *e);
orr_status orr_objects_get(const orr_objects *all, orr_ref ref, orr_object_kind kind, orr_object **out,
                           orr_error *e);
const orr_object *orr_objects_peek(const orr_objects *all, orr_ref ref); /* NULL when gone */
orr_status orr_objects_drop(orr_objects *all, orr_ref ref, orr_error *e);
void *orr_object_ref(const orr_object *o); /* what it leads to, with a reference more */
void orr_object_unref(orr_object_kind kind, void *any);
void orr_objects_fini(orr_objects *all);

/* A table, or a part of a split: the table and the rows of it that are meant. */
orr_status orr_objects_rows(const orr_objects *all, orr_ref ref, orr_arena *arena, orr_table **table,
                            orr_rows *rows, orr_error *e);

#endif
