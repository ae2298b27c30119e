-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What the platform says of the logs that it got from here: the last that was heard.

CREATE TABLE verdict (
  log_seq INTEGER PRIMARY KEY REFERENCES log (seq),
  version INTEGER NOT NULL CHECK (version >= 0), -- rises with every change there
  at_us INTEGER NOT NULL,
  state TEXT NOT NULL,
  verdict TEXT, -- NULL: none was given yet
  credited_min INTEGER NOT NULL CHECK (credited_min >= 0),      -- on the day the log starts
  credited_next_min INTEGER NOT NULL CHECK (credited_next_min >= 0),
  by_person INTEGER NOT NULL CHECK (by_person IN (0, 1)),
  comment TEXT NOT NULL,
  reasons TEXT NOT NULL -- JSON
) STRICT;

-- Up to where the feed of a platform was read. Another platform, or another number there, has another feed.
CREATE TABLE verdict_cursor (
  platform TEXT PRIMARY KEY, -- URL and devnum
  after INTEGER NOT NULL CHECK (after >= 0)
) STRICT, WITHOUT ROWID;
