/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-review-client.h"

G_BEGIN_DECLS

/** XsViewsPage: who opened which photo, and who exported which log, the last first. */
#define XS_TYPE_VIEWS_PAGE (xs_views_page_get_type ())
G_DECLARE_FINAL_TYPE (XsViewsPage, xs_views_page, XS, VIEWS_PAGE, AdwBin)

/** xs_views_page_open: on behalf of who is signed in at @client, who may list them; NULL: nothing is shown. */
void xs_views_page_open (XsViewsPage *page, XsReviewClient *client);

G_END_DECLS
