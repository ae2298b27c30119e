-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What learners have against the verdict on a log, to be answered by the coach: one for each log of a device. The log
-- itself may not be here: it may have been refused, and that may be what is appealed against.

CREATE TABLE appeal (
  id INTEGER PRIMARY KEY,
  device_id INTEGER NOT NULL REFERENCES device (id),
  seq INTEGER NOT NULL CHECK (seq > 0), -- of the log
  bytes BLOB NOT NULL,                  -- exactly what was signed
  signature BLOB NOT NULL CHECK (length (signature) = 64),
  sha256 TEXT NOT NULL CHECK (length (sha256) = 64),
  stunum TEXT NOT NULL REFERENCES learner (stunum),
  received_us INTEGER NOT NULL,
  UNIQUE (device_id, seq)
) STRICT;
CREATE TRIGGER appeal_signed BEFORE UPDATE OF device_id, seq, bytes, signature, sha256, stunum, received_us ON appeal
BEGIN SELECT RAISE (ABORT, 'a signed appeal never changes'); END;
CREATE TRIGGER appeal_kept BEFORE DELETE ON appeal
BEGIN SELECT RAISE (ABORT, 'an appeal is never deleted'); END;
