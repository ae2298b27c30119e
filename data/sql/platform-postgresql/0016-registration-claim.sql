-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- As data/sql/platform/0018-registration-claim.sql.

ALTER TABLE registration ADD COLUMN check_due_us BIGINT NOT NULL DEFAULT 0;
