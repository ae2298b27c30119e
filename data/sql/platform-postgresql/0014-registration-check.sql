-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- As data/sql/platform/0017-registration-check.sql.

CREATE TABLE registration_check (
  stunum TEXT PRIMARY KEY REFERENCES learner (stunum),
  sha256 TEXT NOT NULL CHECK (length (sha256) = 64),
  report TEXT NOT NULL
);
-- See 0008-statistics.sql.
ALTER TABLE registration_check ALTER COLUMN sha256 SET STATISTICS 0, ALTER COLUMN report SET STATISTICS 0;

ALTER TABLE registration ADD COLUMN state_before TEXT NOT NULL DEFAULT ''
  CHECK (state_before IN ('', 'waiting', 'approved', 'returned', 'reset'));
ALTER TABLE registration ADD COLUMN reason_before TEXT NOT NULL DEFAULT '';
ALTER TABLE registration ADD COLUMN comment_before TEXT NOT NULL DEFAULT '';
ALTER TABLE registration ALTER COLUMN comment_before SET STATISTICS 0;
