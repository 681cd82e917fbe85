/* The ladder; see ladder.h. Every rung says why, whether it holds or not. */
#include "plot/ladder.h"

#include <stdio.h>
#include <string.h>

static void hold(orr_ladder *l, orr_plot_mode mode, bool holds, const char *why) {
  l->holds[mode] = holds;
  snprintf(l->why[mode], sizeof l->why[mode], "%s", why);
}

static bool is_set(const char *s) { return s && *s; }

/* Whether gnuplot's list has a line that begins with the terminal's name. */
static bool lists(const char *terminals, const char *name) {
  size_t n = strlen(name);
  for (const char *at = terminals; at && (at = strstr(at, name)); at += n) {
    char before = at == terminals ? ' ' : at[-1];
    if (strchr(" \t\n:", before) && strchr(" \t\n", at[n])) return true;
  }
  return false;
}

/* Not asked yet counts as there: gnuplot will say so itself. */
static bool has(const orr_plot_facts *f, const char *name) {
  return !f->terminals || lists(f->terminals, name);
}

static bool speaks_kitty(const orr_plot_facts *f) {
  static const char *const known[] = {"kitty", "ghostty", "WezTerm", "konsole"};
  if (f->kitty_window) return true;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if ((is_set(f->term) && strstr(f->term, known[i])) ||
        (is_set(f->program) && !strcmp(f->program, known[i])))
      return true;
  return false;
}

static void find_window(const orr_plot_facts *f, orr_ladder *out) {
  static const char *const windows[] = {"qt", "wxt", "x11"};
  if (!is_set(f->display)) {
    hold(out, ORR_PLOT_WINDOW, false, "there is no display");
    return;
  }
  for (size_t i = 0; i < 3 && f->terminals; i++)
    if (!*out->window && lists(f->terminals, windows[i]))
      snprintf(out->window, sizeof out->window, "%s", windows[i]);
  if (!*out->window) hold(out, ORR_PLOT_WINDOW, false, "this gnuplot has no windows (Debian: gnuplot-qt)");
  else
    hold(out, ORR_PLOT_WINDOW, true,
         f->remote ? "a window over a remote display, perhaps slow" : "a window of gnuplot's");
}

static void find_pictures(const orr_plot_facts *f, orr_ladder *out) {
  if (f->tmux) {
    hold(out, ORR_PLOT_KITTY, false, "inside tmux pictures are not safe");
    hold(out, ORR_PLOT_SIXEL, false, "inside tmux pictures are not safe");
    return;
  }
  bool kitty = speaks_kitty(f), png = has(f, "pngcairo"), sixel = has(f, "sixelgd");
  hold(out, ORR_PLOT_KITTY, kitty && png,
       !kitty ? "the terminal does not speak kitty's protocol"
       : png  ? "the terminal shows pictures"
              : "this gnuplot has no pngcairo");
  hold(out, ORR_PLOT_SIXEL, f->sixel && sixel,
       !f->sixel ? "the terminal did not say that it knows sixel"
       : sixel   ? "the terminal knows sixel"
                 : "this gnuplot has no sixelgd");
}

void orr_ladder_find(const orr_plot_facts *f, orr_ladder *out) {
  *out = (orr_ladder){0};
  hold(out, ORR_PLOT_WORDS, true, is_set(f->gnuplot) ? "the plot in sentences" : "gnuplot is not installed");
  if (!is_set(f->gnuplot)) {
    for (int mode = 0; mode < ORR_PLOT_WORDS; mode++)
      hold(out, (orr_plot_mode)mode, false, "gnuplot is not installed (Debian: apt install gnuplot)");
    return;
  }
  find_window(f, out);
  find_pictures(f, out);
  bool lua = has(f, "lua");
  const char *without = "this gnuplot was built without Lua";
  hold(out, ORR_PLOT_CELLS, lua && f->utf8,
       !lua       ? without
       : !f->utf8 ? "the locale is not UTF-8"
       : f->tmux  ? "inside tmux pictures are not safe"
                  : "any terminal with UTF-8");
  hold(out, ORR_PLOT_ASCII, lua,
       !lua      ? without
       : f->utf8 ? "for fonts without braille"
                 : "the locale is not UTF-8");
}

orr_plot_mode orr_ladder_first(const orr_ladder *l) {
  for (int mode = ORR_PLOT_KITTY; mode < ORR_PLOT_WORDS; mode++)
    if (l->holds[mode]) return (orr_plot_mode)mode;
  return ORR_PLOT_WORDS;
}

orr_plot_mode orr_ladder_step(const orr_ladder *l, orr_plot_mode from, int by) {
  int mode = (int)from, step = by < 0 ? ORR_PLOT_MODES - 1 : 1;
  for (int left = by < 0 ? -by : by; left > 0; left--) do
      mode = (mode + step) % ORR_PLOT_MODES;
    while (!l->holds[mode]);
  return (orr_plot_mode)mode;
}

void orr_ladder_say(const orr_ladder *l, orr_plot_mode mode, orr_text *out) {
  orr_text_printf(out, "%s: %s", orr_plot_mode_name(mode), l->why[mode]);
}
