-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What a learner decides about the own face goes to the platform, which tells the other kiosks of it.

-- bytes are exactly what was signed. A decision of before the kiosk was paired, or updated, gets its row later.
CREATE TABLE consent_document (
  consent_id INTEGER PRIMARY KEY REFERENCES consent (id),
  bytes BLOB NOT NULL,
  sha256 TEXT NOT NULL UNIQUE CHECK (length (sha256) = 64),
  signature BLOB NOT NULL CHECK (length (signature) = 64)
) STRICT;
CREATE TRIGGER consent_document_signed BEFORE UPDATE ON consent_document
BEGIN SELECT RAISE (ABORT, 'a signed decision never changes'); END;
CREATE TRIGGER consent_document_kept BEFORE DELETE ON consent_document
BEGIN SELECT RAISE (ABORT, 'a signed decision is never deleted'); END;

-- What the platform knows: 0 and 0: nothing; a version of 0 with a time: withdrawn then.
ALTER TABLE roster ADD COLUMN consent_version INTEGER NOT NULL DEFAULT 0 CHECK (consent_version >= 0);
ALTER TABLE roster ADD COLUMN consent_us INTEGER NOT NULL DEFAULT 0 CHECK (consent_us >= 0);
-- A platform that knows is asked at once.
UPDATE roster_state SET etag = NULL;

-- The outbox takes decisions, too, which belong to no segment: else it is what it was.
ALTER TABLE outbox RENAME TO outbox_before;
DROP TRIGGER outbox_inserted;
DROP TRIGGER outbox_deleted;
DROP TRIGGER outbox_state_changed;
DROP TRIGGER outbox_photo_changed;
DROP INDEX outbox_ready;
DROP INDEX outbox_next;
DROP INDEX outbox_postponed;
DROP INDEX outbox_failure;
DROP INDEX outbox_segment;
DROP INDEX outbox_learner;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('photo', 'log', 'appeal', 'consent')),
  photo_number INTEGER UNIQUE REFERENCES photo (number),
  log_seq INTEGER UNIQUE REFERENCES log (seq),
  segment_id INTEGER REFERENCES segment (id),
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'acked', 'rejected')),
  photos_missing INTEGER NOT NULL DEFAULT 0 CHECK (photos_missing >= 0),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_wall_us INTEGER NOT NULL DEFAULT 0,
  failure INTEGER,
  reason TEXT,
  message TEXT,
  stunum TEXT CHECK (stunum IS NULL OR kind = 'log'),
  appeal_seq INTEGER UNIQUE REFERENCES appeal (log_seq),
  consent_id INTEGER UNIQUE REFERENCES consent_document (consent_id),
  CHECK ((photo_number IS NOT NULL) = (kind = 'photo')),
  CHECK ((log_seq IS NOT NULL) = (kind = 'log')),
  CHECK ((appeal_seq IS NOT NULL) = (kind = 'appeal')),
  CHECK ((consent_id IS NOT NULL) = (kind = 'consent')),
  CHECK ((segment_id IS NULL) = (kind = 'consent'))
) STRICT;
INSERT INTO outbox (id, kind, photo_number, log_seq, segment_id, state, photos_missing, attempts, next_wall_us, failure,
                    reason, message, stunum, appeal_seq)
  SELECT id, kind, photo_number, log_seq, segment_id, state, photos_missing, attempts, next_wall_us, failure,
         reason, message, stunum, appeal_seq
  FROM outbox_before ORDER BY id;
DROP TABLE outbox_before;
INSERT INTO outbox_count VALUES ('consent', 'waiting', 0), ('consent', 'acked', 0), ('consent', 'rejected', 0);

CREATE INDEX outbox_ready ON outbox (kind, id, next_wall_us) WHERE state = 'waiting' AND photos_missing = 0;
CREATE INDEX outbox_next ON outbox (next_wall_us) WHERE state = 'waiting' AND photos_missing = 0;
CREATE INDEX outbox_postponed ON outbox (id) WHERE state = 'waiting' AND next_wall_us > 0;
CREATE INDEX outbox_failure ON outbox (failure) WHERE state = 'waiting' AND failure IS NOT NULL;
CREATE INDEX outbox_segment ON outbox (segment_id, kind, state);
CREATE INDEX outbox_learner ON outbox (stunum) WHERE stunum IS NOT NULL AND state <> 'acked';

CREATE TRIGGER outbox_inserted AFTER INSERT ON outbox
BEGIN
  UPDATE outbox_count SET n = n + 1 WHERE kind = NEW.kind AND state = NEW.state;
END;
CREATE TRIGGER outbox_deleted AFTER DELETE ON outbox
BEGIN
  UPDATE outbox_count SET n = n - 1 WHERE kind = OLD.kind AND state = OLD.state;
END;
CREATE TRIGGER outbox_state_changed AFTER UPDATE OF state ON outbox WHEN NEW.state <> OLD.state
BEGIN
  UPDATE outbox_count SET n = n - 1 WHERE kind = OLD.kind AND state = OLD.state;
  UPDATE outbox_count SET n = n + 1 WHERE kind = NEW.kind AND state = NEW.state;
END;
CREATE TRIGGER outbox_photo_changed AFTER UPDATE OF state ON outbox WHEN NEW.kind = 'photo' AND NEW.state <> OLD.state
BEGIN
  UPDATE outbox SET photos_missing =
    (SELECT count (*) FROM outbox WHERE segment_id = NEW.segment_id AND kind = 'photo' AND state <> 'acked')
  WHERE segment_id = NEW.segment_id AND kind = 'log';
END;
