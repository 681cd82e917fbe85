/* The session: all objects, the journal and the numbers of one run.
 *
 * One thread (the engine) owns it. It changes only through commands: rows of
 * one table, called by orr_session_call, which checks arguments, writes the
 * journal line, and only then runs the command. What commands find goes into
 * the session's numbers and the run's folder.
 */
#ifndef ORR_SESSION_SESSION_H
#define ORR_SESSION_SESSION_H

#include "base/clock.h"
#include "base/hash.h"
#include "base/value.h"
#include "base/vector.h"
#include "grad/tape.h"
#include "run/control.h"
#include "run/events.h"
#include "run/trainer.h"
#include "session/numbers.h"
#include "session/object.h"
#include "session/undo.h"

/* A table given from outside: `--data [NAME=]SRC`, or a recipe's bundled one. */
typedef struct orr_source {
  const char *name; /* "" for the unnamed one */
  const char *path; /* "-": standard input */
  bool bundled;
  const char *expected; /* content hash in a replayed recipe's header; NULL: none */
  orr_value options;    /* dict: how it is read, by hand or as a kept recipe has it; nil: found by looking */
} orr_source;

/* A fit that replay must end early: `--@stop SLOT STEP`, or after so many of its seeds: `--@stop SLOT models N`. */
typedef struct orr_stop {
  const char *slot;
  size_t step, models; /* one of them; the other is 0 */
} orr_stop;

/* A hyper-parameter that replay must change while a fit trains: `--@control SLOT {"step":412,"learning_rate":0.0003}`;
 * model: which of the fit's seeds, from 1. See steered.h. */
typedef struct orr_steered {
  const char *slot;
  size_t model;
  orr_change change;
} orr_steered;

/* Who looks on while a session works, on its thread. Either may be NULL. */
typedef struct orr_observer {
  void (*event)(void *context, const orr_event *event); /* each that is emitted */
  /* A command begins, its line journaled (ended false), or has ended: the session's last step is then its own unless it
   * failed (error). */
  void (*command)(void *context, const char *line, bool ended, const orr_error *error);
  void *context;
} orr_observer;

/* What a session is opened with; owned by the caller, alive as long as the session. */
typedef struct orr_session_config {
  const orr_source *sources;
  size_t n_sources;
  const char *where;
  uint64_t seed;
  const char *const *grants; /* folders a recipe may read besides its own */
  size_t n_grants;
  const orr_stop *stops;
  size_t n_stops;
  const orr_steered *controls;
  size_t n_controls;
  double checkpoint_seconds; /* between two checkpoints of a training; 0: only when asked */
  bool interactive;          /* worked by hand: a line that fails is passed over, steps can be taken back */
  const orr_observer *observer; /* NULL: nobody looks on */
  bool resumes;                 /* the folder holds what an earlier session of the same run had done */
  const orr_source
      *files; /* other files a kept recipe read, with the hashes they had; name: as the recipe calls them */
  size_t n_files;
  const char *program; /* our own executable, which reads HDF5; NULL: none */
  const char *folder;  /* of the run, where files go while it is made */
  const char *gnuplot; /* program; NULL: not installed */
  bool plots;
  const char *language_version; /* "Lua 5.4.4", part of step keys */
  orr_clock clock;
} orr_session_config;

/* One input as it was read. */
typedef struct orr_input {
  char *name, *path; /* name: of --data, or what the recipe calls the file */
  orr_hash content;
  size_t rows, columns;
  bool bundled;
  bool is_file;  /* the recipe named it: a table that it loads, or a list of row numbers */
  bool is_list;  /* not a table: a list of row numbers */
  char *options; /* JSON object: how it was read; NULL: nothing to say */
  char *how;     /* the same in a line for people */
} orr_input;

typedef struct orr_cut {
  char *name; /* "all rows", "where snr > 5" */
  size_t rows;
} orr_cut;

/* A command that ran: what run.json lists under "steps". */
typedef struct orr_step {
  char *slot, *line;
  orr_hash key;
  double seconds;
  char *detail;  /* JSON object of a fit's options and outcome; NULL: none */
  size_t action; /* which of the person's lines, or which recipe, it is a step of */
  orr_undo undo; /* what was before it */
} orr_step;

void orr_step_fini(orr_step *step);

struct orr_session {
  const orr_session_config *config;
  orr_work work;
  orr_control *control;
  orr_tracer tracer;         /* of the recipe's functions; {0}: there are none */
  orr_events *events;        /* NULL: nobody listens */
  double started, last_beat; /* last_beat: when progress without values was last passed on */
  int journal_fd, events_fd; /* -1: none */
  orr_objects objects;
  orr_numbers numbers;
  ORR_VECTOR(orr_input) inputs;
  ORR_VECTOR(orr_cut) cuts;
  ORR_VECTOR(orr_step) steps;
  orr_text facts; /* of the page's head: which rows, which classes, which features */
  bool told_features;
  orr_text report;         /* what evaluate and others have to say, for people */
  orr_text stops;          /* header lines `--@stop` of fits that were cut */
  orr_text controls;       /* header lines `--@control` of fits that were steered */
  size_t trained;          /* models that were trained here to their end, or to a checkpoint */
  char *resumed_fit;       /* of a session that resumes: the first fit that had not ended; NULL: all had */
  size_t resumed_step;     /* of its training; 0: from its beginning */
  char *main_model;        /* file stem of the model that was evaluated first */
  const char *main_family; /* its family */
  orr_text plots;          /* names of the figures, for the report */
  size_t plots_drawn, plots_written;
  size_t action;    /* counted up by who works it by hand, before each line */
  orr_undo *doing;  /* of the step that is being made, where it may be taken back; NULL: it may not */
  size_t set_aside; /* files that were, so far */
  char slot[32];    /* of the command that runs; "" none */
  size_t member;    /* which of its fit's models is being trained, from 1; 0: none is */
};

orr_status orr_session_open(orr_session *s, const orr_session_config *config, orr_pool *pool,
                            orr_control *control, orr_events *events, orr_error *e);
void orr_session_close(orr_session *s);

/* Text for the person, one line; reaches the front end and events.jsonl. */
void orr_session_note(orr_session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void orr_session_emit(orr_session *s, orr_event *event);

orr_status orr_session_add_cut(orr_session *s, const char *name, size_t rows, orr_error *e);

/* folder/kind/name.suffix in `out`, with the folder made. */
orr_status orr_session_path(orr_session *s, const char *kind, const char *name, const char *suffix,
                            orr_text *out, orr_error *e);

#endif
