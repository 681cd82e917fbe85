/* A program from inside: what compiling decides and running obeys. Private to
 * program.c, stage.c, fuse.c, waves.c, storage.c, tile.c, shards.c and execute.c.
 *
 * Nodes are computed in phases. Even phases hold whole nodes and run once a
 * step; odd ones hold nodes with rows and run once a shard. A sum over the
 * batch is computed in a phase with rows, one part a lane; the parts are
 * combined before the next phase. Most programs have three: what depends on
 * parameters alone, the rows, what is made of the sums.
 */
#ifndef ORR_GRAD_PLAN_H
#define ORR_GRAD_PLAN_H

#include "base/arena.h"
#include "grad/operator.h"
#include "grad/program.h"

enum {
  ORR_TILE_BYTES = 4096,    /* of each operand, in the loop over a fused chain */
  ORR_MOST_MEMBERS = 32,    /* of a fused chain */
  ORR_MOST_OPERANDS = 24,   /* tensors from outside it */
  ORR_MOST_LANES = 8,       /* parts a sum over the batch is computed in */
  ORR_ALIGNED_ELEMENTS = 16 /* buffers begin on a multiple of this */
};

/* Where a node's elements are. */
typedef enum orr_place {
  ORR_AT_NOTHING,   /* not needed, or only inside a fused chain */
  ORR_AT_CONSTANT,  /* computed when compiling */
  ORR_AT_WHOLE,     /* a whole node, in the shared block */
  ORR_AT_PARAMETER, /* in the parameters' slab */
  ORR_AT_PART,      /* a sum over the batch: lane 0's part, the last in the lanes' slab, becomes the sum */
  ORR_AT_SHARD,     /* rows of the present shard, in the worker's arena; offset a row */
  ORR_AT_KEPT,      /* rows of the whole batch, needed by a later phase; offset a row */
  ORR_AT_INPUT      /* rows of a given matrix: gathered into the worker's arena, or read where they are */
} orr_place;

typedef struct orr_storage {
  orr_place place;
  bool gradient; /* a sum over the batch whose first part is in the gradient slab, at `gradient_offset` */
  size_t offset, gradient_offset; /* elements */
  size_t size;                    /* elements; of one row where there are rows */
} orr_storage;

/* What the compiler knows of a node. */
typedef struct orr_fact {
  bool live, rows, part, constant, root, used_outside;
  int phase;       /* where it is computed; a part is whole one later */
  int unit;        /* which computes it, -1: none */
  orr_node origin; /* whose elements it shows: itself, or through views the node they are of */
  int last;        /* the position of the last unit that reads it */
  int last_phase;  /* the last phase that reads it */
  orr_storage at;
} orr_fact;

/* A tensor from outside, as a fused chain reads it. */
typedef struct orr_operand {
  orr_node node;
  bool direct;       /* the chain's own elements in the same order: read where they are */
  bool scalar;       /* one element */
  size_t row_stride; /* elements; 0: the same for each row */
  int rank;          /* of one row, axes that lie together joined; the last is the innermost */
  size_t dim[ORR_MOST_RANK], stride[ORR_MOST_RANK];
} orr_operand;

/* One operator of a fused chain. Registers are numbered: operands first, then members. */
typedef struct orr_member {
  orr_node node;
  const orr_operator *op;
  int in[3];   /* registers; -1: none */
  bool stored; /* also needed outside */
} orr_member;

typedef enum orr_unit_kind { ORR_UNIT_FUSED, ORR_UNIT_KERNEL } orr_unit_kind;

typedef struct orr_unit {
  orr_unit_kind kind;
  int phase;
  int position;    /* in time; units of one wave have the same */
  orr_node node;   /* a kernel's; a chain's last member */
  size_t row_size; /* elements a row of a chain; of the whole for a whole one */
  int n_operands, n_members;
  orr_operand *operands;
  orr_member *members;
  int *slot; /* a register: its tile in scratch, -1: where its storage is */
} orr_unit;

/* A stretch of work of a phase without rows. */
typedef struct orr_job {
  int unit;      /* -1: combine the parts of `node` */
  orr_node node; /* to combine */
  size_t start, end;
} orr_job;

/* Jobs that do not depend on each other, dealt to tasks of about the same size. */
typedef struct orr_wave {
  orr_job *jobs;
  size_t *task; /* task[i] … task[i+1]: the jobs of task i */
  size_t n_jobs, n_tasks;
} orr_wave;

typedef struct orr_phase {
  bool rows;
  int first_unit, n_units;
  orr_node *inputs; /* rows to be gathered for it */
  size_t n_inputs;
  orr_wave *waves; /* of a phase without rows; the first one combines the parts of the phase before */
  size_t n_waves;
} orr_phase;

typedef struct orr_worker {
  char *memory; /* rows of a shard, then tiles */
} orr_worker;

struct orr_program {
  orr_arena arena; /* of the plan and the shared blocks */
  const orr_graph *graph;
  orr_precision precision;
  size_t element; /* bytes */
  size_t batch_rows, shard_rows, lanes, kept_rows;
  orr_node n_nodes, rows; /* how many; the one that is the number of rows, 0: none */
  orr_fact *facts;        /* by node */
  orr_root *roots;
  size_t n_roots, n_values;
  orr_unit *units;
  int n_units;
  orr_phase *phases;
  int n_phases;
  char *constants, *whole, *parts, *kept;
  size_t constant_size, whole_size, part_size, first_part_size, kept_row, shard_row, input_row; /* elements */
  int slots;             /* tiles of scratch */
  size_t scratch_offset; /* bytes from the beginning of a worker's memory */
  orr_worker *workers;
  unsigned n_workers;
};

/* One run under way. */
typedef struct orr_run {
  orr_program *p;
  const orr_feed *feed;
  size_t n_rows, shards, lanes; /* of this batch; lanes with work */
  int phase;
  const orr_wave *wave;
} orr_run;

/* Where in the batch a unit is computed. */
typedef struct orr_spot {
  const orr_run *run;
  size_t lane, first_row, rows; /* rows 1 for whole nodes */
  bool accumulate;              /* the lane has been written to in this phase */
  char *memory;                 /* the worker's */
} orr_spot;

/* stage.c: what is live, in which phase. */
orr_status orr_plan_stage(orr_program *p, orr_error *e);
/* fuse.c: units in the order they run. */
orr_status orr_plan_fuse(orr_program *p, orr_error *e);
/* storage.c: where each node's elements are. */
orr_status orr_plan_store(orr_program *p, orr_error *e);
/* waves.c: the phases without rows cut into tasks. */
orr_status orr_plan_waves(orr_program *p, orr_error *e);
/* tile.c: elements [start, end) of a fused chain, counted through the rows at the spot. */
void orr_run_fused(const orr_spot *at, const orr_unit *u, size_t start, size_t end);
/* execute.c */
void *orr_run_pointer(const orr_spot *at, orr_node n);
void *orr_run_part(const orr_run *r, orr_node n, size_t lane);
void orr_run_unit(const orr_spot *at, const orr_unit *u);
void orr_run_phase(orr_run *r, int phase, orr_pool *pool);
/* shards.c */
size_t orr_shard_rows(size_t batch_rows);
size_t orr_lane_count(size_t batch_rows);
void orr_run_combine(const orr_run *r, const orr_job *job);

static inline bool orr_plan_is_leaf(const orr_vertex *v) { return v->op->class == ORR_LEAF; }

#endif
