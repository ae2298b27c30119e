/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-consent-record.h"
#include "xs-crypto.h"
#include "xs-number.h"

G_BEGIN_DECLS

/*
 * What kiosk and platform say to each other beside teaching logs (xs-wire-log.h) and photos (sealed bytes). The rules
 * are in docs/protocol.md. Everything encoded here is canonical JSON; decoding checks every field and ignores
 * members it does not know, so that either side may be newer.
 *
 * Decoders set XS_ERROR_INVALID naming the field; out structs are unspecified after an error.
 */

#define XS_WIRE_PATH_HEALTH "/healthz"
#define XS_WIRE_PATH_PAIR "/v1/pair"
#define XS_WIRE_PATH_POLICY "/v1/policy"
#define XS_WIRE_PATH_ROSTER "/v1/roster"
#define XS_WIRE_PATH_REGISTRATION_PHOTOS "/v1/registration-photos/" /* + sha256 */
#define XS_WIRE_PATH_PHOTOS_MISSING "/v1/photos/missing"
#define XS_WIRE_PATH_PHOTOS "/v1/photos/"     /* + sha256 */
#define XS_WIRE_PATH_LOGS "/v1/logs/"         /* + seq in decimal without leading zeros */
#define XS_WIRE_PATH_VERDICTS "/v1/verdicts/" /* + cursor, from 0 */
#define XS_WIRE_PATH_APPEALS "/v1/appeals/"   /* + seq of the log, likewise */
#define XS_WIRE_PATH_CONSENTS "/v1/consents/" /* + seq of the decision, likewise */

#define XS_WIRE_PATH_COURSE_LIST "/v1/courses"
#define XS_WIRE_PATH_COURSES "/v1/courses/" /* + sha256 of the package */

#define XS_WIRE_HEADER_SIGNATURE                                                                                       \
  "X-Xueshi-Signature" /* base64 Ed25519 of the bytes of a log, an appeal or a decision */

#define XS_WIRE_HEADER_LOAD "X-Xueshi-Load" /* of every answer: 0 to 100, how busy the platform is */

/* Of an upload that goes on where it was cut (draft-ietf-httpbis-resumable-upload). */
#define XS_WIRE_HEADER_LAST_SEQ "X-Xueshi-Last-Seq"      /* of a roster: the highest seq of the device's logs here */
#define XS_WIRE_HEADER_UPLOAD_OFFSET "Upload-Offset"     /* bytes that are on the platform */
#define XS_WIRE_HEADER_UPLOAD_COMPLETE "Upload-Complete" /* ?1: the rest, or all, is here; ?0 */
#define XS_WIRE_TYPE_PARTIAL "application/partial-upload"

/* How a kiosk knows the school's certificate authority: "https://HOST:PORT#ca=PIN", the first digits of the SHA-256 of
 * its certificate (DER). 128 bits: nobody finds another certificate with the same. */
#define XS_WIRE_PIN_FRAGMENT "ca="
#define XS_WIRE_PIN_DIGITS 32

#define XS_WIRE_TYPE_JSON "application/json"
#define XS_WIRE_TYPE_SEALED "application/octet-stream"
#define XS_WIRE_TYPE_JPEG "image/jpeg"
#define XS_WIRE_TYPE_COURSE "application/x-tar"

/* The longest bodies; a platform answers a longer request with 413, a kiosk gives a longer answer up. */
#define XS_WIRE_PAIR_MAX_BYTES (4 * 1024)
#define XS_WIRE_ANSWER_MAX_BYTES (128 * 1024) /* of every answer that has no cap of its own */
#define XS_WIRE_ROSTER_MAX_BYTES (4 * 1024 * 1024)
#define XS_WIRE_ROSTER_MAX_LEARNERS 10000
#define XS_WIRE_PHOTOS_MAX_BYTES (72 * 1024) /* of a list of photos */
#define XS_WIRE_PHOTOS_MAX 1000
#define XS_WIRE_PHOTO_MAX_BYTES (1024 * 1024 + 48) /* 1 MiB of JPEG, sealed */
#define XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES (4 * 1024 * 1024)

/** xs_wire_sha256_is_valid: whether @hex is 64 lower-case hex digits. NULL is not. */
gboolean xs_wire_sha256_is_valid (const char *hex);

/* Paths: (transfer full) */
char *xs_wire_path_registration_photo (const char *sha256);
char *xs_wire_path_photo (const char *sha256);
char *xs_wire_path_log (gint64 seq);
char *xs_wire_path_appeal (gint64 seq);
char *xs_wire_path_consent (gint64 seq);
char *xs_wire_path_verdicts (gint64 after);
char *xs_wire_path_course (const char *sha256);

/* POST /v1/pair */

#define XS_WIRE_PAIR_CODE_BYTES 33

typedef struct {
  char code[XS_WIRE_PAIR_CODE_BYTES]; /* the one-time code, as typed */
  guint8 device_key[XS_KEY_BYTES];    /* public half of the device's signing key */
} XsWirePairRequest;

typedef struct {
  char devnum[XS_UNIFIED_DIGITS + 1];
  char inscode[XS_UNIFIED_DIGITS + 1];
  char school[128];                  /* name, UTF-8 */
  guint8 platform_key[XS_KEY_BYTES]; /* photos are sealed to it */
} XsWirePairAnswer;

/** xs_wire_pair_request_encode: (transfer full): signed by @key, so that nothing takes the code for another one. */
GBytes *xs_wire_pair_request_encode (const char *code, const XsSignKey *key);
/** xs_wire_pair_request_decode: also checks the signature. */
gboolean xs_wire_pair_request_decode (XsWirePairRequest *request, GBytes *bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** (transfer full) */
GBytes *xs_wire_pair_answer_encode (const XsWirePairAnswer *answer);
/** xs_wire_pair_answer_decode: also checks that photos can be sealed to the platform key. */
gboolean xs_wire_pair_answer_decode (XsWirePairAnswer *answer, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* GET /v1/roster. GET /v1/policy answers with the policy document as it is: xs_policy_parse() reads it. */

/** XsWireLearner: as XsLearner of src/store. */
typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  char name[64];
  char photo_sha256[65];   /* registration photo; "" when the register has none */
  gint64 last_recnum;      /* 0 … 99999: highest the platform knows of */
  gint64 total_s;          /* credited before, on the platform */
  gboolean no_turning;     /* cannot turn the head, is not asked to */
  XsConsent consent;       /* all zero: the platform knows of no decision */
  char photo_state[17];    /* why there is a photo that must not be used: "waiting", "returned", "reset"; "": no such */
  char photo_comment[256]; /* for the learner: what is wrong with it */
} XsWireLearner;

/** xs_wire_roster_encode: (transfer full). @learners: XsWireLearner */
GBytes *xs_wire_roster_encode (const GArray *learners);
/** xs_wire_roster_decode: (transfer full) (element-type XsWireLearner): each stunum once; NULL on error. */
GArray *xs_wire_roster_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* POST /v1/photos/missing: the same list goes in as "photos" and comes back, shortened, as "missing". */

/** (transfer full). @photos: sha256 (char *), at most XS_WIRE_PHOTOS_MAX */
GBytes *xs_wire_photos_encode (const GPtrArray *photos);
/** (transfer full) (element-type utf8): NULL on error */
GPtrArray *xs_wire_photos_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** (transfer full). @missing: sha256 (char *) */
GBytes *xs_wire_missing_encode (const GPtrArray *missing);
/** (transfer full) (element-type utf8): NULL on error */
GPtrArray *xs_wire_missing_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* PUT /v1/photos/{sha256}, and GET /healthz: a status word, "stored" or "ok", and nothing else. */

/** (transfer full) */
GBytes *xs_wire_status_encode (const char *status);
/** xs_wire_health_encode: (transfer full): of /healthz: {"load":N,"status":"ok"}; @load: 0 to 100 */
GBytes *xs_wire_health_encode (guint load);
/** xs_wire_status_decode: FALSE unless the answer says @expected. */
gboolean xs_wire_status_decode (const char *expected, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* PUT /v1/logs/{seq}, and PUT /v1/appeals/{seq} and PUT /v1/consents/{seq}, which never ask for photos */

typedef enum {
  XS_WIRE_LOG_ACCEPTED,       /* 200 "accepted": committed just now */
  XS_WIRE_LOG_DUPLICATE,      /* 200 "duplicate": these very bytes were committed before */
  XS_WIRE_LOG_CONFLICT,       /* 409 "conflict": other bytes were committed under this seq */
  XS_WIRE_LOG_PHOTOS_MISSING, /* 409 "photos_missing": send the photos of @missing, then the log again */
  XS_WIRE_LOG_REJECTED,       /* 422 "rejected": for good, with @reason and @message */
} XsWireLogStatus;

/* Reasons of a rejection. A platform may add others: show the message then. */
#define XS_WIRE_REASON_UNKNOWN_LEARNER "unknown_learner" /* 无效学员编号 */
#define XS_WIRE_REASON_NUMBER_MISMATCH "number_mismatch" /* 编号不匹配: of another device, school or seq */
#define XS_WIRE_REASON_RECNUM_TAKEN "recnum_taken"       /* 日志编号重复: of this device */
#define XS_WIRE_REASON_BAD_SIGNATURE "bad_signature"
#define XS_WIRE_REASON_INVALID "invalid"

typedef struct {
  XsWireLogStatus status;
  char reason[33];    /* "" unless rejected */
  char message[256];  /* for people; "" when there is nothing to say */
  GPtrArray *missing; /* sha256 (char *); NULL unless photos are missing */
} XsWireLogAnswer;

void xs_wire_log_answer_clear (XsWireLogAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsWireLogAnswer, xs_wire_log_answer_clear)

/** xs_wire_log_answer_http_status: 200, 409 or 422. */
guint xs_wire_log_answer_http_status (const XsWireLogAnswer *answer);
/** (transfer full) */
GBytes *xs_wire_log_answer_encode (const XsWireLogAnswer *answer);
/**
 * xs_wire_log_answer_decode: read the answer to a log.
 * @answer: (out): all zero or cleared by the caller
 * @http_status: must be the one that belongs to the status word
 */
gboolean xs_wire_log_answer_decode (XsWireLogAnswer *answer, guint http_status, GBytes *bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Every other answer of 400 and above */

#define XS_WIRE_ERROR_BAD_REQUEST "bad_request"     /* 400 */
#define XS_WIRE_ERROR_UNAUTHORIZED "unauthorized"   /* 401: no or unknown device, or a signature that is not its own */
#define XS_WIRE_ERROR_CLOCK_WRONG "clock_wrong"     /* 401: the device's clock differs by more than a day */
#define XS_WIRE_ERROR_CODE_UNKNOWN "code_unknown"   /* 403 of a pairing */
#define XS_WIRE_ERROR_CODE_USED "code_used"         /* 403 of a pairing */
#define XS_WIRE_ERROR_CODE_EXPIRED "code_expired"   /* 403 of a pairing */
#define XS_WIRE_ERROR_DEVICE_PAIRED "device_paired" /* 403 of a pairing: the key has logs under another devnum */
#define XS_WIRE_ERROR_SIGN_IN_WRONG "sign_in_wrong" /* 401 of people: name, password or code */
#define XS_WIRE_ERROR_TOTP_WANTED "totp_wanted"     /* 401 of people: a code of the authenticator is needed, too */
#define XS_WIRE_ERROR_FORBIDDEN "forbidden"         /* 403 of people: the role has not this right */
#define XS_WIRE_ERROR_NOT_FOUND "not_found"         /* 404 */
#define XS_WIRE_ERROR_METHOD "method_not_allowed"   /* 405 */
#define XS_WIRE_ERROR_UPLOAD_OFFSET "upload_offset" /* 409: more or less of this upload is here than is gone on from */
#define XS_WIRE_ERROR_RANGE "range"                 /* 416 of a course package: it ends before that byte */
#define XS_WIRE_ERROR_TOO_LARGE "too_large"         /* 413 */
#define XS_WIRE_ERROR_HASH_MISMATCH "hash_mismatch" /* 422 of a photo */
#define XS_WIRE_ERROR_TOO_MANY "too_many_requests"  /* 429, with Retry-After */
#define XS_WIRE_ERROR_INTERNAL "internal"           /* 500 */
#define XS_WIRE_ERROR_UNAVAILABLE "unavailable"     /* 503, with Retry-After */

typedef struct {
  char code[33];
  char message[256];
  gint64 time_us; /* the platform's wall clock, whole seconds; 0 when it did not say */
} XsWireError;

/** (transfer full) */
GBytes *xs_wire_error_encode (const XsWireError *wire_error);
gboolean xs_wire_error_decode (XsWireError *wire_error, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
