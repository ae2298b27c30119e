-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A learner who cannot turn the head is not asked to: the school marks it in its register, and each session tells.

ALTER TABLE roster ADD COLUMN active_check INTEGER NOT NULL DEFAULT 1 CHECK (active_check IN (0, 1));
ALTER TABLE session ADD COLUMN active_check INTEGER NOT NULL DEFAULT 1 CHECK (active_check IN (0, 1));

-- The roster as stored may have lost the mark: ask for all of it again.
UPDATE roster_state SET etag = NULL;
