/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-chosen-camera.h"
#include "xs-staff-context.h"
#include "xs-update.h"

/* Nothing looks at the frames; so few are made. */
#define LOOK_FPS 1

/* The cameras that are plugged in, or the recordings given at the start, and the picture of the one that is used. */
#define XS_TYPE_STAFF_CAMERA (xs_staff_camera_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffCamera, xs_staff_camera, XS, STAFF_CAMERA, AdwBin)

struct _XsStaffCamera {
  AdwBin parent_instance;

  XsStaffContext *context;
  XsCamera *camera; /* (nullable): while shown */
  char *chosen;     /* (nullable): NULL: any */
  guint looks;      /* rises with every look, so that only the newest answers */
  GtkListBox *list;
  GtkCheckButton *any;
  GtkPicture *picture;
  GtkLabel *state;
  GtkWidget *way_part;
  GtkLabel *ways[XS_CAMERA_N_WAYS];
};

G_DEFINE_FINAL_TYPE (XsStaffCamera, xs_staff_camera, ADW_TYPE_BIN)

/* How the camera is reached, and why not otherwise. */
static void
show_ways (XsStaffCamera *self)
{
  const XsCameraAttempt *attempts = xs_camera_get_attempts (self->camera);

  for (int way = 0; attempts != NULL && way < XS_CAMERA_N_WAYS; way++)
    {
      g_autofree char *text = xs_ready_describe_attempt (&attempts[way]);
      xs_update_label (self->ways[way], text);
    }
  gtk_widget_set_visible (self->way_part, attempts != NULL);
}

static void
show_state (XsStaffCamera *self)
{
  show_ways (self);
  switch (xs_camera_get_state (self->camera))
    {
    case XS_CAMERA_RUNNING:
      xs_staff_set_result (self->state, FALSE, _ ("This is what the camera sees."));
      break;
    case XS_CAMERA_LOST:
      g_message ("Camera: %s", xs_camera_get_error_message (self->camera));
      xs_staff_set_result (self->state, TRUE, _ ("No picture comes. Plug the camera in, or choose another one."));
      break;
    case XS_CAMERA_STARTING:
    case XS_CAMERA_STOPPED:
    default:
      xs_staff_set_result (self->state, FALSE, _ ("Waiting for pictures…"));
    }
}

/* A recording that was given at the start stands for a camera. */
static void
find_source (XsStaffCamera *self, const char **uri, const char **device_id)
{
  *uri = xs_options_choose_camera (self->context->options, self->chosen);
  *device_id = *uri == NULL ? self->chosen : NULL;
}

static void
on_frame (XsFrame *frame, gpointer unused)
{
}

static void
start_preview (XsStaffCamera *self)
{
  const char *uri, *device_id;

  find_source (self, &uri, &device_id);
  if (self->camera == NULL)
    {
      self->camera = xs_camera_new (uri, LOOK_FPS, on_frame, NULL);
      g_signal_connect_object (self->camera, "notify::state", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->camera, "notify::error-message", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
      gtk_picture_set_paintable (self->picture, xs_camera_get_preview (self->camera));
    }
  xs_camera_set_source (self->camera, uri, device_id);
  /* Staff may look at what policy does not let students use. */
  xs_camera_set_virtual_allowed (self->camera, TRUE);
  xs_camera_start (self->camera);
  show_state (self);
}

static gboolean
store_choice (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_set_setting (journal, XS_SETTING_CAMERA, data, error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffCamera) self = user_data;
  g_autoptr (GError) error = NULL;

  if (xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    return;
  g_message ("Camera: %s", error->message);
  xs_staff_set_result (self->state, TRUE, _ ("The choice could not be stored."));
}

static void
on_chosen (XsStaffCamera *self, GtkCheckButton *button)
{
  const char *id = g_object_get_data (G_OBJECT (button), "camera");
  const char *uri, *device_id;

  if (!gtk_check_button_get_active (button) || g_strcmp0 (id, self->chosen) == 0)
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (id);
  find_source (self, &uri, &device_id);
  if (self->context->study != NULL)
    xs_study_set_camera (self->context->study, uri, device_id);
  xs_store_submit (self->context->store, store_choice, g_strdup (id), g_free, on_stored, g_object_ref (self));
  start_preview (self);
}

static void
add_camera (XsStaffCamera *self, const char *id, const char *name, const char *note)
{
  GtkWidget *button = gtk_check_button_new ();
  AdwActionRow *row = xs_staff_add_row (self->list, name);

  adw_action_row_set_subtitle (row, note);
  g_object_set_data_full (G_OBJECT (button), "camera", g_strdup (id), g_free);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  if (self->any == NULL)
    self->any = GTK_CHECK_BUTTON (button);
  else
    gtk_check_button_set_group (GTK_CHECK_BUTTON (button), self->any);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button), g_strcmp0 (id, self->chosen) == 0);
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  adw_action_row_add_prefix (row, button);
  adw_action_row_set_activatable_widget (row, button);
}

static const char *
kind_note (XsCameraKind kind)
{
  switch (kind)
    {
    case XS_CAMERA_KIND_VIRTUAL:
      return _ ("A program that shows whatever it likes: students cannot use it unless the policy allows it");
    case XS_CAMERA_KIND_INFRARED:
      return _ ("Infrared: it has no colours and cannot be used");
    case XS_CAMERA_KIND_REAL:
    default:
      return NULL;
    }
}

static void
fill_list (XsStaffCamera *self, GPtrArray *cameras)
{
  gboolean known = self->chosen == NULL;
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  self->any = NULL;
  add_camera (self, NULL, _ ("Any camera"), _ ("The first one that works"));
  for (char *const *uri = self->context->options->camera_uris; uri != NULL && *uri != NULL; uri++)
    {
      g_autofree char *name = g_path_get_basename (*uri);
      name[strcspn (name, "?")] = '\0';
      add_camera (self, *uri, name, _ ("Given at the start"));
      known |= g_strcmp0 (*uri, self->chosen) == 0;
    }
  for (guint i = 0; i < cameras->len; i++)
    {
      const XsCameraInfo *camera = g_ptr_array_index (cameras, i);
      add_camera (self, camera->id, camera->name, kind_note (camera->kind));
      known |= g_strcmp0 (camera->id, self->chosen) == 0;
    }
  if (!known)
    add_camera (self, self->chosen, _ ("The camera that was chosen"), _ ("Not connected now"));
}

/* What is plugged in and what was chosen, on a thread: every device is asked. */

typedef struct {
  guint number;
  gboolean recordings; /* stand for the cameras */
  char *chosen;
  XsStore *store;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_object_unref (look->store);
  g_free (look->chosen);
  g_free (look);
}

static gboolean
read_choice (XsJournal *journal, gpointer data, GError **error)
{
  Look *look = data;

  return xs_journal_get_setting (journal, XS_SETTING_CAMERA, &look->chosen, error);
}

static void
look_around (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look *look = data;
  g_autoptr (GError) error = NULL;

  if (!xs_store_run (look->store, read_choice, look, &error))
    g_message ("Camera: %s", error->message);
  g_task_return_pointer (task, look->recordings ? g_ptr_array_new () : xs_camera_list (),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsStaffCamera *self = (XsStaffCamera *) source;
  const Look *look = g_task_get_task_data (G_TASK (result));
  g_autoptr (GPtrArray) cameras = g_task_propagate_pointer (G_TASK (result), NULL);

  if (look->number != self->looks || cameras == NULL)
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (look->chosen);
  fill_list (self, cameras);
  start_preview (self);
}

static void
begin_look (XsStaffCamera *self)
{
  Look *look = g_new0 (Look, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_looked, NULL);

  look->number = ++self->looks;
  look->store = g_object_ref (self->context->store);
  look->recordings = self->context->options->camera_uris != NULL;
  g_task_set_source_tag (task, begin_look);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_around);
}

static void
xs_staff_camera_map (GtkWidget *widget)
{
  XsStaffCamera *self = (XsStaffCamera *) widget;

  GTK_WIDGET_CLASS (xs_staff_camera_parent_class)->map (widget);
  if (self->context->check != NULL)
    xs_ready_check_hold (self->context->check, TRUE);
  begin_look (self);
}

static void
xs_staff_camera_unmap (GtkWidget *widget)
{
  XsStaffCamera *self = (XsStaffCamera *) widget;

  self->looks++;
  gtk_picture_set_paintable (self->picture, NULL);
  if (self->camera != NULL)
    xs_camera_stop (self->camera);
  g_clear_object (&self->camera);
  if (self->context->check != NULL)
    {
      xs_ready_check_hold (self->context->check, FALSE);
      xs_ready_check_run (self->context->check, TRUE);
    }
  GTK_WIDGET_CLASS (xs_staff_camera_parent_class)->unmap (widget);
}

static void
xs_staff_camera_dispose (GObject *object)
{
  XsStaffCamera *self = (XsStaffCamera *) object;

  g_clear_object (&self->camera);
  G_OBJECT_CLASS (xs_staff_camera_parent_class)->dispose (object);
}

static void
xs_staff_camera_finalize (GObject *object)
{
  XsStaffCamera *self = (XsStaffCamera *) object;

  g_free (self->chosen);
  xs_staff_context_unref (self->context);
  G_OBJECT_CLASS (xs_staff_camera_parent_class)->finalize (object);
}

static void
xs_staff_camera_class_init (XsStaffCameraClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_staff_camera_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_staff_camera_finalize;
  GTK_WIDGET_CLASS (klass)->map = xs_staff_camera_map;
  GTK_WIDGET_CLASS (klass)->unmap = xs_staff_camera_unmap;
}

static void
xs_staff_camera_init (XsStaffCamera *self)
{
  GtkBox *column = xs_staff_part_new (ADW_BIN (self), _ ("Camera"),
                                      _ ("The one that looks at the student. It is known again by its serial number."));
  GtkListBox *list;

  self->list = xs_staff_add_list (column, NULL);
  self->picture = GTK_PICTURE (gtk_picture_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->picture), -1, 240);
  gtk_widget_set_vexpand (GTK_WIDGET (self->picture), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->picture), "stage");
  gtk_picture_set_alternative_text (self->picture, _ ("Picture of the camera"));
  gtk_box_append (column, GTK_WIDGET (self->picture));
  self->state = xs_staff_add_result (column, _ ("State of the camera"));
  self->way_part = gtk_box_new (GTK_ORIENTATION_VERTICAL, gtk_box_get_spacing (column));
  gtk_widget_set_visible (self->way_part, FALSE);
  gtk_box_append (column, self->way_part);
  list = xs_staff_add_list (GTK_BOX (self->way_part), _ ("How it is reached"));
  for (int way = 0; way < XS_CAMERA_N_WAYS; way++)
    self->ways[way] = xs_staff_add_fact (list, xs_ready_way_title ((XsCameraWay) way));
}

GtkWidget *
xs_staff_camera_new (XsStaffContext *context)
{
  XsStaffCamera *self = g_object_new (XS_TYPE_STAFF_CAMERA, NULL);

  self->context = xs_staff_context_ref (context);
  return GTK_WIDGET (self);
}
