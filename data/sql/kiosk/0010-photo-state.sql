-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Why a learner's registration photo must not be used, and what the learner is told: "": it may, or there is none.

ALTER TABLE roster ADD COLUMN photo_state TEXT NOT NULL DEFAULT '';
ALTER TABLE roster ADD COLUMN photo_comment TEXT NOT NULL DEFAULT '';
-- A platform that knows is asked at once.
UPDATE roster_state SET etag = NULL;
