-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- As data/sql/platform/0019-learner-index.sql.

CREATE INDEX learner_photo ON learner (photo_sha256) WHERE photo_sha256 IS NOT NULL;
CREATE INDEX learner_coach ON learner (coachnum) WHERE coachnum IS NOT NULL;
