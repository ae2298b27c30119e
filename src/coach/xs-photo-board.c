/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-photo-board.h"

#include <glib/gi18n.h>

#include "xs-error.h"
#include "xs-film-view.h"
#include "xs-photo-compare.h"
#include "xs-review-text.h"

/* Photos that are got before they are asked for, to either side. */
#define AHEAD_PHOTOS 3
/* A photo whose small picture is there is got in whole when the keys rest on it. */
#define REST_MS 120

struct _XsPhotoBoard {
  AdwBin parent_instance;

  XsFilm *film;
  XsFilmView *strip;
  XsFilmView *grid;
  GtkStack *stack;
  XsPhotoCompare *compare;

  XsPhotoStore *store;      /* (nullable) */
  const XsShownLogs *shown; /* (nullable) */
  int selected;             /* index; -1: none */
  gboolean strip_shown;     /* as long as there is no grid, and room */
  gboolean cramped;
  GCancellable *cancellable; /* (nullable): of the chosen photo and those beside it */
  guint resting_id;          /* source; 0: none */
  char registration[65];     /* "": none is waited for */
};

enum {
  PROP_STRIP_SHOWN = 1,
  PROP_GRID_SHOWN,
  N_PROPS,
};
enum {
  SIGNAL_PHOTO_SELECTED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsPhotoBoard, xs_photo_board, ADW_TYPE_BIN)

/* Pictures */

static const char *
missing_text (const GError *error)
{
  if (g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND))
    return _ ("The photo is not on the platform: it has not arrived yet, or was removed.");
  if (g_error_matches (error, XS_ERROR, XS_ERROR_MEDIA))
    return _ ("The photo cannot be opened.");
  return xs_review_text_error (error);
}

static const XsShownPhoto *
photo_at (XsPhotoBoard *board, int index)
{
  if (board->shown == NULL || index < 0 || index >= (int) board->shown->photos->len)
    return NULL;
  return &g_array_index (board->shown->photos, XsShownPhoto, index);
}

/* Until the whole photo is here the small one stands for it: whoever runs through them sees each. */
static void
show_photo (XsPhotoBoard *board, const char *missing)
{
  const XsShownPhoto *photo = photo_at (board, board->selected);

  if (photo == NULL)
    {
      xs_photo_compare_show (board->compare, NULL);
      return;
    }
  const char *sha256 = photo->glance.sha256;
  GdkTexture *whole = xs_photo_store_peek (board->store, sha256, XS_PHOTO_WHOLE);
  GdkTexture *texture = whole != NULL ? whole : xs_photo_store_peek (board->store, sha256, XS_PHOTO_SMALL);
  g_autofree char *title = xs_shown_logs_photo_text (board->shown, photo);
  const XsPhotoShown shown = { texture,         missing,
                               title,           whole != NULL ? photo->measured : NULL,
                               photo->measured, photo->log != NULL ? photo->log->limits : NULL };
  xs_photo_compare_show (board->compare, &shown);
}

typedef struct {
  XsPhotoBoard *board;
  char sha256[65];
} AskedPhoto;

static AskedPhoto *
asked_photo (XsPhotoBoard *board, const char *sha256)
{
  AskedPhoto *asked = g_new (AskedPhoto, 1);

  asked->board = g_object_ref (board);
  g_strlcpy (asked->sha256, sha256, sizeof asked->sha256);
  return asked;
}

static void ask_photo (XsPhotoBoard *board, int index);

/* What is asked for last comes first. */
static void
ask_neighbours (XsPhotoBoard *board)
{
  for (int i = AHEAD_PHOTOS; i > 0; i--)
    {
      ask_photo (board, board->selected - i);
      ask_photo (board, board->selected + i);
    }
}

static void
on_photo (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree AskedPhoto *asked = user_data;
  g_autoptr (XsPhotoBoard) board = asked->board;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = xs_photo_store_get_finish (XS_PHOTO_STORE (source), result, &error);
  const XsShownPhoto *photo = photo_at (board, board->selected);

  if (board->store == NULL || photo == NULL || !g_str_equal (photo->glance.sha256, asked->sha256)
      || g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    return;
  show_photo (board, error != NULL ? missing_text (error) : NULL);
  ask_neighbours (board);
}

static void
ask_photo (XsPhotoBoard *board, int index)
{
  const XsShownPhoto *photo = photo_at (board, index);

  if (photo != NULL && xs_photo_store_peek (board->store, photo->glance.sha256, XS_PHOTO_WHOLE) == NULL)
    xs_photo_store_get_async (board->store, photo->glance.sha256, XS_PHOTO_WHOLE, board->cancellable, on_photo,
                              asked_photo (board, photo->glance.sha256));
}

static void
on_rest (gpointer user_data)
{
  XsPhotoBoard *board = user_data;

  board->resting_id = 0;
  ask_photo (board, board->selected);
}

/* The chosen one before those beside it: it is waited for. */
static void
ask_chosen (XsPhotoBoard *board)
{
  const XsShownPhoto *photo = photo_at (board, board->selected);

  if (photo == NULL)
    return;
  if (xs_photo_store_peek (board->store, photo->glance.sha256, XS_PHOTO_WHOLE) != NULL)
    ask_neighbours (board);
  else if (xs_photo_store_peek (board->store, photo->glance.sha256, XS_PHOTO_SMALL) != NULL)
    board->resting_id = g_timeout_add_once (REST_MS, on_rest, board);
  else
    ask_photo (board, board->selected);
}

static void
stop_waiting (XsPhotoBoard *board)
{
  if (board->cancellable != NULL)
    g_cancellable_cancel (board->cancellable);
  g_clear_object (&board->cancellable);
  g_clear_handle_id (&board->resting_id, g_source_remove);
}

void
xs_photo_board_select (XsPhotoBoard *board, int index)
{
  g_return_if_fail (XS_IS_PHOTO_BOARD (board));

  stop_waiting (board);
  board->cancellable = g_cancellable_new ();
  board->selected = index;
  xs_film_view_select (board->strip, index);
  xs_film_view_select (board->grid, index);
  show_photo (board, _ ("Getting the photo…"));
  if (!xs_photo_board_is_browsing (board))
    ask_chosen (board);
}

void
xs_photo_board_set_shown (XsPhotoBoard *board, const XsShownLogs *shown)
{
  g_return_if_fail (XS_IS_PHOTO_BOARD (board));

  stop_waiting (board);
  board->shown = shown;
  board->selected = -1;
  xs_film_set_shown (board->film, shown);
  show_photo (board, NULL);
}

gboolean
xs_photo_board_has_picture (XsPhotoBoard *board)
{
  const XsShownPhoto *photo = photo_at (board, board->selected);

  return photo != NULL && xs_photo_store_peek (board->store, photo->glance.sha256, XS_PHOTO_WHOLE) != NULL;
}

/* The registration photo */

static void
on_registration (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree AskedPhoto *asked = user_data;
  g_autoptr (XsPhotoBoard) board = asked->board;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = xs_photo_store_get_finish (XS_PHOTO_STORE (source), result, &error);

  if (board->store != NULL && g_str_equal (board->registration, asked->sha256)
      && !g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    xs_photo_compare_set_registration (board->compare, texture, error != NULL ? missing_text (error) : NULL);
}

void
xs_photo_board_set_registration (XsPhotoBoard *board, const char *sha256)
{
  g_return_if_fail (XS_IS_PHOTO_BOARD (board));

  /* Of another log of the same student it is the same. */
  if (sha256 != NULL && sha256[0] != '\0' && g_str_equal (board->registration, sha256))
    return;
  g_strlcpy (board->registration, sha256 != NULL ? sha256 : "", sizeof board->registration);
  if (board->registration[0] == '\0')
    {
      xs_photo_compare_set_registration (board->compare, NULL,
                                         sha256 != NULL ? _ ("The student has no registration photo.") : NULL);
      return;
    }
  xs_photo_compare_set_registration (board->compare, NULL, _ ("Getting the photo…"));
  xs_photo_store_get_async (board->store, sha256, XS_PHOTO_REGISTRATION, NULL, on_registration,
                            asked_photo (board, sha256));
}

/* Strip and grid */

static void
on_film_selected (XsPhotoBoard *board, int index)
{
  g_signal_emit (board, signals[SIGNAL_PHOTO_SELECTED], 0, index);
}

/* Beside the grid it would say everything twice. */
static void
show_strip (XsPhotoBoard *board)
{
  gtk_widget_set_visible (GTK_WIDGET (board->strip),
                          board->strip_shown && !board->cramped && !xs_photo_board_is_browsing (board));
}

void
xs_photo_board_set_cramped (XsPhotoBoard *board, gboolean cramped)
{
  g_return_if_fail (XS_IS_PHOTO_BOARD (board));

  board->cramped = cramped;
  show_strip (board);
}

static void
set_grid_shown (XsPhotoBoard *board, gboolean shown)
{
  if (xs_photo_board_is_browsing (board) == shown)
    return;
  gtk_stack_set_visible_child_name (board->stack, shown ? "grid" : "compare");
  show_strip (board);
  if (shown)
    xs_film_view_focus (board->grid);
  else
    xs_photo_board_select (board, board->selected);
  g_object_notify_by_pspec (G_OBJECT (board), props[PROP_GRID_SHOWN]);
}

static void
set_strip_shown (XsPhotoBoard *board, gboolean shown)
{
  if (board->strip_shown == shown)
    return;
  board->strip_shown = shown;
  show_strip (board);
  g_object_notify_by_pspec (G_OBJECT (board), props[PROP_STRIP_SHOWN]);
}

static void
on_opened (XsPhotoBoard *board, int index)
{
  g_signal_emit (board, signals[SIGNAL_PHOTO_SELECTED], 0, index);
  set_grid_shown (board, FALSE);
}

gboolean
xs_photo_board_is_browsing (XsPhotoBoard *board)
{
  g_return_val_if_fail (XS_IS_PHOTO_BOARD (board), FALSE);

  return g_strcmp0 (gtk_stack_get_visible_child_name (board->stack), "grid") == 0;
}

GtkAdjustment *
xs_photo_board_get_grid_adjustment (XsPhotoBoard *board)
{
  g_return_val_if_fail (XS_IS_PHOTO_BOARD (board), NULL);

  return xs_film_view_get_adjustment (board->grid);
}

gboolean
xs_photo_board_key (XsPhotoBoard *board, guint key)
{
  g_return_val_if_fail (XS_IS_PHOTO_BOARD (board), FALSE);

  switch (key)
    {
    case GDK_KEY_m:
    case GDK_KEY_M:
      xs_photo_compare_toggle_measured (board->compare);
      return TRUE;
    case GDK_KEY_f:
    case GDK_KEY_F:
      set_strip_shown (board, !board->strip_shown);
      return TRUE;
    case GDK_KEY_g:
    case GDK_KEY_G:
      set_grid_shown (board, !xs_photo_board_is_browsing (board));
      return TRUE;
    case GDK_KEY_Escape:
      if (!xs_photo_board_is_browsing (board))
        return FALSE;
      set_grid_shown (board, FALSE);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Opening and closing */

void
xs_photo_board_open (XsPhotoBoard *board, XsReviewClient *client, const char *photos_dir)
{
  g_return_if_fail (XS_IS_PHOTO_BOARD (board));

  board->store = xs_photo_store_new (client, photos_dir);
  xs_film_view_set_store (board->strip, board->store);
  xs_film_view_set_store (board->grid, board->store);
}

void
xs_photo_board_close (XsPhotoBoard *board)
{
  g_return_if_fail (XS_IS_PHOTO_BOARD (board));

  xs_photo_board_set_shown (board, NULL);
  xs_photo_board_set_registration (board, NULL);
  set_grid_shown (board, FALSE);
  xs_film_view_set_store (board->strip, NULL);
  xs_film_view_set_store (board->grid, NULL);
  if (board->store != NULL)
    xs_photo_store_empty (board->store);
  g_clear_object (&board->store);
}

/* GObject */

static void
xs_photo_board_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  XsPhotoBoard *board = XS_PHOTO_BOARD (object);

  g_value_set_boolean (value, id == PROP_STRIP_SHOWN ? board->strip_shown : xs_photo_board_is_browsing (board));
}

static void
xs_photo_board_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  (id == PROP_STRIP_SHOWN ? set_strip_shown : set_grid_shown) (XS_PHOTO_BOARD (object), g_value_get_boolean (value));
}

static void
xs_photo_board_dispose (GObject *object)
{
  XsPhotoBoard *board = XS_PHOTO_BOARD (object);

  stop_waiting (board);
  g_clear_object (&board->store);
  g_clear_object (&board->film);
  G_OBJECT_CLASS (xs_photo_board_parent_class)->dispose (object);
}

static void
xs_photo_board_class_init (XsPhotoBoardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xs_photo_board_dispose;
  object_class->get_property = xs_photo_board_get_property;
  object_class->set_property = xs_photo_board_set_property;
  props[PROP_STRIP_SHOWN] = g_param_spec_boolean ("strip-shown", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_GRID_SHOWN] = g_param_spec_boolean ("grid-shown", NULL, NULL, FALSE,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_PHOTO_SELECTED] = g_signal_new ("photo-selected", XS_TYPE_PHOTO_BOARD, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
xs_photo_board_init (XsPhotoBoard *board)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  board->selected = -1;
  board->film = xs_film_new ();
  board->strip = xs_film_view_new (board->film, FALSE);
  board->grid = xs_film_view_new (board->film, TRUE);
  board->stack = GTK_STACK (gtk_stack_new ());
  board->compare = g_object_new (XS_TYPE_PHOTO_COMPARE, "vexpand", TRUE, NULL);
  gtk_widget_set_visible (GTK_WIDGET (board->strip), FALSE);
  gtk_widget_add_css_class (box, "photo-board");
  gtk_stack_add_named (board->stack, GTK_WIDGET (board->compare), "compare");
  gtk_stack_add_named (board->stack, GTK_WIDGET (board->grid), "grid");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (board->strip));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (board->stack));
  adw_bin_set_child (ADW_BIN (board), box);
  g_signal_connect_object (board->strip, "photo-selected", G_CALLBACK (on_film_selected), board, G_CONNECT_SWAPPED);
  g_signal_connect_object (board->grid, "photo-selected", G_CALLBACK (on_film_selected), board, G_CONNECT_SWAPPED);
  g_signal_connect_object (board->grid, "photo-opened", G_CALLBACK (on_opened), board, G_CONNECT_SWAPPED);
}
