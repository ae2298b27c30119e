/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-study.h"
#include "xs-sync-courses.h"

G_BEGIN_DECLS

/**
 * XsCourseFeed: the courses that the school hands out: fetched in the background, and installed while nobody studies,
 * by the checks of “xueshi course install”. What plays stays as it is; who made the feed decides when the new one is
 * shown.
 */
typedef struct _XsCourseFeed XsCourseFeed;

/** XsCourseFeedFunc: a course was installed. On the main thread. */
typedef void (*XsCourseFeedFunc) (const char *title, gpointer data);

/** xs_course_feed_new: begins at once. @state_dir: of the kiosk */
XsCourseFeed *xs_course_feed_new (XsStudy *study, XsStore *store, const char *state_dir, XsCourseFeedFunc installed,
                                  gpointer data);
/** xs_course_feed_free: an installation that runs goes on to its end, and nobody is told of it. NULL is fine. */
void xs_course_feed_free (XsCourseFeed *feed);

G_END_DECLS
