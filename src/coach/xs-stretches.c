/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-stretches.h"

#include <string.h>

#include "xs-shown-logs.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)

static gint64
n_minutes (const XsReviewLog *log)
{
  return log->wire_log.log.minutes->len;
}

static gboolean
photo_time_us (const XsReviewLog *log, const char *number, gint64 *wall_us)
{
  const GArray *photos = log->wire_log.log.photos;

  for (guint i = 0; number[0] != '\0' && i < photos->len; i++)
    {
      const XsPhotoRecord *photo = &g_array_index (photos, XsPhotoRecord, i);
      if (!g_str_equal (photo->number, number))
        continue;
      *wall_us = photo->wall_us;
      return TRUE;
    }
  return FALSE;
}

/* Of the slot that holds @wall_us; without one, its own minute. */
static void
minutes_of_slot (const XsReviewLog *log, gint64 wall_us, XsVoidStretch *stretch)
{
  gint64 start_us = log->wire_log.log.start_wall_us, from_us = wall_us, to_us = wall_us + 1;

  for (guint i = 0; i < log->slots->len; i++)
    {
      const XsReviewSlot *slot = &g_array_index (log->slots, XsReviewSlot, i);
      if (slot->start_us <= wall_us && wall_us < slot->end_us)
        {
          from_us = slot->start_us;
          to_us = slot->end_us;
        }
    }
  stretch->from_min = MAX ((from_us - start_us) / MINUTE_US, 0);
  stretch->to_min = MIN ((to_us - start_us + MINUTE_US - 1) / MINUTE_US, n_minutes (log));
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  const XsVoidStretch *one = a, *other = b;

  return (one->from_min > other->from_min) - (one->from_min < other->from_min);
}

/* What overlaps or touches becomes one, by the name of the first. */
static GArray *
joined (GArray *stretches)
{
  GArray *result = g_array_new (FALSE, FALSE, sizeof (XsVoidStretch));

  g_array_sort (stretches, by_time);
  for (guint i = 0; i < stretches->len; i++)
    {
      const XsVoidStretch *stretch = &g_array_index (stretches, XsVoidStretch, i);
      XsVoidStretch *last = result->len > 0 ? &g_array_index (result, XsVoidStretch, result->len - 1) : NULL;
      if (last != NULL && stretch->from_min <= last->to_min)
        last->to_min = MAX (last->to_min, stretch->to_min);
      else
        g_array_append_val (result, *stretch);
    }
  return result;
}

GArray *
xs_stretches_propose (const XsReviewLog *log)
{
  const GArray *reasons = xs_shown_log_audit_reasons (log);
  g_autoptr (GArray) stretches = g_array_new (FALSE, FALSE, sizeof (XsVoidStretch));

  for (guint i = 0; reasons != NULL && i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      XsVoidStretch stretch = { reason->from_min, MIN ((gint64) reason->to_min, n_minutes (log)), "" };
      gint64 wall_us;
      if (stretch.from_min >= stretch.to_min && photo_time_us (log, reason->photo, &wall_us))
        minutes_of_slot (log, wall_us, &stretch);
      g_strlcpy (stretch.word, reason->word, sizeof stretch.word);
      if (stretch.from_min < stretch.to_min)
        g_array_append_val (stretches, stretch);
    }
  return joined (stretches);
}

/* In the order in which coaches give them. */
static const XsRuleId usual[] = {
  XS_RULE_FACE_MISMATCH, XS_RULE_SIGN_FACE_MISMATCH, XS_RULE_FACE_UNCLEAR,  XS_RULE_PHOTO_BAD,
  XS_RULE_PHOTO_MISSING, XS_RULE_NO_PHOTOS,          XS_RULE_PHOTO_REUSED,  XS_RULE_PHOTOS_IN_A_ROW,
  XS_RULE_NO_SIGN_OUT,   XS_RULE_MINUTE_ABNORMAL,    XS_RULE_CLOCK_ANOMALY, XS_RULE_CONCURRENT,
};

GStrv
xs_stretches_reasons (const XsReviewLog *log, guint *n_own)
{
  const GArray *reasons = xs_shown_log_audit_reasons (log);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);
  XsRuleId rule;

  for (guint i = 0; reasons != NULL && i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      /* Minutes with too little study do not count anyway: seldom what a person decides for. */
      if (xs_rule_from_nick (reason->word, &rule) && rule != XS_RULE_MINUTE_ABNORMAL
          && g_hash_table_add (there, (gpointer) xs_rule_nick (rule)))
        g_strv_builder_add (builder, xs_rule_nick (rule));
    }
  *n_own = g_hash_table_size (there);
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    if (g_hash_table_add (there, (gpointer) xs_rule_nick (usual[i])))
      g_strv_builder_add (builder, xs_rule_nick (usual[i]));
  for (rule = 0; rule < XS_N_RULES; rule++)
    if (g_hash_table_add (there, (gpointer) xs_rule_nick (rule)))
      g_strv_builder_add (builder, xs_rule_nick (rule));
  return g_strv_builder_end (builder);
}
