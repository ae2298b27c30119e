/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-json.h"

G_BEGIN_DECLS

/* Whole numbers beyond this lose precision in other people's JSON readers. */
#define XS_WIRE_MAX_INT ((gint64) 9007199254740991)
/* 9999-12-31 23:59:59.999999 GMT+8, the last moment that YYYYMMDDHHmmss can write. */
#define XS_WIRE_MAX_WALL_US ((gint64) 253402271999999999)

/** xs_wire_take_object: (transfer full): the canonical bytes of @object, which is freed. */
GBytes *xs_wire_take_object (JsonObject *object);

/** xs_wire_parse_object: (transfer full): the object in @bytes. */
JsonObject *xs_wire_parse_object (GBytes *bytes, gsize max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_wire_get_text: a required string member of 1 … @max_bytes bytes without control characters. */
gboolean xs_wire_get_text (JsonObject *object, const char *name, gsize max_bytes, const char **value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_wire_get_sha256: a required string member of 64 lower-case hex digits. */
gboolean xs_wire_get_sha256 (JsonObject *object, const char *name, char hex[65], GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_wire_copy_number: a required string member of @digits decimal digits, into a buffer of @digits + 1. */
gboolean xs_wire_copy_number (JsonObject *object, const char *name, guint digits, char *buffer, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_wire_get_array: a required array member of at most @max elements. */
gboolean xs_wire_get_array (JsonObject *object, const char *name, guint max, JsonArray **array, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

void xs_wire_set_hashes (JsonObject *object, const char *name, const GPtrArray *hashes);
/** xs_wire_get_hashes: (transfer full) (element-type utf8): a required array of SHA-256 in hex; NULL on error. */
GPtrArray *xs_wire_get_hashes (JsonObject *object, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_wire_reasons_to_json: (transfer full): XsWireReason, up to XS_WIRE_REASONS_MAX of them. */
JsonArray *xs_wire_reasons_to_json (const GArray *reasons);
/** xs_wire_reasons_from_json: (transfer full) (element-type XsWireReason): NULL on error. */
GArray *xs_wire_reasons_from_json (JsonArray *array, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The text for people beside a code: "message", absent when empty, cut to the reader's @size without harm. */
void xs_wire_set_message (JsonObject *object, const char *message);
gboolean xs_wire_get_message (JsonObject *object, char *message, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
