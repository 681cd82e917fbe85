/* What gnuplot's driver says: any bytes, cut anywhere, are drawn or end the stream; the
 * record read never reaches beyond the bytes that were fed. */
#include "fuzz_table.h"
#include "plot/raster.h"

static void draw(orr_raster *raster, const orr_stream_record *r) {
  orr_plot_palette palette = orr_plot_palette_plain(r->frame & 1);
  palette.colours = !(r->frame & 2);
  if (r->kind == 'B' && r->columns <= 40 && r->rows <= 20)
    must(!orr_raster_begin(raster, r->columns, r->rows, !(r->frame & 4), &palette, NULL));
  else if (raster->cells) orr_raster_add(raster, r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  orr_stream s = {0};
  orr_raster raster = {0};
  orr_stream_record r;
  size_t cut = size ? data[0] % size : 0;
  for (int part = 0; part < 2; part++) {
    const uint8_t *bytes = part ? data + cut : data;
    if (orr_stream_feed(&s, bytes, part ? size - cut : cut, NULL)) break;
    while (orr_stream_next(&s, &r)) draw(&raster, &r);
  }
  if (raster.cells) {
    orr_drawing *d = orr_raster_finish(&raster, 1);
    must(d != NULL);
    for (int i = 0; i < d->columns * d->rows; i++) must(d->cells[i].rune >= ' ' && d->cells[i].rune != 0x7f);
    orr_drawing_unref(d);
  }
  orr_raster_fini(&raster);
  orr_stream_fini(&s);
  return 0;
}
