-- SPDX-License-Identifier: GPL-3.0-or-later
CREATE TABLE kind (id INTEGER PRIMARY KEY) STRICT;
INSERT INTO kind VALUES (1);
CREATE TABLE thing (
  id INTEGER PRIMARY KEY,
  name TEXT UNIQUE CHECK (name <> 'bad'),
  data BLOB,
  size REAL,
  kind INTEGER NOT NULL DEFAULT 1 REFERENCES kind (id)
) STRICT;
