/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sync-private.h"
#include "xs-wire-course.h"

G_BEGIN_DECLS

/*
 * Fetches the course packages that the school hands out and the kiosk lacks, into a folder of the kiosk's state. In
 * pieces, each flushed: what is cut off, by the network or the end of the program, goes on there. A package has its
 * name, SHA256.xsc, only once the hash of the whole is right; what it holds is for xs_course_library_take() to check.
 *
 * It has a connection of its own, and keeps to the policy's upload_max_kib_s: what is to be sent does not wait for it.
 */

/** XsSyncCourseFuncs: what to fetch, and what then. Called on the thread that fetches. */
typedef struct {
  /** wants: whether the kiosk lacks @course, and would take it. */
  gboolean (*wants) (const XsWireCourse *course, gpointer data);
  /** fetched: the package lies at @path; whoever takes it removes it. */
  void (*fetched) (const XsWireCourse *course, const char *path, gpointer data);
  gpointer data;
} XsSyncCourseFuncs;

/** xs_sync_courses_folder: (transfer full): where packages lie, of the kiosk whose state is in @state_dir. */
char *xs_sync_courses_folder (const char *state_dir);

/**
 * xs_sync_courses_fetch: look once, on this thread, which turns its default main context, and fetch what is wanted.
 * @n_fetched: (out)
 * @retry_after_us: (out): how long the platform wants to be left alone; 0 when it did not say
 * @error: XS_ERROR_NOT_FOUND when the kiosk is not paired; XS_ERROR_NETWORK; XS_ERROR_CORRUPT when what came was not
 *   what was promised, and was thrown away; XS_ERROR_NO_SPACE, XS_ERROR_IO, XS_ERROR_CANCELLED
 */
gboolean xs_sync_courses_fetch (XsStore *store, XsClock *clock, const XsSyncTiming *timing, const char *state_dir,
                                const XsSyncCourseFuncs *funcs, GCancellable *cancellable, guint *n_fetched,
                                gint64 *retry_after_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsSyncCourses: does so again and again, on a thread of its own. */
typedef struct _XsSyncCourses XsSyncCourses;

/** xs_sync_courses_new: begins at once. @funcs: copied */
XsSyncCourses *xs_sync_courses_new (XsStore *store, XsClock *clock, const XsSyncTiming *timing, const char *state_dir,
                                    const XsSyncCourseFuncs *funcs);
/** xs_sync_courses_free: what is under way is cancelled; no function is called any more. NULL is fine. */
void xs_sync_courses_free (XsSyncCourses *courses);

G_END_DECLS
