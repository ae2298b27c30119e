-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Who sits where now, as the kiosks that are online say. It keeps nobody from studying for longer than until_us.

CREATE TABLE seat (
  stunum TEXT PRIMARY KEY REFERENCES learner (stunum),
  device_id INTEGER NOT NULL REFERENCES device (id),
  since_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seat_device ON seat (device_id);
