/* The user interface's state: where the eyes and hands are. Only requests
 * change it, on the main thread; drawing only reads it. What is here is never
 * journaled: it is looking.
 */
#ifndef ORR_TUI_UI_H
#define ORR_TUI_UI_H

#include "app/tui/grid.h"
#include "app/tui/keymap.h"
#include "app/workbench/workbench.h"

typedef enum orr_room_id {
  ORR_ROOM_DATA,
  ORR_ROOM_RECIPE,
  ORR_ROOM_WATCH,
  ORR_ROOM_ASK,
  ORR_ROOM_RECORD,
  ORR_ROOMS
} orr_room_id;

/* What lies over the room; Escape always leaves it. */
typedef enum orr_overlay {
  ORR_OVER_NONE,
  ORR_OVER_HELP,
  ORR_OVER_PALETTE,
  ORR_OVER_GLOSSARY,
  ORR_OVER_JOURNAL,
  ORR_OVER_PROMPT, /* a line to type, at the bottom */
  ORR_OVER_WORDS,  /* the plot said in words */
  ORR_OVER_CONFIRM /* a question answered with y or n */
} orr_overlay;

/* A list's cursor and scroll; orr_list_move keeps 0 <= cursor < count and the cursor in sight. */
typedef struct orr_list {
  size_t cursor, first;
} orr_list;

/* A line that is being typed. */
typedef struct orr_line_editor {
  char text[1024];
  size_t length, at; /* bytes */
  bool chosen;       /* all of it: what is typed takes its place */
} orr_line_editor;

/* What a typed line is for: called with it on Enter; an error keeps the prompt open and is shown. check (may be NULL)
 * runs as one types. */
typedef struct orr_ui orr_ui;
typedef struct orr_prompt {
  const char *title, *hint;
  orr_line_editor line;
  orr_status (*accept)(orr_ui *ui, const char *text, orr_error *e);
  orr_status (*check)(orr_ui *ui, const char *text, orr_error *e);
  void (*complete)(orr_line_editor *l); /* Tab; NULL: nothing to complete */
  orr_error error;
} orr_prompt;

/* Each room's own state: rooms/NAME.h. */
typedef struct orr_room_state orr_room_state;

/* How a plot pane is looked at. */
typedef struct orr_plot_view {
  bool log_x, log_y, crosshair;
  double zoom_x[2], zoom_y[2]; /* from and to, shares of the whole axis; equal: all */
  double cross_x, cross_y;     /* share of the axes as they are seen, 0 to 1 */
  uint64_t version;            /* grows when what is above changes the figure */
} orr_plot_view;

/* What the engine said, for the log of the room Watch: a ring of the newest. */
enum { ORR_NOTES = 128 };
typedef struct orr_said {
  double seconds; /* of the clock */
  char text[240];
} orr_said;

struct orr_ui {
  orr_workbench *workbench; /* NULL in tests that only draw */
  const orr_place *place;
  orr_snapshot *snapshot;             /* a reference: the newest that was taken */
  orr_answer *answers[ORR_QUESTIONS]; /* references; NULL: none yet */
  orr_room_id room;
  orr_overlay overlay;
  orr_list over;          /* of help, palette, glossary, journal */
  orr_line_editor search; /* of the palette */
  orr_prompt prompt;
  orr_status (*confirmed)(orr_ui *ui, orr_error *e);
  char question[256]; /* of ORR_OVER_CONFIRM */
  char message[512];  /* the line above the footer: what was done, what failed */
  orr_ink message_ink;
  orr_plot_view plot;
  orr_room_state *rooms[ORR_ROOMS];
  const orr_keymap *keys;
  bool leave, redraw, suspend; /* asked for; the loop does it */
  int theme_step;              /* asked for: that many themes on */
  int mode_step;               /* asked for: that many plot modes on */
  bool describe;               /* asked for: the plot in words */
  char export_to[1024];        /* asked for: the plot as this file; "": not */
  double now;                  /* the clock's seconds */
  int width, height;           /* of the screen, in cells */
  bool pasting;                /* between the ends of a bracketed paste */
  bool paused;                 /* what runs has been told to wait */
  orr_event progress;          /* the newest one of what runs; kind is ORR_EVENT_PROGRESS when there is one */
  orr_said notes[ORR_NOTES];   /* note i is at i % ORR_NOTES */
  size_t n_notes;              /* that ever came */
  bool agreed;                 /* to the question that came before all */
  bool may_leave;     /* the question is the first of all: Escape leaves the program, not the question */
  char saving[1024];  /* the file that the engine was told to write; "": none */
  const char *recipe; /* of --recipe: the one to begin with; NULL: none */
  orr_text words;     /* of ORR_OVER_WORDS */
  char words_title[64];
};

/* Moves by `by` in a list of `count`, of which `shown` are seen. */
void orr_list_move(orr_list *l, long by, size_t count, size_t shown);
bool orr_line_edit(orr_line_editor *l, const orr_key *key); /* true: the key was one of editing */
/* Completes the name of a file before the cursor as far as it is the only one that goes on so. Looks into the folder. */
void orr_line_complete_path(orr_line_editor *l);
void orr_ui_say(orr_ui *ui, orr_ink ink, const char *format, ...) __attribute__((format(printf, 3, 4)));
void orr_ui_prompt(orr_ui *ui, const char *title, const char *hint, const char *text,
                   orr_status (*accept)(orr_ui *, const char *, orr_error *));
void orr_ui_confirm(orr_ui *ui, const char *question, orr_status (*confirmed)(orr_ui *, orr_error *));

/* A page of text over the room; copied. */
void orr_ui_words(orr_ui *ui, const char *title, const char *text);

/* Queues a line of Lua for the engine and says so; a failure is said too. */
void orr_ui_do(orr_ui *ui, const char *format, ...) __attribute__((format(printf, 2, 3)));
const orr_seen_table *orr_ui_table(const orr_ui *ui); /* the current one; NULL: none */

/* Opens every room; close also after a failure. The rest of *ui is the caller's to set before. */
orr_status orr_ui_open(orr_ui *ui, orr_error *e);
void orr_ui_close(orr_ui *ui);

/* The room that is seen. */
const struct orr_room *orr_ui_room(const orr_ui *ui);

/* Why a request cannot be given now; NULL: it can. The frame's own reasons, then the room's. */
const char *orr_ui_why_not(const orr_ui *ui, orr_request request, char buffer[160]);

/* Does it, or says why not. */
void orr_ui_ask(orr_ui *ui, orr_request request);

/* A key, wherever it belongs: the prompt, what lies over the room, the room, the keymap. */
void orr_ui_key(orr_ui *ui, const orr_key *key);

#endif
