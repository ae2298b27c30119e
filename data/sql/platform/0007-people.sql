-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- People who sign in. An account is disabled, never removed.

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (name <> ''),
  role TEXT NOT NULL CHECK (role IN ('coach', 'head-coach', 'auditor', 'admin')),
  coachnum TEXT REFERENCES coach (coachnum),
  password_hash TEXT NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
  totp_secret BLOB,                      -- locked; NULL: the password alone
  totp_step INTEGER NOT NULL DEFAULT 0,  -- of the last code that was taken: each works once
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  locked_until_us INTEGER NOT NULL DEFAULT 0,
  disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  added_us INTEGER NOT NULL
) STRICT;
CREATE TRIGGER person_kept BEFORE DELETE ON person
BEGIN SELECT RAISE (ABORT, 'an account is disabled, never removed'); END;
CREATE TRIGGER person_named BEFORE UPDATE OF id, name, added_us ON person
BEGIN SELECT RAISE (ABORT, 'what an account did stays under its name'); END;
CREATE TRIGGER person_code_once BEFORE UPDATE OF totp_step ON person
WHEN new.totp_step < old.totp_step AND new.totp_secret IS old.totp_secret
BEGIN SELECT RAISE (ABORT, 'a code works once'); END;

CREATE TABLE recovery_code (
  person_id INTEGER NOT NULL REFERENCES person (id),
  code_sha256 TEXT NOT NULL CHECK (length (code_sha256) = 64),
  used_us INTEGER,
  PRIMARY KEY (person_id, code_sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE person_session (
  token_sha256 TEXT PRIMARY KEY CHECK (length (token_sha256) = 64),
  person_id INTEGER NOT NULL REFERENCES person (id),
  address TEXT NOT NULL,
  began_us INTEGER NOT NULL,
  seen_us INTEGER NOT NULL,
  expires_us INTEGER NOT NULL,
  ended_us INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX person_session_person ON person_session (person_id);

CREATE TABLE sign_in_address (
  address TEXT PRIMARY KEY CHECK (address <> ''),
  failures INTEGER NOT NULL CHECK (failures > 0),
  locked_until_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
