-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What people who review logs ask for. The verdict stands beside the state, so that a queue is counted and paged by
-- indexes alone; review_feed numbers what changed for who follows along: 0 until a reader numbers it, so that those who
-- write need not wait for each other.

ALTER TABLE audit ADD COLUMN verdict TEXT NOT NULL DEFAULT 'waiting';
ALTER TABLE audit ADD COLUMN review_feed INTEGER NOT NULL DEFAULT 0;
UPDATE audit SET review_feed = log_id, verdict = (SELECT log.verdict FROM log WHERE log.id = audit.log_id);
CREATE INDEX audit_review_open ON audit (risk, start_us, log_id) WHERE state IN ('needs_human', 'appealed');
CREATE INDEX audit_review_time ON audit (start_us, log_id, state, verdict, stunum);
CREATE INDEX audit_review_feed ON audit (review_feed);

CREATE TABLE review_feed (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last INTEGER NOT NULL
) STRICT;
INSERT INTO review_feed (id, last) SELECT 1, coalesce (max (log_id), 0) FROM audit;

-- What each person asked for, and was answered: the same again changes nothing.
CREATE TABLE review_action (
  who TEXT NOT NULL CHECK (who <> ''),
  id TEXT NOT NULL CHECK (id <> ''),
  at_us INTEGER NOT NULL,
  log_id INTEGER REFERENCES log (id),
  stunum TEXT NOT NULL,
  action TEXT NOT NULL,
  status TEXT NOT NULL,
  version INTEGER NOT NULL,  -- that it brought its log to
  risk INTEGER NOT NULL,     -- of the log before
  first_look INTEGER NOT NULL CHECK (first_look IN (0, 1)),
  request TEXT NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (who, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_action_log ON review_action (log_id, version) WHERE status IN ('done', 'first_look');
CREATE TRIGGER review_action_fixed BEFORE UPDATE ON review_action
BEGIN SELECT RAISE (ABORT, 'what somebody decided never changes'); END;
CREATE TRIGGER review_action_kept BEFORE DELETE ON review_action
BEGIN SELECT RAISE (ABORT, 'what somebody decided is never forgotten'); END;

-- What people say of registration photos; of another photo than the learner's own it says nothing.
CREATE TABLE registration (
  stunum TEXT PRIMARY KEY REFERENCES learner (stunum),
  sha256 TEXT NOT NULL CHECK (length (sha256) = 64),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'returned', 'reset')),
  version INTEGER NOT NULL CHECK (version > 0),
  reason TEXT NOT NULL,
  comment TEXT NOT NULL,
  who TEXT NOT NULL CHECK (who <> ''),
  at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX registration_withheld ON registration (state) WHERE state <> 'approved';

CREATE TABLE review_export (
  n INTEGER PRIMARY KEY,
  who TEXT NOT NULL CHECK (who <> ''),
  id TEXT NOT NULL CHECK (id <> ''),
  at_us INTEGER NOT NULL,
  devnum TEXT NOT NULL CHECK (length (devnum) = 16),
  seq INTEGER NOT NULL,
  stunum TEXT NOT NULL CHECK (length (stunum) = 16),
  format TEXT NOT NULL CHECK (format <> ''),
  UNIQUE (who, id)
) STRICT;
CREATE INDEX review_export_time ON review_export (at_us, n);
CREATE TRIGGER review_export_fixed BEFORE UPDATE ON review_export
BEGIN SELECT RAISE (ABORT, 'who exported a log never changes'); END;
CREATE TRIGGER review_export_kept BEFORE DELETE ON review_export
BEGIN SELECT RAISE (ABORT, 'who exported a log is never forgotten'); END;

CREATE INDEX photo_read_time ON photo_read (read_us, id);
