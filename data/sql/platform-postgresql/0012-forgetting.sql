-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- As data/sql/platform/0015-forgetting.sql.

CREATE TABLE forgetting (
  name TEXT PRIMARY KEY CHECK (name <> ''),
  n BIGINT NOT NULL CHECK (n > 0) -- of removals, so that one that comes meanwhile is not taken for done
);
