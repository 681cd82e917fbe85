/* The home of SQLite; see history.h. */
#include "session/history.h"

#include <sqlite3.h>

#include "base/file.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS runs(id INTEGER PRIMARY KEY, path TEXT NOT NULL, recipe TEXT, status TEXT, "
    "start TEXT, headline TEXT, seed INTEGER)";

const char *orr_history_version(void) { return sqlite3_libversion(); }

static orr_status complain(sqlite3 *db, const char *file, orr_error *e) {
  return orr_fail(e, ORR_SYSTEM, "the run history '%s': %s", file, db ? sqlite3_errmsg(db) : "out of memory");
}

static orr_status open_history(const char *file, int flags, sqlite3 **db, orr_error *e) {
  int code = sqlite3_open_v2(file, db, flags | SQLITE_OPEN_FULLMUTEX, NULL);
  if (code) return complain(*db, file, e);
  sqlite3_busy_timeout(*db, 2000);
  return ORR_OK;
}

static int insert(sqlite3 *db, const orr_past_run *run) {
  static const char sql[] =
      "INSERT INTO runs(path, recipe, status, start, headline, seed) VALUES(?,?,?,?,?,?)";
  const char *texts[] = {run->path, run->recipe, run->status, run->start, run->headline};
  sqlite3_stmt *row = NULL;
  int code = sqlite3_exec(db, schema, NULL, NULL, NULL);
  if (!code) code = sqlite3_prepare_v2(db, sql, -1, &row, NULL);
  for (int i = 0; !code && i < 5; i++) code = sqlite3_bind_text(row, i + 1, texts[i], -1, SQLITE_STATIC);
  if (!code) code = sqlite3_bind_int64(row, 6, run->seed);
  if (!code && sqlite3_step(row) != SQLITE_DONE) code = sqlite3_errcode(db);
  sqlite3_finalize(row);
  return code;
}

orr_status orr_history_add(const char *file, const orr_past_run *run, orr_error *e) {
  sqlite3 *db = NULL;
  orr_status status = open_history(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db, e);
  if (!status && insert(db, run)) status = complain(db, file, e);
  sqlite3_close(db);
  return status;
}

orr_status orr_history_remove(const char *file, const char *path, orr_error *e) {
  sqlite3 *db = NULL;
  sqlite3_stmt *row = NULL;
  if (!orr_file_exists(file)) return ORR_OK;
  orr_status status = open_history(file, SQLITE_OPEN_READWRITE, &db, e);
  bool good = !status && !sqlite3_prepare_v2(db, "DELETE FROM runs WHERE path = ?", -1, &row, NULL) &&
              !sqlite3_bind_text(row, 1, path, -1, SQLITE_STATIC) && sqlite3_step(row) == SQLITE_DONE;
  if (!status && !good) status = complain(db, file, e);
  sqlite3_finalize(row);
  sqlite3_close(db);
  return status;
}

static const char *text(sqlite3_stmt *row, int column) {
  const unsigned char *s = sqlite3_column_text(row, column);
  return s ? (const char *)s : "";
}

static orr_status walk(sqlite3 *db, const char *file, orr_history_visit_fn visit, void *context,
                       orr_error *e) {
  static const char sql[] =
      "SELECT path, recipe, status, start, headline, seed FROM runs ORDER BY start DESC, id DESC";
  sqlite3_stmt *row;
  orr_status status = ORR_OK;
  if (sqlite3_prepare_v2(db, sql, -1, &row, NULL)) return complain(db, file, e);
  int code = SQLITE_ROW;
  while (!status && (code = sqlite3_step(row)) == SQLITE_ROW) {
    orr_past_run run = {.path = text(row, 0),
                        .recipe = text(row, 1),
                        .status = text(row, 2),
                        .start = text(row, 3),
                        .headline = text(row, 4),
                        .seed = sqlite3_column_int64(row, 5)};
    status = visit(context, &run);
  }
  if (code != SQLITE_ROW && code != SQLITE_DONE) status = complain(db, file, e);
  sqlite3_finalize(row);
  return status;
}

orr_status orr_history_list(const char *file, orr_history_visit_fn visit, void *context, orr_error *e) {
  sqlite3 *db = NULL;
  if (!orr_file_exists(file)) return ORR_OK;
  orr_status status = open_history(file, SQLITE_OPEN_READONLY, &db, e);
  if (!status) status = walk(db, file, visit, context, e);
  sqlite3_close(db);
  return status;
}
