/* The tree of a container. The list of what is in it comes path by path, each
 * after its group; what is long is cut, but never what was picked. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/peek.h"

enum { MOST_LINES = 48, MOST_CHILDREN = 12, MOST_DEPTH = 24, PREFIX = MOST_DEPTH * 8 };
static const size_t none = SIZE_MAX;

typedef struct node {
  const orr_json *item;
  const char *path, *name;
  size_t parent, first, last, next; /* numbers of nodes */
  size_t children, depth, rank;     /* rank: among its parent's children */
  bool picked, leads;               /* leads: to what was picked, or is it */
} node;

typedef struct tree {
  orr_ink *ink;
  const orr_json *datasets;
  node *nodes;
  size_t n;
  size_t deepest; /* that is drawn, but for what leads to the picked one */
} tree;

static bool lies_in(const char *path, const char *group) {
  size_t n = strlen(group);
  if (n == 1) return *path == '/' && path[1];
  return !strncmp(path, group, n) && path[n] == '/';
}

/* "/events[0:10]" and "/events.pt" are of "/events". */
static size_t find_picked(const tree *t, const char *picked) {
  size_t best = none, length = 0;
  for (size_t i = 1; picked && i < t->n; i++) {
    size_t n = strlen(t->nodes[i].path);
    bool of = !strncmp(picked, t->nodes[i].path, n) && (!picked[n] || picked[n] == '[' || picked[n] == '.');
    if (of && n > length) best = i, length = n;
  }
  return best == none && picked && !strncmp(picked, "/", 2) ? 0 : best;
}

/* nodes[0] is the root, whether it is listed or not. */
static orr_status build(tree *t, const orr_json *list, const char *picked, orr_arena *arena, orr_error *e) {
  size_t at = 0;
  ORR_TAKE(arena, t->nodes, orr_json_count(list) + 1, e);
  t->nodes[0] = (node){.path = "/", .name = "/", .parent = none, .first = none, .last = none, .next = none};
  t->n = 1;
  for (const orr_json *j = orr_json_first(list); j; j = orr_json_next(j)) {
    const char *path = orr_json_text_of(j, "path", "");
    if (!strcmp(path, "/")) t->nodes[0].item = j;
    if (*path != '/' || !path[1]) continue;
    while (at && !lies_in(path, t->nodes[at].path)) at = t->nodes[at].parent;
    node *parent = &t->nodes[at], *made = &t->nodes[t->n];
    *made = (node){.item = j, .path = path, .parent = at, .first = none, .last = none, .next = none};
    made->depth = parent->depth + 1;
    made->rank = parent->children++;
    made->name = path + (at ? strlen(parent->path) + 1 : 1);
    if (parent->first == none) parent->first = t->n;
    else t->nodes[parent->last].next = t->n;
    parent->last = at = t->n++;
  }
  size_t found = find_picked(t, picked);
  if (found != none) t->nodes[found].picked = true;
  for (size_t i = found; i != none; i = t->nodes[i].parent) t->nodes[i].leads = true;
  return ORR_OK;
}

static bool is_early_enough(const tree *t, const node *n) {
  const node *parent = &t->nodes[n->parent];
  return n->rank < MOST_CHILDREN || parent->children <= MOST_CHILDREN + 2;
}

/* As deep as a page has lines for: what is near the root tells more than what is far down in one branch. */
static void limit_depth(tree *t) {
  size_t lines[MOST_DEPTH + 2] = {0}, total = 0;
  for (size_t i = 1; i < t->n; i++)
    if (t->nodes[i].depth <= MOST_DEPTH && is_early_enough(t, &t->nodes[i])) lines[t->nodes[i].depth]++;
  for (t->deepest = 1; t->deepest < MOST_DEPTH; t->deepest++) {
    total += lines[t->deepest];
    if (total + lines[t->deepest + 1] > MOST_LINES) return;
  }
}

static bool is_drawn(const tree *t, const node *n) {
  bool shallow = n->depth <= t->deepest || t->nodes[n->parent].picked;
  return n->depth <= MOST_DEPTH && (n->leads || (shallow && is_early_enough(t, n)));
}

/* ---- what is said of one ---- */

/* [2000,28,28] as "2,000 × 28 × 28"; a scalar as "one value". */
static void add_shape(const orr_json *shape, orr_text *out) {
  char count[32];
  bool first = true;
  if (!orr_json_is_array(shape)) return;
  for (const orr_json *j = orr_json_first(shape); j; j = orr_json_next(j)) {
    double n = NAN;
    orr_json_number(j, &n);
    if (!first) orr_text_add(out, " × ");
    if (n >= 0 && n < 1e18) orr_text_add(out, orr_text_count(count, (unsigned long long)n));
    first = false;
  }
  if (first) orr_text_add(out, "one value");
}

static void add_value(const orr_json *j, orr_text *out) {
  if (orr_json_string(j)) orr_text_add(out, orr_json_string(j));
  else if (j) orr_json_print(j, false, out, NULL);
}

static const orr_json *figures_of(const tree *t, const char *path) {
  for (const orr_json *j = orr_json_first(t->datasets); j; j = orr_json_next(j))
    if (!strcmp(orr_json_text_of(j, "path", ""), path)) return j;
  return NULL;
}

static void add_range(const orr_json *figures, orr_text *out) {
  char low[32], high[32];
  double min = orr_json_number_of(figures, "min", NAN), max = orr_json_number_of(figures, "max", NAN);
  if (isnan(min) || isnan(max)) return;
  if (min == max) {
    bool one = orr_json_first(orr_json_get(figures, "shape")) == NULL;
    bool whole = min == floor(min) && fabs(min) < 1e15;
    orr_text_printf(out, whole ? "  %s%.0f" : "  %s%.7g", one ? "" : "all ", min);
    return;
  }
  orr_peek_number(low, min, fmax(fabs(min), fabs(max)), max - min);
  orr_peek_number(high, max, fmax(fabs(min), fabs(max)), max - min);
  orr_text_printf(out, "  %s to %s", low, high);
}

/* Chunks of the whole dataset are no news. */
static void add_layout(const orr_json *item, orr_text *out) {
  const orr_json *filters = orr_json_get(item, "filters");
  const char *between = "  ";
  orr_text shape = {0}, chunks = {0};
  for (const orr_json *j = orr_json_first(filters); j; j = orr_json_next(j)) {
    orr_text_add(out, between);
    add_value(j, out);
    between = "+";
  }
  add_shape(orr_json_get(item, "shape"), &shape);
  add_shape(orr_json_get(item, "chunks"), &chunks);
  if (chunks.length && strcmp(orr_text_get(&shape), orr_text_get(&chunks)))
    orr_text_printf(out, "  in chunks of %s", orr_text_get(&chunks));
  orr_text_fini(&shape);
  orr_text_fini(&chunks);
}

static void add_attributes(const orr_json *attributes, orr_text *out) {
  for (const orr_json *j = orr_json_first(attributes); j; j = orr_json_next(j)) {
    orr_text_printf(out, "  %s=", orr_json_key(j) ? orr_json_key(j) : "");
    add_value(j, out);
  }
}

static void describe(const tree *t, const node *n) {
  orr_ink *ink = t->ink;
  orr_text rest = {0}, main = {0};
  const orr_json *figures = figures_of(t, n->path), *attributes = orr_json_get(n->item, "attributes");
  const char *note = orr_json_text_of(n->item, "note", NULL),
             *error = orr_json_text_of(figures, "error", NULL);
  const char *dtype = orr_json_text_of(n->item, "dtype", "");
  add_shape(orr_json_get(n->item, "shape"), &main);
  if (*dtype) orr_text_printf(&main, "%s%s", main.length ? "  " : "", dtype);
  if (n->first != none && !is_drawn(t, &t->nodes[n->first]) && !n->leads)
    orr_text_printf(&rest, "  … %zu inside", n->children);
  add_range(figures, &rest);
  add_attributes(attributes, &rest);
  add_layout(n->item, &rest);
  size_t room = ink->columns > ink->at + 2 ? ink->columns - ink->at : 0;
  orr_ink_add_cut(ink, ORR_PLAIN, orr_text_get(&main), room);
  const char *trouble = error ? error : note;
  room = ink->columns > ink->at + 2 ? ink->columns - ink->at - 2 : 0;
  if (trouble && room) {
    if (main.length) orr_ink_blank(ink, 2);
    orr_ink_add_cut(ink, ORR_WARN, trouble, main.length ? room : room + 2);
  } else if (rest.length && room) {
    orr_ink_add_cut(ink, ORR_FAINT, orr_text_get(&rest) + (main.length ? 0 : 2), room + 2);
  }
  orr_text_fini(&rest);
  orr_text_fini(&main);
}

/* ---- drawing ---- */

static void draw_node(const tree *t, const node *n, const char *prefix, size_t column) {
  orr_ink *ink = t->ink;
  size_t room = ink->columns - 24;
  bool group = !strcmp(orr_json_text_of(n->item, "kind", "group"), "group");
  orr_ink_blank(ink, 2);
  orr_ink_add_cut(ink, ORR_FAINT, prefix, room / 2);
  size_t left = room > ink->at + 12 ? room - ink->at : 12;
  orr_ink_add_cut(ink, n->picked ? ORR_ACCENT : group ? ORR_FAINT : ORR_STRONG, n->name, left);
  if (n->picked) orr_ink_add(ink, ORR_ACCENT, " ← picked");
  size_t start = ink->at;
  orr_ink_to(ink, start + 2 > column ? start + 2 : column);
  describe(t, n);
  orr_ink_end_line(ink);
}

/* Where descriptions begin: after the longest of these names, unless that is far out. */
static size_t column_of(const tree *t, size_t parent) {
  size_t widest = 0, most = t->ink->columns / 2, indent = 2 + 3 * (t->nodes[parent].depth + 1);
  for (size_t i = t->nodes[parent].first; i != none; i = t->nodes[i].next) {
    size_t width = indent + orr_ink_width(t->ink, t->nodes[i].name) + (t->nodes[i].picked ? 9 : 0);
    if (is_drawn(t, &t->nodes[i]) && width > widest && width + 2 <= most) widest = width;
  }
  return widest + 2;
}

/* A recursion as deep as groups lie in one another, MOST_DEPTH at most. */
static void draw_children(const tree *t, size_t parent, const char *before) {
  char prefix[PREFIX], below[PREFIX], count[32];
  size_t shown = 0, column = column_of(t, parent);
  for (size_t i = t->nodes[parent].first; i != none; i = t->nodes[i].next) shown += is_drawn(t, &t->nodes[i]);
  size_t cut = t->nodes[parent].children - shown;
  for (size_t i = t->nodes[parent].first; i != none && shown; i = t->nodes[i].next) {
    if (!is_drawn(t, &t->nodes[i])) continue;
    bool last = --shown == 0 && !cut;
    snprintf(prefix, sizeof prefix, "%s%s", before, last ? "└─ " : "├─ ");
    snprintf(below, sizeof below, "%s%s", before, last ? "   " : "│  ");
    draw_node(t, &t->nodes[i], prefix, column);
    if (t->nodes[i].depth < t->deepest || t->nodes[i].leads) draw_children(t, i, below);
    if (shown || !cut) continue;
    orr_ink_blank(t->ink, 2);
    orr_ink_printf(t->ink, ORR_FAINT, "%s└─ … %s more (--json has all)", before, orr_text_count(count, cut));
    orr_ink_end_line(t->ink);
  }
}

orr_status orr_peek_tree(const orr_peek *p, orr_ink *ink, orr_error *e) {
  orr_arena arena = {0};
  tree t = {.ink = ink, .datasets = orr_json_get(p->facts, "datasets")};
  const char *picked = orr_json_text_of(p->facts, "picked", NULL);
  orr_status status = build(&t, orr_json_get(p->facts, "tree"), picked, &arena, e);
  if (!status) {
    limit_depth(&t);
    draw_node(&t, &t.nodes[0], "", 0);
    draw_children(&t, 0, "");
  }
  orr_arena_fini(&arena);
  return status;
}
