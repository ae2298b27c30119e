-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The platform's register. Times are µs since 1970 UTC. Photos are sealed files beside it, named by SHA-256.

CREATE TABLE school (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  inscode TEXT NOT NULL CHECK (length (inscode) = 16 AND inscode NOT GLOB '*[^0-9]*'),
  name TEXT NOT NULL CHECK (name <> ''),
  -- public half of keys/seal.key, which opens everything sealed here: a key that is not this one is refused
  seal_public_key BLOB NOT NULL CHECK (length (seal_public_key) = 32)
) STRICT;

CREATE TABLE policy (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  json TEXT NOT NULL, -- checked by xs_policy_parse() before it comes here
  set_us INTEGER NOT NULL
) STRICT;

CREATE TABLE learner (
  stunum TEXT PRIMARY KEY CHECK (length (stunum) = 16 AND stunum NOT GLOB '*[^0-9]*'),
  name TEXT NOT NULL CHECK (name <> ''),
  photo_sha256 TEXT CHECK (length (photo_sha256) = 64), -- of the plain JPEG
  added_us INTEGER NOT NULL
) STRICT;

-- One row a signing key. A number that is paired again with another key gets a new row, and the old one is revoked:
-- its logs stay, under its own key.
CREATE TABLE device (
  id INTEGER PRIMARY KEY,
  devnum TEXT NOT NULL CHECK (length (devnum) = 16 AND devnum NOT GLOB '*[^0-9]*'),
  sign_key BLOB NOT NULL UNIQUE CHECK (length (sign_key) = 32),
  paired_us INTEGER NOT NULL,
  revoked_us INTEGER,
  seen_us INTEGER
) STRICT;
CREATE UNIQUE INDEX device_active ON device (devnum) WHERE revoked_us IS NULL;

CREATE TABLE pair_code (
  code_sha256 TEXT PRIMARY KEY CHECK (length (code_sha256) = 64),
  devnum TEXT CHECK (length (devnum) = 16), -- NULL: the next free provisional number
  expires_us INTEGER NOT NULL,
  used_by INTEGER REFERENCES device (id)
) STRICT;

CREATE TABLE photo (
  sha256 TEXT PRIMARY KEY CHECK (length (sha256) = 64), -- of the sealed file
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  device_id INTEGER NOT NULL REFERENCES device (id),
  received_us INTEGER NOT NULL
) STRICT;

CREATE TABLE log (
  id INTEGER PRIMARY KEY,
  device_id INTEGER NOT NULL REFERENCES device (id),
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
  UNIQUE (stunum, recnum)
) STRICT;

CREATE TABLE log_photo (
  log_id INTEGER NOT NULL REFERENCES log (id),
  number TEXT NOT NULL CHECK (length (number) = 10),
  event INTEGER NOT NULL,
  sha256 TEXT NOT NULL REFERENCES photo (sha256),
  PRIMARY KEY (log_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_photo_sha256 ON log_photo (sha256);
