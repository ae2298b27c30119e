/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** XsFault: what happens to a request. The first group hands on what was sent, the second does not. */
typedef enum {
  XS_FAULT_NONE,
  XS_FAULT_DROP_AFTER,     /* no answer, the connection is closed */
  XS_FAULT_HALF_ANSWER,    /* the connection is closed in the middle of the body */
  XS_FAULT_HALF_HEAD,      /* … in the middle of the head */
  XS_FAULT_TRUNCATED_JSON, /* a whole answer, whose JSON is cut off */
  XS_FAULT_SLOW,           /* no answer, the connection stays open */
  XS_FAULT_TRICKLE,        /* an answer without end, one byte at a time */
  XS_FAULT_TWICE,          /* it arrives two times; the second answer is given */
  XS_FAULT_OVERTAKEN,      /* no answer; it arrives behind the next request that does */
  XS_FAULT_DAMAGED,        /* it arrives with another byte in the middle of its body */
  XS_FAULT_HALF_BODY,      /* only half of its body arrives, see XsHttpRequest; no answer */
  XS_FAULT_LAST_COMMITTING = XS_FAULT_HALF_BODY,
  XS_FAULT_DROP_BEFORE,
  XS_FAULT_BAD_REQUEST, /* the protocol's own refusals, see docs/protocol.md */
  XS_FAULT_UNAUTHORIZED,
  XS_FAULT_CLOCK_WRONG,
  XS_FAULT_CONFLICT,
  XS_FAULT_TOO_LARGE,
  XS_FAULT_REJECTED,
  XS_FAULT_TOO_MANY,       /* 429, Retry-After: 1 */
  XS_FAULT_UNAVAILABLE,    /* 503, Retry-After: 1 */
  XS_FAULT_INTERNAL,       /* 500 */
  XS_FAULT_BAD_GATEWAY,    /* 502, HTML */
  XS_FAULT_PORTAL,         /* 200, HTML: a captive portal's page */
  XS_FAULT_PORTAL_JSON,    /* 200, JSON, but not ours */
  XS_FAULT_PORTAL_REFUSES, /* 403, HTML */
  XS_FAULT_FILTER_JSON,    /* 400, JSON, but not the protocol's refusal */
  XS_FAULT_PROXY_REFUSES,  /* 400, JSON in the shape of the protocol's refusal, but with no code of its */
  XS_FAULT_PROXY_DENIES,   /* the same, 403 */
  XS_FAULT_REDIRECT,       /* 302 to a page that says 200 to everything */
  XS_FAULT_NOT_MODIFIED,   /* 304 to something that was not asked with an ETag */
  XS_FAULT_GARBAGE_JSON,   /* 200, application/json, nested without end */
  XS_FAULT_WRONG_TYPE,     /* 200, the right bytes as image/gif */
  XS_FAULT_GIGANTIC,       /* 200, application/json, 8 MiB */
  XS_FAULT_ENDLESS,        /* 200, chunked, never stops */
  XS_FAULT_NOT_HTTP,
  XS_N_FAULTS,
} XsFault;

const char *xs_fault_name (XsFault fault);

/** XsHttpRequest: as it arrived. */
typedef struct {
  char *method;
  char *path;
  GHashTable *headers; /* lower-case names */
  GBytes *body;
  gboolean is_cut; /* the connection broke before all of the body had come: @body is what had */
} XsHttpRequest;

/** XsHttpReply: what the handler fills in; @more and @body are freed by the server. */
typedef struct {
  guint status;     /* 200 */
  const char *type; /* static; application/json */
  char *more;       /* (nullable): further header lines, each "Name: value\r\n" */
  char *body;       /* (nullable) */
  gsize size;
} XsHttpReply;

/** XsFaultServer: speaks HTTP by hand on 127.0.0.1, on threads of its own, so that any byte may be wrong. */
typedef struct _XsFaultServer XsFaultServer;

/**
 * XsFaultHandler: commit @request and answer it; on a thread of the server, one call at a time unless it lets go of the
 * server's lock meanwhile.
 */
typedef void (*XsFaultHandler) (const XsHttpRequest *request, XsHttpReply *reply, gpointer user_data);

/** XsFaultRefusal: (transfer full): the body of a refusal as the protocol has it. */
typedef char *(*XsFaultRefusal) (const XsHttpRequest *request, guint status);

XsFaultServer *xs_fault_server_new (XsFaultHandler handler, XsFaultRefusal refusal, gpointer user_data);
/** xs_fault_server_free: drops every connection. */
void xs_fault_server_free (XsFaultServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsFaultServer, xs_fault_server_free)
const char *xs_fault_server_get_url (XsFaultServer *server);

/**
 * xs_fault_server_set: what happens to the next @times requests whose "METHOD /path" begins with @route; -1: to all
 * of them. The newest matching entry counts.
 */
void xs_fault_server_set (XsFaultServer *server, const char *route, XsFault fault, int times);
/** xs_fault_server_clear: nothing happens any more, and who waits in XS_FAULT_SLOW is let go. */
void xs_fault_server_clear (XsFaultServer *server);
/** XsFaultChooser: what happens to a request that no entry names. On a thread of the server, one call at a time. */
typedef XsFault (*XsFaultChooser) (const char *route, gpointer user_data);
/** xs_fault_server_choose: @chooser: (nullable); @user_data is that of the server. */
void xs_fault_server_choose (XsFaultServer *server, XsFaultChooser chooser);
/** xs_fault_server_let_go: whoever waits in XS_FAULT_SLOW. */
void xs_fault_server_let_go (XsFaultServer *server);
/**
 * xs_fault_server_break_handshakes: end the next @times connections with a TLS alert before they have asked anything,
 * as a peer does whose certificate is refused.
 */
void xs_fault_server_break_handshakes (XsFaultServer *server, int times);

/** xs_fault_server_count: requests so far whose "METHOD /path" begins with @route, whatever happened to them. */
guint xs_fault_server_count (XsFaultServer *server, const char *route);
/** xs_fault_server_get_lock: held while the handler runs: to look at what it committed. */
GMutex *xs_fault_server_get_lock (XsFaultServer *server);
/** xs_fault_server_get_peak: the most requests that were in work at the same time. */
guint xs_fault_server_get_peak (XsFaultServer *server);

G_END_DECLS
