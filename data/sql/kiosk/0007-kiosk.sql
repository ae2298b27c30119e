-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The kiosk as a place: what its staff set here, and the password that guards it.

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
