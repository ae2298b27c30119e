/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audit-model.h"
#include "audit-random.h"

/*
 * The engine against the slow model, on random cases. A failure prints its case; XS_SEED=n runs that one alone, and
 * XS_RUNS=n as many as that.
 */

#ifdef __SANITIZE_ADDRESS__
#define N_RUNS 20000
#else
#define N_RUNS 100000
#endif

typedef struct {
  guint n;
  guint verdicts[XS_VERDICT_VOID + 1];
  guint broken[XS_N_RULES];
  guint voids[XS_N_RULES][XS_N_VOIDS]; /* how often the word was the one for a broken rule */
  guint took[XS_N_VOIDS];              /* how often it voided minutes */
  guint slots[XS_SLOT_EXEMPT + 1];
  guint across_midnight;
} Seen;

static gboolean
same_breaches (const XsAudit *a, const XsAudit *b)
{
  if (a->breaches->len != b->breaches->len)
    return FALSE;
  for (guint k = 0; k < a->breaches->len; k++)
    {
      const XsBreach *x = &g_array_index (a->breaches, XsBreach, k);
      const XsBreach *y = &g_array_index (b->breaches, XsBreach, k);

      if (x->rule != y->rule || x->from_min != y->from_min || x->to_min != y->to_min || x->photo != y->photo
          || x->review != y->review)
        return FALSE;
    }
  return TRUE;
}

static gboolean
same_slots (const XsAudit *a, const XsAudit *b)
{
  if (a->slots->len != b->slots->len)
    return FALSE;
  for (guint k = 0; k < a->slots->len; k++)
    {
      const XsSlot *x = &g_array_index (a->slots, XsSlot, k);
      const XsSlot *y = &g_array_index (b->slots, XsSlot, k);

      if (x->start_wall_us != y->start_wall_us || x->end_wall_us != y->end_wall_us || x->state != y->state)
        return FALSE;
    }
  return TRUE;
}

static const char *
difference (const XsAudit *a, const XsAudit *b)
{
  if (a->n_minutes != b->n_minutes)
    return "n_minutes";
  if (!same_slots (a, b))
    return "slots";
  if (!same_breaches (a, b))
    return "breaches";
  if (a->valid_min != b->valid_min)
    return "valid_min";
  if (a->claimed_min != b->claimed_min)
    return "claimed_min";
  if (a->credited_min != b->credited_min)
    return "credited_min";
  if (a->credited_day_min[0] != b->credited_day_min[0] || a->credited_day_min[1] != b->credited_day_min[1])
    return "credited_day_min";
  if (a->verdict != b->verdict)
    return "verdict";
  return NULL;
}

static void
take_note (Seen *seen, const RandomCase *random_case, const XsAudit *audit)
{
  seen->n++;
  seen->verdicts[audit->verdict]++;
  for (guint k = 0; k < audit->breaches->len; k++)
    {
      const XsBreach *breach = &g_array_index (audit->breaches, XsBreach, k);
      XsVoids voids = random_case->policy.rules.rule[breach->rule].voids;

      seen->broken[breach->rule]++;
      seen->voids[breach->rule][voids]++;
      seen->took[voids] += breach->to_min > breach->from_min;
    }
  for (guint k = 0; k < audit->slots->len; k++)
    seen->slots[g_array_index (audit->slots, XsSlot, k).state]++;
  seen->across_midnight += audit->credited_day_min[0] > 0 && audit->credited_day_min[1] > 0;
}

/* A test that never came to a rule says nothing of it. */
static void
assert_seen_all (const Seen *seen)
{
  static const gboolean take[XS_N_VOIDS] = {
    [XS_VOIDS_MINUTES] = TRUE, [XS_VOIDS_AROUND] = TRUE, [XS_VOIDS_SINCE_GOOD] = TRUE,
    [XS_VOIDS_PARTS] = TRUE,   [XS_VOIDS_REST] = TRUE,   [XS_VOIDS_ALL] = TRUE,
  };

  for (int verdict = 0; verdict <= XS_VERDICT_VOID; verdict++)
    {
      g_test_message ("%s: %u of %u", xs_verdict_nick ((XsVerdict) verdict), seen->verdicts[verdict], seen->n);
      g_assert_cmpuint (seen->verdicts[verdict], >, 0);
    }
  for (int rule = 0; rule < XS_N_RULES; rule++)
    {
      g_autoptr (GString) words = g_string_new (NULL);

      for (int voids = 0; voids < XS_N_VOIDS; voids++)
        {
          gboolean may = rule != XS_RULE_HOUR_RATIO && audit_model_may_void ((XsRuleId) rule, (XsVoids) voids);

          if (may)
            g_string_append_printf (words, ", %s %u", xs_voids_nick ((XsVoids) voids), seen->voids[rule][voids]);
          g_assert_cmpint (seen->voids[rule][voids] > 0, ==, may);
        }
      g_test_message ("%s: %u%s", xs_rule_nick ((XsRuleId) rule), seen->broken[rule], words->str);
    }
  for (int voids = 0; voids < XS_N_VOIDS; voids++)
    g_assert_cmpint (seen->took[voids] > 0, ==, take[voids]);
  for (int state = 0; state <= XS_SLOT_EXEMPT; state++)
    g_assert_cmpuint (seen->slots[state], >, 0);
  g_assert_cmpuint (seen->across_midnight, >, 0);
}

static void
check (const XsPolicy *base, guint32 seed, Seen *seen)
{
  g_auto (RandomCase) random_case = { 0 };

  random_case_init (&random_case, base, seed);

  XsAudit *expected = audit_model_judge (&random_case.log, &random_case.policy, &random_case.facts);
  g_autoptr (XsAudit) audit = xs_audit_log (&random_case.log, &random_case.policy, &random_case.facts);
  const char *what = difference (expected, audit);

  if (what != NULL)
    {
      g_autofree char *case_text = random_case_print (&random_case);
      g_autofree char *expected_text = audit_print (expected);
      g_autofree char *audit_text = audit_print (audit);

      g_error ("XS_SEED=%u: %s not as the model says\n%smodel: %sengine: %s", seed, what, case_text, expected_text,
               audit_text);
    }
  take_note (seen, &random_case, audit);
  audit_model_free (expected);
}

static guint32
number_from_environment (const char *name, guint32 otherwise)
{
  const char *text = g_getenv (name);

  return text != NULL ? (guint32) g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static void
as_the_model (void)
{
  gboolean one = g_getenv ("XS_SEED") != NULL;
  guint32 first = number_from_environment ("XS_SEED", (guint32) g_test_rand_int ());
  guint32 n_runs = one ? 1 : number_from_environment ("XS_RUNS", N_RUNS);
  XsPolicy base;
  Seen seen = { 0 };

  xs_policy_default (&base);
  for (guint32 k = 0; k < n_runs; k++)
    check (&base, first + k, &seen);
  if (!one)
    assert_seen_all (&seen);
}

static void
may_void (void)
{
  for (int rule = 0; rule < XS_N_RULES; rule++)
    {
      for (int voids = 0; voids < XS_N_VOIDS; voids++)
        g_assert_cmpint (xs_rule_may_void ((XsRuleId) rule, (XsVoids) voids), ==,
                         audit_model_may_void ((XsRuleId) rule, (XsVoids) voids));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/audit/random/as-the-model", as_the_model);
  g_test_add_func ("/audit/random/may-void", may_void);

  return g_test_run ();
}
