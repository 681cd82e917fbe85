/* Settings: small files a person writes in Lua (`return { theme = "light" }`),
 * read behind the wall that recipes stand behind. */
#ifndef ORR_APP_SETTINGS_H
#define ORR_APP_SETTINGS_H

#include "base/value.h"

/* The table that the file returns, a dict in the arena (empty: no pairs). ORR_USAGE with file and line of what is wrong. */
orr_status orr_settings_read(const char *path, orr_arena *arena, orr_value *out, orr_error *e);

#endif
