/* The verdict; see compare.h. A gain within the noise is no gain, and what cannot
 * be told is said to be so. */
#include "metric/compare.h"

#include <math.h>

#include "metric/format.h"

static void add_unknown(const char *model, const char *baseline, const char *title, orr_number d,
                        orr_text *out) {
  orr_text_printf(out, "It cannot be said whether %s earns its keep: the difference of its %s from %s's is ",
                  model, title, baseline);
  if (isnan(d.value)) orr_text_add(out, "undefined on these rows.");
  else {
    orr_format_number(out, d.value, NAN, false);
    orr_text_add(out, ", with an error that is not known.");
  }
}

static void add_few(const char *model, orr_number d, orr_text *out) {
  orr_text_printf(out, "Whether %s earns its keep is not judged: %.3g rows are too few; give %d or more.",
                  model, d.n_eff, ORR_JUDGED_ROWS);
}

static void add_within(const char *model, const char *baseline, const char *title, orr_number d,
                       orr_text *out) {
  orr_text_printf(out, "%s does not earn its keep: the difference of its %s from %s's, ", model, title,
                  baseline);
  orr_format_number(out, d.value, d.error, false);
  orr_text_printf(out, ", is within %d standard errors; prefer the simpler %s.", ORR_EARNS_ERRORS, baseline);
}

static void add_size(orr_number d, orr_text *out) {
  orr_format_number(out, fabs(d.value), d.error, false);
  if (d.error > 0) orr_text_printf(out, " (%.1f standard errors)", fabs(d.value) / d.error);
}

orr_status orr_compare_verdict(const char *model, const char *baseline, const char *score_title,
                               orr_number difference, bool lower_is_better, orr_text *out, orr_error *e) {
  double value = difference.value, error = difference.error;
  const char *side = value < 0 ? "lower" : "higher";
  bool few = difference.n_eff > 0 && difference.n_eff < ORR_JUDGED_ROWS;
  if (few) add_few(model, difference, out);
  else if (isnan(value) || isnan(error)) add_unknown(model, baseline, score_title, difference, out);
  else if (value == 0 || fabs(value) < ORR_EARNS_ERRORS * error)
    add_within(model, baseline, score_title, difference, out);
  else if ((value < 0) == lower_is_better) {
    orr_text_printf(out, "%s earns its keep: its %s is %s than %s's by ", model, score_title, side, baseline);
    add_size(difference, out);
    orr_text_add(out, ".");
  } else {
    orr_text_printf(out, "%s is worse than %s: its %s is %s by ", model, baseline, score_title, side);
    add_size(difference, out);
    orr_text_printf(out, "; prefer the simpler %s.", baseline);
  }
  return orr_text_check(out, e);
}
