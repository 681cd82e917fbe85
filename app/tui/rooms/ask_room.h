/* The Ask room from inside. */
#ifndef ORR_ROOMS_ASK_ROOM_H
#define ORR_ROOMS_ASK_ROOM_H

#include "app/tui/room.h"

typedef enum ask_pane { PANE_COLUMNS, PANE_PLOT, PANE_WHY, ASK_PANES } ask_pane;

struct orr_room_state {
  ask_pane pane;
  char fit[32]; /* slot; "": the newest */
  orr_list columns, reasons;
  size_t row; /* of the fit's table, from 0 */
  /* the latent space: where it stands */
  size_t dimension;
  double coordinates[ORR_ASKED_COORDINATES];
  /* what was last asked, only compared */
  const void *importance_of, *dependence_of, *why_of, *traverse_of;
  char dependence_column[128];
  size_t why_row, traverse_row;
  uint64_t importance_number, dependence_number, why_number, traverse_number;
  bool moved;      /* in the latent space, since it was asked */
  bool why_wanted; /* w was pressed: from then on the row's reasons follow it */
  size_t shown_columns, shown_reasons;
};

const orr_seen_fit *ask_fit(const orr_ui *ui); /* NULL: none yet */
bool ask_is_latent(const orr_seen_fit *fit);
const orr_seen_table *ask_table(const orr_ui *ui, const orr_seen_fit *fit); /* of the fit; NULL: dropped */
/* The newest answer, if it is that of the question `number`; NULL: not yet. */
const orr_answer *ask_answer(const orr_ui *ui, orr_question_kind kind, uint64_t number);
/* The column under the cursor, in the order of its importance; NULL: none. */
const char *ask_column(const orr_ui *ui);

void ask_draw_columns(const orr_ui *ui, orr_grid *g, orr_rect where);
void ask_draw_why(const orr_ui *ui, orr_grid *g, orr_rect where);
void ask_draw_dimensions(const orr_ui *ui, orr_grid *g, orr_rect where);
void ask_draw_decoded(orr_view *v, orr_grid *g, orr_rect where);

#endif
