-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- As data/sql/platform/0010-privacy.sql.

ALTER TABLE learner ADD COLUMN erasing BIGINT NOT NULL DEFAULT 0 CHECK (erasing IN (0, 1));
