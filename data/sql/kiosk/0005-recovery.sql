-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- When this journal was made of what a damaged one still held, or of an older copy, or begun anew in its place.

-- n_lost: segments that were open in an older state: nobody knows whether they were sent since.
-- photos_aside: how many photos have no row any more; NULL before it was looked.
CREATE TABLE recovery (
  id INTEGER PRIMARY KEY,
  wall_us INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('salvaged', 'copy', 'anew')),
  damage TEXT NOT NULL,
  moved_to TEXT,
  n_lost INTEGER NOT NULL DEFAULT 0,
  photos_aside INTEGER
) STRICT;
