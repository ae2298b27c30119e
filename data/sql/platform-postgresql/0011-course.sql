-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- As data/sql/platform/0014-course.sql.

CREATE TABLE course (
  course_id TEXT PRIMARY KEY CHECK (length (course_id) BETWEEN 1 AND 32),
  version BIGINT NOT NULL CHECK (version >= 1),
  title TEXT NOT NULL CHECK (title <> ''),
  publisher TEXT NOT NULL,
  sign_key BYTEA NOT NULL CHECK (length (sign_key) = 32), -- the publisher's, which signed it
  sha256 TEXT NOT NULL UNIQUE CHECK (length (sha256) = 64),
  size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
  added_us BIGINT NOT NULL
);
