-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A learner's log numbers are unique per device: two kiosks of which one is offline both go on from the last number
-- that they know.

ALTER TABLE log RENAME TO log_before;
ALTER TABLE log_photo RENAME TO log_photo_before;

CREATE TABLE log (
  id INTEGER PRIMARY KEY,
  device_id INTEGER NOT NULL REFERENCES device (id),
  devnum TEXT NOT NULL CHECK (length (devnum) = 16), -- as the log has it: a device keeps it once it has logs
  seq INTEGER NOT NULL CHECK (seq > 0),
  bytes BLOB NOT NULL,     -- exactly what was signed
  signature BLOB NOT NULL CHECK (length (signature) = 64),
  sha256 TEXT NOT NULL CHECK (length (sha256) = 64),
  previous TEXT NOT NULL CHECK (length (previous) = 64),
  stunum TEXT NOT NULL REFERENCES learner (stunum),
  recnum TEXT NOT NULL CHECK (length (recnum) = 5),
  credited_s INTEGER NOT NULL CHECK (credited_s >= 0),
  received_us INTEGER NOT NULL,
  verdict TEXT NOT NULL DEFAULT 'waiting',
  UNIQUE (device_id, seq),
  UNIQUE (devnum, stunum, recnum)
) STRICT;
-- All that the roster asks for, so that it is answered without the logs themselves.
CREATE INDEX log_learner ON log (stunum, recnum, credited_s);
INSERT INTO log (id, device_id, devnum, seq, bytes, signature, sha256, previous, stunum, recnum, credited_s,
                 received_us, verdict)
  SELECT log_before.id, device_id, devnum, seq, bytes, signature, sha256, previous, stunum, recnum, credited_s,
         received_us, verdict
  FROM log_before JOIN device ON device.id = device_id;

CREATE TABLE log_photo (
  log_id INTEGER NOT NULL REFERENCES log (id),
  number TEXT NOT NULL CHECK (length (number) = 10),
  event INTEGER NOT NULL,
  sha256 TEXT NOT NULL REFERENCES photo (sha256),
  PRIMARY KEY (log_id, number)
) STRICT, WITHOUT ROWID;
INSERT INTO log_photo (log_id, number, event, sha256) SELECT log_id, number, event, sha256 FROM log_photo_before;

DROP TABLE log_photo_before; -- and its index, whose name is free then
DROP TABLE log_before;
CREATE INDEX log_photo_sha256 ON log_photo (sha256);
