/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-journal.h"

G_BEGIN_DECLS

/* What the kiosk says of itself to the school, and what it must not say with it. */

/** xs_journal_get_schema: the version of the journal's tables. */
gboolean xs_journal_get_schema (XsJournal *journal, gint64 *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_list_names: (transfer full) (element-type utf8): of learners on the roster, and of who let some in. */
GPtrArray *xs_journal_list_names (XsJournal *journal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
