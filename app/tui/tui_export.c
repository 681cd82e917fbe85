/* Words and files of a plot; see tui_export.h. A figure may point into answers, so references to them are held until
 * its files are written. */
#include "app/tui/tui_export.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "plot/gnuplot.h"
#include "plot/words.h"

#define SECONDS 60.0 /* that gnuplot may take over one file */

struct orr_tui_export {
  pthread_t thread;
  atomic_bool ended;
  orr_arena arena;
  orr_figure figure;
  orr_answer *answers[ORR_QUESTIONS]; /* references */
  char folder[1024], name[64];
  const char *gnuplot;
  unsigned formats, drawn;
  orr_status status;
  orr_error error;
};

/* The plot on the screen: the first that drawing wanted. */
static orr_status make(const orr_ui *ui, const orr_view *v, orr_arena *arena, orr_figure *out, orr_error *e) {
  *out = (orr_figure){.arena = arena};
  if (!v->n_wanted) return orr_fail(e, ORR_USAGE, "there is no plot on this screen");
  return v->wanted[0].make(ui, v->wanted[0].where.width, v->wanted[0].where.height, out, e);
}

void orr_tui_describe(orr_ui *ui, const orr_view *v) {
  orr_arena arena = {0};
  orr_figure figure;
  orr_error e = {0};
  orr_text words = {0};
  if (make(ui, v, &arena, &figure, &e)) orr_ui_say(ui, ORR_INK_WARNING, "%s", e.message);
  else {
    orr_figure_say(&figure, &words);
    orr_ui_words(ui, "The plot in words", orr_text_get(&words));
  }
  orr_text_fini(&words);
  orr_arena_fini(&arena);
}

/* ---- where to ---- */

static unsigned format_of(const char *suffix) {
  if (!strcmp(suffix, ".png")) return ORR_GNUPLOT_PNG;
  if (!strcmp(suffix, ".pdf")) return ORR_GNUPLOT_PDF;
  return strcmp(suffix, ".svg") ? 0 : ORR_GNUPLOT_SVG;
}

/* "figures/roc.pdf": the folder, the stem and the format. */
static orr_status read_path(orr_tui_export *x, const char *path, orr_error *e) {
  const char *name = orr_file_name(path), *dot = strrchr(name, '.');
  size_t folder = (size_t)(name - path), stem = dot ? (size_t)(dot - name) : strlen(name);
  x->formats = dot ? format_of(dot) : ORR_GNUPLOT_PNG | ORR_GNUPLOT_PDF | ORR_GNUPLOT_SVG;
  if (!x->formats)
    return orr_fail(e, ORR_USAGE, "'%.20s' is no format of plots; .png, .pdf and .svg are", dot);
  if (folder >= sizeof x->folder || !stem || stem >= sizeof x->name ||
      strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") < stem)
    return orr_fail(e, ORR_USAGE, "'%.60s': name it with small letters, digits and _", name);
  snprintf(x->folder, sizeof x->folder, "%.*s", folder ? (int)folder : 1, folder ? path : ".");
  snprintf(x->name, sizeof x->name, "%.*s", (int)stem, name);
  return orr_file_make_folders(x->folder, e);
}

/* ---- writing ---- */

static void *write_files(void *export) {
  orr_tui_export *x = export;
  orr_work silent = {0};
  x->status = orr_gnuplot_export(&x->figure, x->folder, x->gnuplot, x->formats, SECONDS, &silent, &x->drawn,
                                 &x->error);
  atomic_store(&x->ended, true);
  return NULL;
}

static void forget(orr_tui_export *x) {
  for (int i = 0; i < ORR_QUESTIONS; i++)
    if (x->answers[i]) orr_answer_unref(x->answers[i]);
  orr_arena_fini(&x->arena);
  orr_free(x);
}

static orr_status begin(orr_ui *ui, const orr_view *v, const char *path, orr_tui_export *x, orr_error *e) {
  ORR_TRY(read_path(x, path, e));
  ORR_TRY(make(ui, v, &x->arena, &x->figure, e));
  for (int i = 0; i < ORR_QUESTIONS; i++)
    if (ui->answers[i]) x->answers[i] = orr_answer_ref(ui->answers[i]);
  x->figure.name = x->name;
  x->gnuplot = ui->place->gnuplot;
  if (pthread_create(&x->thread, NULL, write_files, x))
    return orr_fail(e, ORR_SYSTEM, "cannot start a thread");
  return ORR_OK;
}

void orr_tui_export_begin(orr_ui *ui, const orr_view *v, const char *path, orr_tui_export **x) {
  orr_error e = {0};
  if (*x) {
    orr_ui_say(ui, ORR_INK_WARNING, "a plot is being written; wait for it");
    return;
  }
  if (!(*x = orr_calloc(1, sizeof **x))) return;
  if (!begin(ui, v, path, *x, &e)) {
    orr_ui_say(ui, ORR_INK_MUTED, "writing %s", path);
    return;
  }
  orr_ui_say(ui, ORR_INK_BAD, "%s", e.message);
  forget(*x);
  *x = NULL;
}

static void say(orr_ui *ui, const orr_tui_export *x) {
  static const char *const suffixes[] = {".png", ".pdf", ".svg"};
  orr_text files = {0};
  for (unsigned i = 0; i < 3; i++)
    if (x->drawn & 1u << i) orr_text_printf(&files, ", %s%s", x->name, suffixes[i]);
  if (x->status) orr_ui_say(ui, ORR_INK_BAD, "%s", x->error.message);
  else if (!x->drawn)
    orr_ui_say(ui, ORR_INK_WARNING, "%s.gp and .dat are in %s; gnuplot made no picture", x->name, x->folder);
  else
    orr_ui_say(ui, ORR_INK_GOOD, "written to %s: %s.gp, %s.dat%s", x->folder, x->name, x->name,
               orr_text_get(&files));
  orr_text_fini(&files);
}

bool orr_tui_export_ended(orr_ui *ui, orr_tui_export **x) {
  if (!*x || !atomic_load(&(*x)->ended)) return false;
  pthread_join((*x)->thread, NULL);
  say(ui, *x);
  forget(*x);
  *x = NULL;
  return true;
}

void orr_tui_export_close(orr_tui_export **x) {
  if (!*x) return;
  pthread_join((*x)->thread, NULL);
  forget(*x);
  *x = NULL;
}
