-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What becomes of a log once it is here: data/sql/platform/0008-audit.sql says it all.

CREATE TABLE policy_kept (
  policy_id TEXT NOT NULL,
  policy_version BIGINT NOT NULL,
  json TEXT NOT NULL,
  set_us BIGINT NOT NULL,
  PRIMARY KEY (policy_id, policy_version)
);
INSERT INTO policy_kept (policy_id, policy_version, json, set_us)
  SELECT json::json ->> 'id', (json::json ->> 'version')::BIGINT, json, set_us FROM policy;

ALTER TABLE school ADD COLUMN filed BIGINT NOT NULL DEFAULT 1 CHECK (filed IN (0, 1));

CREATE TABLE audit (
  log_id BIGINT PRIMARY KEY REFERENCES log (id),
  device_id BIGINT NOT NULL REFERENCES device (id),
  devnum TEXT NOT NULL CHECK (length (devnum) = 16),
  stunum TEXT NOT NULL CHECK (length (stunum) = 16),
  recnum TEXT NOT NULL CHECK (length (recnum) = 5),
  subjcode TEXT NOT NULL CHECK (length (subjcode) = 10),
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL,
  state TEXT NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'needs_human', 'passed', 'failed', 'decided',
                                                          'appealed', 'ready', 'sent')),
  version BIGINT NOT NULL DEFAULT 0,
  credited_min BIGINT NOT NULL DEFAULT 0,
  credited_next_min BIGINT NOT NULL DEFAULT 0,
  risk BIGINT NOT NULL DEFAULT 0,
  appeal_open BIGINT NOT NULL DEFAULT 0 CHECK (appeal_open IN (0, 1)),
  judged_us BIGINT NOT NULL DEFAULT 0,
  verdict_us BIGINT NOT NULL DEFAULT 0,
  changed_us BIGINT NOT NULL,
  feed BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX audit_queue ON audit (state, risk, log_id);
CREATE INDEX audit_learner ON audit (stunum, start_us);
CREATE INDEX audit_device ON audit (devnum, start_us);
CREATE INDEX audit_feed ON audit (device_id, feed);
INSERT INTO audit (log_id, device_id, devnum, stunum, recnum, subjcode, start_us, end_us, appeal_open, changed_us)
  SELECT log.id, log.device_id, log.devnum, log.stunum, log.recnum,
         convert_from (log_document.bytes, 'UTF8')::json ->> 'subjcode',
         (convert_from (log_document.bytes, 'UTF8')::json ->> 'start_us')::BIGINT,
         (convert_from (log_document.bytes, 'UTF8')::json ->> 'end_us')::BIGINT,
         CASE WHEN appeal.id IS NULL THEN 0 ELSE 1 END, log.received_us
  FROM log JOIN log_document ON log_document.log_id = log.id AND log_document.received_us = log.received_us
  LEFT JOIN appeal ON appeal.device_id = log.device_id AND appeal.seq = log.seq;

CREATE TABLE audit_job (
  id BIGINT PRIMARY KEY REFERENCES log (id),
  due_us BIGINT NOT NULL,
  claims BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX audit_job_due ON audit_job (due_us, id);
INSERT INTO audit_job (id, due_us) SELECT log_id, changed_us FROM audit;

CREATE TABLE verdict_feed (
  device_id BIGINT PRIMARY KEY REFERENCES device (id),
  last BIGINT NOT NULL
);

CREATE TABLE audit_step (
  log_id BIGINT NOT NULL REFERENCES log (id),
  version BIGINT NOT NULL CHECK (version > 0),
  at_us BIGINT NOT NULL,
  who TEXT NOT NULL CHECK (who <> ''),
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  verdict TEXT NOT NULL,
  credited_min BIGINT NOT NULL,
  credited_next_min BIGINT NOT NULL,
  reasons TEXT NOT NULL,
  comment TEXT NOT NULL,
  engine BIGINT NOT NULL,
  policy_id TEXT NOT NULL,
  policy_version BIGINT NOT NULL,
  PRIMARY KEY (log_id, version)
);
CREATE TRIGGER audit_step_fixed BEFORE UPDATE ON audit_step
FOR EACH ROW EXECUTE FUNCTION refuse_change ('the history of a log never changes');
CREATE TRIGGER audit_step_kept BEFORE DELETE ON audit_step
FOR EACH ROW EXECUTE FUNCTION refuse_change ('the history of a log never changes');

CREATE TABLE audit_photo (
  log_id BIGINT NOT NULL REFERENCES log (id),
  number TEXT NOT NULL CHECK (length (number) = 10),
  devnum TEXT NOT NULL,
  stunum TEXT NOT NULL,
  taken_us BIGINT NOT NULL,
  seen TEXT NOT NULL,
  plain_sha256 TEXT NOT NULL,
  picture_hash TEXT NOT NULL,
  likeness DOUBLE PRECISION,
  live DOUBLE PRECISION,
  measures TEXT NOT NULL,
  PRIMARY KEY (log_id, number)
);
CREATE INDEX audit_photo_learner ON audit_photo (stunum, taken_us);
