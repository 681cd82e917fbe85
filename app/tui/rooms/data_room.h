/* The Data room from inside: its state, and the parts it is drawn of. */
#ifndef ORR_ROOMS_DATA_ROOM_H
#define ORR_ROOMS_DATA_ROOM_H

#include "app/tui/room.h"

typedef enum data_pane { PANE_COLUMNS, PANE_PLOT, PANE_ROWS, DATA_PANES } data_pane;

/* Distinct values of a column that are told one by one: colours of a plot, bars. */
enum { DATA_FEW = 12, DATA_WIDE = 76 /* narrower: one pane at a time */ };

/* How rows are ordered for looking; the table itself is never sorted. */
typedef struct data_order {
  char column[128]; /* "": as they are in the table */
  bool descending;
} data_order;

struct orr_room_state {
  data_pane pane;
  orr_list
      columns; /* over those that the search leaves; shared with the rows, whose columns it moves over too */
  orr_list rows;
  char search[64], marked[128];
  data_order order;
  const orr_table *profiled, *figured; /* tables that were last asked about: never followed, only compared */
  char figure_of[128], figure_with[128],
      coloured[128]; /* what was asked for last; coloured: by that column */
  char hint[400];    /* of the prompt */
  uint64_t profile_number, figure_number, order_number;
  size_t shown_rows, shown_columns; /* of the last drawing: what a page is */
};

/* The columns that the search leaves, as numbers of the table; returns how many. at may be NULL. */
size_t data_columns(const orr_ui *ui, size_t *at);
/* The column under the cursor; NULL: there is no table, or no such column. */
const orr_column *data_column(const orr_ui *ui, size_t *at);
const orr_table *data_table(const orr_ui *ui);
/* What is known of a column; NULL until its profile has come. */
const orr_column_profile *data_profile(const orr_ui *ui, size_t column);
/* The row of the table that is shown at place `at` of the order. */
size_t data_row(const orr_ui *ui, size_t at);

/* The column that colours plots: the target, where it is one of classes; "" none. */
const char *data_colouring(const orr_ui *ui);
/* Asks for what the command needs; false: it needs nothing typed. */
bool data_prompt(orr_ui *ui, orr_request request);

void data_draw_columns(const orr_ui *ui, orr_grid *g, orr_rect where);
void data_draw_facts(const orr_ui *ui, orr_grid *g, orr_rect where);
void data_draw_rows(const orr_ui *ui, orr_grid *g, orr_rect where);
void data_draw_begin(const orr_ui *ui, orr_grid *g, orr_rect where);

#endif
