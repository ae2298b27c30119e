/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** PostgresRelay: stands between a platform and its server, and can lose the answer to a COMMIT. */
typedef struct _PostgresRelay PostgresRelay;

/** postgres_relay_new: @conninfo: of postgres_cluster_database_new() */
PostgresRelay *postgres_relay_new (const char *conninfo);
/** postgres_relay_free: no connection through it may be left. */
void postgres_relay_free (PostgresRelay *relay);
/** postgres_relay_dup_conninfo: (transfer full): the same database, through the relay. */
char *postgres_relay_dup_conninfo (PostgresRelay *relay);
/** postgres_relay_lose_commit: the next COMMIT reaches the server and is done there, and the connection then ends. */
void postgres_relay_lose_commit (PostgresRelay *relay);
/** postgres_relay_has_lost: whether it has come to that. */
gboolean postgres_relay_has_lost (PostgresRelay *relay);

G_END_DECLS
