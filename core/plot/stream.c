/* The driver's records; see stream.h. */
#include "plot/stream.h"

#include <string.h>

#include "base/memory.h"

orr_status orr_stream_feed(orr_stream *s, const void *bytes, size_t n, orr_error *e) {
  if (s->begin) memmove(s->data, s->data + s->begin, s->end - s->begin);
  s->end -= s->begin;
  s->begin = 0;
  if (n > (size_t)2 * ORR_STREAM_MOST - s->end) {
    s->broken = true;
    return orr_fail(e, ORR_DATA, "gnuplot's driver sent a record of more than %d bytes", ORR_STREAM_MOST);
  }
  if (s->end + n > s->capacity) {
    size_t wanted = s->end + n < 65536 ? 65536 : 2 * (s->end + n);
    uint8_t *grown = orr_realloc(s->data, wanted, 1);
    if (!grown) return orr_fail_memory(e, "gnuplot's drawing", wanted);
    s->data = grown, s->capacity = wanted;
  }
  if (n) memcpy(s->data + s->end, bytes, n);
  s->end += n;
  return ORR_OK;
}

void orr_stream_fini(orr_stream *s) {
  orr_free(s->data);
  *s = (orr_stream){0};
}

/* What lies in the buffer; reading past its end is remembered, and gives zeros. */
typedef struct reader {
  const uint8_t *at;
  size_t left;
  bool lacking;
} reader;

static const uint8_t *take(reader *r, size_t n) {
  if (r->lacking || n > r->left) {
    r->lacking = true;
    return NULL;
  }
  const uint8_t *at = r->at;
  r->at += n, r->left -= n;
  return at;
}

static uint32_t number(reader *r, size_t bytes) {
  const uint8_t *at = take(r, bytes);
  uint32_t value = 0;
  for (size_t i = bytes; at && i-- > 0;) value = value << 8 | at[i];
  return value;
}

static int signed_at(const uint8_t *at) {
  int value = at[0] | at[1] << 8;
  return value > 32767 ? value - 65536 : value;
}

orr_dot orr_stream_point(const orr_stream_record *r, size_t i) {
  return (orr_dot){signed_at(r->points + 4 * i), signed_at(r->points + 4 * i + 2)};
}

static bool is_sound(const orr_stream_record *r) {
  switch (r->kind) {
  case 'B': return r->columns > 0 && r->rows > 0 && r->columns <= 4096 && r->rows <= 4096;
  case 'D': return r->n <= 8;
  case 'T': return r->justify <= 2;
  case 'I': return r->columns > 0 && r->rows > 0 && r->n <= ORR_STREAM_MOST / 4;
  default: return r->percent <= 100;
  }
}

static void read_text(reader *in, orr_stream_record *out) {
  out->points = take(in, 4);
  out->justify = (int)number(in, 1);
  const uint8_t *angle = take(in, 2);
  out->angle = angle ? signed_at(angle) : 0;
  out->n = number(in, 2);
  out->bytes = take(in, out->n);
}

static void read_image(reader *in, orr_stream_record *out) {
  out->points = take(in, 16);
  out->columns = (int)number(in, 2), out->rows = (int)number(in, 2);
  out->n = (size_t)out->columns * (size_t)out->rows;
  out->bytes = out->n <= ORR_STREAM_MOST / 4 ? take(in, 4 * out->n) : NULL;
}

/* False: no record begins with this letter. */
static bool read_fields(reader *in, orr_stream_record *out) {
  switch (out->kind = (char)number(in, 1)) {
  case 'B':
    out->frame = number(in, 4);
    out->columns = (int)number(in, 2), out->rows = (int)number(in, 2);
    return true;
  case 'C':
    for (int i = 0; i < 3; i++) out->colour[i] = (uint8_t)number(in, 1);
    return true;
  case 'N': return true;
  case 'W': out->tenths = (int)number(in, 1); return true;
  case 'D': out->bytes = take(in, out->n = number(in, 1)); return true;
  case 'F': out->percent = (int)number(in, 1); /* fall through */
  case 'P': out->points = take(in, 4 * (out->n = number(in, 2))); return true;
  case 'R':
    out->percent = (int)number(in, 1);
    out->points = take(in, 4 * (out->n = 2));
    return true;
  case 'S':
    out->points = take(in, 4);
    out->sign = (int)number(in, 1), out->tenths = (int)number(in, 1);
    return true;
  case 'T': read_text(in, out); return true;
  case 'I': read_image(in, out); return true;
  case 'E': out->frame = number(in, 4); return true;
  default: return false;
  }
}

bool orr_stream_next(orr_stream *s, orr_stream_record *out) {
  *out = (orr_stream_record){0};
  if (s->broken || s->begin == s->end) return false;
  reader in = {.at = s->data + s->begin, .left = s->end - s->begin};
  bool known = read_fields(&in, out);
  bool too_long = out->kind == 'I' && out->n > ORR_STREAM_MOST / 4;
  if (!known || too_long || (!in.lacking && !is_sound(out))) {
    s->broken = true;
    return false;
  }
  if (in.lacking) return false;
  s->begin = s->end - in.left;
  return true;
}
