-- SPDX-License-Identifier: GPL-3.0-or-later
ALTER TABLE thing ADD COLUMN shape TEXT;
INSERT INTO no_such_table VALUES (1);
