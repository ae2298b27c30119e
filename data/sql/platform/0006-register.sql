-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Photos locked with the keys of their learners, who looked at them, and which are gone.

-- Logs whose photos lie as they came, sealed to the platform key. Photos of a log are filed under one learner.
CREATE TABLE filing (
  log_id INTEGER PRIMARY KEY,
  stunum TEXT NOT NULL CHECK (length (stunum) = 16)
) STRICT;
INSERT INTO filing (log_id, stunum) SELECT id, stunum FROM log;

CREATE TABLE photo_read (
  id INTEGER PRIMARY KEY,
  read_us INTEGER NOT NULL,
  who TEXT NOT NULL CHECK (who <> ''),
  why TEXT NOT NULL CHECK (why <> ''),
  sha256 TEXT NOT NULL CHECK (length (sha256) = 64),
  stunum TEXT NOT NULL CHECK (stunum = '' OR length (stunum) = 16), -- '': no log named it yet
  registration INTEGER NOT NULL CHECK (registration IN (0, 1))
) STRICT;
CREATE INDEX photo_read_learner ON photo_read (stunum, read_us);
CREATE TRIGGER photo_read_kept BEFORE UPDATE ON photo_read
BEGIN SELECT RAISE (ABORT, 'who looked at a photo never changes'); END;
CREATE TRIGGER photo_read_stays BEFORE DELETE ON photo_read
BEGIN SELECT RAISE (ABORT, 'who looked at a photo is never forgotten'); END;

-- Photos that were removed: a log names them, and nobody is asked for them again.
CREATE TABLE photo_gone (
  sha256 TEXT PRIMARY KEY CHECK (length (sha256) = 64),
  why TEXT NOT NULL CHECK (why IN ('retention', 'erased')),
  gone_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The day the learner was erased: number and logs stay, name and face do not.
ALTER TABLE learner ADD COLUMN erased_us INTEGER;
ALTER TABLE learner ADD COLUMN coachnum TEXT CHECK (length (coachnum) = 16);

CREATE TABLE coach (
  coachnum TEXT PRIMARY KEY CHECK (length (coachnum) = 16 AND coachnum NOT GLOB '*[^0-9]*'),
  name TEXT NOT NULL CHECK (name <> ''),
  added_us INTEGER NOT NULL
) STRICT;

-- What people call a kiosk; '': nothing.
ALTER TABLE device ADD COLUMN name TEXT NOT NULL DEFAULT '';

-- Number under which the school is on file with the transport authority (备案); '': it is not, or not yet.
ALTER TABLE school ADD COLUMN filing_number TEXT NOT NULL DEFAULT '';
