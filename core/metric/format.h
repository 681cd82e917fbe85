/* How a number and its error are written, everywhere: the error to two
 * significant digits, the value to the same place.
 */
#ifndef ORR_METRIC_FORMAT_H
#define ORR_METRIC_FORMAT_H

#include <stdbool.h>

#include "base/text.h"

/* Adds "0.0702 ± 0.0052", or "(7.02 ± 0.52)e-05" where plain decimals would run long. An error of NaN
 * (exact, or not known) leaves the value alone; a value of NaN is "undefined". With ascii, "+/-". */
void orr_format_number(orr_text *out, double value, double error, bool ascii);

#endif
