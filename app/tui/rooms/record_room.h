/* What the two files of the room Record share: its state, the list's lines, the numbers. */
#ifndef ORR_ROOMS_RECORD_ROOM_H
#define ORR_ROOMS_RECORD_ROOM_H

#include "app/tui/room.h"

typedef enum record_pane { PANE_RUNS, PANE_NUMBERS, PANE_PLOT, RECORD_PANES } record_pane;

struct orr_room_state {
  record_pane pane;
  orr_list runs, numbers;
  char search[64], marked[1024]; /* marked: path of the run to compare with */
  size_t kind;                   /* of the plots of an evaluation */
  bool asked;
  uint64_t runs_of; /* version of the snapshot they were asked for */
  uint64_t compare_number, figure_number;
  char compared[2][1024];
  char figure_kind[32];
  const void *figure_of;
  size_t shown_runs, shown_numbers;
};

/* The line of the list under the cursor: this session, or a run that is kept (NULL: none). */
bool record_own_is_chosen(const orr_ui *ui);

/* A number of this session; NULL: it has none of that name. */
const orr_seen_number *record_own_number(const orr_snapshot *s, const char *name);

/* The pane of numbers, and how many lines it has. */
size_t record_count_numbers(const orr_ui *ui);
void record_draw_numbers(const orr_ui *ui, orr_grid *g, orr_rect where);

#endif
