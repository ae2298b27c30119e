/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xs-crypto.h"

G_BEGIN_DECLS

/** CourseFixture: a folder of its own for each test, a publisher's key, and a real video of 1 s, one.webm. */
typedef struct {
  char *dir;
  XsSignKey key;
} CourseFixture;

void course_fixture_set_up (CourseFixture *fixture, gconstpointer data);
void course_fixture_tear_down (CourseFixture *fixture, gconstpointer data);

#define ADD_COURSE_TEST(path, func)                                                                                    \
  g_test_add (path, CourseFixture, NULL, course_fixture_set_up, func, course_fixture_tear_down)

/** course_fixture_path: (transfer full): of a file in the folder. */
char *course_fixture_path (CourseFixture *fixture, const char *name);
/** course_fixture_put: a file in the folder. */
void course_fixture_put (CourseFixture *fixture, const char *name, const char *content);
/** course_fixture_read: (transfer full): content of the file @path. */
char *course_fixture_read (const char *path, gsize *size);

/**
 * course_fixture_source: (transfer full): a folder @name with the course @id of one lesson, which is one.webm.
 * @notes: what its subtitles say: another text is another course
 */
char *course_fixture_source (CourseFixture *fixture, const char *name, const char *id, guint version,
                             const char *notes);
/** course_fixture_build: (transfer full): the path of a package of such a course. */
char *course_fixture_build (CourseFixture *fixture, const char *id, guint version, const char *notes);

/** PackEntry: one entry of a tar; @link_to makes it a symbolic link. */
typedef struct {
  const char *name;
  const char *content;
  gsize size;
  const char *link_to;
} PackEntry;

/** course_fixture_pack: (transfer full): a tar with these entries, whatever they are; @entries ends with no name. */
char *course_fixture_pack (CourseFixture *fixture, const char *name, const PackEntry *entries);

/** course_fixture_sign: @signature of @text with the fixture's key. */
void course_fixture_sign (CourseFixture *fixture, const char *text, char signature[XS_SIGNATURE_BYTES]);

/** course_fixture_names: (transfer full): the names in the folder @path, sorted, each followed by a blank. */
char *course_fixture_names (const char *path);

G_END_DECLS
