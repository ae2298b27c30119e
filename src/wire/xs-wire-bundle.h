/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-wire-log.h"
#include "xs-wire-message.h"

G_BEGIN_DECLS

/*
 * Unsent work of a kiosk on its way by hand: a folder with photos/SHA256 (sealed, as they would be sent), and the
 * signed bytes logs/SEQ.json, appeals/SEQ.json and consents/SEQ.json, manifest.json, which names them all, and
 * manifest.sig, the device key's signature over that, in base64. The rules are in docs/protocol.md.
 */
#define XS_WIRE_BUNDLE_MANIFEST "manifest.json"
#define XS_WIRE_BUNDLE_SIGNATURE "manifest.sig"
#define XS_WIRE_BUNDLE_PHOTOS "photos"
#define XS_WIRE_BUNDLE_LOGS "logs"
#define XS_WIRE_BUNDLE_APPEALS "appeals"
#define XS_WIRE_BUNDLE_CONSENTS "consents"
#define XS_WIRE_BUNDLE_MAX_BYTES (32 * 1024 * 1024) /* of the manifest */
#define XS_WIRE_BUNDLE_MAX_ITEMS 200000

typedef struct {
  char sha256[65];
  gint64 size_bytes;
} XsWireBundlePhoto;

/** XsWireBundleItem: a log, an appeal or a decision about consent. */
typedef struct {
  gint64 seq;      /* as in its path when it is sent */
  char sha256[65]; /* of the signed bytes */
  guint8 signature[XS_SIGNATURE_BYTES];
} XsWireBundleItem;

typedef struct {
  char devnum[XS_UNIFIED_DIGITS + 1];
  char inscode[XS_UNIFIED_DIGITS + 1];
  gint64 made_wall_us;
  guint8 device_key[XS_KEY_BYTES]; /* public: signed the manifest and all items */
  GArray *photos;                  /* XsWireBundlePhoto */
  GArray *logs;                    /* XsWireBundleItem, by seq */
  GArray *appeals;                 /* the same */
  GArray *consents;                /* the same */
} XsWireBundle;

void xs_wire_bundle_init (XsWireBundle *bundle);
void xs_wire_bundle_clear (XsWireBundle *bundle);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsWireBundle, xs_wire_bundle_clear)

/** xs_wire_bundle_encode: (transfer full): the canonical bytes of the manifest. */
GBytes *xs_wire_bundle_encode (const XsWireBundle *bundle);
/** xs_wire_bundle_decode: @bundle: initialised by the caller. @error: XS_ERROR_INVALID, XS_ERROR_TOO_NEW */
gboolean xs_wire_bundle_decode (XsWireBundle *bundle, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** (transfer full): where in @folder a thing of the bundle lies. */
char *xs_wire_bundle_photo_path (const char *folder, const char *sha256);
/** @what: XS_WIRE_BUNDLE_LOGS, XS_WIRE_BUNDLE_APPEALS or XS_WIRE_BUNDLE_CONSENTS */
char *xs_wire_bundle_item_path (const char *folder, const char *what, gint64 seq);

/**
 * xs_wire_bundle_check: read the manifest of @folder and everything it names: that it was signed by the key it names,
 * that every photo has its hash and size, that every item was signed by the same key, is in canonical form, and is this
 * device's under this number. Blocks on the disk. Whether the key is that of a device one knows is for the caller.
 * @bundle: (out): initialised by the caller
 * @error: XS_ERROR_NOT_FOUND, XS_ERROR_CORRUPT, XS_ERROR_INVALID, naming the file
 */
gboolean xs_wire_bundle_check (const char *folder, XsWireBundle *bundle, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
