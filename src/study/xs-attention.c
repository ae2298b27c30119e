/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-attention.h"

#define HIGHEST 9

struct _XsAttention {
  GRand *random;
  gint64 interval_us;
  gint64 answer_us;
  XsAttentionState state;
  gint64 due_us; /* G_MAXINT64: never */
  gint64 asked_us;
  gboolean wrong;
  guint number;
  guint choices[XS_ATTENTION_CHOICES];
};

/* On average after the interval, at a moment nobody can be ready for. */
static void
schedule (XsAttention *self, gint64 time_us)
{
  self->due_us = self->interval_us > 0
                   ? time_us + (gint64) (g_rand_double_range (self->random, 0.5, 1.5) * (double) self->interval_us)
                   : G_MAXINT64;
}

XsAttention *
xs_attention_new (const XsPolicy *policy, GRand *random, gint64 start_us)
{
  XsAttention *self = g_new0 (XsAttention, 1);

  self->random = random;
  self->interval_us = policy->attention_interval_s * G_USEC_PER_SEC;
  self->answer_us = policy->attention_answer_s * G_USEC_PER_SEC;
  schedule (self, start_us);
  return self;
}

void
xs_attention_free (XsAttention *self)
{
  g_free (self);
}

/* Any number but @last: a key that is held down is never right twice, and mostly not once. */
static void
choose (XsAttention *self, guint last)
{
  guint numbers[HIGHEST];

  for (guint i = 0; i < HIGHEST; i++)
    {
      guint k = (guint) g_rand_int_range (self->random, 0, (gint32) i + 1);
      numbers[i] = numbers[k];
      numbers[k] = i + 1;
    }
  for (guint i = 0; i < XS_ATTENTION_CHOICES; i++)
    self->choices[i] = numbers[i];
  do
    self->number = self->choices[g_rand_int_range (self->random, 0, XS_ATTENTION_CHOICES)];
  while (self->number == last);
}

gboolean
xs_attention_is_due (const XsAttention *self, gint64 time_us)
{
  return self->state == XS_ATTENTION_NONE && time_us >= self->due_us;
}

void
xs_attention_ask (XsAttention *self, gint64 time_us)
{
  choose (self, self->number);
  self->state = XS_ATTENTION_ASKED;
  self->asked_us = time_us;
}

gboolean
xs_attention_is_overdue (const XsAttention *self, gint64 time_us)
{
  return self->state == XS_ATTENTION_ASKED && time_us >= self->asked_us + self->answer_us;
}

void
xs_attention_miss (XsAttention *self)
{
  self->state = XS_ATTENTION_MISSED;
}

gboolean
xs_attention_answer (XsAttention *self, gint64 time_us, guint number)
{
  if (self->state == XS_ATTENTION_NONE)
    return FALSE;
  if (number != self->number)
    {
      choose (self, number);
      self->wrong = TRUE;
      return FALSE;
    }
  xs_attention_drop (self, time_us);
  return TRUE;
}

void
xs_attention_drop (XsAttention *self, gint64 time_us)
{
  self->state = XS_ATTENTION_NONE;
  self->wrong = FALSE;
  schedule (self, time_us);
}

XsAttentionState
xs_attention_get_state (const XsAttention *self)
{
  return self->state;
}

gint64
xs_attention_get_asked_us (const XsAttention *self)
{
  return self->asked_us;
}

gint64
xs_attention_get_left_us (const XsAttention *self, gint64 time_us)
{
  return self->state == XS_ATTENTION_ASKED ? MAX (0, self->asked_us + self->answer_us - time_us) : 0;
}

gboolean
xs_attention_is_wrong (const XsAttention *self)
{
  return self->wrong;
}

guint
xs_attention_get_number (const XsAttention *self)
{
  return self->number;
}

const guint *
xs_attention_get_choices (const XsAttention *self)
{
  return self->choices;
}
