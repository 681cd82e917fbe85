/* Making plans; see plan.h. */
#include "data/hdf5/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void orr_h5_plan_fini(orr_h5_plan *p) {
  for (size_t i = 0; i < p->columns.count; i++) orr_map_fini(&p->columns.items[i]->words);
  orr_free(p->columns.items);
  *p = (orr_h5_plan){0};
}

bool orr_h5_exists(const orr_h5_reader *r, const char *path) {
  bool there = H5Oexists_by_name(r->file, path, H5P_DEFAULT) > 0;
  H5Eclear2(H5E_DEFAULT);
  return there;
}

/* What a stored value becomes in a table. */
static orr_type type_of(const orr_h5_column *c) {
  const orr_h5_cell *v = &c->value;
  if (c->summary != ORR_H5_EACH) return ORR_FLOAT64;
  if (c->ready) return c->ready->texts ? ORR_TEXT : c->ready->integers ? ORR_INT64 : ORR_FLOAT64;
  if (c->categories || orr_h5_cell_is_text(v)) return ORR_TEXT;
  if (v->truth) return ORR_BOOL;
  if (v->names.count) return ORR_TEXT;
  if (c->meaning.is_time) return ORR_TIME;
  if (c->meaning.scaled) return ORR_FLOAT64;
  if (orr_h5_cell_is_integer(v)) return ORR_INT64;
  return v->kind == ORR_H5_FLOAT && v->bytes <= 4 ? ORR_FLOAT32 : ORR_FLOAT64;
}

void orr_h5_column_retype(orr_h5_column *c) {
  c->type = type_of(c);
  if (c->type == ORR_TIME) c->meaning.scaled = false;
}

orr_status orr_h5_plan_add(orr_h5_reader *r, orr_h5_plan *p, const orr_h5_column *c, orr_h5_column **added,
                           orr_error *e) {
  orr_h5_column *kept;
  if (p->columns.count >= ORR_H5_MOST_COLUMNS)
    return orr_fail(e, ORR_DATA, "the table would have more than %d columns; take a slice or fewer",
                    ORR_H5_MOST_COLUMNS);
  ORR_TAKE(&r->arena, kept, 1, e);
  memcpy(kept, c, sizeof *kept);
  ORR_TRY(orr_h5_utf8(r, c->name, strlen(c->name), &kept->name, e));
  orr_h5_column_retype(kept);
  ORR_PUSH(&p->columns, kept, e);
  if (added) *added = kept;
  return ORR_OK;
}

/* One value of an element, on the way down through compounds and arrays. */
typedef struct member {
  orr_h5_reader *reader;
  orr_h5_plan *plan;
  orr_h5_column column; /* all but name, offset and value */
  size_t added;
} member;

static orr_status add_type(member *m, hid_t type, size_t offset, const char *name, int depth, orr_error *e);

static bool member_named(hid_t type, unsigned i, const char *name) {
  char *found = H5Tget_member_name(type, i);
  bool is = found && !strcmp(found, name);
  H5free_memory(found);
  return is;
}

static bool is_complex(hid_t type) {
  if (H5Tget_nmembers(type) != 2 || H5Tget_member_class(type, 0) != H5T_FLOAT ||
      H5Tget_member_class(type, 1) != H5T_FLOAT)
    return false;
  return (member_named(type, 0, "r") && member_named(type, 1, "i")) ||
         (member_named(type, 0, "real") && member_named(type, 1, "imag"));
}

static orr_status add_member(member *m, hid_t type, unsigned i, size_t offset, const char *name, int depth,
                             orr_error *e) {
  static const char *const parts[] = {"real", "imag"};
  char *own = H5Tget_member_name(type, i);
  hid_t part = H5Tget_member_type(type, i);
  const char *last = is_complex(type) ? parts[i] : own ? own : "";
  const char *full = orr_arena_printf(&m->reader->arena, "%s%s%s", name, *name ? "." : "", last);
  orr_status status = !full || part < 0
                          ? orr_fail(e, ORR_DATA, "a member of a compound cannot be read")
                          : add_type(m, part, offset + H5Tget_member_offset(type, i), full, depth + 1, e);
  if (part >= 0) H5Tclose(part);
  H5free_memory(own);
  return status;
}

static orr_status add_compound(member *m, hid_t type, size_t offset, const char *name, int depth,
                               orr_error *e) {
  int n = H5Tget_nmembers(type);
  for (int i = 0; i < n; i++) ORR_TRY(add_member(m, type, (unsigned)i, offset, name, depth, e));
  return ORR_OK;
}

static orr_status add_array(member *m, hid_t type, size_t offset, const char *name, int depth, orr_error *e) {
  hid_t base = H5Tget_super(type);
  size_t one = base < 0 ? 0 : H5Tget_size(base), n = one ? H5Tget_size(type) / one : 0;
  orr_status status = ORR_OK;
  for (size_t i = 0; i < n && !status; i++) {
    const char *full = n == 1 ? name : orr_arena_printf(&m->reader->arena, "%s_%zu", name, i + 1);
    status = full ? add_type(m, base, offset + i * one, full, depth + 1, e) : orr_fail_memory(e, "a name", 0);
  }
  if (base >= 0) H5Tclose(base);
  return status;
}

static orr_status add_type(member *m, hid_t type, size_t offset, const char *name, int depth, orr_error *e) {
  H5T_class_t class = H5Tget_class(type);
  if (depth > 16) return orr_fail(e, ORR_DATA, "compounds within compounds, more than 16 deep");
  if (class == H5T_COMPOUND) return add_compound(m, type, offset, name, depth, e);
  if (class == H5T_ARRAY) return add_array(m, type, offset, name, depth, e);
  ORR_TRY(orr_h5_cell_of(m->reader, type, &m->column.value, e));
  if (m->column.value.kind >= ORR_H5_ODD) {
    orr_h5_note(m->reader, "%.200s is left out: it holds %s", *name ? name : m->column.view->array->path,
                orr_h5_type_words(type));
    return ORR_OK;
  }
  m->column.value.truth |= m->column.view->array->is_logical && orr_h5_cell_is_integer(&m->column.value);
  m->column.name = *name ? name : "x";
  m->column.offset = offset;
  m->added++;
  return orr_h5_plan_add(m->reader, m->plan, &m->column, NULL, e);
}

static const char *cell_name(orr_h5_reader *r, const orr_h5_view *v, const orr_h5_naming *n, uint64_t cell,
                             bool compound) {
  orr_text t = {0};
  if (n->names && cell < n->names->count && *n->names->items[cell]) return n->names->items[cell];
  if (v->cells == 1) return n->alone && compound ? "" : n->base;
  bool short_form = n->alone && orr_h5_view_row_axes(v) <= 1;
  orr_text_add(&t, n->alone ? "x" : n->base);
  orr_h5_view_name_cell(v, cell, &t);
  if (short_form) memmove(t.data + 1, t.data + 2, t.length - 1); /* x_3 is x3 */
  const char *name = t.failed ? NULL : orr_arena_strdup(&r->arena, t.data);
  orr_text_fini(&t);
  return name;
}

static orr_status add_cells(member *m, orr_h5_view *v, const orr_h5_naming *naming, orr_error *e) {
  bool compound = H5Tget_class(v->array->type) == H5T_COMPOUND;
  if (v->cells > ORR_H5_MOST_COLUMNS)
    return orr_fail(e, ORR_DATA, "%s has %" PRIu64 " columns, more than %d; take a slice: %s[:,0:1000]",
                    v->array->path, v->cells, ORR_H5_MOST_COLUMNS, v->array->path);
  for (uint64_t j = 0; j < v->cells; j++) {
    const char *name = cell_name(m->reader, v, naming, j, compound);
    if (!name) return orr_fail_memory(e, "a name", 0);
    m->column.cell = j;
    ORR_TRY(add_type(m, v->array->type, 0, name, 0, e));
    if (j == 0 && !m->added) return ORR_OK;
    if (j % 1024 == 1023)
      ORR_TRY(orr_progress_step(m->reader->work, "columns", (size_t)j, (size_t)v->cells, e));
  }
  return ORR_OK;
}

static orr_status add_summary(member *m, orr_h5_view *v, const orr_h5_naming *naming, orr_error *e) {
  static const char *const names[] = {"mean", "sd", "min", "max"};
  ORR_TRY(orr_h5_cell_of(m->reader, v->array->type, &m->column.value, e));
  if (!orr_h5_cell_is_number(&m->column.value)) return ORR_OK;
  for (size_t i = 0; i < 4; i++) {
    m->column.summary = i ? ORR_H5_SUMMARISED : ORR_H5_SUMMARY;
    m->column.name =
        naming->alone ? names[i] : orr_arena_printf(&m->reader->arena, "%s.%s", naming->base, names[i]);
    if (!m->column.name) return orr_fail_memory(e, "a name", 0);
    ORR_TRY(orr_h5_plan_add(m->reader, m->plan, &m->column, NULL, e));
    m->added++;
  }
  return ORR_OK;
}

/* Whether rows of three dimensions and more become a summary; what was chosen is told and can be asked for again. */
static bool summarises(orr_h5_reader *r, const orr_h5_view *v) {
  if (orr_h5_view_row_axes(v) < 2) return false;
  bool summary = r->flatten == ORR_H5_FLATTEN_SUMMARY ||
                 (r->flatten == ORR_H5_FLATTEN_BY_SIZE && v->cells > ORR_H5_MOST_FLAT);
  if (!r->options) r->options = orr_json_new_object();
  if (!orr_json_get(r->options, "flatten"))
    orr_json_set(r->options, "flatten", orr_json_new_string(summary ? "summary" : "columns"));
  if (summary)
    orr_h5_note(r, "%s: the %" PRIu64 " cells of each row are summarised by mean, sd, min and max%s",
                v->array->path, v->cells, r->flatten ? "" : " (flatten = \"columns\" for each of them)");
  else
    orr_h5_note(r, "%s: the %" PRIu64 " cells of each row are columns of their own%s", v->array->path,
                v->cells, r->flatten ? "" : " (flatten = \"summary\" for mean, sd, min and max)");
  return summary;
}

orr_status orr_h5_plan_view(orr_h5_reader *r, orr_h5_plan *p, orr_h5_view *v, const orr_h5_naming *naming,
                            const orr_h5_meaning *meaning, size_t *added, orr_error *e) {
  member m = {.reader = r, .plan = p, .column = {.view = v, .meaning = *meaning}};
  ORR_TRY(orr_h5_array_check(r, v->array, e));
  ORR_TRY(summarises(r, v) ? add_summary(&m, v, naming, e) : add_cells(&m, v, naming, e));
  *added = m.added;
  if (m.added && meaning->scaled && !meaning->is_time)
    orr_h5_note(r, "%s: stored numbers are scaled: times %g, plus %g", v->array->path, meaning->factor,
                meaning->shift);
  return ORR_OK;
}

orr_status orr_h5_plan_vector(orr_h5_reader *r, orr_h5_plan *p, const char *path, const char *name,
                              orr_h5_column **added, orr_error *e) {
  orr_h5_array *a;
  orr_h5_column c = {.name = name};
  ORR_TRY(orr_h5_array_open(r, path, &a, e));
  ORR_TRY(orr_h5_view_new(r, a, &c.view, e));
  ORR_TRY(orr_h5_cell_of(r, a->type, &c.value, e));
  ORR_TRY(orr_h5_array_check(r, a, e));
  orr_h5_meaning_of(r, a->id, &c.meaning);
  if (c.view->cells != 1 || c.value.kind >= ORR_H5_ODD)
    return orr_fail(e, ORR_DATA, "%s is no single column of numbers or text", path);
  return orr_h5_plan_add(r, p, &c, added, e);
}

orr_status orr_h5_plan_codes(orr_h5_reader *r, orr_h5_plan *p, const char *path, const char *name,
                             const char *categories, orr_error *e) {
  orr_h5_column *c;
  orr_h5_texts *words;
  ORR_TAKE(&r->arena, words, 1, e);
  ORR_TRY(orr_h5_load_texts(r, categories, words, e));
  ORR_TRY(orr_h5_plan_vector(r, p, path, name, &c, e));
  if (!orr_h5_cell_is_integer(&c->value))
    return orr_fail(e, ORR_DATA, "%s holds no codes of categories", path);
  c->categories = words;
  c->type = ORR_TEXT;
  return ORR_OK;
}

void orr_h5_column_is_time(orr_h5_column *c) {
  c->type = ORR_TIME;
  c->meaning = (orr_h5_meaning){.is_time = true, .tick = 1, .n_fills = 1, .fills = {(double)INT64_MIN}};
}
