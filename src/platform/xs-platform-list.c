/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-export.h"

#include "xs-error.h"
#include "xs-platform-audit.h"
#include "xs-platform-consent.h"
#include "xs-platform-list-private.h"
#include "xs-platform-people.h"
#include "xs-platform-photos.h"
#include "xs-platform-register.h"
#include "xs-platform-review.h"
#include "xs-wire-appeal.h"

#include <string.h>

void
xs_list_set_time (JsonObject *object, const char *name, gint64 wall_us)
{
  if (wall_us == 0)
    {
      json_object_set_null_member (object, name);
      return;
    }
  g_autofree char *text = xs_wall_to_wire (wall_us);
  json_object_set_string_member (object, name, text);
}

static gboolean
list_log (const XsPlatformLog *log, gpointer data, GError **error)
{
  g_auto (XsWireLog) wire_log;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "devnum", log->device.devnum);
  json_object_set_int_member (object, "seq", log->seq);
  xs_wire_log_init (&wire_log);
  if (xs_wire_log_decode (&wire_log, log->bytes, NULL))
    {
      json_object_set_string_member (object, "stunum", wire_log.log.stunum);
      json_object_set_string_member (object, "recnum", wire_log.log.recnum);
      json_object_set_string_member (object, "subjcode", wire_log.log.subjcode);
      json_object_set_int_member (object, "classid", wire_log.log.classid);
      xs_list_set_time (object, "starttime", wire_log.log.start_wall_us);
      xs_list_set_time (object, "endtime", wire_log.log.end_wall_us);
      json_object_set_int_member (object, "credited_s", wire_log.log.credited_s);
      json_object_set_string_member (object, "end_reason", xs_sign_out_nick (wire_log.log.end_reason));
      json_object_set_int_member (object, "photos", wire_log.log.photos->len);
      json_object_set_int_member (object, "minute_records", wire_log.log.minutes->len);
      json_object_set_int_member (object, "events", wire_log.log.events->len);
      json_object_set_boolean_member (object, "active_check", wire_log.log.active_check);
      json_object_set_string_member (object, "admitted_by", wire_log.log.admitted_by);
    }
  json_object_set_string_member (object, "chain", xs_platform_chain_nick (log->chain));
  json_object_set_string_member (object, "verdict", log->verdict);
  xs_list_set_time (object, "received", log->received_us);
  json_object_set_string_member (object, "sha256", log->sha256);
  json_array_add_object_element (data, object);
  return TRUE;
}

static gboolean
list_appeal (const XsPlatformAppeal *appeal, gpointer data, GError **error)
{
  XsAppeal content;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "devnum", appeal->device.devnum);
  json_object_set_int_member (object, "seq", appeal->seq);
  if (xs_wire_appeal_decode (&content, appeal->bytes, NULL))
    {
      json_object_set_string_member (object, "stunum", content.stunum);
      json_object_set_string_member (object, "recnum", content.recnum);
      xs_list_set_time (object, "time", content.wall_us);
      json_object_set_string_member (object, "reason", xs_appeal_nick (content.reason));
      json_object_set_string_member (object, "comment", content.comment);
    }
  json_object_set_boolean_member (object, "log", appeal->has_log);
  xs_list_set_time (object, "received", appeal->received_us);
  json_object_set_string_member (object, "sha256", appeal->sha256);
  json_array_add_object_element (data, object);
  return TRUE;
}

static gboolean
list_consent (const XsPlatformConsent *consent, gpointer data, GError **error)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "stunum", consent->stunum);
  json_object_set_string_member (object, "decision", consent->withdrawn ? "withdrawn" : "given");
  json_object_set_int_member (object, "text_version", consent->text_version);
  xs_list_set_time (object, "time", consent->decided_us);
  json_object_set_string_member (object, "devnum", consent->at_school ? "" : consent->device.devnum);
  json_object_set_int_member (object, "seq", consent->seq);
  xs_list_set_time (object, "received", consent->received_us);
  json_object_set_string_member (object, "sha256", consent->sha256);
  json_array_add_object_element (data, object);
  return TRUE;
}

static gboolean
list_photos (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  g_autoptr (GArray) photos = xs_platform_storage_list_photos (storage, error);

  for (guint i = 0; photos != NULL && i < photos->len; i++)
    {
      const XsPlatformPhoto *photo = &g_array_index (photos, XsPlatformPhoto, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "sha256", photo->sha256);
      json_object_set_int_member (object, "size_bytes", photo->size_bytes);
      json_object_set_string_member (object, "devnum", photo->devnum);
      xs_list_set_time (object, "received", photo->received_us);
      xs_list_set_time (object, "gone", photo->gone_us);
      json_array_add_object_element (array, object);
    }
  return photos != NULL;
}

static gboolean
list_learners (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (storage, error);

  for (guint i = 0; learners != NULL && i < learners->len; i++)
    {
      const XsWireLearner *learner = &g_array_index (learners, XsWireLearner, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "stunum", learner->stunum);
      json_object_set_string_member (object, "name", learner->name);
      json_object_set_boolean_member (object, "photo", learner->photo_sha256[0] != '\0');
      json_object_set_int_member (object, "last_recnum", learner->last_recnum);
      json_object_set_int_member (object, "total_s", learner->total_s);
      json_object_set_boolean_member (object, "active_check", !learner->no_turning);
      json_object_set_int_member (object, "consent_version", learner->consent.text_version);
      xs_list_set_time (object, "consent", learner->consent.wall_us);
      json_array_add_object_element (array, object);
    }
  return learners != NULL;
}

static gboolean
list_coaches (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  g_autoptr (GArray) coaches = xs_platform_storage_list_coaches (storage, error);

  for (guint i = 0; coaches != NULL && i < coaches->len; i++)
    {
      const XsPlatformCoach *coach = &g_array_index (coaches, XsPlatformCoach, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "coachnum", coach->coachnum);
      json_object_set_string_member (object, "name", coach->name);
      json_object_set_int_member (object, "learners", coach->n_learners);
      xs_list_set_time (object, "added", coach->added_us);
      json_array_add_object_element (array, object);
    }
  return coaches != NULL;
}

static gboolean
list_school (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  XsPlatformSchool school;
  JsonObject *object;

  if (!xs_platform_storage_get_school (storage, &school, error))
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "inscode", school.inscode);
  json_object_set_string_member (object, "name", school.name);
  json_object_set_string_member (object, "filing_number", school.filing_number);
  json_object_set_boolean_member (object, "on_file", school.filed);
  json_array_add_object_element (array, object);
  return TRUE;
}

static gboolean
list_people (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  g_autoptr (GArray) people = xs_platform_storage_list_people (storage, error);

  for (guint i = 0; people != NULL && i < people->len; i++)
    {
      const XsPlatformPerson *person = &g_array_index (people, XsPlatformPerson, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "name", person->name);
      json_object_set_string_member (object, "role", xs_platform_role_nick (person->role));
      json_object_set_string_member (object, "coachnum", person->coachnum);
      json_object_set_boolean_member (object, "totp", person->has_totp);
      json_object_set_boolean_member (object, "disabled", person->disabled);
      xs_list_set_time (object, "added", person->added_us);
      xs_list_set_time (object, "locked_until", person->locked_until_us);
      json_array_add_object_element (array, object);
    }
  return people != NULL;
}

static gboolean
list_sessions (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  g_autoptr (GArray) sessions = xs_platform_storage_list_sessions (storage, error);

  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    {
      const XsPlatformSession *session = &g_array_index (sessions, XsPlatformSession, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "name", session->name);
      json_object_set_string_member (object, "address", session->address);
      xs_list_set_time (object, "began", session->began_us);
      xs_list_set_time (object, "seen", session->seen_us);
      xs_list_set_time (object, "expires", session->expires_us);
      json_array_add_object_element (array, object);
    }
  return sessions != NULL;
}

static gboolean
list_reading (const XsPlatformPhotoRead *reading, gpointer data, GError **error)
{
  JsonObject *object = json_object_new ();

  xs_list_set_time (object, "time", reading->time_us);
  json_object_set_string_member (object, "who", reading->who);
  json_object_set_string_member (object, "why", reading->why);
  json_object_set_string_member (object, "stunum", reading->stunum);
  json_object_set_string_member (object, "sha256", reading->sha256);
  json_object_set_boolean_member (object, "registration", reading->registration);
  json_array_add_object_element (data, object);
  return TRUE;
}

static void
set_verdict (JsonObject *object, gboolean judged, XsVerdict verdict, const guint credited_min[2], const GArray *reasons)
{
  g_autoptr (GString) words = g_string_new (NULL);

  json_object_set_string_member (object, "verdict", judged ? xs_verdict_nick (verdict) : "waiting");
  json_object_set_int_member (object, "credited_min", credited_min[0] + credited_min[1]);
  for (guint i = 0; i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      g_string_append_printf (words, "%s%s", i > 0 ? " " : "", reason->word);
      if (reason->from_min < reason->to_min)
        g_string_append_printf (words, ":%u-%u", reason->from_min, reason->to_min);
      if (reason->photo[0] != '\0')
        g_string_append_printf (words, "@%s", reason->photo);
    }
  json_object_set_string_member (object, "reasons", words->str);
}

static gboolean
list_verdict (const XsAuditEntry *entry, gpointer data, GError **error)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "devnum", entry->devnum);
  json_object_set_int_member (object, "seq", entry->seq);
  json_object_set_string_member (object, "sha256", entry->sha256);
  json_object_set_string_member (object, "stunum", entry->stunum);
  json_object_set_string_member (object, "recnum", entry->recnum);
  xs_list_set_time (object, "starttime", entry->start_us);
  json_object_set_string_member (object, "state", xs_audit_state_nick (entry->state));
  json_object_set_int_member (object, "version", entry->version);
  json_object_set_int_member (object, "risk", entry->risk);
  json_object_set_int_member (object, "claimed_min", entry->claimed_s / 60);
  set_verdict (object, entry->judged, entry->verdict, entry->credited_min, entry->reasons);
  json_object_set_string_member (object, "who", entry->who != NULL ? entry->who : "");
  json_array_add_object_element (data, object);
  return TRUE;
}

static JsonObject *
describe_step (const XsAuditEntry *entry, const XsAuditStep *step)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "devnum", entry->devnum);
  json_object_set_int_member (object, "seq", entry->seq);
  json_object_set_string_member (object, "sha256", entry->sha256);
  json_object_set_int_member (object, "version", step->version);
  xs_list_set_time (object, "time", step->at_us);
  json_object_set_string_member (object, "who", step->who);
  json_object_set_string_member (object, "from", xs_audit_state_nick (step->from));
  json_object_set_string_member (object, "to", xs_audit_state_nick (step->to));
  set_verdict (object, TRUE, step->verdict, step->credited_min, step->reasons);
  json_object_set_string_member (object, "comment", step->comment);
  json_object_set_int_member (object, "engine", step->engine);
  json_object_set_string_member (object, "policy", step->policy_id);
  json_object_set_int_member (object, "policy_version", step->policy_version);
  return object;
}

typedef struct {
  XsPlatformStorage *storage;
  JsonArray *array;
} HistoryList;

static gboolean
list_history_of (const XsAuditEntry *entry, gpointer data, GError **error)
{
  HistoryList *list = data;
  g_autoptr (GArray) steps = xs_platform_audit_get_history (list->storage, entry->log_id, error);

  for (guint i = 0; steps != NULL && i < steps->len; i++)
    json_array_add_object_element (list->array, describe_step (entry, &g_array_index (steps, XsAuditStep, i)));
  return steps != NULL;
}

static gboolean
list_logs (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  return xs_platform_storage_foreach_log (storage, list_log, array, error);
}

static gboolean
list_appeals (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  return xs_platform_storage_foreach_appeal (storage, list_appeal, array, error);
}

static gboolean
list_consents (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  return xs_platform_storage_foreach_consent (storage, list_consent, array, error);
}

static gboolean
list_readings (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  return xs_platform_storage_foreach_photo_read (storage, list_reading, array, error);
}

static void
list_export (const XsReviewView *view, JsonArray *array)
{
  JsonObject *object = json_object_new ();

  xs_list_set_time (object, "time", view->at_us);
  json_object_set_string_member (object, "who", view->who);
  json_object_set_string_member (object, "format", view->why);
  json_object_set_string_member (object, "stunum", view->stunum);
  json_object_set_string_member (object, "devnum", view->devnum);
  json_object_set_int_member (object, "seq", view->seq);
  json_array_add_object_element (array, object);
}

/* The last first, as reviewers are told of them. */
static gboolean
list_exports (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  g_auto (XsReviewQuery) query;

  xs_review_query_init (&query);
  do
    {
      g_auto (XsReviewViews) views;
      xs_review_views_init (&views);
      if (!xs_platform_review_list_views (storage, &query, &views, error))
        return FALSE;
      for (guint i = 0; i < views.rows->len; i++)
        {
          const XsReviewView *view = &g_array_index (views.rows, XsReviewView, i);
          if (strcmp (view->kind, "export") == 0)
            list_export (view, array);
        }
      g_strlcpy (query.after, views.next, sizeof query.after);
    }
  while (query.after[0] != '\0');
  return TRUE;
}

static gboolean
list_verdicts (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  return xs_platform_audit_foreach (storage, FALSE, 0, G_MAXINT32, list_verdict, array, error);
}

static gboolean
list_history (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  HistoryList list = { storage, array };

  return xs_platform_audit_foreach (storage, FALSE, 0, G_MAXINT32, list_history_of, &list, error);
}

/* In the order of XS_PLATFORM_LISTS. */
static const struct {
  const char *what;
  gboolean (*list) (XsPlatformStorage *storage, JsonArray *array, GError **error);
} lists[] = {
  { "logs", list_logs },         { "verdicts", list_verdicts },
  { "history", list_history },   { "appeals", list_appeals },
  { "consents", list_consents }, { "photos", list_photos },
  { "learners", list_learners }, { "devices", xs_list_devices },
  { "rings", xs_list_rings },    { "diagnoses", xs_list_diagnoses },
  { "coaches", list_coaches },   { "school", list_school },
  { "people", list_people },     { "sessions", list_sessions },
  { "readings", list_readings }, { "exports", list_exports },
};

JsonNode *
xs_platform_list (XsPlatformStorage *storage, const char *what, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      if (strcmp (what, lists[i].what) != 0)
        continue;
      if (!lists[i].list (storage, array, error))
        return NULL;
      JsonNode *node = json_node_new (JSON_NODE_ARRAY);
      json_node_take_array (node, g_steal_pointer (&array));
      return node;
    }
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” cannot be listed: say one of " XS_PLATFORM_LISTS, what);
  return NULL;
}
