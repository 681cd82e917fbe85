/* What a type of the file means as one cell of a table; see cell.h. */
#include "data/hdf5/cell.h"

#include <float.h>
#include <string.h>

static bool is_swapped(hid_t type) { return H5Tget_order(type) == H5T_ORDER_BE; }

static bool whole_bytes(size_t n) { return n == 1 || n == 2 || n == 4 || n == 8; }

static void integer_cell(hid_t type, orr_h5_cell *c) {
  H5T_order_t order = H5Tget_order(type);
  bool plain = whole_bytes(c->bytes) && H5Tget_precision(type) == 8 * c->bytes && H5Tget_offset(type) == 0 &&
               (order == H5T_ORDER_LE || order == H5T_ORDER_BE);
  bool is_signed = !c->bits && H5Tget_sign(type) == H5T_SGN_2;
  c->kind = !plain ? ORR_H5_ODD : is_signed ? ORR_H5_SIGNED : ORR_H5_UNSIGNED;
  c->swapped = is_swapped(type);
}

static const struct {
  size_t bytes, exponent_at, exponent, fraction, bias;
} ieee[] = {{2, 10, 5, 10, 15}, {4, 23, 8, 23, 127}, {8, 52, 11, 52, 1023}};

static bool is_ieee(hid_t type) {
  size_t sign, exponent_at, exponent, fraction_at, fraction, bytes = H5Tget_size(type);
  H5T_order_t order = H5Tget_order(type);
  if (H5Tget_fields(type, &sign, &exponent_at, &exponent, &fraction_at, &fraction) < 0) return false;
  if (order != H5T_ORDER_LE && order != H5T_ORDER_BE) return false;
  for (size_t i = 0; i < sizeof ieee / sizeof *ieee; i++)
    if (ieee[i].bytes == bytes)
      return sign == 8 * bytes - 1 && exponent_at == ieee[i].exponent_at && exponent == ieee[i].exponent &&
             !fraction_at && fraction == ieee[i].fraction && H5Tget_ebias(type) == ieee[i].bias &&
             H5Tget_norm(type) == H5T_NORM_IMPLIED && H5Tget_offset(type) == 0;
  return false;
}

static void float_cell(hid_t type, orr_h5_cell *c) {
  bool native_long = H5Tequal(type, H5T_NATIVE_LDOUBLE) > 0;
  c->kind = is_ieee(type) ? ORR_H5_FLOAT : native_long ? ORR_H5_LONG_DOUBLE : ORR_H5_ODD;
  c->swapped = is_swapped(type);
}

static orr_status read_names(orr_h5_reader *r, hid_t type, hid_t base, orr_h5_cell *c, orr_error *e) {
  int n = H5Tget_nmembers(type);
  if (n <= 0 || n > 65536) return ORR_OK;
  ORR_TAKE(&r->arena, c->names.values, (size_t)n, e);
  ORR_TAKE(&r->arena, c->names.names, (size_t)n, e);
  for (unsigned i = 0; i < (unsigned)n; i++) {
    char value[16] = {0};
    char *name = H5Tget_member_name(type, i);
    orr_h5_cell plain = {.kind = c->kind, .bytes = c->bytes, .swapped = c->swapped};
    if (!name || H5Tget_size(base) > sizeof value || H5Tget_member_value(type, i, value) < 0) {
      H5free_memory(name);
      return orr_h5_fail(e, "an enumeration's names cannot be read");
    }
    orr_h5_to_integers(&plain, value, 0, 1, &c->names.values[i]);
    orr_status status = orr_h5_copy(r, name, &c->names.names[i], e);
    H5free_memory(name);
    if (status) return status;
  }
  c->names.count = (size_t)n;
  return ORR_OK;
}

static bool says_truth(const orr_h5_names *n) {
  bool false_seen = false, true_seen = false;
  for (size_t i = 0; i < n->count; i++) {
    false_seen |= n->values[i] == 0 && !strcasecmp(n->names[i], "FALSE");
    true_seen |= n->values[i] == 1 && !strcasecmp(n->names[i], "TRUE");
  }
  return n->count == 2 && false_seen && true_seen;
}

static orr_status enumeration(orr_h5_reader *r, hid_t type, orr_h5_cell *c, orr_error *e) {
  hid_t base = H5Tget_super(type);
  if (base < 0) return orr_h5_fail(e, "an enumeration cannot be read");
  integer_cell(base, c);
  orr_status status = c->kind == ORR_H5_ODD ? ORR_OK : read_names(r, type, base, c, e);
  H5Tclose(base);
  c->truth = !status && says_truth(&c->names);
  return status;
}

static void text_cell(hid_t type, orr_h5_cell *c) {
  c->kind = H5Tis_variable_str(type) > 0 ? ORR_H5_POINTER : ORR_H5_TEXT;
  c->blanks = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
  c->zeros = H5Tget_strpad(type) == H5T_STR_NULLPAD;
}

orr_status orr_h5_cell_of(orr_h5_reader *r, hid_t type, orr_h5_cell *out, orr_error *e) {
  *out = (orr_h5_cell){.kind = ORR_H5_OTHER, .bytes = H5Tget_size(type)};
  switch (H5Tget_class(type)) {
  case H5T_BITFIELD:
    out->bits = true;
    integer_cell(type, out);
    out->truth = r->is_pytables && out->bytes == 1;
    return ORR_OK;
  case H5T_INTEGER: integer_cell(type, out); return ORR_OK;
  case H5T_FLOAT: float_cell(type, out); return ORR_OK;
  case H5T_STRING: text_cell(type, out); return ORR_OK;
  case H5T_ENUM: return enumeration(r, type, out, e);
  default: return ORR_OK;
  }
}

const char *orr_h5_type_words(hid_t type) {
  switch (H5Tget_class(type)) {
  case H5T_REFERENCE: return "references to other objects";
  case H5T_VLEN: return "lists of any length";
  case H5T_OPAQUE: return "opaque bytes";
  case H5T_COMPOUND: return "compounds";
  case H5T_ARRAY: return "arrays";
  case H5T_TIME: return "values of HDF5's time type";
  default: return "values of a type that Orrery does not know";
  }
}
