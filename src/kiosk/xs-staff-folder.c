/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-staff-folder.h"

#include <gio/gunixmounts.h>
#include <glib/gi18n.h>

#include "xs-staff-context.h"

struct _XsStaffFolder {
  AdwBin parent_instance;

  GVolumeMonitor *volumes;
  GUnixMountMonitor *mounts; /* (nullable): where there are @sticks_dir only */
  char *sticks_dir;          /* (nullable) */
  AdwEntryRow *entry;
  GtkWidget *choose;
  char *proposed; /* (nullable): what the entry says because a stick is there */
  GtkFileChooserNative *chooser;
};

enum {
  SIGNAL_CHANGED,
  SIGNAL_ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsStaffFolder, xs_staff_folder, ADW_TYPE_BIN)

const char *
xs_staff_folder_get_path (XsStaffFolder *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

/* (transfer full) (nullable): where the first stick is mounted. */
static char *
find_stick (GVolumeMonitor *volumes)
{
  g_autolist (GMount) mounts = g_volume_monitor_get_mounts (volumes);

  for (GList *l = mounts; l != NULL; l = l->next)
    {
      g_autoptr (GDrive) drive = g_mount_get_drive (l->data);
      g_autoptr (GFile) root = g_mount_get_root (l->data);
      if (drive != NULL && g_drive_is_removable (drive) && g_file_is_native (root))
        return g_file_get_path (root);
    }
  return NULL;
}

/* (transfer full) (nullable): the first of @sticks_dir. */
static char *
find_locked_stick (const char *sticks_dir)
{
  g_autoptr (GDir) dir = g_dir_open (sticks_dir, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (sticks_dir, name, NULL);
      GUnixMountEntry *mount = g_unix_mount_at (path, NULL);
      if (mount == NULL)
        continue;
      g_unix_mount_free (mount);
      return g_steal_pointer (&path);
    }
  return NULL;
}

/* What somebody typed is not overwritten; a stick that was pulled out is not proposed any more. */
static void
propose (XsStaffFolder *self)
{
  g_autofree char *stick = self->sticks_dir != NULL ? find_locked_stick (self->sticks_dir) : find_stick (self->volumes);
  const char *typed = xs_staff_folder_get_path (self);

  if (*typed != '\0' && g_strcmp0 (typed, self->proposed) != 0)
    return;
  g_free (self->proposed);
  self->proposed = g_strdup (stick);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), stick != NULL ? stick : "");
  if (self->sticks_dir != NULL)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry),
                                   stick != NULL ? _ ("USB stick") : _ ("Plug a USB stick in"));
}

static void
on_changed (XsStaffFolder *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_activated (XsStaffFolder *self)
{
  g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0);
}

static void
on_response (XsStaffFolder *self, int response)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
      if (path != NULL)
        gtk_editable_set_text (GTK_EDITABLE (self->entry), path);
    }
  g_clear_object (&self->chooser);
}

static void
on_choose (XsStaffFolder *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL || !GTK_IS_WINDOW (root))
    return;
  self->chooser = gtk_file_chooser_native_new (_ ("Where to"), GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                                               _ ("Choose"), _ ("Back"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* Left alone, it goes with the page. */
static void
xs_staff_folder_unmap (GtkWidget *widget)
{
  XsStaffFolder *self = XS_STAFF_FOLDER (widget);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  GTK_WIDGET_CLASS (xs_staff_folder_parent_class)->unmap (widget);
}

static void
xs_staff_folder_map (GtkWidget *widget)
{
  XsStaffFolder *self = XS_STAFF_FOLDER (widget);

  GTK_WIDGET_CLASS (xs_staff_folder_parent_class)->map (widget);
  if (self->volumes == NULL && self->sticks_dir == NULL)
    {
      self->volumes = g_volume_monitor_get ();
      g_signal_connect_object (self->volumes, "mount-added", G_CALLBACK (propose), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->volumes, "mount-removed", G_CALLBACK (propose), self, G_CONNECT_SWAPPED);
    }
  propose (self);
}

static void
xs_staff_folder_dispose (GObject *object)
{
  XsStaffFolder *self = XS_STAFF_FOLDER (object);

  g_clear_object (&self->volumes);
  g_clear_object (&self->mounts);
  g_clear_pointer (&self->sticks_dir, g_free);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->proposed, g_free);
  G_OBJECT_CLASS (xs_staff_folder_parent_class)->dispose (object);
}

static void
xs_staff_folder_class_init (XsStaffFolderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_staff_folder_dispose;
  GTK_WIDGET_CLASS (klass)->map = xs_staff_folder_map;
  GTK_WIDGET_CLASS (klass)->unmap = xs_staff_folder_unmap;
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", XS_TYPE_STAFF_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ACTIVATED] =
    g_signal_new ("activated", XS_TYPE_STAFF_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
xs_staff_folder_init (XsStaffFolder *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkListBox *list = xs_staff_add_list (GTK_BOX (column), NULL);

  self->entry = xs_staff_add_entry (list, _ ("Folder, or the USB stick"));
  self->choose = gtk_button_new_with_label (_ ("Choose…"));
  gtk_widget_set_valign (self->choose, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->choose, "clicked", G_CALLBACK (on_choose), self, G_CONNECT_SWAPPED);
  adw_entry_row_add_suffix (self->entry, self->choose);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "entry-activated", G_CALLBACK (on_activated), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), column);
}

XsStaffFolder *
xs_staff_folder_new (void)
{
  return g_object_new (XS_TYPE_STAFF_FOLDER, NULL);
}

void
xs_staff_folder_lock (XsStaffFolder *self, const char *sticks_dir)
{
  self->sticks_dir = g_strdup (sticks_dir);
  self->mounts = g_unix_mount_monitor_get ();
  g_signal_connect_object (self->mounts, "mounts-changed", G_CALLBACK (propose), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->choose, FALSE);
  gtk_editable_set_editable (GTK_EDITABLE (self->entry), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("USB stick"), -1);
}
