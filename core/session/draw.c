/* Figures of a run; see draw.h. */
#include "session/draw.h"

#include <string.h>

#include "plot/gnuplot.h"
#include "session/undo.h"

/* Those of an earlier figure of that name. */
static orr_status keep_files(orr_session *s, const char *name, const char *folder, orr_error *e) {
  static const char *const suffixes[] = {".gp", ".dat", ".png"};
  orr_status status = ORR_OK;
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && !status; i++) {
    orr_text path = {0};
    orr_text_printf(&path, "%s/%s%s", folder, name, suffixes[i]);
    status = orr_text_check(&path, e);
    if (!status) status = orr_undo_keep_file(s, path.data, e);
    orr_text_fini(&path);
  }
  return status;
}

static orr_status write(orr_session *s, const orr_figure *f, orr_error *e) {
  orr_text folder = {0};
  bool drawn = false;
  orr_status status = orr_session_path(s, "plots", "", "", &folder, e);
  if (!status) status = keep_files(s, f->name, orr_text_get(&folder), e);
  if (!status)
    status = orr_gnuplot_write(f, orr_text_get(&folder), s->config->gnuplot, 30, &s->work, &drawn, e);
  orr_text_fini(&folder);
  if (!status) orr_text_printf(&s->plots, "%s%s", s->plots_written ? ", " : "", f->name);
  s->plots_written += !status;
  s->plots_drawn += drawn;
  return status;
}

orr_status orr_session_draw(orr_session *s, const orr_plot_kind *kind, const orr_plot_input *in,
                            const char *name, orr_arena *arena, orr_error *e) {
  orr_figure figure;
  if (!name) name = kind->name;
  if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name) || strlen(name) > 60)
    return orr_fail(e, ORR_RECIPE, "name = '%.60s': use small letters, digits and _ only", name);
  if (!s->config->plots || !s->config->folder) return ORR_OK;
  orr_figure_init(&figure, arena, name, "");
  orr_status status = kind->build(in, &figure, e);
  if (status == ORR_DATA) { /* what cannot be drawn never fails the work */
    orr_session_note(s, "the figure %s is left out: %s", name, e->message);
    return ORR_OK;
  }
  figure.name = name;
  return status ? status : write(s, &figure, e);
}
