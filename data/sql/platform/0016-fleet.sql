-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The kiosks as a fleet: how each of them is, which get a new version first, and what they noted of themselves.

-- 0: the first that get a new version; new kiosks are among those after them.
ALTER TABLE device ADD COLUMN ring INTEGER NOT NULL DEFAULT 1 CHECK (ring BETWEEN 0 AND 99);

CREATE TABLE ring (
  ring INTEGER PRIMARY KEY CHECK (ring BETWEEN 0 AND 99),
  wanted_version TEXT NOT NULL CHECK (length (wanted_version) BETWEEN 1 AND 31)
) STRICT;

-- The newest report of each, as it came.
CREATE TABLE device_health (
  device_id INTEGER PRIMARY KEY REFERENCES device (id),
  reported_us INTEGER NOT NULL,
  report BLOB NOT NULL CHECK (length (report) BETWEEN 2 AND 4096)
) STRICT;

-- What a kiosk is asked for is open until it has come, sealed to the platform key; then it does not change, and goes.
CREATE TABLE diagnosis (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- a number that is given again could be answered with what is late
  device_id INTEGER NOT NULL REFERENCES device (id),
  who TEXT NOT NULL CHECK (who <> ''),
  asked_us INTEGER NOT NULL,
  answered_us INTEGER,
  sealed BLOB CHECK (length (sealed) BETWEEN 48 AND 262192),
  CHECK ((answered_us IS NULL) = (sealed IS NULL))
) STRICT;
CREATE UNIQUE INDEX diagnosis_open ON diagnosis (device_id) WHERE answered_us IS NULL;
CREATE INDEX diagnosis_asked ON diagnosis (asked_us);
CREATE TRIGGER diagnosis_fixed BEFORE UPDATE ON diagnosis WHEN OLD.answered_us IS NOT NULL
BEGIN SELECT RAISE (ABORT, 'a diagnosis that has come never changes'); END;
