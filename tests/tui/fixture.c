/* A user interface without an engine; see fixture.h. */
#include "tests/tui/fixture.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static orr_seen_line lines[] = {
    {"s.data1 = o.data { }", NULL, NULL, ORR_LINE_DONE, 0.06},
    {"s.filter1 = o.filter { s.data1, where = \"snr > 5\" }", NULL, NULL, ORR_LINE_UNDONE, 0.01},
    {"s.filter1 = o.filter { s.data1, where = \"snr >\" }", "filter: the expression ends after '>'", NULL,
     ORR_LINE_FAILED, 0.0},
    {"s.split1 = o.split { s.data1, test = 0.2, validation = 0.2, stratify = \"class\" } -- by hand", NULL,
     "classification", ORR_LINE_DONE, 0.01},
    {"s.fit1 = o.fit { \"mlp\", s.split1, target = \"class\" }", NULL, "classification", ORR_LINE_RUNNING,
     NAN},
};

void fixture_init(fixture *f, int width, int height, bool utf8) {
  orr_error e = {0};
  setlocale(LC_CTYPE, "C.UTF-8");
  memset(f, 0, sizeof *f);
  orr_keymap_init(&f->keys);
  orr_theme_plain(&f->theme);
  f->snapshot = (orr_snapshot){.refs = 1000,
                               .version = 1,
                               .journal = lines,
                               .n_journal = sizeof lines / sizeof *lines,
                               .source = "pulsars.csv",
                               .running = lines[4].text,
                               .since = 100};
  f->ui = (orr_ui){.keys = &f->keys, .snapshot = &f->snapshot, .now = 225, .width = width, .height = height};
  f->ui.progress = (orr_event){.kind = ORR_EVENT_PROGRESS, .step = 12, .steps = 40};
  f->view = (orr_view){.ui = &f->ui, .theme = &f->theme, .plot_mode = "cells"};
  assert_int_equal(orr_grid_init(&f->grid, width, height, utf8, &e), ORR_OK);
  assert_int_equal(orr_ui_open(&f->ui, &e), ORR_OK);
}

void fixture_fini(fixture *f) {
  f->ui.snapshot = NULL;
  orr_ui_close(&f->ui);
  orr_grid_fini(&f->grid);
}

void fixture_keys(fixture *f, const char *names) {
  while (*(names += strspn(names, " "))) {
    char word[64];
    orr_key key;
    size_t n = strcspn(names, " ");
    snprintf(word, sizeof word, "%.*s", (int)n, names);
    names += n;
    if (orr_key_parse(word, &key)) orr_ui_key(&f->ui, &key);
    else
      for (const char *p = word; *p; p++)
        orr_ui_key(&f->ui, &(orr_key){.kind = ORR_KEY_RUNE, .rune = (unsigned char)*p});
  }
}

void fixture_draw(fixture *f) { orr_screen_draw(&f->view, &f->grid); }
