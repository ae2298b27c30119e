/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-film.h"

struct _XsFilmItem {
  GObject parent_instance;
  char sha256[65];
  XsTone tone;
  gint64 taken_us;
  char *text;
};

G_DEFINE_FINAL_TYPE (XsFilmItem, xs_film_item, G_TYPE_OBJECT)

static void
xs_film_item_finalize (GObject *object)
{
  g_free (XS_FILM_ITEM (object)->text);
  G_OBJECT_CLASS (xs_film_item_parent_class)->finalize (object);
}

static void
xs_film_item_class_init (XsFilmItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_film_item_finalize;
}

static void
xs_film_item_init (XsFilmItem *item)
{
}

const char *
xs_film_item_get_sha256 (XsFilmItem *item)
{
  return item->sha256;
}

XsTone
xs_film_item_get_tone (XsFilmItem *item)
{
  return item->tone;
}

gint64
xs_film_item_get_taken_us (XsFilmItem *item)
{
  return item->taken_us;
}

const char *
xs_film_item_get_text (XsFilmItem *item)
{
  return item->text;
}

struct _XsFilm {
  GObject parent_instance;
  const XsShownLogs *shown; /* (nullable) */
  guint n_items;
};

static GType
get_item_type (GListModel *model)
{
  return XS_TYPE_FILM_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return XS_FILM (model)->n_items;
}

static gpointer
get_item (GListModel *model, guint position)
{
  XsFilm *film = XS_FILM (model);

  if (position >= film->n_items)
    return NULL;
  const XsShownPhoto *photo = &g_array_index (film->shown->photos, XsShownPhoto, position);
  XsFilmItem *item = g_object_new (XS_TYPE_FILM_ITEM, NULL);
  g_strlcpy (item->sha256, photo->glance.gone ? "" : photo->glance.sha256, sizeof item->sha256);
  item->tone = xs_shown_photo_tone (photo);
  item->taken_us = photo->glance.taken_us;
  item->text = xs_shown_photo_text (photo);
  return item;
}

static void
init_list (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (XsFilm, xs_film, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list))

static void
xs_film_class_init (XsFilmClass *klass)
{
}

static void
xs_film_init (XsFilm *film)
{
}

XsFilm *
xs_film_new (void)
{
  return g_object_new (XS_TYPE_FILM, NULL);
}

void
xs_film_set_shown (XsFilm *film, const XsShownLogs *shown)
{
  guint n_before = film->n_items;

  g_return_if_fail (XS_IS_FILM (film));

  film->shown = shown;
  film->n_items = shown != NULL ? shown->photos->len : 0;
  g_list_model_items_changed (G_LIST_MODEL (film), 0, n_before, film->n_items);
}
