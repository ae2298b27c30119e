/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-fault-answer.h"

#include <string.h>

#define JSON "application/json"
#define HTML "text/html"

static const char *const names[XS_N_FAULTS] = {
  [XS_FAULT_NONE] = "none",
  [XS_FAULT_DROP_AFTER] = "drop-after",
  [XS_FAULT_HALF_ANSWER] = "half-answer",
  [XS_FAULT_HALF_HEAD] = "half-head",
  [XS_FAULT_TRUNCATED_JSON] = "truncated-json",
  [XS_FAULT_SLOW] = "slow",
  [XS_FAULT_TRICKLE] = "trickle",
  [XS_FAULT_TWICE] = "twice",
  [XS_FAULT_OVERTAKEN] = "overtaken",
  [XS_FAULT_DAMAGED] = "damaged",
  [XS_FAULT_HALF_BODY] = "half-body",
  [XS_FAULT_DROP_BEFORE] = "drop-before",
  [XS_FAULT_BAD_REQUEST] = "bad-request",
  [XS_FAULT_UNAUTHORIZED] = "unauthorized",
  [XS_FAULT_CLOCK_WRONG] = "clock-wrong",
  [XS_FAULT_CONFLICT] = "conflict",
  [XS_FAULT_TOO_LARGE] = "too-large",
  [XS_FAULT_REJECTED] = "rejected",
  [XS_FAULT_TOO_MANY] = "too-many",
  [XS_FAULT_UNAVAILABLE] = "unavailable",
  [XS_FAULT_INTERNAL] = "internal",
  [XS_FAULT_BAD_GATEWAY] = "bad-gateway",
  [XS_FAULT_PORTAL] = "portal",
  [XS_FAULT_PORTAL_JSON] = "portal-json",
  [XS_FAULT_PORTAL_REFUSES] = "portal-refuses",
  [XS_FAULT_FILTER_JSON] = "filter-json",
  [XS_FAULT_PROXY_REFUSES] = "proxy-refuses",
  [XS_FAULT_PROXY_DENIES] = "proxy-denies",
  [XS_FAULT_REDIRECT] = "redirect",
  [XS_FAULT_NOT_MODIFIED] = "not-modified",
  [XS_FAULT_GARBAGE_JSON] = "garbage-json",
  [XS_FAULT_WRONG_TYPE] = "wrong-type",
  [XS_FAULT_GIGANTIC] = "gigantic",
  [XS_FAULT_ENDLESS] = "endless",
  [XS_FAULT_NOT_HTTP] = "not-http",
};

const char *
xs_fault_name (XsFault fault)
{
  return names[fault];
}

gboolean
xs_fault_put (GOutputStream *out, const void *data, gsize size)
{
  return g_output_stream_write_all (out, data, size, NULL, NULL, NULL);
}

gboolean
xs_fault_put_head (GOutputStream *out, guint status, const char *type, const char *more, gsize size)
{
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_printf (head, "HTTP/1.1 %u Whatever\r\nDate: Mon, 23 Nov 2026 13:00:00 GMT\r\n", status);
  if (type != NULL)
    g_string_append_printf (head, "Content-Type: %s\r\n", type);
  if (more != NULL)
    g_string_append (head, more);
  g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", size);
  return xs_fault_put (out, head->str, head->len);
}

gboolean
xs_fault_put_text (GOutputStream *out, guint status, const char *type, const char *more, const char *text)
{
  return xs_fault_put_head (out, status, type, more, strlen (text)) && xs_fault_put (out, text, strlen (text));
}

gboolean
xs_fault_put_reply (GOutputStream *out, const XsHttpReply *reply, gsize size)
{
  return xs_fault_put_head (out, reply->status, reply->type, reply->more, reply->size)
         && xs_fault_put (out, reply->body, size);
}

static gboolean
put_filled (GOutputStream *out, gsize size, char fill)
{
  g_autofree char *text = g_strnfill (size, fill);

  return xs_fault_put_text (out, 200, JSON, NULL, text);
}

gboolean
xs_fault_put_lie (GOutputStream *out, XsFault fault)
{
  static const struct {
    XsFault fault;
    guint status;
    const char *type, *text;
  } lies[] = {
    { XS_FAULT_CLOCK_WRONG, 401, JSON,
      "{\"error\":\"clock_wrong\",\"message\":\"Set it\",\"time\":\"20260105090300\"}" },
    { XS_FAULT_BAD_GATEWAY, 502, HTML, "<html><h1>Bad gateway</h1></html>" },
    { XS_FAULT_PORTAL, 200, HTML, "<html>Please accept the terms of this network</html>" },
    { XS_FAULT_PORTAL_JSON, 200, JSON, "{\"status\":\"ok\",\"login\":\"http://portal/\"}" },
    { XS_FAULT_PORTAL_REFUSES, 403, HTML, "<html>Blocked by the school's filter</html>" },
    { XS_FAULT_FILTER_JSON, 400, JSON, "{\"detail\":\"blocked by policy\"}" },
    { XS_FAULT_PROXY_REFUSES, 400, JSON, "{\"error\":\"invalid_request\",\"message\":\"Header too long\"}" },
    { XS_FAULT_PROXY_DENIES, 403, JSON, "{\"error\":\"access_denied\",\"message\":\"Category: education\"}" },
    { XS_FAULT_NOT_MODIFIED, 304, NULL, "" },
    { XS_FAULT_WRONG_TYPE, 200, "image/gif", "{}" },
  };
  static const char not_http[] = "SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n";

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      if (lies[i].fault == fault)
        return xs_fault_put_text (out, lies[i].status, lies[i].type, NULL, lies[i].text);
    }
  if (fault == XS_FAULT_GARBAGE_JSON)
    return put_filled (out, 200000, '[');
  if (fault == XS_FAULT_GIGANTIC)
    return put_filled (out, 8 * 1024 * 1024, ' ');
  if (fault == XS_FAULT_NOT_HTTP)
    (void) xs_fault_put (out, not_http, strlen (not_http));
  return FALSE;
}
