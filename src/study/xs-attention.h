/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-policy.h"

G_BEGIN_DECLS

/**
 * XsAttention: the question whether the lesson is being watched: press the number shown. Asked at random moments, on
 * average every policy.attention_interval_s; to be answered within policy.attention_answer_s. The number is another
 * each time and after each wrong answer, so that a weight on a key is no answer.
 *
 * Pure: no clock, no widget. Times are monotonic microseconds, ascending.
 */
typedef struct _XsAttention XsAttention;

typedef enum {
  XS_ATTENTION_NONE,
  XS_ATTENTION_ASKED,
  XS_ATTENTION_MISSED, /* asked, not answered in time, and still to be answered */
} XsAttentionState;

/** Numbers to choose from by touch. */
#define XS_ATTENTION_CHOICES 4

/**
 * xs_attention_new: (transfer full):
 * @random: of the session, which outlives this; not touched when policy never asks
 */
XsAttention *xs_attention_new (const XsPolicy *policy, GRand *random, gint64 start_us);
void xs_attention_free (XsAttention *attention);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsAttention, xs_attention_free)

/** xs_attention_is_due: whether to ask now, or as soon as it makes sense. */
gboolean xs_attention_is_due (const XsAttention *attention, gint64 time_us);
void xs_attention_ask (XsAttention *attention, gint64 time_us);
/** xs_attention_is_overdue: asked, and there is no time left. */
gboolean xs_attention_is_overdue (const XsAttention *attention, gint64 time_us);
void xs_attention_miss (XsAttention *attention);
/**
 * xs_attention_answer: somebody pressed @number. Returns: whether it was the one asked for, and all is well; else
 * another one is asked for in the time that is left.
 */
gboolean xs_attention_answer (XsAttention *attention, gint64 time_us, guint number);
/** xs_attention_drop: what is asked needs no answer any more. */
void xs_attention_drop (XsAttention *attention, gint64 time_us);

/** xs_attention_get_state: as of the last of the functions above. */
XsAttentionState xs_attention_get_state (const XsAttention *attention);
/** xs_attention_get_asked_us: when it was asked; of no meaning in XS_ATTENTION_NONE. */
gint64 xs_attention_get_asked_us (const XsAttention *attention);
/** xs_attention_get_left_us: time left to answer; 0 when there is none. */
gint64 xs_attention_get_left_us (const XsAttention *attention, gint64 time_us);
/** xs_attention_is_wrong: whether another number than the one asked for was pressed, so that a new one is asked for. */
gboolean xs_attention_is_wrong (const XsAttention *attention);
/** xs_attention_get_number: the one to press, 1 … 9. */
guint xs_attention_get_number (const XsAttention *attention);
/** xs_attention_get_choices: XS_ATTENTION_CHOICES different numbers, 1 … 9, in no order: one is the one to press. */
const guint *xs_attention_get_choices (const XsAttention *attention);

G_END_DECLS
