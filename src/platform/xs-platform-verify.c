/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-export.h"

#include "xs-error.h"
#include "xs-platform-check.h"
#include "xs-platform-photos.h"
#include "xs-platform-consent.h"
#include "xs-wire-appeal.h"
#include "xs-wire-consent.h"

#include <string.h>

typedef struct {
  XsPlatformStorage *storage;
  XsPlatformChecked *checked;
  GPtrArray *problems;
  GPtrArray *notes;
} VerifyCall;

static void G_GNUC_PRINTF (2, 3) add (GPtrArray *list, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (list, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
verify_log_photos (VerifyCall *call, const char *name, const XsTeachingLog *log, GError **error)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new ();

  for (guint i = 0; i < log->photos->len; i++)
    g_ptr_array_add (wanted, g_array_index (log->photos, XsPhotoRecord, i).sha256);
  g_autoptr (GPtrArray) missing = xs_platform_storage_find_missing (call->storage, wanted, error);
  for (guint i = 0; missing != NULL && i < missing->len; i++)
    add (call->problems, "%s: photo %s is missing", name, (const char *) g_ptr_array_index (missing, i));
}

static gboolean
verify_log (const XsPlatformLog *log, gpointer data, GError **error)
{
  VerifyCall *call = data;
  g_auto (XsWireLog) wire_log;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = g_strdup_printf ("Log %s-%" G_GINT64_FORMAT, log->device.devnum, log->seq);
  gsize size;
  const void *bytes = g_bytes_get_data (log->bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (bytes != NULL ? bytes : "", size);

  call->checked->logs++;
  xs_wire_log_init (&wire_log);
  if (strcmp (sha256, log->sha256) != 0)
    add (call->problems, "%s: its bytes are not those that were received", name);
  if (!xs_verify (log->device.sign_key, bytes, size, log->signature))
    add (call->problems, "%s: its signature is bad", name);
  if (log->chain == XS_PLATFORM_CHAIN_BROKEN)
    add (call->problems, "%s: it does not follow the log before it", name);
  if (log->chain == XS_PLATFORM_CHAIN_GAP)
    add (call->notes, "%s: the log before it has not arrived", name);
  if (!xs_wire_log_decode (&wire_log, log->bytes, &local_error))
    {
      add (call->problems, "%s: %s", name, local_error->message);
      return TRUE;
    }
  const char *inscode = xs_platform_storage_get_inscode (call->storage);
  if (wire_log.seq != log->seq || strcmp (wire_log.log.devnum, log->device.devnum) != 0
      || strcmp (wire_log.log.inscode, inscode) != 0 || strcmp (wire_log.previous, log->previous) != 0)
    add (call->problems, "%s: its numbers are not those it is filed under", name);
  verify_log_photos (call, name, &wire_log.log, &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
verify_appeal (const XsPlatformAppeal *appeal, gpointer data, GError **error)
{
  VerifyCall *call = data;
  XsAppeal content;
  g_autoptr (GError) invalid = NULL;
  g_autofree char *name =
    g_strdup_printf ("Appeal against log %s-%" G_GINT64_FORMAT, appeal->device.devnum, appeal->seq);
  gsize size;
  const void *bytes = g_bytes_get_data (appeal->bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (bytes != NULL ? bytes : "", size);

  call->checked->appeals++;
  if (strcmp (sha256, appeal->sha256) != 0)
    add (call->problems, "%s: its bytes are not those that were received", name);
  if (!xs_verify (appeal->device.sign_key, bytes, size, appeal->signature))
    add (call->problems, "%s: its signature is bad", name);
  if (!xs_wire_appeal_decode (&content, appeal->bytes, &invalid))
    add (call->problems, "%s: %s", name, invalid->message);
  else if (content.seq != appeal->seq || strcmp (content.devnum, appeal->device.devnum) != 0)
    add (call->problems, "%s: its numbers are not those it is filed under", name);
  if (!appeal->has_log)
    add (call->notes, "%s: the log is not here", name);
  return TRUE;
}

static gboolean
verify_consent (const XsPlatformConsent *consent, gpointer data, GError **error)
{
  VerifyCall *call = data;
  XsConsentRecord content;
  g_autoptr (GError) invalid = NULL;
  gsize size;

  call->checked->consents++;
  if (consent->at_school)
    return TRUE;
  g_autofree char *name = g_strdup_printf ("Consent %s-%" G_GINT64_FORMAT, consent->device.devnum, consent->seq);
  const void *bytes = g_bytes_get_data (consent->bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (bytes != NULL ? bytes : "", size);
  if (strcmp (sha256, consent->sha256) != 0)
    add (call->problems, "%s: its bytes are not those that were received", name);
  if (!xs_verify (consent->device.sign_key, bytes, size, consent->signature))
    add (call->problems, "%s: its signature is bad", name);
  if (!xs_wire_consent_decode (&content, consent->bytes, &invalid))
    add (call->problems, "%s: %s", name, invalid->message);
  else if (content.seq != consent->seq || strcmp (content.devnum, consent->device.devnum) != 0
           || strcmp (content.stunum, consent->stunum) != 0 || content.withdrawn != consent->withdrawn
           || content.text_version != consent->text_version || content.wall_us != consent->decided_us)
    add (call->problems, "%s: it is not filed as it was signed", name);
  return TRUE;
}

static gboolean
verify_photos (VerifyCall *call, GError **error)
{
  g_autoptr (GArray) photos = xs_platform_storage_list_photos (call->storage, error);

  for (guint i = 0; photos != NULL && i < photos->len; i++)
    {
      const XsPlatformPhoto *photo = &g_array_index (photos, XsPlatformPhoto, i);
      g_autoptr (GError) local_error = NULL;
      call->checked->photos++;
      if (photo->gone_us != 0)
        continue;
      g_autoptr (GBytes) bytes =
        xs_platform_storage_get_sealed_photo (call->storage, photo->sha256, NULL, &local_error);
      if (bytes == NULL)
        add (call->problems, "Photo %s: %s", photo->sha256, local_error->message);
      else if ((gint64) g_bytes_get_size (bytes) != photo->size_bytes)
        add (call->problems, "Photo %s: its size is not what was received", photo->sha256);
    }
  return photos != NULL;
}

static gboolean
verify_learners (VerifyCall *call, GError **error)
{
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (call->storage, error);

  for (guint i = 0; learners != NULL && i < learners->len; i++)
    {
      const XsWireLearner *learner = &g_array_index (learners, XsWireLearner, i);
      g_autoptr (GError) local_error = NULL;
      call->checked->learners++;
      if (learner->photo_sha256[0] == '\0')
        {
          add (call->notes, "Learner %s has no registration photo and cannot sign in", learner->stunum);
          continue;
        }
      if (!xs_platform_storage_check_registration_photo (call->storage, learner->stunum, learner->photo_sha256,
                                                         &local_error))
        add (call->problems, "Registration photo of learner %s: %s", learner->stunum, local_error->message);
    }
  return learners != NULL;
}

void
xs_platform_checked_clear (XsPlatformChecked *checked)
{
  g_clear_pointer (&checked->problems, g_ptr_array_unref);
  g_clear_pointer (&checked->notes, g_ptr_array_unref);
}

gboolean
xs_platform_check (XsPlatformStorage *storage, gboolean repair, XsPlatformChecked *checked, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *checked = (XsPlatformChecked){ .problems = g_ptr_array_new_with_free_func (g_free),
                                  .notes = g_ptr_array_new_with_free_func (g_free) };
  VerifyCall call = { storage, checked, checked->problems, checked->notes };
  if (!xs_platform_storage_check (storage, &local_error))
    add (checked->problems, "%s", local_error->message);
  return xs_platform_storage_foreach_log (storage, verify_log, &call, error)
         && xs_platform_storage_foreach_appeal (storage, verify_appeal, &call, error)
         && xs_platform_storage_foreach_consent (storage, verify_consent, &call, error) && verify_photos (&call, error)
         && verify_learners (&call, error) && xs_platform_storage_check_files (storage, repair, checked, error);
}

gboolean
xs_platform_verify (XsPlatformStorage *storage, GPtrArray **problems, GPtrArray **notes, GError **error)
{
  g_auto (XsPlatformChecked) checked = { 0 };

  if (!xs_platform_check (storage, FALSE, &checked, error))
    return FALSE;
  *problems = g_steal_pointer (&checked.problems);
  *notes = g_steal_pointer (&checked.notes);
  return TRUE;
}
