/* Finding recipes: a file, a run's folder, or the name of a shipped one. */
#ifndef ORR_APP_RECIPE_FILE_H
#define ORR_APP_RECIPE_FILE_H

#include "app/place.h"
#include "app/verb.h"
#include "lua/header.h"
#include "lua/recipe.h"

typedef struct orr_recipe_file {
  char *path, *folder; /* of the file, absolute */
  char *name;          /* "classification": of the shipped recipe it is or came from, else the file's stem */
  orr_text text;
  orr_header header;
  orr_arena arena;
} orr_recipe_file;

/* ORR_USAGE with a did-you-mean when there is no such recipe. fini also after a failure. */
orr_status orr_recipe_file_read(orr_recipe_file *f, const char *word, const orr_place *place, orr_error *e);
void orr_recipe_file_fini(orr_recipe_file *f);

/* Opens it behind the wall. */
orr_status orr_recipe_file_open(const orr_recipe_file *f, const orr_place *place, uint64_t seed,
                                orr_control *control, orr_recipe *out, orr_error *e);

/* Names of the shipped recipes, ascending, in the arena. */
orr_status orr_recipe_names(const orr_place *place, orr_arena *arena, const char ***names, size_t *n,
                            orr_error *e);

#endif
