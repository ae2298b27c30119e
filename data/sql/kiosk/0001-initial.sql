-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The kiosk's journal. Wall times are µs since 1970 UTC, days are YYYYMMDD in GMT+8. Rows that carry a number keep
-- it for good; what was allotted last stands in tables of its own, so that a number never comes back after rows
-- were removed.

-- This journal's device: the key that signs its logs, and where their chain ends.
CREATE TABLE device (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sign_public_key BLOB NOT NULL CHECK (length (sign_public_key) = 32),
  last_log_sha256 TEXT NOT NULL CHECK (length (last_log_sha256) = 64)
) STRICT;

CREATE TABLE identity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  devnum TEXT NOT NULL CHECK (length (devnum) = 16 AND devnum NOT GLOB '*[^0-9]*'),
  inscode TEXT NOT NULL CHECK (length (inscode) = 16 AND inscode NOT GLOB '*[^0-9]*'),
  school TEXT NOT NULL,
  platform_url TEXT NOT NULL,
  platform_key BLOB NOT NULL CHECK (length (platform_key) = 32)
) STRICT;

CREATE TABLE policy (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  json TEXT NOT NULL, -- checked by xs_policy_parse() before it comes here
  etag TEXT,
  stored_wall_us INTEGER NOT NULL
) STRICT;

CREATE TABLE roster_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  etag TEXT,
  stored_wall_us INTEGER NOT NULL
) STRICT;

-- template is sealed to this device; template_sha256 is the registration photo it was made from.
CREATE TABLE roster (
  stunum TEXT PRIMARY KEY CHECK (length (stunum) = 16 AND stunum NOT GLOB '*[^0-9]*'),
  name TEXT NOT NULL,
  photo_sha256 TEXT CHECK (length (photo_sha256) = 64),
  last_recnum INTEGER NOT NULL CHECK (last_recnum BETWEEN 0 AND 99999),
  total_s INTEGER NOT NULL CHECK (total_s >= 0),
  template BLOB,
  template_sha256 TEXT,
  CHECK ((template IS NULL) = (template_sha256 IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX roster_photo ON roster (photo_sha256) WHERE photo_sha256 IS NOT NULL;

-- Fetched registration photos that no template was made from yet, sealed to this device.
CREATE TABLE registration_photo (
  sha256 TEXT PRIMARY KEY CHECK (length (sha256) = 64),
  sealed BLOB NOT NULL
) STRICT;

-- What was allotted last.
CREATE TABLE counter (
  name TEXT PRIMARY KEY CHECK (name IN ('classid', 'photo', 'log', 'failure')),
  value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO counter VALUES ('classid', 0), ('photo', 0), ('log', 0), ('failure', 0);

CREATE TABLE day_counter (
  day INTEGER PRIMARY KEY,
  minute INTEGER NOT NULL CHECK (minute BETWEEN 1 AND 9999)
) STRICT;

-- Per learner: the highest recnum of this device, and the whole seconds its logs came to.
CREATE TABLE learner_counter (
  stunum TEXT PRIMARY KEY,
  recnum INTEGER NOT NULL CHECK (recnum BETWEEN 1 AND 99999),
  total_s INTEGER NOT NULL CHECK (total_s >= 0)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER counter_falls BEFORE UPDATE ON counter WHEN NEW.value <= OLD.value
BEGIN SELECT RAISE (ABORT, 'a number would be used twice'); END;
CREATE TRIGGER day_counter_falls BEFORE UPDATE ON day_counter WHEN NEW.minute <= OLD.minute
BEGIN SELECT RAISE (ABORT, 'a number would be used twice'); END;
CREATE TRIGGER learner_counter_falls BEFORE UPDATE ON learner_counter
WHEN NEW.recnum <= OLD.recnum OR NEW.total_s < OLD.total_s
BEGIN SELECT RAISE (ABORT, 'a number would be used twice'); END;

-- told: whether an interrupted session's learner has been told.
CREATE TABLE session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  classid INTEGER NOT NULL UNIQUE CHECK (classid BETWEEN 1 AND 4294967295),
  stunum TEXT NOT NULL CHECK (length (stunum) = 16 AND stunum NOT GLOB '*[^0-9]*'),
  policy_id TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  start_wall_us INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1)),
  told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))
) STRICT;
CREATE INDEX session_learner ON session (stunum);
CREATE INDEX session_open ON session (id) WHERE state = 'open';

-- last_wall_us: the last moment known to have been stored; the end, once the segment is closed.
CREATE TABLE segment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id INTEGER NOT NULL REFERENCES session (id),
  subjcode TEXT NOT NULL CHECK (length (subjcode) = 10 AND subjcode NOT GLOB '*[^0-9]*'),
  start_wall_us INTEGER NOT NULL,
  last_wall_us INTEGER NOT NULL,
  credited_us INTEGER NOT NULL DEFAULT 0 CHECK (credited_us >= 0),
  end_reason TEXT
) STRICT;
CREATE INDEX segment_session ON segment (session_id);
CREATE UNIQUE INDEX segment_open ON segment (session_id) WHERE end_reason IS NULL;

CREATE TRIGGER segment_credit_falls BEFORE UPDATE OF credited_us ON segment WHEN NEW.credited_us < OLD.credited_us
BEGIN SELECT RAISE (ABORT, 'credit never falls'); END;
CREATE TRIGGER segment_closed BEFORE UPDATE ON segment WHEN OLD.end_reason IS NOT NULL
BEGIN SELECT RAISE (ABORT, 'a closed segment never changes'); END;

CREATE TABLE minute (
  segment_id INTEGER NOT NULL REFERENCES segment (id),
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  number TEXT NOT NULL UNIQUE CHECK (length (number) = 26),
  wall_end_us INTEGER NOT NULL,
  credited_us INTEGER NOT NULL CHECK (credited_us BETWEEN 0 AND 60000000),
  normal INTEGER NOT NULL CHECK (normal IN (0, 1)),
  PRIMARY KEY (segment_id, ordinal)
) STRICT, WITHOUT ROWID;

-- What each segment brought on each day. Outlives the segment.
CREATE TABLE credit (
  stunum TEXT NOT NULL,
  day INTEGER NOT NULL CHECK (day BETWEEN 19700101 AND 99991231),
  segment_id INTEGER NOT NULL,
  credited_us INTEGER NOT NULL CHECK (credited_us >= 0),
  PRIMARY KEY (stunum, day, segment_id)
) STRICT, WITHOUT ROWID;

-- The sealed file is photos/SHA256 beside the database; match is NULL when it was not measured.
CREATE TABLE photo (
  number INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 9999999999),
  segment_id INTEGER NOT NULL REFERENCES segment (id),
  event INTEGER NOT NULL CHECK (event IN (5, 17, 18, 19)),
  wall_us INTEGER NOT NULL,
  sha256 TEXT NOT NULL UNIQUE CHECK (length (sha256) = 64),
  match REAL CHECK (match BETWEEN -1 AND 1),
  width_px INTEGER NOT NULL CHECK (width_px > 0),
  height_px INTEGER NOT NULL CHECK (height_px > 0)
) STRICT;
CREATE INDEX photo_segment ON photo (segment_id);

-- bytes are exactly what was signed.
CREATE TABLE log (
  seq INTEGER PRIMARY KEY CHECK (seq >= 1),
  segment_id INTEGER NOT NULL UNIQUE REFERENCES segment (id),
  stunum TEXT NOT NULL,
  recnum INTEGER NOT NULL CHECK (recnum BETWEEN 1 AND 99999),
  bytes BLOB NOT NULL,
  sha256 TEXT NOT NULL UNIQUE CHECK (length (sha256) = 64),
  previous TEXT NOT NULL CHECK (length (previous) = 64),
  signature BLOB NOT NULL CHECK (length (signature) = 64),
  UNIQUE (stunum, recnum)
) STRICT;

CREATE TRIGGER log_signed BEFORE UPDATE ON log
BEGIN SELECT RAISE (ABORT, 'a signed log never changes'); END;

-- photos_missing: of a log, how many of its photos are not acknowledged yet; it is not sent before that is 0.
-- failure: from the counter of that name at the last failed attempt, so that the newest is known whatever the clock does.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('photo', 'log')),
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
  CHECK ((photo_number IS NOT NULL) = (kind = 'photo')),
  CHECK ((log_seq IS NOT NULL) = (kind = 'log'))
) STRICT;
CREATE INDEX outbox_ready ON outbox (kind, id, next_wall_us) WHERE state = 'waiting' AND photos_missing = 0;
CREATE INDEX outbox_next ON outbox (next_wall_us) WHERE state = 'waiting' AND photos_missing = 0;
CREATE INDEX outbox_postponed ON outbox (id) WHERE state = 'waiting' AND next_wall_us > 0;
CREATE INDEX outbox_failure ON outbox (failure) WHERE state = 'waiting' AND failure IS NOT NULL;
CREATE INDEX outbox_segment ON outbox (segment_id, kind, state);

-- How many rows of each kind and state there are: status is asked for every second.
CREATE TABLE outbox_count (
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (kind, state)
) STRICT, WITHOUT ROWID;
INSERT INTO outbox_count VALUES
  ('photo', 'waiting', 0), ('photo', 'acked', 0), ('photo', 'rejected', 0),
  ('log', 'waiting', 0), ('log', 'acked', 0), ('log', 'rejected', 0);

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

CREATE TABLE lesson_position (
  stunum TEXT NOT NULL,
  lesson_id TEXT NOT NULL,
  position_us INTEGER NOT NULL CHECK (position_us >= 0),
  watched_us INTEGER NOT NULL CHECK (watched_us >= 0),
  PRIMARY KEY (stunum, lesson_id)
) STRICT, WITHOUT ROWID;
