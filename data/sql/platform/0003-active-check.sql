-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A learner who cannot turn the head is not asked to by kiosks.

ALTER TABLE learner ADD COLUMN active_check INTEGER NOT NULL DEFAULT 1 CHECK (active_check IN (0, 1));
