/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-sql-postgresql.h"

#include <math.h>
#include <string.h>

/* Of the types parameters and results have, as pg_type numbers them for good. */
#define OID_BOOL 16
#define OID_BYTEA 17
#define OID_INT8 20
#define OID_INT2 21
#define OID_INT4 23
#define OID_TEXT 25
#define OID_FLOAT8 701

#define BINARY 1
#define PARAMETERS_MAX 64
/* While statements are sent nobody reads their results, which have to find room on their way. */
#define ADDED_MAX 600

typedef struct {
  PGresult *result;
  int row;
} Rows;

static XsError
code_from_state (const char *state, XsPostgresqlTrouble *trouble)
{
  static const struct {
    const char *prefix;
    XsError code;
    XsPostgresqlTrouble trouble;
  } states[] = {
    { "23505", XS_ERROR_EXISTS, XS_POSTGRESQL_TAKEN },
    { "23", XS_ERROR_INVALID, XS_POSTGRESQL_FINE },
    { "40", XS_ERROR_BUSY, XS_POSTGRESQL_AGAIN }, /* serialization, deadlock */
    { "55P03", XS_ERROR_BUSY, XS_POSTGRESQL_AGAIN },
    { "08", XS_ERROR_BUSY, XS_POSTGRESQL_LOST },
    { "57014", XS_ERROR_CANCELLED, XS_POSTGRESQL_FINE },
    { "57P", XS_ERROR_BUSY, XS_POSTGRESQL_LOST },   /* shut down, or not up yet */
    { "25006", XS_ERROR_BUSY, XS_POSTGRESQL_LOST }, /* a server for reading only */
    { "53100", XS_ERROR_NO_SPACE, XS_POSTGRESQL_FINE },
    { "53", XS_ERROR_BUSY, XS_POSTGRESQL_FINE },
    { "58030", XS_ERROR_IO, XS_POSTGRESQL_FINE },
    { "XX00", XS_ERROR_CORRUPT, XS_POSTGRESQL_FINE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      if (g_str_has_prefix (state, states[i].prefix))
        {
          *trouble = states[i].trouble;
          return states[i].code;
        }
    }
  return XS_ERROR_FAILED;
}

gboolean
xs_postgresql_fail (XsSqlSession *session, const PGresult *result, const char *doing, GError **error)
{
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  const char *said = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  XsPostgresqlTrouble trouble = XS_POSTGRESQL_FINE;
  XsError code = XS_ERROR_FAILED;

  if (PQstatus (session->connection) == CONNECTION_BAD)
    {
      trouble = XS_POSTGRESQL_LOST;
      code = XS_ERROR_BUSY;
    }
  else if (state != NULL)
    code = code_from_state (state, &trouble);
  session->trouble = MAX (session->trouble, trouble);
  g_autofree char *message = g_strdup (said != NULL ? said : PQerrorMessage (session->connection));
  g_set_error (error, XS_ERROR, code, "Database: %.160s: %s", doing, g_strchomp (message));
  return FALSE;
}

/* (transfer full): with $1, $2 … for the question marks that stand outside of quotes. */
static char *
number_parameters (const char *text)
{
  GString *numbered = g_string_new (NULL);
  guint n = 0;
  char quote = '\0';

  for (const char *p = text; *p != '\0'; p++)
    {
      if (quote == '\0' && *p == '?')
        {
          g_string_append_printf (numbered, "$%u", ++n);
          continue;
        }
      if (quote == *p)
        quote = '\0';
      else if (quote == '\0' && (*p == '\'' || *p == '"'))
        quote = *p;
      g_string_append_c (numbered, *p);
    }
  return g_string_free (numbered, FALSE);
}

/* (transfer none) (nullable): the name under which the server knows @text. */
static const char *
find_prepared (XsSqlSession *session, const char *text, const char *types, GError **error)
{
  const char *known = g_hash_table_lookup (session->prepared, text);
  Oid oids[PARAMETERS_MAX];
  int n = 0;

  if (known != NULL)
    return known;
  for (; types[n] != '\0'; n++)
    oids[n] = types[n] == 'i' ? OID_INT8 : types[n] == 's' ? OID_TEXT : types[n] == 'b' ? OID_BYTEA : OID_FLOAT8;
  char *name = g_strdup_printf ("xs%u", g_hash_table_size (session->prepared));
  g_autofree char *numbered = number_parameters (text);
  g_autoptr (PGresult) result = PQprepare (session->connection, name, numbered, n, oids);
  if (PQresultStatus (result) != PGRES_COMMAND_OK)
    {
      xs_postgresql_fail (session, result, text, error);
      g_free (name);
      return NULL;
    }
  g_hash_table_insert (session->prepared, g_strdup (text), name);
  return name;
}

typedef struct {
  const char *values[PARAMETERS_MAX];
  int lengths[PARAMETERS_MAX];
  int formats[PARAMETERS_MAX];
  guint64 numbers[PARAMETERS_MAX]; /* in the order of bytes of the wire */
  int n;
} Parameters;

static void
add_number (Parameters *parameters, guint64 bits)
{
  guint64 *number = &parameters->numbers[parameters->n];

  *number = GUINT64_TO_BE (bits);
  parameters->values[parameters->n] = (const char *) number;
  parameters->lengths[parameters->n] = sizeof *number;
}

static void
add_parameter (Parameters *parameters, char type, va_list *values)
{
  int i = parameters->n;

  parameters->values[i] = NULL;
  parameters->lengths[i] = 0;
  parameters->formats[i] = BINARY;
  if (type == 'i')
    add_number (parameters, (guint64) va_arg (*values, gint64));
  else if (type == 'd')
    {
      double value = va_arg (*values, double);
      guint64 bits;
      memcpy (&bits, &value, sizeof bits);
      if (!isnan (value))
        add_number (parameters, bits);
    }
  else if (type == 's')
    {
      const char *text = va_arg (*values, const char *);
      parameters->values[i] = text;
      parameters->lengths[i] = text != NULL ? (int) strlen (text) : 0;
    }
  else if (type == 'b')
    {
      GBytes *bytes = va_arg (*values, GBytes *);
      gsize size = 0;
      const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
      parameters->values[i] = bytes != NULL && data == NULL ? "" : data;
      parameters->lengths[i] = (int) size;
    }
  else
    g_assert_not_reached ();
  parameters->n++;
}

static void
fill (Parameters *parameters, const char *types, va_list values)
{
  va_list rest;

  g_assert (strlen (types) <= PARAMETERS_MAX);
  parameters->n = 0;
  va_copy (rest, values);
  for (const char *type = types; *type != '\0'; type++)
    add_parameter (parameters, *type, &rest);
  va_end (rest);
}

static gboolean
is_good (const PGresult *result)
{
  ExecStatusType status = PQresultStatus (result);

  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

gboolean
xs_postgresql_add (XsSqlSession *session, const char *text, GError **error, const char *types, va_list values)
{
  Parameters parameters;

  /* What is new to the server is prepared before, which cannot be done behind others that are under way. */
  if ((g_hash_table_lookup (session->prepared, text) == NULL || session->added->len >= ADDED_MAX)
      && !xs_postgresql_settle (session, error))
    return FALSE;
  const char *name = find_prepared (session, text, types, error);
  if (name == NULL)
    return FALSE;
  fill (&parameters, types, values);
  if ((session->added->len == 0 && !PQenterPipelineMode (session->connection))
      || !PQsendQueryPrepared (session->connection, name, parameters.n, parameters.values, parameters.lengths,
                               parameters.formats, BINARY))
    return xs_postgresql_fail (session, NULL, text, error);
  g_ptr_array_add (session->added, g_strdup (text));
  return TRUE;
}

/* The first failure of what was added counts: nothing behind it has run. @last: (transfer full): the last result. */
static gboolean
collect (XsSqlSession *session, PGresult **last, GError **error)
{
  g_autoptr (GPtrArray) added = g_steal_pointer (&session->added);
  gboolean ok = PQpipelineSync (session->connection);

  *last = NULL;
  session->added = g_ptr_array_new_with_free_func (g_free);
  if (!ok)
    xs_postgresql_fail (session, NULL, "pipeline", error);
  for (guint i = 0; i < added->len; i++)
    {
      g_autoptr (PGresult) result = PQgetResult (session->connection);
      g_autoptr (PGresult) end = result != NULL ? PQgetResult (session->connection) : NULL;
      if (ok && !is_good (result))
        ok = xs_postgresql_fail (session, result, g_ptr_array_index (added, i), error);
      if (i + 1 == added->len)
        *last = g_steal_pointer (&result);
    }
  g_autoptr (PGresult) synced = PQgetResult (session->connection);
  if (!PQexitPipelineMode (session->connection) && ok)
    ok = xs_postgresql_fail (session, NULL, "pipeline", error);
  return ok;
}

gboolean
xs_postgresql_settle (XsSqlSession *session, GError **error)
{
  g_autoptr (PGresult) last = NULL;

  return session->added->len == 0 || collect (session, &last, error);
}

static PGresult *
query (XsSqlSession *session, const char *text, GError **error, const char *types, va_list values)
{
  Parameters parameters;
  g_autoptr (PGresult) result = NULL;

  if (session->added->len > 0)
    return xs_postgresql_add (session, text, error, types, values) && collect (session, &result, error)
             ? g_steal_pointer (&result)
             : NULL;
  const char *name = find_prepared (session, text, types, error);
  if (name == NULL)
    return NULL;
  fill (&parameters, types, values);
  result = PQexecPrepared (session->connection, name, parameters.n, parameters.values, parameters.lengths,
                           parameters.formats, BINARY);
  if (is_good (result))
    return g_steal_pointer (&result);
  xs_postgresql_fail (session, result, text, error);
  return NULL;
}

gpointer
xs_postgresql_prepare (XsSqlSession *session, const char *text, GError **error, const char *types, va_list values)
{
  g_autoptr (PGresult) result = query (session, text, error, types, values);

  if (result == NULL)
    return NULL;
  session->changes = g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
  Rows *rows = g_new (Rows, 1);
  *rows = (Rows){ g_steal_pointer (&result), -1 };
  return rows;
}

void
xs_postgresql_free_row (gpointer handle)
{
  Rows *rows = handle;

  PQclear (rows->result);
  g_free (rows);
}

gboolean
xs_postgresql_step (gpointer handle, gboolean *has_row, GError **error)
{
  Rows *rows = handle;

  rows->row = MIN (rows->row + 1, PQntuples (rows->result));
  *has_row = rows->row < PQntuples (rows->result);
  return TRUE;
}

gboolean
xs_postgresql_is_null (gpointer handle, int column)
{
  Rows *rows = handle;

  return PQgetisnull (rows->result, rows->row, column);
}

gint64
xs_postgresql_get_int (gpointer handle, int column)
{
  Rows *rows = handle;
  const char *value = PQgetvalue (rows->result, rows->row, column);
  gint64 number;
  gint32 word;
  gint16 half;

  if (PQgetisnull (rows->result, rows->row, column))
    return 0;
  switch (PQftype (rows->result, column))
    {
    case OID_INT8:
      memcpy (&number, value, sizeof number);
      return GINT64_FROM_BE (number);
    case OID_INT4:
      memcpy (&word, value, sizeof word);
      return GINT32_FROM_BE (word);
    case OID_INT2:
      memcpy (&half, value, sizeof half);
      return GINT16_FROM_BE (half);
    case OID_BOOL:
      return *value;
    default:
      g_critical ("column %d is no integer: cast it to BIGINT", column);
      return 0;
    }
}

double
xs_postgresql_get_double (gpointer handle, int column)
{
  Rows *rows = handle;
  guint64 bits;
  double value;

  if (PQgetisnull (rows->result, rows->row, column))
    return 0;
  g_return_val_if_fail (PQftype (rows->result, column) == OID_FLOAT8, 0);
  memcpy (&bits, PQgetvalue (rows->result, rows->row, column), sizeof bits);
  bits = GUINT64_FROM_BE (bits);
  memcpy (&value, &bits, sizeof value);
  return value;
}

const char *
xs_postgresql_get_string (gpointer handle, int column)
{
  Rows *rows = handle;

  return PQgetisnull (rows->result, rows->row, column) ? NULL : PQgetvalue (rows->result, rows->row, column);
}

GBytes *
xs_postgresql_get_bytes (gpointer handle, int column)
{
  Rows *rows = handle;

  if (PQgetisnull (rows->result, rows->row, column))
    return NULL;
  return g_bytes_new (PQgetvalue (rows->result, rows->row, column),
                      (gsize) PQgetlength (rows->result, rows->row, column));
}
