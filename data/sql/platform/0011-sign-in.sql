-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Wrong tries to sign in are counted by the name that was typed, whether or not there is such an account, and by address.

DROP TABLE sign_in_address;
CREATE TABLE sign_in_failure (
  name_sha256 TEXT NOT NULL CHECK (length (name_sha256) IN (0, 64)),  -- '': any name; hashed: people type passwords there
  address TEXT NOT NULL,                                              -- '': any that the name has not signed in from
  failures INTEGER NOT NULL CHECK (failures > 0),
  locked_until_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  PRIMARY KEY (name_sha256, address),
  CHECK (name_sha256 <> '' OR address <> '')
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_failure_last ON sign_in_failure (last_us);

ALTER TABLE person DROP COLUMN failures;
ALTER TABLE person DROP COLUMN locked_until_us;
