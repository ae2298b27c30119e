/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-run.h"

#include "xs-error.h"

#include <string.h>

/* One document the platform hands out under an ETag. */
typedef struct {
  char *etag;
  char *json;        /* of a policy */
  GArray *learners;  /* of a roster */
  GPtrArray *hashes; /* of photos still to be fetched */
  const char *hash;  /* of the photo just fetched */
  GBytes *jpeg;
  GError *refusal; /* what the journal found wrong with what was fetched */
  gint64 last_seq; /* of this device's logs on the platform */
} Document;

static void
document_clear (Document *document)
{
  g_clear_pointer (&document->etag, g_free);
  g_clear_pointer (&document->json, g_free);
  g_clear_pointer (&document->learners, g_array_unref);
  g_clear_pointer (&document->hashes, g_ptr_array_unref);
  g_clear_pointer (&document->jpeg, g_bytes_unref);
  g_clear_error (&document->refusal);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Document, document_clear)

/* The journal checks what it is given. That it refuses bad bytes from outside is no failure of the journal. */
static gboolean
keep_refusal (gboolean ok, Document *document, GError *problem, GError **error)
{
  if (ok)
    return TRUE;
  if (g_error_matches (problem, XS_ERROR, XS_ERROR_INVALID) || g_error_matches (problem, XS_ERROR, XS_ERROR_CORRUPT)
      || g_error_matches (problem, XS_ERROR, XS_ERROR_TOO_NEW))
    {
      document->refusal = problem;
      return TRUE;
    }
  g_propagate_error (error, problem);
  return FALSE;
}

static gboolean
read_policy_etag (XsJournal *journal, gpointer data, GError **error)
{
  Document *document = data;
  XsPolicy policy;

  return xs_journal_get_policy (journal, &policy, &document->etag, error);
}

static gboolean
write_policy (XsJournal *journal, gpointer data, GError **error)
{
  Document *document = data;
  GError *problem = NULL;
  gboolean ok = xs_journal_set_policy (journal, document->json, document->etag, &problem);

  return keep_refusal (ok, document, problem, error);
}

static gboolean
read_roster_etag (XsJournal *journal, gpointer data, GError **error)
{
  Document *document = data;

  return xs_journal_get_roster_etag (journal, &document->etag, error);
}

static gboolean
write_roster (XsJournal *journal, gpointer data, GError **error)
{
  Document *document = data;
  GError *problem = NULL;
  gboolean ok = xs_journal_set_roster (journal, document->learners, document->etag, &problem);

  return keep_refusal (ok, document, problem, error);
}

static gboolean
list_photos (XsJournal *journal, gpointer data, GError **error)
{
  Document *document = data;

  document->hashes = xs_journal_list_missing_photos (journal, error);
  return document->hashes != NULL;
}

static gboolean
write_photo (XsJournal *journal, gpointer data, GError **error)
{
  Document *document = data;
  GError *problem = NULL;
  gboolean ok = xs_journal_set_registration_photo (journal, document->hash, document->jpeg, &problem);

  return keep_refusal (ok, document, problem, error);
}

static gboolean
decode_policy (Document *document, GBytes *body, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (body, &size);

  if (size == 0 || memchr (text, '\0', size) != NULL)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "the policy is not a text");
      return FALSE;
    }
  document->json = g_strndup (text, size);
  return TRUE;
}

static gboolean
decode_roster (Document *document, GBytes *body, GError **error)
{
  g_autoptr (GArray) received = xs_wire_roster_decode (body, error);

  if (received == NULL)
    return FALSE;
  document->learners = g_array_sized_new (FALSE, TRUE, sizeof (XsLearner), received->len);
  for (guint i = 0; i < received->len; i++)
    {
      const XsWireLearner *from = &g_array_index (received, XsWireLearner, i);
      XsLearner to = { .last_recnum = from->last_recnum,
                       .total_s = from->total_s,
                       .no_turning = from->no_turning,
                       .consent = from->consent };

      g_strlcpy (to.stunum, from->stunum, sizeof to.stunum);
      g_strlcpy (to.name, from->name, sizeof to.name);
      g_strlcpy (to.photo_sha256, from->photo_sha256, sizeof to.photo_sha256);
      g_strlcpy (to.photo_state, from->photo_state, sizeof to.photo_state);
      g_strlcpy (to.photo_comment, from->photo_comment, sizeof to.photo_comment);
      g_array_append_val (document->learners, to);
    }
  return TRUE;
}

typedef struct {
  const char *path;
  gsize max_bytes;
  XsStoreFunc read_etag;
  gboolean (*decode) (Document *document, GBytes *body, GError **error);
  XsStoreFunc write;
  gboolean may_be_absent; /* a school without a policy of its own goes by the kiosk's */
} DocumentKind;

static const DocumentKind policy_kind = {
  XS_WIRE_PATH_POLICY, XS_POLICY_MAX_BYTES, read_policy_etag, decode_policy, write_policy, TRUE,
};
static const DocumentKind roster_kind = {
  XS_WIRE_PATH_ROSTER, XS_WIRE_ROSTER_MAX_BYTES, read_roster_etag, decode_roster, write_roster, FALSE,
};

static gboolean
check_set_back (XsJournal *journal, gpointer data, GError **error)
{
  gboolean set_back;

  return xs_journal_check_set_back (journal, ((Document *) data)->last_seq, &set_back, error);
}

/* Before anything more is signed: see L14 in docs/protocol.md. */
static gboolean
note_last_seq (XsSyncRun *run, const XsSyncReply *reply)
{
  Document document = { .last_seq = reply->answer != NULL ? reply->answer->last_seq : 0 };

  return document.last_seq == 0 || reply->verdict != XS_SYNC_DONE || xs_sync_run_store (run, check_set_back, &document);
}

/* Returns: whether the journal now has what the platform has. */
static gboolean
refresh_document (XsSyncRun *run, const DocumentKind *kind)
{
  g_auto (Document) document = { NULL };
  g_autoptr (GError) error = NULL;

  if (xs_sync_run_is_over (run) || !xs_sync_run_store (run, kind->read_etag, &document))
    return FALSE;
  XsSyncCall call = { .method = "GET",
                      .path = kind->path,
                      .etag = document.etag,
                      .answer_type = XS_WIRE_TYPE_JSON,
                      .max_answer_bytes = kind->max_bytes };
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (run->client, &call, run->cancellable);
  if (!note_last_seq (run, reply))
    return FALSE;
  if ((reply->verdict == XS_SYNC_DONE && reply->answer->status == SOUP_STATUS_NOT_MODIFIED)
      || (kind->may_be_absent && g_str_equal (reply->code, XS_WIRE_ERROR_NOT_FOUND)))
    {
      run->answered = TRUE;
      return TRUE;
    }
  if (reply->verdict == XS_SYNC_DONE && kind->decode (&document, reply->answer->body, &error))
    {
      g_free (document.etag);
      document.etag = g_strdup (reply->answer->etag);
      if (!xs_sync_run_store (run, kind->write, &document))
        return FALSE;
      if (document.refusal == NULL)
        {
          run->answered = TRUE;
          run->pass->refreshed = TRUE;
          return TRUE;
        }
      error = g_steal_pointer (&document.refusal);
    }
  if (reply->verdict == XS_SYNC_DONE)
    {
      /* A document that breaks a rule is mended on the platform; the hours go up meanwhile. */
      reply->verdict = XS_SYNC_LATER;
      reply->message =
        g_strdup_printf ("What came for %s cannot be used, and the old one stays: %s", kind->path, error->message);
    }
  xs_sync_run_note_refresh (run, reply);
  return FALSE;
}

static void
fetch_photo (XsSyncRun *run, const char *sha256)
{
  g_auto (Document) document = { .hash = sha256 };
  g_autofree char *path = xs_wire_path_registration_photo (sha256);
  XsSyncCall call = { .method = "GET",
                      .path = path,
                      .answer_type = XS_WIRE_TYPE_JPEG,
                      .max_answer_bytes = XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES };
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (run->client, &call, run->cancellable);

  if (reply->verdict == XS_SYNC_DONE)
    {
      document.jpeg = g_bytes_ref (reply->answer->body);
      if (!xs_sync_run_store (run, write_photo, &document))
        return;
      if (document.refusal == NULL)
        return;
      /* Damaged on the way or on the platform: the next ones may be whole. */
      reply->verdict = XS_SYNC_LATER;
      reply->message = g_strdup_printf ("Registration photo %.8s…: %s", sha256, document.refusal->message);
    }
  if (g_str_equal (reply->code, XS_WIRE_ERROR_NOT_FOUND))
    g_message ("The platform has no registration photo %.8s…", sha256);
  else
    xs_sync_run_note_refresh (run, reply);
}

static void
fetch_photos (XsSyncRun *run)
{
  g_auto (Document) document = { NULL };

  if (run->refresh_lost || xs_sync_run_is_over (run) || !xs_sync_run_store (run, list_photos, &document))
    return;
  for (guint i = 0; i < document.hashes->len && !run->refresh_lost && !xs_sync_run_is_over (run); i++)
    fetch_photo (run, g_ptr_array_index (document.hashes, i));
}

void
xs_sync_refresh (XsSyncRun *run)
{
  gboolean policy = refresh_document (run, &policy_kind);
  gboolean roster = refresh_document (run, &roster_kind);

  run->pass->refresh_done = policy && roster;
  fetch_photos (run);
}
