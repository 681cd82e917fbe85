/* Times as text; see clock.h. */
#include "base/clock.h"

#include <time.h>

char *orr_clock_text(long long wall, char out[32]) {
  struct tm when;
  time_t t = (time_t)wall;
  gmtime_r(&t, &when);
  strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &when);
  return out;
}
