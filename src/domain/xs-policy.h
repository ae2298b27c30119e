/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-rules.h"
#include "xs-version.h"

G_BEGIN_DECLS

/**
 * XsPolicy: every number of a rule. Plain struct, copied by value; @id and @version are owned by the struct through
 * fixed buffers so that it needs no freeing. docs/policy.md lists each field with its source.
 */
typedef struct {
  char id[64];                /* "national-default", "demo" … */
  gint64 version;             /* rises with every change */
  int valid_from_day;         /* YYYYMMDD, GMT+8 */
  gint64 snapshot_interval_s; /* one photo in each slot of this length */
  gboolean snapshot_random;   /* plus one at a random moment inside each slot */
  gint64 identity_interval_s; /* full identity check at least this often */
  gint64 grace_us;            /* a dropout up to this long is credited once the face is back */
  gint64 max_tick_gap_us;     /* confirmations further apart than this credit nothing between them */
  gint64 daily_cap_s;         /* credited seconds a learner may get in one GMT+8 day */
  gint64 segment_min_s;       /* shorter teaching logs do not count */
  gint64 segment_max_s;       /* a segment is closed and the next begun at this credited length */
  gint64 minute_normal_s;     /* credited seconds that make a minute record normal */
  gint64 absence_sign_out_s;  /* automatic sign-out after this long without presence */
  double yaw_limit_deg;
  double pitch_limit_deg;
  double roll_limit_deg;
  double brow_chin_min_px;
  double face_share_max;  /* a face that fills more of the frame's height is too near */
  double off_centre_max;  /* middle of the face to middle of the frame, in shares of the frame's width or height */
  double match_same;      /* cosine at or above: the registered person */
  double match_different; /* below: somebody else; in between: cannot verify */
  double luminance_min;   /* linear, 0 … 1; darker faces cannot be verified */
  double backlight_max_ev;
  double light_balance_max_ev; /* one cheek brighter than the other by more than this: light from one side */
  double sharpness_min;
  double covered_detail_max; /* frames flatter than this show a covered camera */
  double second_face_ratio;  /* a second face counts from this share of the main face's height */
  double eyes_open_min;      /* below: the eyes are closed */
  double mouth_covered_max;
  double head_covered_max;
  double eye_glare_max;
  double look_away_deg; /* head or eyes turned further: not watching */
  gint64 look_away_s;   /* pauses after so long; 0: never */
  gint64 eyes_closed_s; /* pauses after so long; 0: never */
  gboolean liveness;    /* whether a picture held to the camera pauses the counter */
  double motion_min;    /* a living face moves by itself more than this within some seconds */
  double live_min;      /* passive score over a run of frames; below: a print or a screen */
  gint64 sign_in_s;     /* time for the face check at sign-in */
  gint64 sign_in_tries; /* so many face checks may fail before the coach has to come */
  gboolean active_check_sign_in;
  gint64 active_check_interval_s; /* asked again at random moments, on average so often; 0: never */
  gint64 active_check_s;          /* time to turn the head */
  double active_check_deg;        /* how far */
  gint64
    attention_interval_s;    /* asked whether the lesson is watched at random moments, on average so often; 0: never */
  gint64 attention_answer_s; /* time to answer */
  gboolean repeat_counts;    /* whether what was watched before counts when it is watched again */
  gint64 quiz_pass_percent;  /* right answers that pass a chapter's quiz */
  gboolean virtual_camera_allowed;
  gint64 disk_reserve_bytes;  /* no session begins with less free on the journal's disk */
  gint64 clock_warn_s;        /* the PC's clock differs from the platform's by more: said before each session */
  gint64 clock_max_s;         /* by more: no session begins; 0: never asked */
  gint64 unsent_warn_s;       /* something has waited to be sent for longer: said before each session */
  gint64 resume_s;            /* so long after a crash the kiosk still knows who sat there; 0: not at all */
  gint64 own_photo_days;      /* so long a learner may look at small copies of the photos taken here; 0: never */
  gint64 upload_max_bytes_s;  /* a kiosk uploads photos no faster; 0: as fast as it can */
  gint64 settle_minute;       /* of the GMT+8 day, at which the platform settles the verdicts of the day */
  gint64 appeal_s;            /* so long a verdict that takes minutes away is open to appeal before it is settled */
  gint64 photo_keep_days;     /* photos of settled logs are removed after so long; 0: never */
  gint64 stray_photo_days;    /* and photos that no log has named, after so long */
  gint64 diagnosis_keep_days; /* what kiosks noted of themselves is removed so long after it was asked for */
  gint64 summary_s;           /* so long a summary is shown to who has signed out */
  char min_version[XS_VERSION_BYTES]; /* kiosks with an older one are told; "": none is too old … */
  int min_version_from_day;           /* … and from this day on (YYYYMMDD, GMT+8) … */
  gboolean min_version_stops;         /* … nobody may sign in there */
  gboolean second_look;               /* a person's decision waits for another's confirmation */
  XsRules rules;                      /* by which logs are judged */
} XsPolicy;

#define XS_POLICY_MAX_BYTES (64 * 1024)

/**
 * xs_policy_parse: read a policy document; see docs/policy.md and data/policy/. Fields that came later may be
 * missing and then have the national default's value, and so may any of the rules; all others are required, none other
 * may be there, and each has its range. @policy is written only on success.
 * @data: UTF-8 JSON, @size bytes up to XS_POLICY_MAX_BYTES
 * @error: XS_ERROR_INVALID naming line and field
 */
gboolean xs_policy_parse (XsPolicy *policy, const char *data, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_policy_name: (transfer full): @id and @version, by which documents are told apart. */
char *xs_policy_name (const XsPolicy *policy);

/** xs_policy_default: the national default, compiled in from data/policy/default.json. */
void xs_policy_default (XsPolicy *policy);

G_END_DECLS
