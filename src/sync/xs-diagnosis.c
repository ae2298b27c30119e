/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-diagnosis.h"

#include "xs-json.h"

#include <string.h>

/* Escaped, a byte of a line may become six. */
#define LINES_MAX_BYTES (XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES - 16 * 1024)
#define LONG_DIGITS 8
/* A shorter name is also a piece of many words. */
#define NAME_LEAST_BYTES 2
#define CUT "#"
/* What the log book leaves of a long number. */
#define KEPT_DIGITS 4
#define ELLIPSIS "…"

static int
compare_longest_first (gconstpointer a, gconstpointer b)
{
  gsize len_a = strlen (a), len_b = strlen (b);

  return len_a < len_b ? 1 : len_a > len_b ? -1 : 0;
}

static void
cut_out (GString *text, const char *what)
{
  if (strlen (what) >= NAME_LEAST_BYTES)
    g_string_replace (text, what, CUT, 0);
}

/* Returns: how many bytes from @at on are a number that may be somebody's, or what was left of one. */
static gsize
number_at (const char *at)
{
  gsize mark = g_str_has_prefix (at, ELLIPSIS) ? strlen (ELLIPSIS) : 0;
  gsize digits = strspn (at + mark, "0123456789");

  return digits >= LONG_DIGITS || (mark > 0 && digits >= KEPT_DIGITS) ? mark + digits : 0;
}

/* Quotes and dashes stand in our own messages. */
static gboolean
is_plain (gunichar c)
{
  return (c >= 0x20 && c < 0x7f) || (c >= 0x2010 && c <= 0x2027);
}

static char *
scrub (const char *line, const GList *names)
{
  g_autoptr (GString) text = g_string_new (line);
  g_autoptr (GString) clean = g_string_new (NULL);

  for (const GList *name = names; name != NULL; name = name->next)
    cut_out (text, name->data);
  g_string_replace (text, g_get_home_dir (), "~", 0);
  for (const char *at = text->str; *at != '\0';)
    {
      gsize number = number_at (at);
      gunichar c = g_utf8_get_char (at);
      if (number > 0)
        g_string_append (clean, CUT);
      else if (is_plain (c))
        g_string_append_unichar (clean, c);
      else if (!g_str_has_suffix (clean->str, CUT))
        g_string_append (clean, CUT);
      at = number > 0 ? at + number : g_utf8_next_char (at);
    }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

/* "2026-01-05 09:00:00 xs-sync !: message" */
static JsonObject *
parse_line (const char *line, const GList *names)
{
  JsonObject *object = json_object_new ();
  const char *colon = strlen (line) > 20 ? strstr (line + 20, ": ") : NULL;
  g_autofree char *message = scrub (colon != NULL ? colon + 2 : line, names);

  if (colon != NULL)
    {
      g_autofree char *time = g_strndup (line, 19);
      g_autofree char *where = g_strndup (line + 20, (gsize) (colon - line - 20));
      g_autofree char *clean_time = g_str_to_ascii (time, "C");
      g_autofree char *domain = scrub (where, names);
      gboolean warning = g_str_has_suffix (domain, " !");
      if (warning)
        domain[strlen (domain) - 2] = '\0';
      json_object_set_string_member (object, "time", clean_time);
      json_object_set_string_member (object, "domain", domain);
      json_object_set_boolean_member (object, "warning", warning);
    }
  json_object_set_string_member (object, "message", message);
  return object;
}

/* (transfer full): the newest that fit, oldest first. */
static JsonArray *
list_lines (const XsDiagnosisParts *parts)
{
  g_auto (GStrv) lines = g_strsplit (parts->lines, "\n", -1);
  g_autoptr (GPtrArray) newest = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_autoptr (GList) names = NULL;
  JsonArray *array = json_array_new ();
  gsize size = 0;

  /* Of “Anna” and “Anna Maria Lopez” the shorter would leave the rest of the longer. */
  for (guint i = 0; i < parts->names->len; i++)
    names = g_list_prepend (names, g_ptr_array_index (parts->names, i));
  names = g_list_sort (names, compare_longest_first);

  for (guint i = g_strv_length (lines); i-- > 0;)
    {
      if (lines[i][0] == '\0')
        continue;
      JsonObject *object = parse_line (lines[i], names);
      g_autoptr (JsonNode) node = xs_json_node_take_object (json_object_ref (object));
      g_autoptr (GBytes) bytes = xs_json_to_canonical (node);
      size += g_bytes_get_size (bytes) + 1;
      g_ptr_array_add (newest, object);
      if (size > LINES_MAX_BYTES)
        {
          g_ptr_array_set_size (newest, (gint) newest->len - 1);
          break;
        }
    }
  for (guint i = newest->len; i-- > 0;)
    json_array_add_object_element (array, json_object_ref (g_ptr_array_index (newest, i)));
  return array;
}

static JsonObject *
count (const XsOutboxStatus *outbox)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "logs_sent", outbox->logs_sent);
  json_object_set_int_member (object, "logs_waiting", outbox->logs_waiting);
  json_object_set_int_member (object, "logs_refused", outbox->logs_rejected);
  json_object_set_int_member (object, "photos_sent", outbox->photos_sent);
  json_object_set_int_member (object, "photos_waiting", outbox->photos_waiting);
  json_object_set_int_member (object, "photos_refused", outbox->photos_rejected);
  return object;
}

static JsonObject *
describe_health (const XsWireDeviceHealth *health)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "version", health->version);
  json_object_set_string_member (object, "packaging", health->packaging);
  json_object_set_int_member (object, "schema", health->schema);
  json_object_set_int_member (object, "time_us", health->time_us);
  json_object_set_int_member (object, "uptime_s", health->uptime_s);
  json_object_set_int_member (object, "broken_runs", health->broken);
  json_object_set_int_member (object, "broken_us", health->broken_us);
  json_object_set_int_member (object, "free_bytes", health->free_bytes);
  json_object_set_int_member (object, "oldest_us", health->oldest_us);
  json_object_set_string_member (object, "camera_trouble", health->camera);
  json_object_set_int_member (object, "camera_us", health->camera_us);
  return object;
}

GBytes *
xs_diagnosis_make (const XsDiagnosisParts *parts)
{
  JsonObject *object = json_object_new ();
  JsonObject *ready = json_object_new ();

  for (guint i = 0; parts->ready != NULL && parts->ready[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (parts->ready[i], ":", 2);
      json_object_set_string_member (ready, words[0], words[1] != NULL ? words[1] : "");
    }
  json_object_set_int_member (object, "diagnosis", 1);
  json_object_set_object_member (object, "kiosk", describe_health (parts->health));
  json_object_set_object_member (object, "ready", ready);
  json_object_set_object_member (object, "counters", count (parts->outbox));
  json_object_set_array_member (object, "lines", list_lines (parts));
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);
  return xs_json_to_canonical (node);
}
