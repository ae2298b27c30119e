/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-json.h"

G_BEGIN_DECLS

/*
 * Messages of many members, written down once: a table says which member of a JSON object is which field of a plain
 * struct, and both ways go by it. Private to this room.
 */

/** XsWireFieldKind: what a field is, and how it stands in JSON. */
typedef enum {
  XS_WIRE_TEXT,     /* char[size]: a string of 1 to size - 1 bytes, without control characters */
  XS_WIRE_DIGITS,   /* char[size]: a string of size - 1 digits */
  XS_WIRE_SHA256,   /* char[65] */
  XS_WIRE_INT,      /* gint64, min to max */
  XS_WIRE_BOOLEAN,  /* gboolean */
  XS_WIRE_PERMILLE, /* double, as thousandths; NaN: the member is missing */
  XS_WIRE_STATE,    /* XsAuditState; XS_N_AUDIT_STATES: a word of a later version */
  XS_WIRE_VERDICT,  /* XsVerdict */
  XS_WIRE_REASONS,  /* GArray of XsWireReason */
  XS_WIRE_ARRAY,    /* GArray of structs with a table of their own, up to max */
} XsWireFieldKind;

typedef struct _XsWireTable XsWireTable;

typedef struct {
  const char *name;
  XsWireFieldKind kind;
  gsize offset, size;
  gboolean optional; /* of strings: "" is a missing member */
  gint64 min, max;
  const XsWireTable *table; /* of an array's elements */
} XsWireField;

struct _XsWireTable {
  const XsWireField *fields;
  guint n_fields;
  gsize size;           /* of the struct */
  GDestroyNotify clear; /* (nullable): of an element that owns something */
};

#define XS_WIRE_TABLE(Type, fields_, clear_)                                                                           \
  {                                                                                                                    \
    .fields = (fields_), .n_fields = G_N_ELEMENTS (fields_), .size = sizeof (Type), .clear = (clear_)                  \
  }
#define XS_WIRE_FIELD(Type, field, kind_, ...)                                                                         \
  {                                                                                                                    \
    .name = #field, .kind = XS_WIRE_##kind_, .offset = G_STRUCT_OFFSET (Type, field),                                  \
    .size = sizeof (((Type *) NULL)->field), __VA_ARGS__                                                               \
  }

/** xs_wire_table_array_new: (transfer full): an empty array of such structs, which clears its elements. */
GArray *xs_wire_table_array_new (const XsWireTable *table);
/** xs_wire_table_init: all zero, arrays empty, thousandths not measured. */
void xs_wire_table_init (const XsWireTable *table, gpointer data);
/** xs_wire_table_clear: free the arrays. */
void xs_wire_table_clear (const XsWireTable *table, gpointer data);
/** xs_wire_table_to_json: (transfer full) */
JsonObject *xs_wire_table_to_json (const XsWireTable *table, gconstpointer data);
/** xs_wire_table_from_json: into @data, initialised by the caller, who clears it also after an error. */
gboolean xs_wire_table_from_json (const XsWireTable *table, JsonObject *object, gpointer data, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_wire_table_encode: (transfer full): canonical bytes. */
GBytes *xs_wire_table_encode (const XsWireTable *table, gconstpointer data);
/** xs_wire_table_decode: the reverse, of @bytes up to @max_bytes; @data as of xs_wire_table_from_json(). */
gboolean xs_wire_table_decode (const XsWireTable *table, GBytes *bytes, gsize max_bytes, gpointer data, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
