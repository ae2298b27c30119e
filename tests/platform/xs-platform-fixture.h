/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-server.h"
#include "xs-wire-sample.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** XsReply: an HTTP answer. */
typedef struct {
  guint status; /* 0: the connection was closed without one */
  char *head;   /* status line and headers */
  GBytes *body;
} XsReply;

void xs_reply_free (XsReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsReply, xs_reply_free)
/** xs_reply_header: (transfer full) (nullable): the value of the header @name. */
char *xs_reply_header (const XsReply *reply, const char *name);
/** xs_reply_text: (transfer full) */
char *xs_reply_text (const XsReply *reply);
/** xs_assert_error: that @reply has @status and an error body with @code. */
void xs_assert_error (const XsReply *reply, guint status, const char *code);

/** XsRequest: what to send. */
typedef struct {
  guint16 port;
  const char *method;
  const char *path;
  GBytes *body;         /* (nullable) */
  const char *headers;  /* (nullable): further header lines, each with its CRLF */
  const XsSignKey *key; /* (nullable): signs the request as @devnum at @time_us */
  const char *devnum;
  gint64 time_us;
} XsRequest;

/** xs_connect: (transfer full): a connection to a port of this machine. */
GSocketConnection *xs_connect (guint16 port);
/** xs_request_head: (transfer full): request line and headers, up to the empty line. */
char *xs_request_head (const XsRequest *request);
/** xs_write: all of @data. Returns: FALSE when the other side has closed. */
gboolean xs_write (GSocketConnection *connection, const void *data, gsize size);
/** xs_read_reply: (transfer full): what comes until the other side closes. */
XsReply *xs_read_reply (GSocketConnection *connection);
/** xs_send: (transfer full): one request on a connection of its own. */
XsReply *xs_send (const XsRequest *request);

/**
 * XsPlatformFixture: a school with one learner, served in this process by a fake clock, and a paired device. Its tables
 * are on a PostgreSQL server when XUESHI_TEST_DATABASE is "postgresql".
 */
typedef struct {
  char *dir;
  char *conninfo; /* NULL: SQLite */
  XsClock *clock;
  XsPlatformStorage *storage;
  XsPlatformHttpOptions options;
  XsPlatformServer *server;
  guint16 port;
  XsSignKey key;
} XsPlatformFixture;

void xs_platform_fixture_set_up (XsPlatformFixture *f, gconstpointer data);
void xs_platform_fixture_tear_down (XsPlatformFixture *f, gconstpointer data);
/** xs_platform_fixture_start: serve (again) with the fixture's options. */
void xs_platform_fixture_start (XsPlatformFixture *f);
/** xs_platform_fixture_stop: stop serving. */
void xs_platform_fixture_stop (XsPlatformFixture *f);
/**
 * xs_platform_fixture_exec: change the database behind the platform's back, in the words of the one there is.
 * @postgresql: (nullable): those of @sqlite
 */
void xs_platform_fixture_exec (XsPlatformFixture *f, const char *sqlite, const char *postgresql);
/** xs_platform_fixture_refusal: (transfer full): why the database does not take @sql; "" when it does. */
char *xs_platform_fixture_refusal (XsPlatformFixture *f, const char *sql);
/** xs_platform_fixture_pair: (transfer full): pair @key with a fresh code for @devnum (nullable). */
XsReply *xs_platform_fixture_pair (XsPlatformFixture *f, const XsSignKey *key, const char *devnum);
/** xs_platform_fixture_send: (transfer full): a request of the paired device. @body: (nullable) */
XsReply *xs_platform_fixture_send (XsPlatformFixture *f, const char *method, const char *path, GBytes *body);

/** xs_platform_fixture_file_photos: until every photo of a log that was sent is locked with its learner's key. */
void xs_platform_fixture_file_photos (XsPlatformFixture *f);

/** xs_make_photo: (transfer full): some JPEG-like bytes sealed to @public_key; @sha256: (out): of the sealed bytes */
GBytes *xs_make_photo (const guint8 public_key[XS_KEY_BYTES], guint seed, gsize size_bytes, char **sha256);
/** xs_make_key: a signing key of its own for each @seed. */
void xs_make_key (XsSignKey *key, const char *dir, guint seed);
/** xs_send_log: (transfer full): encode, sign and send @wire_log under its own seq. */
XsReply *xs_send_log (guint16 port, const XsSignKey *key, const char *devnum, gint64 time_us,
                      const XsWireLog *wire_log);
/** xs_exec_sql: change the database at @path behind the platform's back. */
void xs_exec_sql (const char *path, const char *sql);
/** xs_sql_refusal: (transfer none): why the database at @path does not take @sql; valid until the next call. */
const char *xs_sql_refusal (const char *path, const char *sql);
/** xs_folder_holds: whether these bytes stand anywhere in any file of @folder and below. */
gboolean xs_folder_holds (const char *folder, const void *bytes, gsize size);
/** xs_count_files: how many regular files lie in @folder and below. */
guint xs_count_files (const char *folder);
/** xs_remove_tree: @path and everything below it. */
void xs_remove_tree (const char *path);
/**
 * xs_make_course_package: (transfer full): the path of a package in @dir, of version @version of the course @id, signed
 * by @key, with a file of @size bytes.
 */
char *xs_make_course_package (const char *dir, const char *id, guint version, gsize size, const XsSignKey *key);

G_END_DECLS
