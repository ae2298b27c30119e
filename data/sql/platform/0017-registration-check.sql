-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What the auditor measured on a learner's registration photo that waits for approval: one for each learner, of the
-- last photo that waited. And what was said of a photo before the last word, for who takes that back; "": nothing.

CREATE TABLE registration_check (
  stunum TEXT PRIMARY KEY REFERENCES learner (stunum),
  sha256 TEXT NOT NULL CHECK (length (sha256) = 64),
  report TEXT NOT NULL -- XsReviewPhotoCheck
) STRICT, WITHOUT ROWID;

ALTER TABLE registration ADD COLUMN state_before TEXT NOT NULL DEFAULT ''
  CHECK (state_before IN ('', 'waiting', 'approved', 'returned', 'reset'));
ALTER TABLE registration ADD COLUMN reason_before TEXT NOT NULL DEFAULT '';
ALTER TABLE registration ADD COLUMN comment_before TEXT NOT NULL DEFAULT '';
