/* The Watch room from inside. */
#ifndef ORR_ROOMS_WATCH_ROOM_H
#define ORR_ROOMS_WATCH_ROOM_H

#include "app/tui/room.h"

enum { WATCH_LINES = 200, WATCH_QUANTITIES = 12 };

typedef enum watch_pane { PANE_PLOT, PANE_FIGURES, PANE_LOG, WATCH_PANES } watch_pane;

typedef struct log_line {
  char text[400];
  double seconds;
} log_line;

struct orr_room_state {
  watch_pane pane;
  orr_list log, figures;
  log_line lines[WATCH_LINES]; /* a ring: `said` lines were said so far */
  size_t said;
  orr_event last;     /* the newest progress that had values */
  orr_event progress; /* the newest of all */
  bool has_last, has_progress;
  char fit[32];       /* whose curves are shown; "": the newest's */
  size_t quantity;    /* which of watch_quantities */
  char running[1024]; /* the line whose progress this is */
  size_t shown_log;
};

/* A quantity that is plotted, such as "loss": of training and of validation. */
typedef struct watch_quantities {
  char names[WATCH_QUANTITIES][32];
  size_t n;
} watch_quantities;

/* Whose curves are shown; false: no fit has any. */
bool watch_fit(const orr_ui *ui, char out[32]);
/* "loss" of "validation.loss" and "train_loss". *validation: it was of those rows. NULL: it is none to plot. */
const char *watch_quantity(const char *series, bool *validation);
void watch_find_quantities(const orr_ui *ui, const char *fit, watch_quantities *out);
double watch_value(const orr_room_state *s, const char *name); /* of the last report; NAN: it has none */

/* Another number when that figure has changed. */
uint64_t watch_version(const orr_ui *ui);
/* The figure of the quantity that is chosen: training and validation, the band of the seeds. */
orr_status watch_make_figure(const orr_ui *ui, int columns, int rows, orr_figure *out, orr_error *e);

void watch_draw_status(const orr_ui *ui, orr_grid *g, orr_rect *where); /* takes its lines off */
/* What came of the newest evaluation in one or two lines: its main score, and whether it beats the baseline. */
void watch_draw_outcome(const orr_ui *ui, orr_grid *g, orr_rect where);
void watch_draw_figures(const orr_ui *ui, orr_grid *g, orr_rect where);
void watch_draw_log(const orr_ui *ui, orr_grid *g, orr_rect where);

#endif
