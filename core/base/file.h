/* Files: whole reads with a limit, writes that are complete or absent, and paths
 * held inside a folder. A write that fails (a full disk, say) leaves no half file
 * under the final name. */
#ifndef ORR_BASE_FILE_H
#define ORR_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* Opens a regular file (not a folder, socket or pipe) for reading; *fd is the caller's to close. */
orr_status orr_file_open(const char *path, int *fd, orr_error *e);

/* Opens `path` only when it lies inside one of `folders` once all links are followed. */
orr_status orr_file_open_inside(const char *path, const char *const *folders, size_t n, int *fd,
                                orr_error *e);

/* Adds the rest of the descriptor's bytes, at most `most` of them. */
orr_status orr_file_read(int fd, size_t most, orr_text *out, orr_error *e);
orr_status orr_file_read_path(const char *path, size_t most, orr_text *out, orr_error *e);

/* Writes a temporary neighbour, syncs it, renames it over `path` and syncs the folder. */
orr_status orr_file_write(const char *path, const void *bytes, size_t n, orr_error *e);

/* The same of pieces that follow each other in the file, without a copy of them all. */
typedef struct orr_piece {
  const void *bytes;
  size_t n;
} orr_piece;
orr_status orr_file_write_pieces(const char *path, const orr_piece *pieces, size_t n, orr_error *e);

orr_status orr_file_make_folders(const char *path, orr_error *e); /* like mkdir -p */
void orr_file_remove_tree(const char *path);                      /* never follows links */
orr_status orr_file_absolute(const char *path, orr_text *out, orr_error *e);
bool orr_file_exists(const char *path);
const char *orr_file_name(const char *path); /* after the last '/' */

#endif
