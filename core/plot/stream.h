/* What lua/gnuplot/cells.lua says, record by record. It is read as if a stranger
 * had written it: no count is believed before the bytes are there, none may be
 * larger than the format allows, and the first unsound byte ends the stream.
 *
 * A record is a letter and little-endian fields; x and y are dots, y upwards:
 *   B frame:u32 columns:u16 rows:u16     a frame begins
 *   C r g b                              the colour of what follows; N: the screen's own
 *   W tenths:u8                          width of lines
 *   D n:u8 n × u8                        dashes: dots on, off, on, …; none: solid
 *   P n:u16 n × (x:i16 y:i16)            a line through n points
 *   F percent:u8 n:u16 n × (x y)         a filled polygon
 *   R percent:u8 x y x y                 a filled rectangle
 *   S x y kind:u8 tenths:u8              a point's sign and its size
 *   T x y justify:u8 angle:i16 n:u16 n × u8   text; justify 0 left, 1 centre, 2 right
 *   I 4 × (x y) width:u16 height:u16 width × height × (r g b seen)
 *   E frame:u32                          the frame is whole
 */
#ifndef ORR_PLOT_STREAM_H
#define ORR_PLOT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { ORR_STREAM_MOST = 16 << 20 /* bytes of one record */ };

typedef struct orr_stream_record {
  char kind;
  uint32_t frame;
  int columns, rows;     /* B; I: width and height */
  uint8_t colour[3];     /* C */
  int tenths;            /* W, S */
  int percent;           /* F, R: how much of it is covered */
  int sign;              /* S */
  int justify, angle;    /* T */
  size_t n;              /* D, T: bytes; P, F: points; R: 2; I: pixels */
  const uint8_t *bytes;  /* D, T, I: good until more is fed */
  const uint8_t *points; /* P, F, R, S, T, I: read with orr_stream_point */
} orr_stream_record;

typedef struct orr_stream {
  uint8_t *data;
  size_t begin, end, capacity;
  bool broken;
} orr_stream;

orr_status orr_stream_feed(orr_stream *s, const void *bytes, size_t n, orr_error *e);
/* The next whole record; false when there is none yet, or the stream is broken. */
bool orr_stream_next(orr_stream *s, orr_stream_record *out);
void orr_stream_fini(orr_stream *s);

typedef struct orr_dot {
  int x, y;
} orr_dot;
orr_dot orr_stream_point(const orr_stream_record *r, size_t i);

#endif
