/* The header of a kept recipe: `--@` lines that say with what it ran.
 *
 *   --@journal 1                      the text is a journal, not a recipe
 *   --@data NAME="file.csv" xxh3:… {"delimiter":";"}          content hash, and how it was read
 *   --@bundled "htru2.csv" xxh3:…     a file of the recipes' data folder
 *   --@where "snr > 5"                --@seed 7
 *   --@set target="class"             --@stop fit2 57         --@stop fit3 models 2
 *   --@control fit2 {"step":412,"learning_rate":0.0003}       was changed while it trained
 *   --@recipe classification          the name of the recipe it came from
 *   --@file "as named"="/test.txt" xxh3:…   a file that the recipe named: a table, a list of row numbers
 *   --@request "/data/survey"         a folder it would read; only --grant gives it
 *
 * Lines that are not understood are errors: a record must not be half obeyed.
 */
#ifndef ORR_LUA_HEADER_H
#define ORR_LUA_HEADER_H

#include "session/session.h"

typedef struct orr_setting {
  const char *key, *text; /* as --set gives them */
} orr_setting;

typedef struct orr_header {
  bool is_journal, has_seed;
  orr_source *sources; /* bundled ones name a file of the recipes' data folder */
  size_t n_sources;
  orr_source *files; /* what the recipe named itself, which replay may read */
  size_t n_files;
  orr_setting *settings;
  size_t n_settings;
  orr_stop *stops;
  size_t n_stops;
  orr_steered *controls; /* by step; of a journal also those of its lines o.control { … } */
  size_t n_controls;
  const char *where, *recipe, *request;
  uint64_t seed;
  const char *body; /* the text after the header, in the text that was given */
} orr_header;

orr_status orr_header_parse(const char *text, orr_arena *arena, orr_header *out, orr_error *e);

/* `--@set key=value` of one parameter, as orr_header_parse reads it back. */
void orr_header_add_setting(const char *key, const orr_value *v, orr_text *out);

#endif
