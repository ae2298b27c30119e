/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sql.h"

G_BEGIN_DECLS

/** XsSqlFixture: an empty platform database with the tables thing, total (one row, n = 0) and job (a queue). */
typedef struct {
  char *dir;
  char *conninfo; /* NULL: SQLite */
  XsSql *sql;
} XsSqlFixture;

/** xs_sql_fixture_open: (transfer full): a second opening of the same database, as another process has it. */
XsSql *xs_sql_fixture_open (XsSqlFixture *f);
/** xs_sql_fixture_add: add a test for each kind of database: "/platform/sql/KIND/@name". */
void xs_sql_fixture_add (const char *name, void (*func) (XsSqlFixture *f, gconstpointer data));

G_END_DECLS
