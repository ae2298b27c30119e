-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What the audit needs to know: what happened to the PC's clocks in a segment, and whether two photos are one picture,
-- which sealed files do not show.

-- ordinal: in the order they happened. The kinds are those of xs_log_event_nick().
CREATE TABLE event (
  segment_id INTEGER NOT NULL REFERENCES segment (id),
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  kind TEXT NOT NULL CHECK (kind IN ('clock_step', 'suspend', 'zone_changed', 'gap')),
  wall_us INTEGER NOT NULL,
  amount_us INTEGER NOT NULL CHECK (amount_us <> 0),
  PRIMARY KEY (segment_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Of the aligned face, in hex; '' when no face was measured.
ALTER TABLE photo ADD COLUMN picture_hash TEXT NOT NULL DEFAULT '' CHECK (length (picture_hash) IN (0, 64));
