/* The Recipe room from inside: the recipe that is chosen, and its form. */
#ifndef ORR_ROOMS_RECIPE_ROOM_H
#define ORR_ROOMS_RECIPE_ROOM_H

#include "app/tui/room.h"
#include "base/vector.h"

typedef enum recipe_pane { PANE_RECIPES, PANE_FORM, PANE_LUA, RECIPE_PANES } recipe_pane;
typedef enum form_mode { FORM_MOVES, FORM_TYPES, FORM_PICKS } form_mode;

/* What the person put into a field; fields not here have their defaults. */
typedef struct form_value {
  char *recipe, *field, *text;
  char *
      suggested; /* what the table said then: when it says something else, that is newer and counts; NULL: nothing */
} form_value;

struct orr_room_state {
  recipe_pane pane;
  form_mode mode;
  orr_list recipes, fields, picks, lua;
  char search[64]; /* of fields, by name */
  orr_line_editor line;
  orr_error error; /* of what is being typed */
  ORR_VECTOR(form_value) values;
  bool asked;
  size_t shown_fields, shown_picks;
};

const orr_known_recipe *recipe_chosen(const orr_ui *ui); /* NULL: they have not come yet */
/* The field under the cursor; NULL: none. */
const orr_option *recipe_field(const orr_ui *ui);
/* The fields that the search leaves; at may be NULL. */
size_t recipe_fields(const orr_ui *ui, const orr_option **at);

/* A field's text: the person's, else its default, else what the table suggests; "" none. *given: it is the person's. */
const char *form_text(const orr_ui *ui, const orr_known_recipe *r, const orr_option *field, bool *given);
/* Why `text` cannot be the field's value: by its type and range, and the table's columns. */
orr_status form_check(const orr_ui *ui, const orr_option *field, const char *text, orr_error *e);
/* NULL or "" takes the default again. */
void form_set(orr_ui *ui, const orr_known_recipe *r, const orr_option *field, const char *text);
/* What may be picked for the field: columns or choices; returns how many. name(i) through form_pick. */
size_t form_picks(const orr_ui *ui, const orr_option *field);
const char *form_pick(const orr_ui *ui, const orr_option *field, size_t i, char buffer[128]);
bool form_holds(const char *list, const char *word); /* of "a,b,c" */
/* The first thing that keeps the form from running; NULL: nothing. */
const char *form_trouble(const orr_ui *ui, char buffer[160]);
/* "key=value" words as --set takes them, of all that differs from the defaults. Texts are the arena's. */
orr_status form_settings(const orr_ui *ui, orr_arena *arena, orr_words *out, orr_error *e);
/* In plain words, what will run. */
void form_statement(const orr_ui *ui, orr_text *out);

void recipe_draw_list(const orr_ui *ui, orr_grid *g, orr_rect where);
void recipe_draw_form(const orr_ui *ui, orr_grid *g, orr_rect where);
void recipe_draw_lua(const orr_ui *ui, orr_grid *g, orr_rect where);

#endif
