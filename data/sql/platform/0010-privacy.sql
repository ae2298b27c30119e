-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- 1 from the moment a learner is erased until files and key are gone: what a crash leaves is done by the next run.

ALTER TABLE learner ADD COLUMN erasing INTEGER NOT NULL DEFAULT 0 CHECK (erasing IN (0, 1));
