/* pandas' form `table`: one compound dataset whose members are the index, blocks of columns of one type, and columns
 * of their own; attributes say by pickled lists which names they have. pandas/io/pytables.py, Table. */
#include <string.h>

#include "data/hdf5/pandas.h"

static orr_h5_worth judge(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, hid_t object) {
  const char *type =
      nodes->all.items[at].kind == ORR_H5_GROUP ? orr_h5_attribute_text(r, object, "pandas_type") : NULL;
  return type && strstr(type, "_table") ? ORR_H5_MARKED : ORR_H5_NO_TABLE;
}

typedef struct frame {
  orr_h5_reader *reader;
  orr_h5_plan *plan;
  const char *path; /* of the group */
  const char *nothing;
  orr_h5_view *view; /* of its table */
} frame;

static const char *member_attribute(const frame *f, const char *member, const char *what) {
  const char *name = orr_arena_printf(&f->reader->arena, "%s_%s", member, what);
  return name ? orr_h5_attribute_text(f->reader, f->view->array->id, name) : NULL;
}

static orr_status member_names(const frame *f, const char *member, orr_h5_texts *out, orr_error *e) {
  const char *name = orr_arena_printf(&f->reader->arena, "%s_kind", member);
  if (!name) return orr_fail_memory(e, "a name", 0);
  return orr_h5_pickled_texts(f->reader, orr_h5_pickled(f->reader, f->view->array->id, name), out, e);
}

/* Of categories stored beside: /group/meta/MEMBER/meta/table, the member `values`. */
static orr_status load_categories(const frame *f, const char *member, const orr_h5_texts **out,
                                  orr_error *e) {
  orr_h5_plan words = {0};
  orr_h5_texts *texts;
  orr_h5_reader *r = f->reader;
  const char *path = orr_arena_printf(&r->arena, "%s/meta/%s/meta/table", f->path, member);
  if (!path) return orr_fail_memory(e, "a path", 0);
  ORR_TAKE(&r->arena, texts, 1, e);
  orr_status status = orr_h5_plan_dataset(r, path, NULL, 0, &words, e);
  if (!status) status = orr_h5_plan_take_column(r, &words, "values", e);
  if (!status) status = orr_h5_column_texts(r, words.columns.items[0], texts, e);
  orr_h5_plan_fini(&words);
  *out = texts;
  return status;
}

static orr_status add_value(const frame *f, hid_t type, size_t offset, const char *member, const char *name,
                            orr_error *e) {
  orr_h5_column c = {.name = name, .view = f->view, .offset = offset, .meaning = {.factor = 1}}, *added;
  const char *dtype = member_attribute(f, member, "dtype"), *meta = member_attribute(f, member, "meta");
  ORR_TRY(orr_h5_cell_of(f->reader, type, &c.value, e));
  if (c.value.kind >= ORR_H5_ODD) {
    orr_h5_note(f->reader, "%.200s is left out: it holds %s", name, orr_h5_type_words(type));
    return ORR_OK;
  }
  ORR_TRY(orr_h5_plan_add(f->reader, f->plan, &c, &added, e));
  if (meta && !strcmp(meta, "category")) {
    ORR_TRY(load_categories(f, member, &added->categories, e));
    added->type = ORR_TEXT;
    return ORR_OK;
  }
  orr_h5_pandas_kind(added, dtype);
  if (added->type == ORR_TEXT) added->meaning.nothing = f->nothing;
  return ORR_OK;
}

/* A member of the compound: one column, or an array of as many as it has names. */
static orr_status add_member(const frame *f, const char *member, const orr_h5_texts *names, orr_error *e) {
  hid_t table = f->view->array->type;
  int index = H5Tget_member_index(table, member);
  H5Eclear2(H5E_DEFAULT);
  if (index < 0) return orr_fail(e, ORR_DATA, "%s: the table has no '%.80s'", f->path, member);
  hid_t type = H5Tget_member_type(table, (unsigned)index), base = -1;
  size_t offset = H5Tget_member_offset(table, (unsigned)index), one = H5Tget_size(type), n = 1;
  if (H5Tget_class(type) == H5T_ARRAY) {
    base = H5Tget_super(type);
    n = H5Tget_size(type) / H5Tget_size(base), one = H5Tget_size(base);
  }
  orr_status status = n == names->count
                          ? ORR_OK
                          : orr_fail(e, ORR_DATA, "%s: '%.80s' does not fit its names", f->path, member);
  for (size_t i = 0; i < n && !status; i++)
    status = add_value(f, base < 0 ? type : base, offset + i * one, member,
                       names->items[i] ? names->items[i] : member, e);
  if (base >= 0) H5Tclose(base);
  H5Tclose(type);
  return status;
}

/* {1: {"names": […], "index_name": …}, "index": {"index_name": "when"}}: the index's name. */
static const char *index_name(orr_h5_reader *r, hid_t group) {
  const orr_h5_pickle *info = orr_h5_pickled(r, group, "info");
  for (size_t i = 0; info && info->kind == ORR_H5_PICKLE_LIST && i + 1 < info->count; i += 2) {
    const orr_h5_pickle *key = info->items[i], *about = info->items[i + 1];
    if (key->kind != ORR_H5_PICKLE_TEXT || strcmp(key->text, "index") != 0 ||
        about->kind != ORR_H5_PICKLE_LIST)
      continue;
    for (size_t k = 0; k + 1 < about->count; k += 2)
      if (about->items[k]->kind == ORR_H5_PICKLE_TEXT && !strcmp(about->items[k]->text, "index_name"))
        return about->items[k + 1]->kind == ORR_H5_PICKLE_TEXT ? about->items[k + 1]->text : NULL;
  }
  return NULL;
}

static orr_status add_index(const frame *f, hid_t group, bool levels, orr_error *e) {
  const char *given = index_name(f->reader, group), *name = given ? given : "index";
  const char *kind = orr_h5_attribute_text(f->reader, f->view->array->id, "index_kind");
  if (levels || H5Tget_member_index(f->view->array->type, "index") < 0) return H5Eclear2(H5E_DEFAULT), ORR_OK;
  ORR_TRY(add_member(f, "index", &(orr_h5_texts){.count = 1, .items = &name}, e));
  orr_h5_pandas_kind(f->plan->columns.items[0], kind);
  return given ? ORR_OK : orr_h5_plan_drop_range(f->reader, f->plan, 0, e);
}

/* [(1, ["a", "b"])]: the order of the columns. */
static orr_status put_in_order(const frame *f, hid_t group, size_t from, const orr_h5_texts *levels,
                               orr_error *e) {
  const orr_h5_pickle *axes = orr_h5_pickled(f->reader, group, "non_index_axes");
  const orr_h5_pickle *axis = axes && axes->kind == ORR_H5_PICKLE_LIST && axes->count ? axes->items[0] : NULL;
  orr_h5_texts names;
  bool known = axis && axis->kind == ORR_H5_PICKLE_LIST && axis->count == 2 &&
               orr_h5_pickled_texts(f->reader, axis->items[1], &names, NULL) == ORR_OK;
  if (known) ORR_TRY(orr_h5_plan_order(f->reader, f->plan, from, &names, e));
  return levels->count ? orr_h5_plan_order(f->reader, f->plan, from, levels, e) : ORR_OK;
}

static orr_status plan_members(const frame *f, hid_t group, orr_error *e) {
  orr_h5_texts members, names, levels = {0};
  orr_h5_pickled_texts(f->reader, orr_h5_pickled(f->reader, group, "levels"), &levels, NULL);
  ORR_TRY(orr_h5_pickled_texts(f->reader, orr_h5_pickled(f->reader, group, "values_cols"), &members, e));
  ORR_TRY(add_index(f, group, levels.count, e));
  size_t from = f->plan->columns.count;
  for (size_t i = 0; i < members.count; i++) {
    if (!members.items[i]) continue;
    ORR_TRY(member_names(f, members.items[i], &names, e));
    ORR_TRY(add_member(f, members.items[i], &names, e));
  }
  return put_in_order(f, group, from, &levels, e);
}

static orr_status plan(orr_h5_reader *r, const orr_h5_nodes *nodes, int at, orr_h5_plan *out, orr_error *e) {
  frame f = {.reader = r, .plan = out, .path = nodes->all.items[at].path};
  orr_h5_array *a;
  const char *table = orr_h5_join(r, f.path, "table");
  if (!table) return orr_fail_memory(e, "a path", 0);
  ORR_TRY(orr_h5_array_open(r, table, &a, e));
  ORR_TRY(orr_h5_array_check(r, a, e));
  if (H5Tget_class(a->type) != H5T_COMPOUND || a->rank != 1)
    return orr_fail(e, ORR_DATA, "%s is no table of pandas", table);
  ORR_TRY(orr_h5_view_new(r, a, &f.view, e));
  out->rows = f.view->rows;
  hid_t group = H5Gopen2(r->file, f.path, H5P_DEFAULT);
  f.nothing = orr_h5_attribute_text(r, group, "nan_rep");
  orr_status status = plan_members(&f, group, e);
  H5Gclose(group);
  return status;
}

const orr_h5_layout orr_h5_layout_pandas_table = {
    .why = "the only table of pandas in the file", .judge = judge, .owns = true, .plan = plan};
