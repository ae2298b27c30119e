-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- 单独同意: what learners decided about their own face, at a kiosk, which signed it, or at the school, where it can only be
-- taken back: nobody agrees for a learner. It is evidence: it never changes and never goes.

CREATE TABLE consent (
  id INTEGER PRIMARY KEY,
  device_id INTEGER REFERENCES device (id), -- NULL: at the school
  seq INTEGER CHECK (seq > 0),              -- of the decision, among those of the device
  bytes BLOB,                               -- exactly what was signed
  signature BLOB CHECK (length (signature) = 64),
  sha256 TEXT CHECK (length (sha256) = 64),
  stunum TEXT NOT NULL REFERENCES learner (stunum),
  text_version INTEGER NOT NULL CHECK (text_version >= 0), -- 0: at the school, where none was known
  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
  decided_us INTEGER NOT NULL,
  received_us INTEGER NOT NULL,
  UNIQUE (device_id, seq),
  CHECK ((device_id IS NULL) = (seq IS NULL) AND (device_id IS NULL) = (bytes IS NULL)
         AND (device_id IS NULL) = (signature IS NULL) AND (device_id IS NULL) = (sha256 IS NULL)),
  CHECK (withdrawn = 1 OR (device_id IS NOT NULL AND text_version > 0))
) STRICT;
CREATE INDEX consent_learner ON consent (stunum, decided_us);
CREATE TRIGGER consent_changes BEFORE UPDATE ON consent
BEGIN SELECT RAISE (ABORT, 'a record of consent never changes'); END;
CREATE TRIGGER consent_goes BEFORE DELETE ON consent
BEGIN SELECT RAISE (ABORT, 'a record of consent never goes'); END;

-- How it stands, for the roster: the version of the text, 0 when it was withdrawn, and when that was decided, 0: never.
ALTER TABLE learner ADD COLUMN consent_version INTEGER NOT NULL DEFAULT 0 CHECK (consent_version >= 0);
ALTER TABLE learner ADD COLUMN consent_us INTEGER NOT NULL DEFAULT 0 CHECK (consent_us >= 0);
