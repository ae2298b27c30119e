-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A registration photo that waits is measured by one auditor: wall time from which the next one may take it.

ALTER TABLE registration ADD COLUMN check_due_us INTEGER NOT NULL DEFAULT 0;
