/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/* Who and what belongs to the school, beside what kiosks ask for. Any thread. */

typedef struct {
  char inscode[XS_UNIFIED_DIGITS + 1];
  char name[128];
  char filing_number[64]; /* under which it is on file with the transport authority (备案); "": not, or unknown */
  gboolean filed;         /* whether it is: the auditor asks for it, and takes it for so until told otherwise */
} XsPlatformSchool;

/** xs_platform_storage_get_school: who this platform belongs to. */
gboolean xs_platform_storage_get_school (XsPlatformStorage *storage, XsPlatformSchool *school, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_set_filing_number: @number: (nullable): NULL: not on file */
gboolean xs_platform_storage_set_filing_number (XsPlatformStorage *storage, const char *number, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  char coachnum[XS_UNIFIED_DIGITS + 1];
  char name[64];
  gint64 added_us;
  gint64 n_learners;
} XsPlatformCoach;

/** xs_platform_storage_add_coach: add a coach, or change the name of one. */
gboolean xs_platform_storage_add_coach (XsPlatformStorage *storage, const char *coachnum, const char *name,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_list_coaches: (transfer full) (element-type XsPlatformCoach): by coachnum. */
GArray *xs_platform_storage_list_coaches (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_storage_set_coach: whose learner @stunum is. @coachnum: (nullable): nobody's
 * @error: XS_ERROR_NOT_FOUND, naming who is not registered
 */
gboolean xs_platform_storage_set_coach (XsPlatformStorage *storage, const char *stunum, const char *coachnum,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  char name[64];
  char coachnum[XS_UNIFIED_DIGITS + 1]; /* "": nobody's */
  gboolean has_photo;
  gboolean active_check;
} XsPlatformLearner;

/** xs_platform_storage_list_register: (transfer full) (element-type XsPlatformLearner): by stunum; not the erased. */
GArray *xs_platform_storage_list_register (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformLearnerChange: a line of the register, stored whole or not at all. */
typedef struct {
  const char *stunum;
  const char *name;
  const char *coachnum;     /* (nullable): as it is */
  const char *active_check; /* (nullable): as it is; else "on" or "off" */
  GBytes *jpeg;             /* (nullable): as it is */
} XsPlatformLearnerChange;

/** xs_platform_storage_change_learner: add or change a learner. @added: (out): there was none before */
gboolean xs_platform_storage_change_learner (XsPlatformStorage *storage, const XsPlatformLearnerChange *change,
                                             gboolean *added, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_platform_storage_rename_device: what people call it. @name: (nullable). @error: XS_ERROR_NOT_FOUND */
gboolean xs_platform_storage_rename_device (XsPlatformStorage *storage, const char *devnum, const char *name,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_storage_revoke_device: let the kiosk in no more, as when it was stolen. What it sent stays valid; paired
 * anew it may go on. @error: XS_ERROR_NOT_FOUND
 */
gboolean xs_platform_storage_revoke_device (XsPlatformStorage *storage, const char *devnum, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
