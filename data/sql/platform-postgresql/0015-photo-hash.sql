-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Photos are only ever asked for by their whole hash. Of a million, an index of four bytes each takes 50 MB and half the
-- time to add to; one of all 64 takes 96 MB, which push everything else out of a server's ordinary 128 MB.

DROP INDEX log_photo_sha256;
CREATE INDEX log_photo_sha256 ON log_photo USING hash (sha256);
