/* Files; see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static orr_status check_regular(int fd, const char *path, orr_error *e) {
  struct stat s;
  if (fstat(fd, &s)) return orr_fail_errno(e, "cannot read '%s'", path);
  if (S_ISDIR(s.st_mode)) return orr_fail(e, ORR_DATA, "'%s' is a folder; name a file in it", path);
  if (!S_ISREG(s.st_mode)) return orr_fail(e, ORR_DATA, "'%s' is not a regular file", path);
  return ORR_OK;
}

orr_status orr_file_open(const char *path, int *fd, orr_error *e) {
  *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (*fd < 0) {
    orr_fail_errno(e, "cannot open '%s'", path);
    return e ? (e->status = ORR_DATA) : ORR_DATA;
  }
  orr_status status = check_regular(*fd, path, e);
  if (!status) return ORR_OK;
  close(*fd);
  *fd = -1;
  return status;
}

static bool is_inside(const char *path, const char *folder) {
  char real[PATH_MAX];
  if (!realpath(folder, real)) return false;
  size_t n = strlen(real);
  return !strncmp(path, real, n) && (path[n] == '/' || !path[n] || n == 1);
}

/* A grant is a folder, or a file by itself. The name that is compared is proven, after opening, to be the
 * name of the very file that was opened: no link can be swapped in between. */
orr_status orr_file_open_inside(const char *path, const char *const *folders, size_t n, int *fd,
                                orr_error *e) {
  char real[PATH_MAX];
  struct stat opened, named;
  ORR_TRY(orr_file_open(path, fd, e));
  bool same = realpath(path, real) && !fstat(*fd, &opened) && !lstat(real, &named) &&
              opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
  for (size_t i = 0; same && i < n; i++)
    if (is_inside(real, folders[i])) return ORR_OK;
  close(*fd);
  *fd = -1;
  return orr_fail(
      e, ORR_RECIPE,
      "'%s' lies outside the folders this recipe may read; give it with --data or --grant its folder", path);
}

orr_status orr_file_read(int fd, size_t most, orr_text *out, orr_error *e) {
  char block[1 << 14];
  ssize_t n;
  while ((n = read(fd, block, sizeof block)) > 0) {
    if (out->length + (size_t)n > most)
      return orr_fail(e, ORR_DATA, "larger than the %zu bytes allowed", most);
    orr_text_add_bytes(out, block, (size_t)n);
  }
  if (n < 0) return orr_fail_errno(e, "cannot read");
  return orr_text_check(out, e);
}

orr_status orr_file_read_path(const char *path, size_t most, orr_text *out, orr_error *e) {
  int fd;
  ORR_TRY(orr_file_open(path, &fd, e));
  orr_status status = orr_file_read(fd, most, out, e);
  close(fd);
  return status ? (orr_fail_in(e, "'%s'", path), status) : ORR_OK;
}

static bool write_all(int fd, const char *bytes, size_t n) {
  while (n) {
    ssize_t wrote = write(fd, bytes, n);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes += wrote;
    n -= (size_t)wrote;
  }
  return true;
}

/* A rename outlives a power cut once the folder is on the disk too; where folders cannot be synced, so be it. */
static void sync_folder(const char *path) {
  char folder[PATH_MAX];
  const char *name = orr_file_name(path);
  int n = (int)(name - path);
  if (snprintf(folder, sizeof folder, "%.*s", n ? n : 1, n ? path : ".") >= PATH_MAX) return;
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

orr_status orr_file_write_pieces(const char *path, const orr_piece *pieces, size_t n, orr_error *e) {
  char temporary[PATH_MAX];
  if (snprintf(temporary, sizeof temporary, "%s.part", path) >= PATH_MAX)
    return orr_fail(e, ORR_USAGE, "the path '%.60s…' is too long", path);
  int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) return orr_fail_errno(e, "cannot write '%s'", path);
  bool good = true;
  for (size_t i = 0; i < n && good; i++) good = write_all(fd, pieces[i].bytes, pieces[i].n);
  good = good && fsync(fd) == 0;
  int number = errno;
  close(fd);
  if (good && rename(temporary, path) == 0) return sync_folder(path), ORR_OK;
  if (!good) errno = number;
  orr_fail_errno(e, "cannot write '%s'", path);
  unlink(temporary);
  return ORR_SYSTEM;
}

orr_status orr_file_write(const char *path, const void *bytes, size_t n, orr_error *e) {
  return orr_file_write_pieces(path, &(orr_piece){bytes, n}, 1, e);
}

orr_status orr_file_make_folders(const char *path, orr_error *e) {
  char part[PATH_MAX];
  size_t n = strlen(path);
  if (n >= sizeof part) return orr_fail(e, ORR_USAGE, "the path '%.60s…' is too long", path);
  for (size_t i = 1; i <= n; i++) {
    if (path[i] && path[i] != '/') continue;
    memcpy(part, path, i);
    part[i] = 0;
    if (mkdir(part, 0755) && errno != EEXIST) return orr_fail_errno(e, "cannot make the folder '%s'", part);
  }
  struct stat s;
  if (stat(path, &s) || !S_ISDIR(s.st_mode)) return orr_fail(e, ORR_SYSTEM, "'%s' is not a folder", path);
  return ORR_OK;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where) {
  (void)s, (void)kind, (void)where;
  return remove(path), 0;
}

void orr_file_remove_tree(const char *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

orr_status orr_file_absolute(const char *path, orr_text *out, orr_error *e) {
  char here[PATH_MAX];
  if (*path != '/') {
    if (!getcwd(here, sizeof here)) return orr_fail_errno(e, "cannot tell the current folder");
    orr_text_printf(out, "%s/", here);
  }
  orr_text_add(out, path);
  return orr_text_check(out, e);
}

bool orr_file_exists(const char *path) { return access(path, F_OK) == 0; }

const char *orr_file_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}
