-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Tables of which rows were removed that the database may still have a copy of: named until that is overwritten, too.

CREATE TABLE forgetting (
  name TEXT PRIMARY KEY CHECK (name <> ''),
  n INTEGER NOT NULL CHECK (n > 0) -- of removals, so that one that comes meanwhile is not taken for done
) STRICT, WITHOUT ROWID;
