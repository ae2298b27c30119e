/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-film-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "xs-film-frame.h"

#define STRIP_PX 96
#define MAX_COLUMNS 12

struct _XsFilmView {
  AdwBin parent_instance;

  gboolean grid;
  GtkScrolledWindow *scroll;
  GtkWidget *list; /* GtkListView or GtkGridView */
  GtkSingleSelection *selection;
  XsFilm *film;        /* in @selection only while it is on screen: what nobody sees gets no pictures */
  int selected;        /* index; -1: none */
  XsPhotoStore *store; /* (nullable) */
  GPtrArray *items;    /* GtkListItem that have a photo, some beyond what is on screen */
  guint look_id, show_id;
  gboolean selecting;   /* not of the user's doing */
  gboolean takes_focus; /* once it has its size */
};

enum {
  SIGNAL_PHOTO_SELECTED,
  SIGNAL_PHOTO_OPENED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsFilmView, xs_film_view, ADW_TYPE_BIN)

/* Frames are made for more than fits: pictures are for those that are seen. */
static gboolean
look (gpointer data)
{
  XsFilmView *view = data;
  graphene_rect_t bounds, whole = GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (GTK_WIDGET (view->scroll)),
                                                      (float) gtk_widget_get_height (GTK_WIDGET (view->scroll)));

  view->look_id = 0;
  for (guint i = 0; view->store != NULL && i < view->items->len; i++)
    {
      GtkWidget *frame = gtk_list_item_get_child (g_ptr_array_index (view->items, i));
      gboolean seen = gtk_widget_get_mapped (frame)
                      && gtk_widget_compute_bounds (frame, GTK_WIDGET (view->scroll), &bounds)
                      && graphene_rect_intersection (&bounds, &whole, NULL);
      xs_film_frame_set_seen (XS_FILM_FRAME (frame), view->store, seen);
    }
  return G_SOURCE_REMOVE;
}

/* Once what moved has its new place. */
static void
look_soon (XsFilmView *view)
{
  if (view->look_id == 0)
    view->look_id = g_idle_add (look, view);
}

static void
on_setup (XsFilmView *view, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, xs_film_frame_new (view->grid ? XS_PHOTO_STORE_SMALL_PX : STRIP_PX, view->grid));
}

static void
on_bind (XsFilmView *view, GtkListItem *list_item)
{
  XsFilmFrame *frame = XS_FILM_FRAME (gtk_list_item_get_child (list_item));

  xs_film_frame_set_item (frame, gtk_list_item_get_item (list_item));
  g_ptr_array_add (view->items, list_item);
  look_soon (view);
}

static void
on_unbind (XsFilmView *view, GtkListItem *list_item)
{
  XsFilmFrame *frame = XS_FILM_FRAME (gtk_list_item_get_child (list_item));

  g_ptr_array_remove_fast (view->items, list_item);
  xs_film_frame_set_item (frame, NULL);
}

static void
on_selected (XsFilmView *view)
{
  guint selected = gtk_single_selection_get_selected (view->selection);

  if (view->selecting || selected == GTK_INVALID_LIST_POSITION)
    return;
  view->selected = (int) selected;
  g_signal_emit (view, signals[SIGNAL_PHOTO_SELECTED], 0, view->selected);
}

static void
on_activate (XsFilmView *view, guint position)
{
  g_signal_emit (view, signals[SIGNAL_PHOTO_OPENED], 0, (int) position);
}

static void
show_selected (XsFilmView *view)
{
  guint selected = view->selected >= 0 ? (guint) view->selected : GTK_INVALID_LIST_POSITION;

  if (!gtk_widget_get_mapped (GTK_WIDGET (view)))
    return;
  view->selecting = TRUE;
  gtk_single_selection_set_selected (view->selection, selected);
  view->selecting = FALSE;
  if (view->selected >= 0)
    gtk_widget_activate_action (view->list, "list.scroll-to-item", "u", selected);
}

/* Keys go on from where the focus is, not from what is chosen. */
static void
focus_selected (XsFilmView *view)
{
  for (guint i = 0; i < view->items->len; i++)
    {
      GtkListItem *list_item = g_ptr_array_index (view->items, i);
      if ((int) gtk_list_item_get_position (list_item) == view->selected)
        {
          gtk_widget_grab_focus (gtk_widget_get_parent (gtk_list_item_get_child (list_item)));
          return;
        }
    }
  gtk_widget_grab_focus (view->list);
}

/* Once it has its size. */
static gboolean
show_placed (gpointer data)
{
  XsFilmView *view = data;

  view->show_id = 0;
  show_selected (view);
  if (view->takes_focus)
    focus_selected (view);
  view->takes_focus = FALSE;
  return G_SOURCE_REMOVE;
}

void
xs_film_view_select (XsFilmView *view, int photo)
{
  g_return_if_fail (XS_IS_FILM_VIEW (view));

  if (view->selected == photo && gtk_single_selection_get_selected (view->selection) == (guint) photo)
    return;
  view->selected = photo;
  show_selected (view);
}

static void
set_model (XsFilmView *view, GListModel *model)
{
  view->selecting = TRUE;
  gtk_single_selection_set_model (view->selection, model);
  view->selecting = FALSE;
}

static void
xs_film_view_map (GtkWidget *widget)
{
  XsFilmView *view = XS_FILM_VIEW (widget);

  set_model (view, G_LIST_MODEL (view->film));
  GTK_WIDGET_CLASS (xs_film_view_parent_class)->map (widget);
  view->show_id = g_idle_add (show_placed, view);
}

static void
xs_film_view_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&XS_FILM_VIEW (widget)->show_id, g_source_remove);
  GTK_WIDGET_CLASS (xs_film_view_parent_class)->unmap (widget);
  set_model (XS_FILM_VIEW (widget), NULL);
}

void
xs_film_view_focus (XsFilmView *view)
{
  g_return_if_fail (XS_IS_FILM_VIEW (view));

  view->takes_focus = TRUE;
  if (view->show_id == 0)
    view->show_id = g_idle_add (show_placed, view);
}

void
xs_film_view_set_store (XsFilmView *view, XsPhotoStore *store)
{
  g_return_if_fail (XS_IS_FILM_VIEW (view));

  g_set_object (&view->store, store);
}

GtkAdjustment *
xs_film_view_get_adjustment (XsFilmView *view)
{
  g_return_val_if_fail (XS_IS_FILM_VIEW (view), NULL);

  return view->grid ? gtk_scrolled_window_get_vadjustment (view->scroll)
                    : gtk_scrolled_window_get_hadjustment (view->scroll);
}

/* A mouse has but one wheel. Returns: whether it was turned on the way down, and not to the side */
static gboolean
on_wheel (XsFilmView *view, double dx, double dy)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (view->scroll);

  if (dx != 0)
    return FALSE;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment)
                                          + dy * pow (gtk_adjustment_get_page_size (adjustment), 2.0 / 3));
  return TRUE;
}

static void
roll_by_wheel (XsFilmView *view)
{
  GtkEventController *wheel = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  /* Before the list takes it for a way down that it has not. */
  gtk_event_controller_set_propagation_phase (wheel, GTK_PHASE_CAPTURE);
  g_signal_connect_object (wheel, "scroll", G_CALLBACK (on_wheel), view, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (view->scroll), wheel);
}

static void
xs_film_view_dispose (GObject *object)
{
  XsFilmView *view = XS_FILM_VIEW (object);

  g_clear_handle_id (&view->look_id, g_source_remove);
  g_clear_handle_id (&view->show_id, g_source_remove);
  g_clear_object (&view->store);
  g_clear_object (&view->selection);
  g_clear_object (&view->film);
  G_OBJECT_CLASS (xs_film_view_parent_class)->dispose (object);
}

static void
xs_film_view_finalize (GObject *object)
{
  g_ptr_array_unref (XS_FILM_VIEW (object)->items);
  G_OBJECT_CLASS (xs_film_view_parent_class)->finalize (object);
}

static void
xs_film_view_class_init (XsFilmViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_film_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_film_view_finalize;
  GTK_WIDGET_CLASS (klass)->map = xs_film_view_map;
  GTK_WIDGET_CLASS (klass)->unmap = xs_film_view_unmap;
  signals[SIGNAL_PHOTO_SELECTED] = g_signal_new ("photo-selected", XS_TYPE_FILM_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                 NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_PHOTO_OPENED] = g_signal_new ("photo-opened", XS_TYPE_FILM_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                               NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
xs_film_view_init (XsFilmView *view)
{
  view->selected = -1;
  view->items = g_ptr_array_new ();
}

XsFilmView *
xs_film_view_new (XsFilm *film, gboolean grid)
{
  XsFilmView *view = g_object_new (XS_TYPE_FILM_VIEW, NULL);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  view->grid = grid;
  view->film = g_object_ref (film);
  view->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (view->selection, FALSE);
  gtk_single_selection_set_can_unselect (view->selection, TRUE);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (view->selection, "notify::selected", G_CALLBACK (on_selected), view, G_CONNECT_SWAPPED);
  GtkSelectionModel *model = GTK_SELECTION_MODEL (g_object_ref (view->selection));
  if (grid)
    {
      view->list = gtk_grid_view_new (model, factory);
      gtk_grid_view_set_max_columns (GTK_GRID_VIEW (view->list), MAX_COLUMNS);
    }
  else
    {
      view->list = gtk_list_view_new (model, factory);
      gtk_orientable_set_orientation (GTK_ORIENTABLE (view->list), GTK_ORIENTATION_HORIZONTAL);
    }
  gtk_widget_add_css_class (view->list, "film");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Photos"), -1);
  g_signal_connect_object (view->list, "activate", G_CALLBACK (on_activate), view, G_CONNECT_SWAPPED);
  view->scroll = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (view->scroll, grid ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC,
                                  grid ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (view->scroll, view->list);
  adw_bin_set_child (ADW_BIN (view), GTK_WIDGET (view->scroll));
  if (!grid)
    roll_by_wheel (view);
  g_signal_connect_object (xs_film_view_get_adjustment (view), "value-changed", G_CALLBACK (look_soon), view,
                           G_CONNECT_SWAPPED);
  return view;
}
