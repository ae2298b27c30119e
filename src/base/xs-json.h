/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * JSON from outside. json-glib's parser accepts single quotes and comments, crashes on deep nesting and turns integers
 * beyond 64 bits into -1, so its trees are built here by a reader that is strict, and takes a third of the time.
 */

#define XS_JSON_MAX_DEPTH 32

/**
 * xs_json_parse: parse one strict RFC 8259 document.
 * @data: UTF-8 text, @size bytes, need not be terminated
 * @max_bytes: refuse anything longer
 * @error: XS_ERROR_INVALID with the line and column of the offence
 *
 * Refused beside syntax errors: more than XS_JSON_MAX_DEPTH levels, duplicate keys, integers outside
 * gint64, numbers that are not finite, invalid UTF-8, anything after the document.
 *
 * Returns: (transfer full): the root node
 */
JsonNode *xs_json_parse (const char *data, gsize size, gsize max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_json_parse_object: xs_json_parse() for a document whose root is an object. Returns: (transfer full) */
JsonObject *xs_json_parse_object (const char *data, gsize size, gsize max_bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_json_load_object: xs_json_parse_object() of the file @path; errors name the file. Returns: (transfer full) */
JsonObject *xs_json_load_object (const char *path, gsize max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Getters for required members. Each sets XS_ERROR_INVALID naming the member when it is missing, of another
 * type or out of range, and leaves the out parameter alone. Integers and doubles have inclusive ranges.
 */
gboolean xs_json_get_string (JsonObject *object, const char *name, const char **value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_json_get_int (JsonObject *object, const char *name, gint64 min, gint64 max, gint64 *value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_json_get_double (JsonObject *object, const char *name, double min, double max, double *value,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_json_get_boolean (JsonObject *object, const char *name, gboolean *value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_json_get_array (JsonObject *object, const char *name, JsonArray **value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_json_get_object (JsonObject *object, const char *name, JsonObject **value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_json_get_number: a required string member of exactly @digits decimal digits. */
gboolean xs_json_get_number (JsonObject *object, const char *name, guint digits, const char **value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_json_get_element_object: element @index of @array as an object. */
gboolean xs_json_get_element_object (JsonArray *array, guint index, JsonObject **value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_json_has_only: whether all members of @object are known.
 * @what: what they must be, for the message: "a field of a policy"
 * @error: XS_ERROR_INVALID naming the first that is not
 */
gboolean xs_json_has_only (JsonObject *object, gboolean (*is_known) (const char *name), const char *what,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Where in a document an error is. Messages about a member begin with its name in “”; each reader of an object that
 * lies in another puts the way to it before, and the outermost one the line.
 */

/** xs_json_append_string: @text, which is UTF-8, as a JSON string on one line. */
void xs_json_append_string (GString *out, const char *text);
/** xs_json_error_at: make “name” in the message “path.name”. Returns FALSE, for callers to return. */
gboolean xs_json_error_at (GError **error, const char *path_format, ...) G_GNUC_PRINTF (2, 3);
/** xs_json_error_line: put the line in front on which the member in the message stands, or what encloses it. */
gboolean xs_json_error_line (GError **error, const char *data, gsize size);

/**
 * xs_json_to_canonical: the one byte form of a document, for signing: keys sorted by byte value, no white space,
 * integers in plain decimal. Doubles must not appear in signed documents and abort.
 *
 * Returns: (transfer full)
 */
GBytes *xs_json_to_canonical (JsonNode *node);

/** xs_json_to_pretty: (transfer full): indented text ending in a newline, for people and reports. */
char *xs_json_to_pretty (JsonNode *node);

/** xs_json_node_take_object: (transfer full): an object node that takes over @object. */
JsonNode *xs_json_node_take_object (JsonObject *object);

G_END_DECLS
