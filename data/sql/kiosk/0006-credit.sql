-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What the platform has not acknowledged of a learner is found without a walk through all of that learner's history.

-- Of a log, whose it is.
ALTER TABLE outbox ADD COLUMN stunum TEXT CHECK (stunum IS NULL OR kind = 'log');
UPDATE outbox SET stunum = (SELECT stunum FROM log WHERE seq = log_seq) WHERE kind = 'log';
CREATE INDEX outbox_learner ON outbox (stunum) WHERE stunum IS NOT NULL AND state <> 'acked';
