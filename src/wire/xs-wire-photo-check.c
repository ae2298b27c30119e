/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-review.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
xs_review_photo_check_fill (XsReviewPhotoCheck *check, const XsPhotoReport *report)
{
  g_strlcpy (check->verdict, xs_photo_state_nick (report->verdict), sizeof check->verdict);
  check->width_px = report->width_px;
  check->height_px = report->height_px;
  check->crown_px = report->geometry.crown_y;
  check->chin_px = report->geometry.chin_y;
  check->eyes_px = report->geometry.eyes_y;
  check->left_px = report->geometry.left_x;
  check->right_px = report->geometry.right_x;
  check->by_outline = report->geometry.by_outline;
  for (guint i = 0; i < report->n_items; i++)
    {
      const XsPhotoItem *item = &report->items[i];
      XsReviewItem one = { .value = item->value, .uncertainty = item->uncertainty, .min = item->min, .max = item->max };
      g_strlcpy (one.name, xs_photo_item_nick (item->code), sizeof one.name);
      g_strlcpy (one.state, xs_photo_state_nick (item->state), sizeof one.state);
      g_array_append_val (check->items, one);
    }
}

gboolean
xs_review_item_get (const XsReviewItem *item, XsPhotoItem *out)
{
  *out = (XsPhotoItem){ .value = item->value, .uncertainty = item->uncertainty, .min = item->min, .max = item->max };
  for (guint i = 0; i <= XS_PHOTO_CANNOT_TELL; i++)
    {
      out->state = (XsPhotoState) i;
      if (strcmp (item->state, xs_photo_state_nick (out->state)) == 0)
        return xs_photo_item_from_nick (item->name, &out->code);
    }
  return FALSE;
}

const char *
xs_review_photo_state_word (const char *state)
{
  if (g_str_equal (state, "waiting"))
    return _ ("Waits for approval");
  if (g_str_equal (state, "returned"))
    return _ ("Sent back");
  if (g_str_equal (state, "reset"))
    return _ ("A new one was asked for");
  if (g_str_equal (state, "unseen"))
    return _ ("In use; nobody has looked at it");
  if (g_str_equal (state, "approved"))
    return _ ("Approved");
  return g_str_equal (state, "none") ? _ ("No photo") : _ ("All");
}

XsPhotoFileResult
xs_review_learner_settle (const XsReviewLearner *learner, char **detail)
{
  g_autoptr (GString) text = g_string_new (NULL);

  *detail = NULL;
  if (learner->check->len == 0)
    return XS_PHOTO_FILE_TAKEN;
  const XsReviewPhotoCheck *check = &g_array_index (learner->check, XsReviewPhotoCheck, 0);
  for (guint i = 0; i < check->items->len; i++)
    {
      XsPhotoItem item;
      if (xs_review_item_get (&g_array_index (check->items, XsReviewItem, i), &item) && item.state != XS_PHOTO_PASS)
        g_string_append_printf (text, "%s%s%s", text->len > 0 ? "; " : "", xs_photo_item_title (item.code),
                                item.state == XS_PHOTO_CANNOT_TELL ? "?" : "");
    }
  /* What the check could not open it tells in words of its own. */
  *detail = g_strdup (check->items->len > 0 ? text->str : _ ("The file cannot be opened as a picture."));
  if (strcmp (learner->state, "returned") == 0)
    return XS_PHOTO_FILE_RETURNED;
  return strcmp (check->verdict, xs_photo_state_nick (XS_PHOTO_PASS)) == 0 ? XS_PHOTO_FILE_GOOD
                                                                           : XS_PHOTO_FILE_DOUBTFUL;
}
