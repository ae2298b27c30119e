-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What becomes of a log once it is here: judged by the auditor, decided by a person where need be, handed on to the
-- province. docs/audit.md has the states.

-- Every policy that was handed out: a log is judged by the one it was made under.
CREATE TABLE policy_kept (
  policy_id TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  json TEXT NOT NULL,
  set_us INTEGER NOT NULL,
  PRIMARY KEY (policy_id, policy_version)
) STRICT, WITHOUT ROWID;
INSERT INTO policy_kept (policy_id, policy_version, json, set_us)
  SELECT json_extract (json, '$.id'), json_extract (json, '$.version'), json, set_us FROM policy;

-- Whether the school is filed with the province; nobody said that it is not.
ALTER TABLE school ADD COLUMN filed INTEGER NOT NULL DEFAULT 1 CHECK (filed IN (0, 1));

-- One row a log, made with it. The verdict itself is log.verdict.
CREATE TABLE audit (
  log_id INTEGER PRIMARY KEY REFERENCES log (id),
  device_id INTEGER NOT NULL REFERENCES device (id),
  devnum TEXT NOT NULL CHECK (length (devnum) = 16),
  stunum TEXT NOT NULL CHECK (length (stunum) = 16),
  recnum TEXT NOT NULL CHECK (length (recnum) = 5),
  subjcode TEXT NOT NULL CHECK (length (subjcode) = 10),
  start_us INTEGER NOT NULL,
  end_us INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'needs_human', 'passed', 'failed', 'decided',
                                                          'appealed', 'ready', 'sent')),
  version INTEGER NOT NULL DEFAULT 0,           -- counts the steps: who decides names the one that was seen
  credited_min INTEGER NOT NULL DEFAULT 0,      -- on the day the log starts
  credited_next_min INTEGER NOT NULL DEFAULT 0, -- and on the next
  risk INTEGER NOT NULL DEFAULT 0,              -- orders the queue of those who decide, highest first
  appeal_open INTEGER NOT NULL DEFAULT 0 CHECK (appeal_open IN (0, 1)),
  judged_us INTEGER NOT NULL DEFAULT 0,         -- what came later is not in the auditor's verdict; 0: none yet
  verdict_us INTEGER NOT NULL DEFAULT 0,        -- when the verdict that stands was given; 0: none
  changed_us INTEGER NOT NULL,
  feed INTEGER NOT NULL DEFAULT 0               -- its place in what the device is told; 0: nothing to tell
) STRICT;
CREATE INDEX audit_queue ON audit (state, risk, log_id);
CREATE INDEX audit_learner ON audit (stunum, start_us);
CREATE INDEX audit_device ON audit (devnum, start_us);
CREATE INDEX audit_feed ON audit (device_id, feed);
INSERT INTO audit (log_id, device_id, devnum, stunum, recnum, subjcode, start_us, end_us, appeal_open, changed_us)
  SELECT log.id, log.device_id, log.devnum, log.stunum, log.recnum,
         coalesce (json_extract (CAST (log_document.bytes AS TEXT), '$.subjcode'), '0000000000'),
         coalesce (json_extract (CAST (log_document.bytes AS TEXT), '$.start_us'), log.received_us),
         coalesce (json_extract (CAST (log_document.bytes AS TEXT), '$.end_us'), log.received_us),
         appeal.id IS NOT NULL, log.received_us
  FROM log JOIN log_document ON log_document.log_id = log.id LEFT JOIN appeal ON appeal.device_id = log.device_id AND appeal.seq = log.seq;

-- Logs that an auditor has to judge. Who claims one has it until due_us, and the next claim makes the first one void.
CREATE TABLE audit_job (
  id INTEGER PRIMARY KEY REFERENCES log (id),
  due_us INTEGER NOT NULL,
  claims INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX audit_job_due ON audit_job (due_us, id);
INSERT INTO audit_job (id, due_us) SELECT log_id, changed_us FROM audit;

-- What a device was told last, by number: each gets all of its own in order, and misses none.
CREATE TABLE verdict_feed (
  device_id INTEGER PRIMARY KEY REFERENCES device (id),
  last INTEGER NOT NULL
) STRICT;

-- The history: one row a step, never changed.
CREATE TABLE audit_step (
  log_id INTEGER NOT NULL REFERENCES log (id),
  version INTEGER NOT NULL CHECK (version > 0),
  at_us INTEGER NOT NULL,
  who TEXT NOT NULL CHECK (who <> ''), -- 'auditor', 'settlement', 'learner', or the name of a person
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  verdict TEXT NOT NULL,
  credited_min INTEGER NOT NULL,
  credited_next_min INTEGER NOT NULL,
  reasons TEXT NOT NULL, -- JSON, as GET /v1/verdicts has it
  comment TEXT NOT NULL,
  engine INTEGER NOT NULL,
  policy_id TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  PRIMARY KEY (log_id, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_step_fixed BEFORE UPDATE ON audit_step
BEGIN SELECT RAISE (ABORT, 'the history of a log never changes'); END;
CREATE TRIGGER audit_step_kept BEFORE DELETE ON audit_step
BEGIN SELECT RAISE (ABORT, 'the history of a log never changes'); END;

-- What the auditor saw on each photo. Sealed files cannot be compared, so the hashes are of what lies in them.
CREATE TABLE audit_photo (
  log_id INTEGER NOT NULL REFERENCES log (id),
  number TEXT NOT NULL CHECK (length (number) = 10),
  devnum TEXT NOT NULL,
  stunum TEXT NOT NULL,
  taken_us INTEGER NOT NULL,
  seen TEXT NOT NULL,              -- what it shows: XsPresence by nick, or 'unreadable'
  plain_sha256 TEXT NOT NULL,      -- '' when it could not be opened
  picture_hash TEXT NOT NULL,      -- '' without a face
  likeness REAL,                   -- with the registration photo; NULL: not taken
  live REAL,
  measures TEXT NOT NULL,          -- JSON, for who reviews it
  PRIMARY KEY (log_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_photo_learner ON audit_photo (stunum, taken_us);
