/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-learner-row.h"

#include "xs-learner-list.h"
#include "xs-photo-checks.h"
#include "xs-registration-words.h"

static void
set_up_row (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = gtk_label_new (NULL), *what = gtk_label_new (NULL);

  gtk_widget_add_css_class (box, "log-row");
  gtk_widget_add_css_class (name, "log-name");
  gtk_widget_add_css_class (what, "log-why");
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (what), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (GTK_LABEL (what), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_box_append (GTK_BOX (lines), name);
  gtk_box_append (GTK_BOX (lines), what);
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), lines);
  gtk_list_item_set_child (list_item, box);
}

static XsTone
tone_of_check (const XsReviewPhotoCheck *check)
{
  if (check == NULL)
    return XS_TONE_QUIET;
  if (g_str_equal (check->verdict, xs_photo_state_nick (XS_PHOTO_PASS)))
    return XS_TONE_GOOD;
  return g_str_equal (check->verdict, xs_photo_state_nick (XS_PHOTO_CANNOT_TELL)) ? XS_TONE_DOUBT : XS_TONE_BAD;
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  XsLearnerItem *item = gtk_list_item_get_item (list_item);
  const XsReviewLearner *learner = xs_learner_item_get (item);
  const XsReviewPhotoCheck *check = xs_learner_item_get_check (item);
  GtkWidget *box = gtk_list_item_get_child (list_item);
  GtkWidget *image = gtk_widget_get_first_child (box), *lines = gtk_widget_get_next_sibling (image);
  GtkWidget *name = gtk_widget_get_first_child (lines), *what = gtk_widget_get_next_sibling (name);
  g_autofree char *summary = xs_registration_summary (learner, check);
  XsTone tone = tone_of_check (check);

  for (XsTone other = XS_TONE_QUIET; other <= XS_TONE_BAD; other++)
    gtk_widget_remove_css_class (box, xs_tone_class (other));
  gtk_widget_add_css_class (box, xs_tone_class (tone));
  gtk_image_set_from_icon_name (GTK_IMAGE (image), xs_tone_icon (tone));
  gtk_label_set_text (GTK_LABEL (name), learner->name);
  gtk_label_set_text (GTK_LABEL (what), summary);
}

GtkListItemFactory *
xs_learner_row_factory_new (void)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (set_up_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
  return factory;
}
