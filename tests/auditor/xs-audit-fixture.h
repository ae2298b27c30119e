/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-auditor.h"

G_BEGIN_DECLS

#define XS_STUDENT "2000000000000002"
#define XS_OTHER_STUDENT "2000000000000003"
#define XS_N_DEVICES 2

/**
 * XsAuditFixture: a school with two learners and two devices, whose photos are of real people. Its tables are on a
 * PostgreSQL server when XUESHI_TEST_DATABASE is "postgresql".
 */
typedef struct {
  char *dir;
  char *conninfo; /* NULL: SQLite */
  XsClock *clock;
  XsPlatformStorage *storage;
  XsPlatformDevice devices[XS_N_DEVICES];
  XsSignKey keys[XS_N_DEVICES];
  gint64 seq[XS_N_DEVICES]; /* of the last log */
  guint n_photos;           /* numbers given so far */
  XsLooker *looker;         /* NULL: without a worker */
  XsAuditor *auditor;
} XsAuditFixture;

/** XsShot: a photo to be taken in a log. */
typedef struct {
  GBytes *jpeg;
  XsPhotoEvent event;
  guint minute; /* when */
} XsShot;

/** xs_media_person: (transfer full) (nullable): the JPEG @index of a person; NULL, and skips, without test media. */
GBytes *xs_media_person (const char *person, guint index);

/** xs_audit_fixture_set_up: @program: xueshi-auditor; NULL: without a worker */
void xs_audit_fixture_set_up (XsAuditFixture *f, gconstpointer program);
void xs_audit_fixture_tear_down (XsAuditFixture *f, gconstpointer program);
/** xs_audit_fixture_set_policy: hand out the national default with @name set to the number @value. */
void xs_audit_fixture_set_policy (XsAuditFixture *f, const char *name, gint64 value);
/** xs_audit_fixture_set_face: the registration photo of @stunum. */
void xs_audit_fixture_set_face (XsAuditFixture *f, const char *stunum, GBytes *jpeg);
/**
 * xs_audit_fixture_make_log: an honest log of the next seq: @minutes minutes, all credited, of the learner, from
 * @start_min minutes after the clock's hour. Its photos are sealed and stored, and what it claims of them is what the
 * worker sees, compared with @face.
 * @face: (nullable)
 */
void xs_audit_fixture_make_log (XsAuditFixture *f, guint device, const char *stunum, int start_min, guint minutes,
                                const XsShot *shots, guint n_shots, const XsTemplate *face, XsWireLog *wire_log);
/** xs_audit_fixture_put: sign and store @wire_log; @answer: (out) (nullable); NULL: it must be accepted. */
void xs_audit_fixture_put (XsAuditFixture *f, guint device, const XsWireLog *wire_log, XsWireLogAnswer *answer);
/** xs_audit_fixture_run: judge all that waits. */
void xs_audit_fixture_run (XsAuditFixture *f);
/** xs_audit_fixture_history: (transfer full): of the log @seq of a device. */
GArray *xs_audit_fixture_history (XsAuditFixture *f, guint device, gint64 seq);
/** xs_audit_fixture_has_reason: whether the last step has the reason @word. */
gboolean xs_audit_fixture_has_reason (const GArray *history, const char *word);

G_END_DECLS
