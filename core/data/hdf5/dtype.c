/* Types as numpy prints them, the words that scientists know from h5py. Of a compound the common form is given, not
 * every gap. */
#include <string.h>

#include "data/hdf5/cell.h"

enum { DEEPEST = 8, MOST_MEMBERS = 200 };

static void add(hid_t type, bool member, int depth, orr_text *out);

static void add_number(hid_t type, H5T_class_t class, bool member, orr_text *out) {
  size_t bytes = H5Tget_size(type);
  bool swapped = bytes > 1 && H5Tget_order(type) == H5T_ORDER_BE;
  bool is_unsigned = class == H5T_BITFIELD || (class == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_NONE);
  char letter = class == H5T_FLOAT ? 'f' : is_unsigned ? 'u' : 'i';
  if (member && bytes == 1) orr_text_printf(out, "%c1", letter);
  else if (member || swapped) orr_text_printf(out, "%c%c%zu", swapped ? '>' : '<', letter, bytes);
  else orr_text_printf(out, "%s%zu", letter == 'f' ? "float" : letter == 'u' ? "uint" : "int", 8 * bytes);
}

static bool is_truth(hid_t type) {
  int8_t no = 1, yes = 0;
  return H5Tget_nmembers(type) == 2 && H5Tget_size(type) == 1 && H5Tenum_valueof(type, "FALSE", &no) >= 0 &&
         H5Tenum_valueof(type, "TRUE", &yes) >= 0 && !no && yes == 1;
}

static void add_enumeration(hid_t type, bool member, orr_text *out) {
  hid_t base = H5Tget_super(type);
  if (is_truth(type)) orr_text_add(out, member ? "?" : "bool");
  else add_number(base, H5T_INTEGER, member, out);
  H5Tclose(base);
}

static bool member_is(hid_t type, unsigned i, const char *name) {
  char *found = H5Tget_member_name(type, i);
  bool is = found && !strcmp(found, name) && H5Tget_member_class(type, i) == H5T_FLOAT;
  H5free_memory(found);
  return is;
}

/* numpy's complex numbers, as h5py stores them */
static bool is_complex(hid_t type) {
  size_t bytes = H5Tget_size(type);
  return H5Tget_class(type) == H5T_COMPOUND && (bytes == 8 || bytes == 16) && H5Tget_nmembers(type) == 2 &&
         member_is(type, 0, "r") && member_is(type, 1, "i");
}

static void add_member(hid_t type, unsigned i, int depth, orr_text *out) {
  char *name = H5Tget_member_name(type, i);
  hid_t member = H5Tget_member_type(type, i);
  orr_text_printf(out, "%s('%s', ", i ? ", " : "", name ? name : "");
  bool nested = H5Tget_class(member) == H5T_COMPOUND && !is_complex(member),
       array = H5Tget_class(member) == H5T_ARRAY;
  if (!nested && !array) orr_text_add(out, "'");
  add(member, true, depth + 1, out);
  orr_text_add(out, nested || array ? ")" : "')");
  H5Tclose(member);
  H5free_memory(name);
}

static void add_compound(hid_t type, bool member, int depth, orr_text *out) {
  int n = H5Tget_nmembers(type);
  size_t bytes = H5Tget_size(type);
  if (is_complex(type)) {
    if (member) orr_text_printf(out, "<c%zu", bytes);
    else orr_text_printf(out, "complex%zu", 8 * bytes);
    return;
  }
  orr_text_add(out, "[");
  for (unsigned i = 0; i < (unsigned)(n < MOST_MEMBERS ? n : MOST_MEMBERS); i++)
    add_member(type, i, depth, out);
  orr_text_add(out, n > MOST_MEMBERS ? ", …]" : "]");
}

static void add_array(hid_t type, bool member, int depth, orr_text *out) {
  hsize_t dims[H5S_MAX_RANK];
  int rank = H5Tget_array_dims2(type, dims);
  hid_t base = H5Tget_super(type);
  bool nested = H5Tget_class(base) == H5T_COMPOUND && !is_complex(base);
  orr_text_add(out, member ? (nested ? "" : "'") : nested ? "(" : "('");
  add(base, true, depth + 1, out);
  orr_text_add(out, nested ? ", (" : "', (");
  for (int i = 0; i < rank; i++) orr_text_printf(out, i ? ", %llu" : "%llu", (unsigned long long)dims[i]);
  orr_text_add(out, rank == 1 ? ",)" : ")");
  if (!member) orr_text_add(out, ")");
  H5Tclose(base);
}

static void add(hid_t type, bool member, int depth, orr_text *out) {
  H5T_class_t class = H5Tget_class(type);
  bool variable =
      class == H5T_VLEN || class == H5T_REFERENCE || (class == H5T_STRING && H5Tis_variable_str(type) > 0);
  if (depth > DEEPEST) orr_text_add(out, "…");
  else if (variable) orr_text_add(out, member ? "O" : "object");
  else if (class == H5T_INTEGER || class == H5T_FLOAT || class == H5T_BITFIELD)
    add_number(type, class, member, out);
  else if (class == H5T_ENUM) add_enumeration(type, member, out);
  else if (class == H5T_STRING) orr_text_printf(out, member ? "S%zu" : "|S%zu", H5Tget_size(type));
  else if (class == H5T_COMPOUND) add_compound(type, member, depth, out);
  else if (class == H5T_ARRAY) add_array(type, member, depth, out);
  else if (class == H5T_OPAQUE) orr_text_printf(out, member ? "V%zu" : "|V%zu", H5Tget_size(type));
  else orr_text_add(out, "unknown");
}

void orr_h5_dtype(hid_t type, orr_text *out) { add(type, false, 0, out); }
