-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The course packages that this school hands out to its kiosks: one of each course. The package lies in courses/SHA256.

CREATE TABLE course (
  course_id TEXT PRIMARY KEY CHECK (length (course_id) BETWEEN 1 AND 32),
  version INTEGER NOT NULL CHECK (version >= 1),
  title TEXT NOT NULL CHECK (title <> ''),
  publisher TEXT NOT NULL,
  sign_key BLOB NOT NULL CHECK (length (sign_key) = 32), -- the publisher's, which signed it
  sha256 TEXT NOT NULL UNIQUE CHECK (length (sha256) = 64),
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  added_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
