/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-card-scan.h"

#include "xs-code-reader.h"

struct _XsCardScan {
  XsCodeReader *reader; /* the camera's thread alone */
  GMutex lock;
  char *text; /* (nullable): under @lock */
};

XsCardScan *
xs_card_scan_new (void)
{
  XsCardScan *scan = g_new0 (XsCardScan, 1);

  scan->reader = xs_code_reader_new ();
  g_mutex_init (&scan->lock);
  return scan;
}

void
xs_card_scan_free (XsCardScan *scan)
{
  if (scan == NULL)
    return;
  xs_code_reader_free (scan->reader);
  g_mutex_clear (&scan->lock);
  g_free (scan->text);
  g_free (scan);
}

void
xs_card_scan_frame (XsCardScan *scan, const XsFrame *frame)
{
  char *text = xs_code_reader_read (scan->reader, frame);

  if (text == NULL)
    return;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&scan->lock);
  g_free (scan->text);
  scan->text = text;
}

char *
xs_card_scan_take (XsCardScan *scan)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&scan->lock);

  return g_steal_pointer (&scan->text);
}
