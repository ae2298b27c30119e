/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-crypto.h"
#include "xs-fault-server.h"
#include "xs-number.h"

G_BEGIN_DECLS

#define XS_TEST_DEVNUM "1000000000000001"
#define XS_TEST_CODE "2468"

/**
 * XsTestPlatform: the protocol over a fault server, as docs/protocol.md has it, in memory: it verifies every
 * signature and keeps count of what each request did. Look at it under xs_fault_server_get_lock(), or when nobody
 * sends.
 */
typedef struct {
  XsFaultServer *server;
  XsSealKey seal_key;

  gboolean paired;
  guint8 device_key[XS_KEY_BYTES];
  gboolean clock_wrong; /* complain of every time that is not time_us */
  gint64 time_us;

  char *policy; /* (nullable) */
  char *policy_etag;
  GArray *learners; /* XsWireLearner */
  char *roster_etag;
  GHashTable *registration_photos; /* sha256: GBytes */
  GArray *courses;                 /* (nullable): XsWireCourse, none of whose packages is there */

  GHashTable *photos;   /* sha256: GBytes, as committed */
  GHashTable *logs;     /* seq (gint64): GBytes, as committed */
  GHashTable *appeals;  /* seq of the log (gint64): GBytes, as committed */
  GHashTable *consents; /* seq (gint64): GBytes, as committed */
  guint photos_repeated;
  guint logs_repeated;
  guint appeals_repeated;
  guint consents_repeated;
  guint conflicts;
  gint64 reject_seq;   /* answer this log with "rejected" */
  const char *ask_for; /* (nullable): with every log, ask for this photo */
  guint load;          /* tell this of itself with every answer */
  gboolean forgets;    /* photos are lost as soon as they are asked about */
} XsTestPlatform;

XsTestPlatform *xs_test_platform_new (void);
void xs_test_platform_free (XsTestPlatform *platform);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsTestPlatform, xs_test_platform_free)
const char *xs_test_platform_get_url (XsTestPlatform *platform);

/** xs_test_platform_refuse: (transfer full): an XsFaultRefusal in the words of the protocol. */
char *xs_test_platform_refuse (const XsHttpRequest *request, guint status);

/** xs_test_platform_add_learner: with a registration photo made up from @text; "" for none. */
void xs_test_platform_add_learner (XsTestPlatform *platform, const char *stunum, const char *text);
/** xs_test_platform_set_policy: the file @name of data/policy. */
void xs_test_platform_set_policy (XsTestPlatform *platform, const char *name);

G_END_DECLS
