-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The kiosk as a place: what its staff set here, the password that guards it, and what its learners leave here.

-- What was chosen on this PC. Who reads a key says what its values are.
CREATE TABLE setting (
  key TEXT PRIMARY KEY CHECK (length (key) BETWEEN 1 AND 64 AND key NOT GLOB '*[^a-z0-9-]*'),
  value TEXT NOT NULL CHECK (length (value) <= 4096)
) STRICT, WITHOUT ROWID;

-- hash: argon2id. n_wrong: tries since the last right one; the last of them was at wrong_wall_us.
CREATE TABLE staff_password (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  hash TEXT NOT NULL CHECK (hash GLOB '$argon2id$*'),
  n_wrong INTEGER NOT NULL DEFAULT 0 CHECK (n_wrong >= 0),
  wrong_wall_us INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Which lesson a learner watched last: turn rises with every save; 0: from before it was kept.
ALTER TABLE lesson_position ADD COLUMN turn INTEGER NOT NULL DEFAULT 0 CHECK (turn >= 0);

-- What a learner likes to have: size of subtitles and the like. Who reads a key says what its values are.
CREATE TABLE learner_setting (
  stunum TEXT NOT NULL CHECK (length (stunum) = 16 AND stunum NOT GLOB '*[^0-9]*'),
  key TEXT NOT NULL CHECK (length (key) BETWEEN 1 AND 64 AND key NOT GLOB '*[^a-z0-9-]*'),
  value TEXT NOT NULL CHECK (length (value) <= 4096),
  PRIMARY KEY (stunum, key)
) STRICT, WITHOUT ROWID;

-- Each quiz of a chapter that was answered to its end. Results are never changed: a better one is another row.
CREATE TABLE quiz_result (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stunum TEXT NOT NULL CHECK (length (stunum) = 16 AND stunum NOT GLOB '*[^0-9]*'),
  course_id TEXT NOT NULL,
  chapter_id TEXT NOT NULL,
  wall_us INTEGER NOT NULL,
  n_right INTEGER NOT NULL CHECK (n_right BETWEEN 0 AND n_asked),
  n_asked INTEGER NOT NULL CHECK (n_asked >= 1),
  passed INTEGER NOT NULL CHECK (passed IN (0, 1))
) STRICT;
CREATE INDEX quiz_result_learner ON quiz_result (stunum, course_id, chapter_id, id);

CREATE TRIGGER quiz_result_changes BEFORE UPDATE ON quiz_result
BEGIN SELECT RAISE (ABORT, 'the result of a quiz never changes'); END;
