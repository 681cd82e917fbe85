/* Questions to a model: what it looks at, and why it says what it says. */
#include "app/workbench/asking.h"

static orr_status not_yet(const char *what, orr_error *e) {
  return orr_fail(e, ORR_USAGE, "%s cannot be asked for yet", what);
}

orr_status orr_answer_importance(const orr_inquiry *asked, orr_error *e) {
  (void)asked;
  return not_yet("the importance of columns", e);
}

orr_status orr_answer_dependence(const orr_inquiry *asked, orr_error *e) {
  (void)asked;
  return not_yet("the dependence on a column", e);
}

orr_status orr_answer_why(const orr_inquiry *asked, orr_error *e) {
  (void)asked;
  return not_yet("why the model says this of a row", e);
}

orr_status orr_answer_traverse(const orr_inquiry *asked, orr_error *e) {
  (void)asked;
  return not_yet("a walk through the latent space", e);
}
