/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "many-logs.h"

#include <sqlite3.h>

/* Beyond those that are there already. */
#define DEVICE "1000"
#define FIRST_ID "1000000"

static const char fill[] =
  "BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
  " INSERT INTO learner (stunum, name, added_us) SELECT printf ('%%016d', i), printf ('学员%%d', i), 0 FROM n;"
  "INSERT INTO device (id, devnum, sign_key, paired_us) VALUES (" DEVICE ", '4000000000009999', zeroblob (32), 0);"
  "INSERT INTO photo (sha256, size_bytes, device_id, received_us)"
  " VALUES (lower (hex (zeroblob (32))), 1, " DEVICE ", 0);"
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
  " INSERT INTO log (id, device_id, devnum, seq, sha256, previous, stunum, recnum, credited_s, received_us, verdict)"
  " SELECT i + " FIRST_ID ", " DEVICE ", '4000000000009999', i, printf ('%%064x', i), lower (hex (zeroblob (32))),"
  " printf ('%%016d', i %% %d + 1), printf ('%%05d', i / %d + 1), 3600, i,"
  " CASE WHEN i %% 30 = 0 THEN 'pending' WHEN i %% 7 = 0 THEN 'partial' ELSE 'valid' END FROM n;"
  "INSERT INTO audit (log_id, device_id, devnum, stunum, recnum, subjcode, start_us, end_us, state, version, risk,"
  " changed_us, verdict, review_feed) SELECT id, " DEVICE ", devnum, stunum, recnum, '2211010000',"
  " %" G_GINT64_FORMAT " + seq * 2592000, %" G_GINT64_FORMAT " + seq * 2592000 + 3600000000,"
  " CASE WHEN verdict = 'pending' THEN 'needs_human' ELSE 'passed' END, 1, abs (random () %% 900), id, verdict, id"
  " FROM log WHERE id > " FIRST_ID ";"
  "UPDATE review_feed SET last = (SELECT max (review_feed) FROM audit);"
  "INSERT INTO audit_step (log_id, version, at_us, who, from_state, to_state, verdict, credited_min, credited_next_min,"
  " reasons, comment, engine, policy_id, policy_version) SELECT id, 1, 1, 'auditor', 'received', 'passed', verdict, 60,"
  " 0, '[{\"from_min\":1,\"photo\":null,\"review\":true,\"to_min\":3,\"word\":\"face_unclear\"}]', '', 1, 'x', 1"
  " FROM log WHERE id > " FIRST_ID ";"
  "INSERT INTO log_photo (log_id, number, event, sha256) SELECT log.id, printf ('%%010d', k.i), 5,"
  " lower (hex (zeroblob (32))) FROM log, (SELECT 1 AS i UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION"
  " SELECT 5) AS k"
  " WHERE log.id > " FIRST_ID ";"
  "INSERT INTO audit_photo (log_id, number, devnum, stunum, taken_us, seen, plain_sha256, picture_hash, likeness, live,"
  " measures) SELECT log_id, number, '', '', 0, 'present', '', '', 0.5, 0.9, '{}' FROM log_photo"
  " WHERE log_id > " FIRST_ID "; COMMIT;";

void
many_logs_fill (const char *path, guint n_logs, guint n_learners, gint64 start_us)
{
  g_autofree char *sql = g_strdup_printf (fill, n_learners, n_logs, n_learners, n_learners, start_us, start_us);
  sqlite3 *db;
  char *message = NULL;

  if (sqlite3_open (path, &db) != SQLITE_OK || sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", path, message != NULL ? message : sqlite3_errmsg (db));
  sqlite3_close (db);
}
