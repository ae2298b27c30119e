-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- As data/sql/platform/0011-sign-in.sql.

DROP TABLE sign_in_address;
CREATE TABLE sign_in_failure (
  name_sha256 TEXT NOT NULL CHECK (length (name_sha256) IN (0, 64)),  -- '': any name; hashed: people type passwords there
  address TEXT NOT NULL,                                              -- '': any that the name has not signed in from
  failures BIGINT NOT NULL CHECK (failures > 0),
  locked_until_us BIGINT NOT NULL,
  last_us BIGINT NOT NULL,
  PRIMARY KEY (name_sha256, address),
  CHECK (name_sha256 <> '' OR address <> '')
);
CREATE INDEX sign_in_failure_last ON sign_in_failure (last_us);

ALTER TABLE person DROP COLUMN failures;
ALTER TABLE person DROP COLUMN locked_until_us;
