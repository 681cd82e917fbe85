/* What a person has set for the screen: config.lua in the folder of settings
 * (`return { theme = "light", plot = "cells", mouse = false }`), keys.lua and
 * themes beside it. Whatever is wrong in them is told, and left out. */
#ifndef ORR_APP_CONFIG_H
#define ORR_APP_CONFIG_H

#include "app/place.h"
#include "app/tui/keymap.h"
#include "base/arena.h"
#include "plot/look.h"

typedef struct orr_config {
  char theme[32]; /* "": by the terminal's background */
  orr_plot_mode plot;
  bool has_plot, mouse;
} orr_config;

/* Every problem is a line in `problems`; what is sound holds. */
void orr_config_read(const orr_place *place, orr_config *out, orr_keymap *keys, orr_text *problems);

/* The theme of that name, of the person's own or the shipped ones; "": the one for this terminal. The plain one where it
 * cannot be read, and a line in `problems`. */
void orr_config_theme(const orr_place *place, const char *name, orr_theme *out, orr_text *problems);

/* Names of all themes, ascending, in the arena. */
orr_status orr_config_themes(const orr_place *place, orr_arena *arena, const char ***names, size_t *n,
                             orr_error *e);

#endif
