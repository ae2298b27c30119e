-- SPDX-License-Identifier: GPL-3.0-or-later
ALTER TABLE thing ADD COLUMN colour TEXT NOT NULL DEFAULT 'none';
