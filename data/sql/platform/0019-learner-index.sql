-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Kiosks ask for each registration photo by its hash, and coaches for all that is of their learners.

CREATE INDEX learner_photo ON learner (photo_sha256) WHERE photo_sha256 IS NOT NULL;
CREATE INDEX learner_coach ON learner (coachnum) WHERE coachnum IS NOT NULL;
