/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-run.h"

#include "xs-crash-point.h"
#include "xs-error.h"

/* At most this many of each kind before the outbox is looked at again, where something new may have come: 2 MB of
 * photos, half a minute on a slow line. */
#define BATCH 32
#define PHOTOS_IN_FLIGHT 2
/* One photo of the largest size has to arrive within the platform's 120 s, at the least pace that a policy may set. */
#define PACED_PHOTOS_IN_FLIGHT 1

/* What is shorter is sent again in less than it takes to ask how much of it is there. */
#define RESUME_MIN_BYTES (128 * 1024)

/* What failed this often goes after everything else: were it in front, it could end every pass before the rest. */
#define ATTEMPTS_IN_FRONT 2

/* Moments a test may end the process at. */
static const struct {
  const char *put, *answered, *acknowledged;
} points[] = {
  [XS_OUTBOX_PHOTO] = { "photo-put", "photo-answered", "photo-acknowledged" },
  [XS_OUTBOX_LOG] = { "log-put", "log-answered", "log-acknowledged" },
  [XS_OUTBOX_APPEAL] = { "appeal-put", "appeal-answered", "appeal-acknowledged" },
  [XS_OUTBOX_CONSENT] = { "consent-put", "consent-answered", "consent-acknowledged" },
};

/* The drain of one pass. */
typedef struct {
  XsSyncRun *run;
  GHashTable *tried;        /* item ids that did not do in this pass: not again before the next */
  GHashTable *photos_asked; /* item ids of logs whose photos the platform asked for in this pass */

  GPtrArray *photos; /* (nullable): XsOutboxItem to upload now, some of them in flight */
  guint next;
  guint in_flight;
  XsSyncPace *pace; /* (nullable) */
} Drain;

/* One call into the outbox. */
typedef struct {
  Drain *drain;
  XsOutboxItem *item;
  GPtrArray *items;
  GBytes *bytes;
  const char *reason;
  const char *message;
  const char *sha256;
  gint64 wall_us;
  gboolean found;
  GError *damage;
  gboolean absent; /* no file: a disk that is not there may come back with it */
} OutboxCall;

static gboolean
list_due (XsJournal *journal, gpointer data, GError **error)
{
  OutboxCall *call = data;
  /* What was tried in this pass may be due again already, and must not hide the rest. */
  guint max = BATCH + g_hash_table_size (call->drain->tried);

  call->items = xs_outbox_list_due (journal, call->wall_us, max, error);
  return call->items != NULL;
}

static gboolean
read_item (XsJournal *journal, gpointer data, GError **error)
{
  OutboxCall *call = data;
  GError *problem = NULL;

  call->bytes = xs_outbox_read (journal, call->item, &problem);
  if (call->item->kind == XS_OUTBOX_PHOTO && g_error_matches (problem, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      call->damage = problem;
      call->absent = TRUE;
      return TRUE;
    }
  if (g_error_matches (problem, XS_ERROR, XS_ERROR_CORRUPT) || g_error_matches (problem, XS_ERROR, XS_ERROR_NOT_FOUND)
      || g_error_matches (problem, XS_ERROR, XS_ERROR_INVALID))
    {
      /* One damaged file: it is kept and shown, and the others go. */
      call->damage = problem;
      return xs_outbox_reject (journal, call->item->id, "damaged", problem->message, error);
    }
  if (problem != NULL)
    g_propagate_error (error, problem);
  return call->bytes != NULL;
}

static gboolean
acknowledge (XsJournal *journal, gpointer data, GError **error)
{
  const OutboxCall *call = data;

  return xs_outbox_acknowledge (journal, call->item->id, error);
}

static gboolean
reject (XsJournal *journal, gpointer data, GError **error)
{
  const OutboxCall *call = data;

  return xs_outbox_reject (journal, call->item->id, call->reason, call->message, error);
}

static gboolean
postpone (XsJournal *journal, gpointer data, GError **error)
{
  const OutboxCall *call = data;

  return xs_outbox_postpone (journal, call->item->id, call->message, call->wall_us, error);
}

static gboolean
requeue (XsJournal *journal, gpointer data, GError **error)
{
  OutboxCall *call = data;
  g_autoptr (GError) problem = NULL;

  call->found = xs_outbox_requeue_photo (journal, call->sha256, &problem);
  if (call->found || g_error_matches (problem, XS_ERROR, XS_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static void
settle_acknowledged (Drain *drain, XsOutboxItem *item)
{
  OutboxCall call = { .item = item };

  drain->run->answered = TRUE;
  drain->run->failures_in_a_row = 0;
  (void) xs_sync_run_store (drain->run, acknowledge, &call);
  xs_crash_point (points[item->kind].acknowledged);
}

static void
settle_rejected (Drain *drain, XsOutboxItem *item, const char *reason, const char *message)
{
  OutboxCall call = { .item = item, .reason = *reason != '\0' ? reason : "refused", .message = message };

  g_message ("%s %.8s… is refused: %s", xs_outbox_kind_title (item->kind), item->sha256, message);
  drain->run->answered = TRUE;
  drain->run->failures_in_a_row = 0;
  (void) xs_sync_run_store (drain->run, reject, &call);
}

/* The item waits by its own count of attempts, and after a halt never less than everything else. */
static void
settle_postponed (Drain *drain, XsOutboxItem *item, const char *message)
{
  XsSyncRun *run = drain->run;
  XsBackoff backoff;

  xs_backoff_init (&backoff, run->pass->timing.backoff_base_us, run->pass->timing.backoff_cap_us);
  backoff.failures = item->attempts;
  gint64 wait_us = run->wait_us + xs_backoff_fail (&backoff, run->rand, 0);
  OutboxCall call = { .item = item, .message = message, .wall_us = xs_clock_wall_us (run->pass->clock) + wait_us };

  g_hash_table_add (drain->tried, g_memdup2 (&item->id, sizeof item->id));
  (void) xs_sync_run_store (run, postpone, &call);
}

/* What is the same for photos and logs; DONE is for the caller. */
static void
settle_failed (Drain *drain, XsOutboxItem *item, const XsSyncReply *reply)
{
  xs_sync_run_note (drain->run, reply);
  switch (reply->verdict)
    {
    case XS_SYNC_REFUSED:
      settle_rejected (drain, item, reply->code, reply->message);
      break;
    case XS_SYNC_LATER:
    case XS_SYNC_HALT:
      settle_postponed (drain, item, reply->message);
      break;
    case XS_SYNC_DONE:
    case XS_SYNC_UNKNOWN_DEVICE:
    case XS_SYNC_CANCELLED:
      break;
    }
}

/* (nullable): NULL when the item is damaged or its file not there, which is then settled, or the journal failed. */
static GBytes *
read_bytes (Drain *drain, XsOutboxItem *item)
{
  OutboxCall call = { .item = item };
  g_autoptr (GError) damage = NULL;
  gboolean ok = xs_sync_run_store (drain->run, read_item, &call);

  damage = call.damage;
  if (damage != NULL)
    g_warning ("%s %.8s… cannot be sent: %s", xs_outbox_kind_title (item->kind), item->sha256, damage->message);
  if (ok && call.absent)
    {
      drain->run->left_over = TRUE;
      if (drain->run->message == NULL)
        drain->run->message = g_strdup (damage->message);
      settle_postponed (drain, item, damage->message);
    }
  return ok ? call.bytes : NULL;
}

static char *
path_of (const XsOutboxItem *item)
{
  switch (item->kind)
    {
    case XS_OUTBOX_LOG:
      return xs_wire_path_log (item->seq);
    case XS_OUTBOX_APPEAL:
      return xs_wire_path_appeal (item->seq);
    case XS_OUTBOX_CONSENT:
      return xs_wire_path_consent (item->seq);
    case XS_OUTBOX_PHOTO:
      return xs_wire_path_photo (item->sha256);
    }
  g_return_val_if_reached (NULL);
}

/* Photos */

typedef struct {
  Drain *drain;
  XsOutboxItem *item;
  GBytes *bytes;
  char *path;
} Upload;

static void
upload_free (Upload *upload)
{
  g_bytes_unref (upload->bytes);
  g_free (upload->path);
  g_free (upload);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Upload, upload_free)

static void upload_more (Drain *drain);

static void
settle_photo (Drain *drain, XsOutboxItem *item, XsSyncReply *reply)
{
  g_autoptr (GError) error = NULL;

  if (reply->verdict == XS_SYNC_DONE)
    {
      if (xs_wire_status_decode ("stored", reply->answer->body, &error))
        {
          settle_acknowledged (drain, item);
          return;
        }
      xs_sync_reply_disown (reply, error);
    }
  /* The bytes had their hash when they were read: they were damaged on their way (docs/protocol.md, H4). */
  if (reply->verdict == XS_SYNC_REFUSED && g_str_equal (reply->code, XS_WIRE_ERROR_HASH_MISMATCH))
    reply->verdict = XS_SYNC_LATER;
  settle_failed (drain, item, reply);
}

static void
on_uploaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Upload) upload = user_data;
  Drain *drain = upload->drain;
  g_autoptr (XsSyncReply) reply = xs_sync_client_call_finish (result);

  xs_crash_point (points[XS_OUTBOX_PHOTO].answered);
  drain->in_flight--;
  settle_photo (drain, upload->item, reply);
  upload_more (drain);
}

/* Send the photo, or what is missing of it from byte @offset on. Takes @upload over. */
static void
upload_from (Upload *upload, gint64 offset)
{
  Drain *drain = upload->drain;
  g_autoptr (GBytes) rest =
    g_bytes_new_from_bytes (upload->bytes, (gsize) offset, g_bytes_get_size (upload->bytes) - (gsize) offset);
  XsSyncCall call = { .method = offset > 0 ? "PATCH" : "PUT",
                      .path = upload->path,
                      .body = rest,
                      .whole = upload->bytes,
                      .upload_offset = offset,
                      .fresh = upload->item->attempts > 0,
                      .pace = drain->pace,
                      .content_type = offset > 0 ? XS_WIRE_TYPE_PARTIAL : XS_WIRE_TYPE_SEALED,
                      .answer_type = XS_WIRE_TYPE_JSON,
                      .max_answer_bytes = XS_WIRE_ANSWER_MAX_BYTES };

  xs_crash_point (points[XS_OUTBOX_PHOTO].put);
  xs_sync_client_call_async (drain->run->client, &call, drain->run->cancellable, on_uploaded, upload);
}

static void
on_offset (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Upload *upload = user_data;
  g_autoptr (XsSyncReply) reply = xs_sync_client_call_finish (result);
  gint64 offset = reply->verdict == XS_SYNC_DONE ? reply->answer->upload_offset : 0;

  /* Whatever came of the question, sending all of it does. */
  upload_from (upload, offset < (gint64) g_bytes_get_size (upload->bytes) ? offset : 0);
}

/* A large photo that was cut goes on where it was. Takes @upload over. */
static void
upload (Upload *upload)
{
  Drain *drain = upload->drain;
  XsSyncCall call = { .method = "HEAD", .path = upload->path, .max_answer_bytes = XS_WIRE_ANSWER_MAX_BYTES };

  if (upload->item->attempts > 0 && g_bytes_get_size (upload->bytes) > RESUME_MIN_BYTES)
    xs_sync_client_call_async (drain->run->client, &call, drain->run->cancellable, on_offset, upload);
  else
    upload_from (upload, 0);
}

static void
upload_more (Drain *drain)
{
  guint most = drain->pace != NULL ? PACED_PHOTOS_IN_FLIGHT : PHOTOS_IN_FLIGHT;

  while (drain->in_flight < most && drain->next < drain->photos->len && !xs_sync_run_is_over (drain->run))
    {
      XsOutboxItem *item = g_ptr_array_index (drain->photos, drain->next++);
      g_autoptr (GBytes) bytes = read_bytes (drain, item);
      if (bytes == NULL)
        continue;
      Upload *next = g_new0 (Upload, 1);
      next->drain = drain;
      next->item = item;
      next->bytes = g_steal_pointer (&bytes);
      next->path = path_of (item);
      drain->in_flight++;
      upload (next);
    }
}

/* (nullable) (transfer full): the hashes of @items that the platform has not, as a set; NULL when that is not to be
 * learned: all are sent then, which does no harm. */
static GHashTable *
ask_missing (Drain *drain, const GPtrArray *items)
{
  g_autoptr (GPtrArray) asked = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (asked, ((XsOutboxItem *) g_ptr_array_index (items, i))->sha256);
  g_autoptr (GBytes) body = xs_wire_photos_encode (asked);
  XsSyncCall call = { .method = "POST",
                      .path = XS_WIRE_PATH_PHOTOS_MISSING,
                      .body = body,
                      .content_type = XS_WIRE_TYPE_JSON,
                      .answer_type = XS_WIRE_TYPE_JSON,
                      .max_answer_bytes = XS_WIRE_ANSWER_MAX_BYTES };
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (drain->run->client, &call, drain->run->cancellable);
  if (reply->verdict == XS_SYNC_DONE)
    {
      g_autoptr (GPtrArray) missing = xs_wire_missing_decode (reply->answer->body, &error);
      if (missing != NULL)
        {
          GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
          for (guint i = 0; i < missing->len; i++)
            g_hash_table_add (set, g_strdup (g_ptr_array_index (missing, i)));
          return set;
        }
      xs_sync_reply_disown (reply, error);
    }
  /* Without a way to the platform one of them shows what is wrong and when it is tried again. */
  if (reply->verdict == XS_SYNC_HALT)
    settle_failed (drain, g_ptr_array_index (items, 0), reply);
  else if (reply->verdict == XS_SYNC_UNKNOWN_DEVICE)
    xs_sync_run_note (drain->run, reply);
  return NULL;
}

static void
send_photos (Drain *drain, const GPtrArray *items)
{
  g_autoptr (GHashTable) missing = ask_missing (drain, items);
  g_autoptr (GPtrArray) photos = g_ptr_array_new ();

  for (guint i = 0; i < items->len && drain->run->store_error == NULL; i++)
    {
      XsOutboxItem *item = g_ptr_array_index (items, i);

      if (missing == NULL || g_hash_table_contains (missing, item->sha256))
        g_ptr_array_add (photos, item);
      else
        settle_acknowledged (drain, item);
    }

  drain->photos = photos;
  drain->next = 0;
  upload_more (drain);
  while (drain->in_flight > 0)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  drain->photos = NULL;
}

/* Logs, appeals against them, and decisions about consent: what the device has signed */

static const char *const conflicts[] = {
  [XS_OUTBOX_LOG] = "The platform has another log under this number of this device",
  [XS_OUTBOX_APPEAL] = "The platform has another appeal against this log",
  [XS_OUTBOX_CONSENT] = "The platform has another decision under this number of this device",
};

static void
leave_log (Drain *drain, XsOutboxItem *item, const char *message)
{
  XsSyncReply reply = { .verdict = XS_SYNC_LATER, .message = (char *) message };

  settle_failed (drain, item, &reply);
}

/* The platform lost photos, or never had them: they are sent again, and then the log is due again. It may ask once in
 * a pass; after that it has to wait, or a platform that forgets would keep both sides busy for ever. */
static void
send_photos_again (Drain *drain, XsOutboxItem *item, const XsWireLogAnswer *answer)
{
  if (answer->missing->len == 0 || !g_hash_table_add (drain->photos_asked, g_memdup2 (&item->id, sizeof item->id)))
    {
      leave_log (drain, item, "The platform keeps asking for photos of this log");
      return;
    }
  for (guint i = 0; i < answer->missing->len; i++)
    {
      OutboxCall call = { .sha256 = g_ptr_array_index (answer->missing, i) };

      if (!xs_sync_run_store (drain->run, requeue, &call))
        return;
      if (!call.found)
        {
          g_autofree char *message =
            g_strdup_printf ("The platform asks for photo %.8s…, which this kiosk never took", call.sha256);
          leave_log (drain, item, message);
          return;
        }
    }
  drain->run->failures_in_a_row = 0;
}

static void
settle_signed (Drain *drain, XsOutboxItem *item, XsSyncReply *reply)
{
  g_auto (XsWireLogAnswer) answer = { 0 };
  g_autoptr (GError) error = NULL;

  if (reply->verdict != XS_SYNC_DONE)
    {
      settle_failed (drain, item, reply);
      return;
    }
  if (!xs_wire_log_answer_decode (&answer, reply->answer->status, reply->answer->body, &error))
    {
      xs_sync_reply_disown (reply, error);
      settle_failed (drain, item, reply);
      return;
    }
  switch (answer.status)
    {
    case XS_WIRE_LOG_ACCEPTED:
    case XS_WIRE_LOG_DUPLICATE:
      settle_acknowledged (drain, item);
      break;
    case XS_WIRE_LOG_CONFLICT:
      settle_rejected (drain, item, "conflict", *answer.message != '\0' ? answer.message : conflicts[item->kind]);
      break;
    case XS_WIRE_LOG_REJECTED:
      settle_rejected (drain, item, answer.reason, *answer.message != '\0' ? answer.message : answer.reason);
      break;
    case XS_WIRE_LOG_PHOTOS_MISSING:
      send_photos_again (drain, item, &answer);
      break;
    }
}

static void
send_signed (Drain *drain, XsOutboxItem *item)
{
  g_autoptr (GBytes) bytes = read_bytes (drain, item);

  if (bytes == NULL)
    return;
  g_autofree char *path = path_of (item);
  g_autofree char *signature =
    g_base64_encode (g_bytes_get_data (item->signature, NULL), g_bytes_get_size (item->signature));
  XsSyncCall call = { .method = "PUT",
                      .path = path,
                      .body = bytes,
                      .content_type = XS_WIRE_TYPE_JSON,
                      .signature = signature,
                      .answer_type = XS_WIRE_TYPE_JSON,
                      .max_answer_bytes = XS_WIRE_ANSWER_MAX_BYTES,
                      .says_no_itself = TRUE };
  xs_crash_point (points[item->kind].put);
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (drain->run->client, &call, drain->run->cancellable);
  xs_crash_point (points[item->kind].answered);
  settle_signed (drain, item, reply);
}

static void
choose (Drain *drain, const GPtrArray *due, gboolean stubborn, GPtrArray *photos, GPtrArray *others)
{
  for (guint i = 0; i < due->len; i++)
    {
      XsOutboxItem *item = g_ptr_array_index (due, i);
      GPtrArray *list = item->kind == XS_OUTBOX_PHOTO ? photos : others;

      if ((item->attempts >= ATTEMPTS_IN_FRONT) == stubborn && list->len < BATCH
          && !g_hash_table_contains (drain->tried, &item->id))
        g_ptr_array_add (list, item);
    }
}

/* Returns: whether there was anything to send. */
static gboolean
send_batch (Drain *drain)
{
  OutboxCall call = { .drain = drain, .wall_us = xs_clock_wall_us (drain->run->pass->clock) };
  g_autoptr (GPtrArray) photos = g_ptr_array_new ();
  g_autoptr (GPtrArray) others = g_ptr_array_new ();

  if (!xs_sync_run_store (drain->run, list_due, &call))
    return FALSE;
  g_autoptr (GPtrArray) due = call.items;
  choose (drain, due, FALSE, photos, others);
  if (photos->len + others->len == 0)
    choose (drain, due, TRUE, photos, others);
  for (guint i = 0; i < others->len && !xs_sync_run_is_over (drain->run); i++)
    send_signed (drain, g_ptr_array_index (others, i));
  if (photos->len > 0 && !xs_sync_run_is_over (drain->run))
    send_photos (drain, photos);
  return photos->len + others->len > 0;
}

static gboolean
read_policy (XsJournal *journal, gpointer data, GError **error)
{
  g_autofree char *etag = NULL;

  return xs_journal_get_policy (journal, data, &etag, error);
}

void
xs_sync_drain (XsSyncRun *run)
{
  XsPolicy policy;
  g_autoptr (GHashTable) tried = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GHashTable) photos_asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  Drain drain = { .run = run, .tried = tried, .photos_asked = photos_asked };
  g_autoptr (XsSyncPace) pace = NULL;
  gint64 began_us = xs_clock_boottime_us (run->pass->clock);

  if (xs_sync_run_is_over (run) || !xs_sync_run_store (run, read_policy, &policy))
    return;
  if (policy.upload_max_bytes_s > 0)
    drain.pace = pace = xs_sync_pace_new (run->pass->clock, policy.upload_max_bytes_s);
  while (!xs_sync_run_is_over (run) && send_batch (&drain))
    {
      /* Days of backlog must not keep a new policy or learner away for hours. */
      run->pass->cut_short = xs_clock_boottime_us (run->pass->clock) - began_us >= run->pass->timing.refresh_us;
      if (run->pass->cut_short)
        return;
    }
}
