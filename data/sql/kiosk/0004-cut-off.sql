-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A session that was cut off stays open while its learner may still come back and sign out.

-- How it ended, when that was without a sign-out; its segment's last_wall_us is the end.
ALTER TABLE session ADD COLUMN cut_off TEXT CHECK (cut_off IN ('absence', 'interrupted'));

-- What else was studied around a log's time.
CREATE INDEX segment_start ON segment (start_wall_us);
