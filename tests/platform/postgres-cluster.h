/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A PostgreSQL server of a test program's own: in a temporary folder, reached by a socket there, flushing to disk as a
 * real one does. It starts when the first database is made and ends with the program.
 */

/** postgres_cluster_missing: (transfer none) (nullable): why there can be none; NULL when there can. */
const char *postgres_cluster_missing (void);
/** postgres_cluster_database_new: (transfer full): the connection string of a new empty database. */
char *postgres_cluster_database_new (void);
/** postgres_cluster_dir: (transfer none): the folder with all that the server writes; it has been started. */
const char *postgres_cluster_dir (void);
/** postgres_cluster_kill: end it and all of its processes as a power cut does. */
void postgres_cluster_kill (void);
/** postgres_cluster_restart: start it again after that, and wait until it answers. */
void postgres_cluster_restart (void);
/** postgres_cluster_exec: run @sql behind the platform's back. */
void postgres_cluster_exec (const char *conninfo, const char *sql);
/** postgres_cluster_refusal: (transfer full): why it does not take @sql; "" when it does. */
char *postgres_cluster_refusal (const char *conninfo, const char *sql);

G_END_DECLS
