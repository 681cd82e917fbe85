/* Stored values of one column, a run of rows, into their final form. */
#ifndef ORR_DATA_HDF5_VALUES_H
#define ORR_DATA_HDF5_VALUES_H

#include "data/hdf5/plan.h"

/* Rows row … row + n - 1 of the column from values at from, from + stride, … Any thread; not for text. The cells go
 * to `to`, whose first is that of `row`; NULL: to their place in the column. */
void orr_h5_put_values(orr_h5_column *c, const char *from, size_t stride, size_t n, uint64_t row, char *to);

/* Text that is stored as such, or whole numbers that become text. */
static inline bool orr_h5_is_stored_text(const orr_h5_column *c) {
  return c->type == ORR_TEXT && (c->digits || orr_h5_cell_is_text(&c->value));
}

/* Whether stored values are the column's cells as they are. */
bool orr_h5_is_verbatim(const orr_h5_column *c);

/* The same for text that is stored as such; one thread at a time. */
orr_status orr_h5_put_texts(orr_h5_reader *r, orr_h5_column *c, const char *from, size_t stride, size_t n,
                            uint64_t row, orr_error *e);

/* mean, sd, min and max of `cells` values, into row `row` of four columns. */
void orr_h5_put_summary(orr_h5_column *const *four, const char *from, size_t stride, uint64_t cells,
                        uint64_t row);

/* The words of categories or of an enumeration; codes[k] is that of category k. */
orr_status orr_h5_prepare_words(orr_h5_reader *r, orr_h5_column *c, orr_error *e);

#endif
