/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-instruction.h"

#include <glib/gi18n.h>

#include "xs-study-text.h"

static void
take (XsInstruction *instruction, XsAdvice advice, gboolean attention)
{
  instruction->title = advice.title;
  instruction->icon_name = advice.icon_name;
  instruction->what_to_do = g_strdup (advice.what_to_do);
  instruction->attention = attention;
}

static gboolean
has_failed (const XsStudyStatus *status)
{
  return status->error_message != NULL || status->pause == XS_PAUSE_CAMERA_LOST;
}

static void
tell_failure (XsInstruction *instruction, const XsStudyStatus *status)
{
  if (status->error_message != NULL)
    take (instruction, (XsAdvice){ _ ("Please tell the staff"), status->error_message, "dialog-warning-symbolic" },
          TRUE);
  else
    take (instruction, xs_text_pause (status->pause), TRUE);
}

static void
tell_signing_out (XsInstruction *instruction, const XsStudyStatus *status)
{
  if (status->sign_out_reason == XS_SIGN_OUT_ABSENCE)
    take (instruction, (XsAdvice){ _ ("Signing out…"), "", "system-log-out-symbolic" }, FALSE);
  else
    take (instruction, (XsAdvice){ _ ("Last photo: look at the camera"), _ ("Signing out…"), "camera-photo-symbolic" },
          FALSE);
}

static void
tell_own_pause (XsInstruction *instruction, const XsStudyStatus *status)
{
  instruction->title = _ ("Paused");
  instruction->icon_name = "media-playback-pause-symbolic";
  instruction->what_to_do = xs_text_own_pause (&status->ladder);
}

/* What the camera takes away, or soon will. The instruction for it is more exact than the reason, but comes later. */
static gboolean
is_threatened (const XsLadder *ladder)
{
  return ladder->rung != XS_RUNG_NONE && ladder->reason > XS_PAUSE_CAMERA_LOST && ladder->reason <= XS_PAUSE_UNVERIFIED;
}

static void
tell_threat (XsInstruction *instruction, const XsStudyStatus *status)
{
  XsPause reason = status->ladder.reason;
  gboolean is_habit = reason == XS_PAUSE_LOOKING_AWAY || reason == XS_PAUSE_EYES_CLOSED;

  take (instruction,
        status->guidance != XS_GUIDANCE_NONE && !is_habit ? xs_text_guidance (status->guidance)
                                                          : xs_text_threat (reason),
        TRUE);
}

/* Nothing goes on before the learner chose, and a photo waits for that. */
static gboolean
needs_choice (XsPause pause)
{
  return pause == XS_PAUSE_LESSON_ENDED || pause == XS_PAUSE_ATTENTION;
}

/* Beside the question over the lesson: also for whoever listens. */
static void
tell_question (XsInstruction *instruction, const XsStudyStatus *status)
{
  instruction->title = _ ("Are you still watching?");
  instruction->icon_name = "question-symbolic";
  instruction->what_to_do = g_strdup_printf (_ ("Press %u on the keyboard."), status->attention.number);
  instruction->attention = TRUE;
}

static void
tell_photo_at_risk (XsInstruction *instruction, const XsStudyStatus *status)
{
  XsAdvice advice = xs_text_guidance (status->guidance);

  instruction->title = _ ("Look at the camera now");
  instruction->icon_name = "camera-photo-symbolic";
  instruction->attention = TRUE;
  if (status->guidance == XS_GUIDANCE_NONE)
    {
      g_autofree char *slot = xs_text_time_range (status->slot_start_wall_us, status->slot_end_wall_us);
      instruction->what_to_do = g_strdup_printf (_ ("A good photo is still missing: it saves %s."), slot);
    }
  else
    instruction->what_to_do = g_strdup (advice.what_to_do);
}

void
xs_instruction_choose (XsInstruction *instruction, const XsStudyStatus *status)
{
  XsAdvice advice = xs_text_guidance (status->guidance);
  gboolean well = status->guidance == XS_GUIDANCE_NONE;
  gboolean asks_to_turn = xs_text_is_turn (status->guidance);

  if (well && status->admitted_by != NULL)
    advice.what_to_do = _ ("Your coach let you in: it counts once a person has compared the photos");
  *instruction = (XsInstruction){ 0 };
  if (has_failed (status))
    tell_failure (instruction, status);
  else if (status->phase == XS_STUDY_SIGNING_OUT)
    tell_signing_out (instruction, status);
  else if (status->own_pause)
    tell_own_pause (instruction, status);
  else if (status->turned || asks_to_turn)
    {
      take (instruction, status->turned ? xs_text_turned () : advice, !status->turned);
      instruction->turn = TRUE;
      instruction->turned = status->turned;
    }
  else if (is_threatened (&status->ladder))
    tell_threat (instruction, status);
  else if (status->attention.state == XS_ATTENTION_ASKED)
    tell_question (instruction, status);
  else if (status->photo_at_risk)
    tell_photo_at_risk (instruction, status);
  else if (status->photo_waiting && !(well && needs_choice (status->pause)))
    take (instruction, (XsAdvice){ _ ("Photo: look at the camera"), well ? "" : advice.title, "camera-photo-symbolic" },
          !well);
  else if (well && status->pause != XS_PAUSE_NONE && status->pause != XS_PAUSE_STARTING)
    take (instruction, xs_text_pause (status->pause),
          status->pause != XS_PAUSE_QUIZ && status->pause != XS_PAUSE_REPEAT);
  else
    take (instruction, advice, !well);
}

void
xs_instruction_clear (XsInstruction *instruction)
{
  g_clear_pointer (&instruction->what_to_do, g_free);
}
