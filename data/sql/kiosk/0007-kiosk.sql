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

-- What learners see of their own records, and what they say to it.

-- A small copy of a photo, for its learner alone: sealed to this device, and gone after the policy's own_photo_days.
CREATE TABLE own_photo (
  number INTEGER PRIMARY KEY REFERENCES photo (number),
  wall_us INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
CREATE INDEX own_photo_wall ON own_photo (wall_us);

-- What a learner has against the verdict on a log, to the coach: one for each log, never changed. bytes are exactly
-- what was signed.
CREATE TABLE appeal (
  log_seq INTEGER PRIMARY KEY REFERENCES log (seq),
  wall_us INTEGER NOT NULL,
  reason TEXT NOT NULL,
  comment TEXT NOT NULL,
  bytes BLOB NOT NULL,
  sha256 TEXT NOT NULL UNIQUE CHECK (length (sha256) = 64),
  signature BLOB NOT NULL CHECK (length (signature) = 64)
) STRICT;
CREATE TRIGGER appeal_signed BEFORE UPDATE ON appeal
BEGIN SELECT RAISE (ABORT, 'a signed appeal never changes'); END;
CREATE TRIGGER appeal_kept BEFORE DELETE ON appeal
BEGIN SELECT RAISE (ABORT, 'an appeal is never deleted'); END;

-- The outbox takes appeals, too: else it is what it was.
ALTER TABLE outbox RENAME TO outbox_before;
DROP TRIGGER outbox_inserted;
DROP TRIGGER outbox_deleted;
DROP TRIGGER outbox_state_changed;
DROP TRIGGER outbox_photo_changed;
DROP INDEX outbox_ready;
DROP INDEX outbox_next;
DROP INDEX outbox_postponed;
DROP INDEX outbox_failure;
DROP INDEX outbox_segment;
DROP INDEX outbox_learner;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('photo', 'log', 'appeal')),
  photo_number INTEGER UNIQUE REFERENCES photo (number),
  log_seq INTEGER UNIQUE REFERENCES log (seq),
  segment_id INTEGER NOT NULL REFERENCES segment (id),
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'acked', 'rejected')),
  photos_missing INTEGER NOT NULL DEFAULT 0 CHECK (photos_missing >= 0),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_wall_us INTEGER NOT NULL DEFAULT 0,
  failure INTEGER,
  reason TEXT,
  message TEXT,
  stunum TEXT CHECK (stunum IS NULL OR kind = 'log'),
  appeal_seq INTEGER UNIQUE REFERENCES appeal (log_seq),
  CHECK ((photo_number IS NOT NULL) = (kind = 'photo')),
  CHECK ((log_seq IS NOT NULL) = (kind = 'log')),
  CHECK ((appeal_seq IS NOT NULL) = (kind = 'appeal'))
) STRICT;
INSERT INTO outbox (id, kind, photo_number, log_seq, segment_id, state, photos_missing, attempts, next_wall_us, failure,
                    reason, message, stunum)
  SELECT id, kind, photo_number, log_seq, segment_id, state, photos_missing, attempts, next_wall_us, failure,
         reason, message, stunum
  FROM outbox_before ORDER BY id;
DROP TABLE outbox_before;
INSERT INTO outbox_count VALUES ('appeal', 'waiting', 0), ('appeal', 'acked', 0), ('appeal', 'rejected', 0);

CREATE INDEX outbox_ready ON outbox (kind, id, next_wall_us) WHERE state = 'waiting' AND photos_missing = 0;
CREATE INDEX outbox_next ON outbox (next_wall_us) WHERE state = 'waiting' AND photos_missing = 0;
CREATE INDEX outbox_postponed ON outbox (id) WHERE state = 'waiting' AND next_wall_us > 0;
CREATE INDEX outbox_failure ON outbox (failure) WHERE state = 'waiting' AND failure IS NOT NULL;
CREATE INDEX outbox_segment ON outbox (segment_id, kind, state);
CREATE INDEX outbox_learner ON outbox (stunum) WHERE stunum IS NOT NULL AND state <> 'acked';

CREATE TRIGGER outbox_inserted AFTER INSERT ON outbox
BEGIN
  UPDATE outbox_count SET n = n + 1 WHERE kind = NEW.kind AND state = NEW.state;
END;
CREATE TRIGGER outbox_deleted AFTER DELETE ON outbox
BEGIN
  UPDATE outbox_count SET n = n - 1 WHERE kind = OLD.kind AND state = OLD.state;
END;
CREATE TRIGGER outbox_state_changed AFTER UPDATE OF state ON outbox WHEN NEW.state <> OLD.state
BEGIN
  UPDATE outbox_count SET n = n - 1 WHERE kind = OLD.kind AND state = OLD.state;
  UPDATE outbox_count SET n = n + 1 WHERE kind = NEW.kind AND state = NEW.state;
END;
CREATE TRIGGER outbox_photo_changed AFTER UPDATE OF state ON outbox WHEN NEW.kind = 'photo' AND NEW.state <> OLD.state
BEGIN
  UPDATE outbox SET photos_missing =
    (SELECT count (*) FROM outbox WHERE segment_id = NEW.segment_id AND kind = 'photo' AND state <> 'acked')
  WHERE segment_id = NEW.segment_id AND kind = 'log';
END;

-- 单独同意: who agreed to which version of the text about face data, and when, or took it back. The newest row of a
-- learner counts. A record of consent is evidence: it never changes and never goes.
CREATE TABLE consent (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stunum TEXT NOT NULL CHECK (length (stunum) = 16 AND stunum NOT GLOB '*[^0-9]*'),
  text_version INTEGER NOT NULL CHECK (text_version >= 1),
  wall_us INTEGER NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('given', 'withdrawn'))
) STRICT;
CREATE INDEX consent_learner ON consent (stunum, id);

CREATE TRIGGER consent_changes BEFORE UPDATE ON consent
BEGIN SELECT RAISE (ABORT, 'a record of consent never changes'); END;
CREATE TRIGGER consent_goes BEFORE DELETE ON consent
BEGIN SELECT RAISE (ABORT, 'a record of consent never goes'); END;

-- The coach who let the learner in, whose face could not be compared with the register; NULL: nobody had to.
ALTER TABLE session ADD COLUMN admitted_by TEXT CHECK (length (CAST (admitted_by AS BLOB)) BETWEEN 1 AND 63);
