/* Opening a dataset: shape, element, storage, filters; see array.h. */
#include "data/hdf5/array.h"

#include <string.h>

#include "data/hdf5/attribute.h"

static const struct {
  int id;
  const char *name;
} filter_names[] = {{1, "gzip"},
                    {2, "shuffle"},
                    {3, "fletcher32"},
                    {4, "szip"},
                    {5, "nbit"},
                    {6, "scaleoffset"},
                    {305, "lzo"},
                    {307, "bzip2"},
                    {32000, "lzf"},
                    {32001, "blosc"},
                    {32002, "mafisc"},
                    {32003, "snappy"},
                    {32004, "lz4"},
                    {32005, "apax"},
                    {32006, "cbf"},
                    {32007, "jpeg-xr"},
                    {32008, "bitshuffle"},
                    {32009, "spdp"},
                    {32010, "lpc-rice"},
                    {32011, "ccsds-123"},
                    {32012, "jpeg-ls"},
                    {32013, "zfp"},
                    {32014, "fpzip"},
                    {32015, "zstd"},
                    {32016, "b3d"},
                    {32017, "sz"},
                    {32018, "fcidecomp"},
                    {32019, "jpeg"},
                    {32022, "granular bitround"},
                    {32023, "bitgroom"},
                    {32024, "sz3"},
                    {32026, "blosc2"}};

const char *orr_h5_filter_name(int filter) {
  for (size_t i = 0; i < sizeof filter_names / sizeof *filter_names; i++)
    if (filter_names[i].id == filter) return filter_names[i].name;
  return NULL;
}

static orr_status read_shape(orr_h5_array *a, orr_error *e) {
  hsize_t dims[H5S_MAX_RANK];
  hid_t space = H5Dget_space(a->id);
  H5S_class_t class = space < 0 ? H5S_NO_CLASS : H5Sget_simple_extent_type(space);
  a->none = class == H5S_NULL;
  a->rank = class == H5S_SIMPLE ? H5Sget_simple_extent_dims(space, dims, NULL) : 0;
  if (space >= 0) H5Sclose(space);
  if (class == H5S_NO_CLASS || a->rank < 0) return orr_h5_fail(e, "%s has no shape", a->path);
  a->elements = !a->none;
  for (int i = 0; i < a->rank; i++) {
    a->dims[i] = dims[i];
    if (dims[i] > INT64_MAX || __builtin_mul_overflow(a->elements, dims[i], &a->elements))
      return orr_fail(e, ORR_DATA, "%s claims more elements than can be counted", a->path);
  }
  return ORR_OK;
}

/* Whether a type, or a part of it, has a form that only the library can turn into this machine's. */
static bool holds(orr_h5_reader *r, hid_t type, bool (*matches)(orr_h5_reader *, hid_t)) {
  H5T_class_t class = H5Tget_class(type);
  if (class == H5T_ARRAY) {
    hid_t base = H5Tget_super(type);
    bool found = holds(r, base, matches);
    H5Tclose(base);
    return found;
  }
  if (class != H5T_COMPOUND) return matches(r, type);
  bool found = false;
  for (int i = 0, n = H5Tget_nmembers(type); i < n && !found; i++) {
    hid_t member = H5Tget_member_type(type, (unsigned)i);
    found = holds(r, member, matches);
    H5Tclose(member);
  }
  return found;
}

static bool is_odd(orr_h5_reader *r, hid_t type) {
  orr_h5_cell cell;
  return orr_h5_cell_of(r, type, &cell, NULL) == ORR_OK && cell.kind == ORR_H5_ODD;
}

static bool is_pointer(orr_h5_reader *r, hid_t type) {
  (void)r;
  H5T_class_t class = H5Tget_class(type);
  return class == H5T_VLEN || (class == H5T_STRING && H5Tis_variable_str(type) > 0);
}

static orr_status read_type(orr_h5_reader *r, orr_h5_array *a, bool *odd, orr_error *e) {
  a->type = H5Dget_type(a->id);
  if (a->type < 0) return orr_h5_fail(e, "%s: its type cannot be read", a->path);
  *odd = holds(r, a->type, is_odd);
  if (*odd) {
    hid_t native = H5Tget_native_type(a->type, H5T_DIR_ASCEND);
    H5Tclose(a->type);
    a->type = native;
    if (native < 0) return orr_h5_fail(e, "%s: its type has no form on this machine", a->path);
  }
  ORR_TRY(orr_h5_keep(r, a->type, e));
  a->bytes = H5Tget_size(a->type);
  a->pointers = holds(r, a->type, is_pointer);
  if (!a->bytes) return orr_fail(e, ORR_DATA, "%s: its elements have no size", a->path);
  return ORR_OK;
}

/* True when all filters are undone here. */
static bool read_filters(hid_t creation, orr_h5_array *a) {
  int n = H5Pget_nfilters(creation);
  bool all = n <= ORR_H5_MOST_FILTERS;
  for (int i = 0; i < n; i++) {
    unsigned flags, values[8] = {0}, config;
    size_t n_values = sizeof values / sizeof *values;
    int id = H5Pget_filter2(creation, (unsigned)i, &flags, &n_values, values, 0, NULL, &config);
    if (id < 0) return false;
    if (H5Zfilter_avail(id) <= 0) a->missing_filter = id;
    all = all && orr_h5_inflates(id);
    if (!all) continue;
    a->filters.ids[i] = id;
    a->filters.element[i] = values[0] && n_values ? values[0] : a->bytes;
    a->filters.count = (size_t)i + 1;
  }
  return all && n >= 0;
}

static orr_status read_fill(orr_h5_reader *r, hid_t creation, orr_h5_array *a, orr_error *e) {
  H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
  ORR_TAKE(&r->arena, a->fill, a->bytes, e);
  H5Pfill_value_defined(creation, &defined);
  if (defined == H5D_FILL_VALUE_UNDEFINED || a->pointers) return ORR_OK;
  if (H5Pget_fill_value(creation, a->type, a->fill) < 0) memset(a->fill, 0, a->bytes);
  return ORR_OK;
}

static orr_status read_chunking(orr_h5_reader *r, hid_t creation, orr_h5_array *a, bool plain, orr_error *e) {
  hsize_t chunk[H5S_MAX_RANK];
  unsigned options = 0;
  size_t bytes = a->bytes;
  if (H5Pget_chunk(creation, H5S_MAX_RANK, chunk) != a->rank) return ORR_OK;
  a->is_chunked = true;
  for (int i = 0; i < a->rank; i++) {
    a->chunk[i] = chunk[i];
    if (!chunk[i] || !orr_multiply(bytes, chunk[i], &bytes) || bytes > UINT32_MAX) a->is_chunked = false;
  }
  a->chunk_bytes = bytes;
  H5Pget_chunk_opts(creation, &options);
  bool inflates = read_filters(creation, a);
  if (plain && inflates && a->is_chunked && !options) a->storage = ORR_H5_IN_CHUNKS;
  return a->storage == ORR_H5_IN_CHUNKS ? read_fill(r, creation, a, e) : ORR_OK;
}

static orr_status read_storage(orr_h5_reader *r, orr_h5_array *a, bool odd, orr_error *e) {
  hid_t creation = H5Dget_create_plist(a->id);
  bool plain = !odd && !a->pointers && a->elements;
  orr_status status = ORR_OK;
  if (creation < 0) return orr_h5_fail(e, "%s: its storage cannot be read", a->path);
  H5D_layout_t layout = H5Pget_layout(creation);
  if (layout == H5D_CHUNKED) status = read_chunking(r, creation, a, plain, e);
  if (layout == H5D_CONTIGUOUS && plain && H5Pget_external_count(creation) == 0) {
    haddr_t at = H5Dget_offset(a->id);
    H5Eclear2(H5E_DEFAULT);
    if (at != HADDR_UNDEF) a->storage = ORR_H5_IN_ONE, a->offset = at;
  }
  H5Pclose(creation);
  return status;
}

orr_status orr_h5_array_open(orr_h5_reader *r, const char *path, orr_h5_array **out, orr_error *e) {
  orr_h5_array *a;
  bool odd = false;
  ORR_TAKE(&r->arena, a, 1, e);
  ORR_TRY(orr_h5_copy(r, path, &a->path, e));
  a->id = H5Dopen2(r->file, path, H5P_DEFAULT);
  if (a->id < 0) return orr_h5_fail(e, "%s cannot be opened", path);
  ORR_TRY(orr_h5_keep(r, a->id, e));
  ORR_TRY(read_shape(a, e));
  ORR_TRY(read_type(r, a, &odd, e));
  ORR_TRY(read_storage(r, a, odd, e));
  const char *matlab = orr_h5_attribute_text(r, a->id, "MATLAB_class");
  a->is_matlab = matlab != NULL;
  a->is_logical = matlab && !strcmp(matlab, "logical");
  *out = a;
  return ORR_OK;
}

static orr_status refuse_filter(const orr_h5_array *a, orr_error *e) {
  const char *name = orr_h5_filter_name(a->missing_filter);
  return orr_fail(
      e, ORR_DATA,
      "%s: compressed with %s (filter %d), which is not built in; rewrite the file where that filter "
      "is at hand: h5repack -f GZIP=4 old.h5 new.h5",
      a->path, name ? name : "a filter that is not known", a->missing_filter);
}

/* Compact data lie in the header, and the library does not look whether there are as many as the shape says. */
static bool is_too_short(const orr_h5_array *a) {
  hid_t type = H5Dget_type(a->id);
  uint64_t bytes;
  bool counts = type >= 0 && !__builtin_mul_overflow(a->elements, (uint64_t)H5Tget_size(type), &bytes);
  if (type >= 0) H5Tclose(type);
  return !counts || bytes > H5Dget_storage_size(a->id);
}

orr_status orr_h5_array_check(const orr_h5_reader *r, const orr_h5_array *a, orr_error *e) {
  hid_t creation = H5Dget_create_plist(a->id);
  if (creation < 0) return orr_h5_fail(e, "%s: its storage cannot be read", a->path);
  H5D_layout_t layout = H5Pget_layout(creation);
  bool is_virtual = layout == H5D_VIRTUAL;
  bool external = H5Pget_external_count(creation) > 0;
  H5Pclose(creation);
  if (is_virtual || external)
    return orr_fail(e, ORR_DATA, "%s %s; Orrery reads only the file that it was given (%s)", a->path,
                    is_virtual ? "is a virtual dataset, made of parts of other files"
                               : "is stored in other files",
                    r->source);
  if (layout == H5D_COMPACT && is_too_short(a))
    return orr_fail(e, ORR_DATA, "%s: its shape claims more than is stored; the file is damaged", a->path);
  return a->missing_filter ? refuse_filter(a, e) : ORR_OK;
}

/* From the last axis on, as many whole chunks as the budget holds. */
void orr_h5_array_block(const orr_h5_array *a, size_t budget, uint64_t *block) {
  uint64_t room = budget / a->bytes + 1, chunks = 16384;
  for (int i = 0; i < a->rank; i++) {
    block[i] = a->is_chunked ? a->chunk[i] : 1;
    if (block[i] > a->dims[i]) block[i] = a->dims[i] ? a->dims[i] : 1;
    room = room / block[i] ? room / block[i] : 1;
  }
  for (int i = a->rank; i-- > 0;) {
    uint64_t times = room < chunks || !a->is_chunked ? room : chunks;
    uint64_t need = a->dims[i] / block[i] + (a->dims[i] % block[i] != 0);
    if (times < need) {
      block[i] *= times;
      return;
    }
    block[i] = a->dims[i] ? a->dims[i] : 1;
    room = room / (need ? need : 1) ? room / (need ? need : 1) : 1;
    chunks = chunks / (need ? need : 1) ? chunks / (need ? need : 1) : 1;
  }
}
