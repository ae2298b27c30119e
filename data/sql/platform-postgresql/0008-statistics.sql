-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The planner's statistics hold samples of what stands in a table, and keep them when it is gone from there. Of what an
-- erasure removes there are none. That the type is set drops those there were.

ALTER TABLE learner ALTER COLUMN name TYPE TEXT, ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE audit_photo
  ALTER COLUMN plain_sha256 TYPE TEXT, ALTER COLUMN plain_sha256 SET STATISTICS 0,
  ALTER COLUMN picture_hash TYPE TEXT, ALTER COLUMN picture_hash SET STATISTICS 0,
  ALTER COLUMN measures TYPE TEXT, ALTER COLUMN measures SET STATISTICS 0;
