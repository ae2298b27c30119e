/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-study.h"

G_BEGIN_DECLS

/** XsInstruction: the one thing the student is told now. */
typedef struct {
  const char *title; /* a few words; as long as the status it was chosen from */
  const char *icon_name;
  char *what_to_do;   /* a sentence or two; "" when there is nothing to do */
  gboolean attention; /* to be seen at once */
  gboolean turn;      /* of the active check */
  gboolean turned;    /* which was just passed */
} XsInstruction;

/**
 * xs_instruction_choose: of all that could be said the one that matters most: what has failed, what threatens the
 * credit or has stopped it, what a photo needs, what the lesson waits for, what could be better. Clear it afterwards.
 */
void xs_instruction_choose (XsInstruction *instruction, const XsStudyStatus *status);
void xs_instruction_clear (XsInstruction *instruction);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsInstruction, xs_instruction_clear)

G_END_DECLS
