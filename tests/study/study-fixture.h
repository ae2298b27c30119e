/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-study.h"

G_BEGIN_DECLS

/*
 * The live study with nothing replaced: a real recording through the real camera pipeline, real models, the real
 * player with the built course, a journal on disk.
 */

#define STUDY_FIXTURE_STUNUM "2000000000000002"

typedef struct {
  char *dir;       /* of the journal */
  char *input_dir; /* for what a test prepares */
  char *photo;     /* path: the registration photo, the recording's first picture */
  XsStore *store;
  XsStudy *study;
} StudyFixture;

/** study_fixture_recording: (transfer full) (nullable): the demo recording; NULL, and the test is skipped, without. */
char *study_fixture_recording (void);
/** study_fixture_begin_recording: (transfer full): a copy of its first @n_bytes, as an address for the camera. */
char *study_fixture_begin_recording (StudyFixture *fixture, gsize n_bytes);
/** study_fixture_set_up: folders and registration photo. FALSE: skipped. */
gboolean study_fixture_set_up (StudyFixture *fixture);
/**
 * study_fixture_start: journal and study, ready for sign-in of a learner who has agreed before.
 * @camera_uri: (nullable): see xs_study_new()
 * @course_dir: (nullable): NULL: the built course
 */
void study_fixture_start (StudyFixture *fixture, const char *camera_uri, const char *course_dir);
/** study_fixture_use_default_policy: the national default, with its active check; without this it is off. */
void study_fixture_use_default_policy (StudyFixture *fixture);
/** study_fixture_check_often: the active check at sign-in, and about every second from then on. */
void study_fixture_check_often (StudyFixture *fixture);
/** study_fixture_reserve: so much must be free on the disk before a session; without this nothing must. */
void study_fixture_reserve (StudyFixture *fixture, gint64 reserve_mb);
/** study_fixture_withhold_photo: the school says that the registration photo must not be used, and why. */
void study_fixture_withhold_photo (StudyFixture *f, const char *state, const char *comment);
/** study_fixture_excuse: the school says that the learner cannot turn the head. */
void study_fixture_excuse (StudyFixture *fixture);
/** study_fixture_stop: the study ends as when the kiosk is ended; the journal stays. */
void study_fixture_stop (StudyFixture *fixture);
void study_fixture_tear_down (StudyFixture *fixture);

XsOutboxStatus study_fixture_outbox (StudyFixture *fixture);
XsStudyStatus study_fixture_status (StudyFixture *fixture);
void study_fixture_wait_for_phase (StudyFixture *fixture, XsStudyPhase phase);
/** study_fixture_study: sign in, and wait until @credited_us are counted. */
void study_fixture_study (StudyFixture *fixture, gint64 credited_us);
void study_fixture_wait_for_credit (StudyFixture *fixture, gint64 credited_us);
void study_fixture_wait_for_pause (StudyFixture *fixture, XsPause pause);

G_END_DECLS
