-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What was signed lies apart from what is looked up: log stays narrow, and a server keeps the documents by month.

CREATE TABLE log_document (
  log_id INTEGER PRIMARY KEY REFERENCES log (id),
  received_us INTEGER NOT NULL, -- of the log: says where a server keeps it
  bytes BLOB NOT NULL,          -- exactly what was signed
  signature BLOB NOT NULL CHECK (length (signature) = 64)
) STRICT;
INSERT INTO log_document (log_id, received_us, bytes, signature) SELECT id, received_us, bytes, signature FROM log;
ALTER TABLE log DROP COLUMN bytes;
ALTER TABLE log DROP COLUMN signature;

CREATE TRIGGER log_document_signed BEFORE UPDATE ON log_document
BEGIN SELECT RAISE (ABORT, 'a signed log never changes'); END;
CREATE TRIGGER log_document_kept BEFORE DELETE ON log_document
BEGIN SELECT RAISE (ABORT, 'a signed log is never deleted'); END;
