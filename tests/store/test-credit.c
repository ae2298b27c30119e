/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A learner's credit, on journals that grow at random, is what a walk through all of the learner's segments finds. */

#include "store-fixture.h"

#include <string.h>

#define STEPS 400
#define N_LEARNERS 3

static const char walk[] =
  "SELECT sum (g.credited_us) FROM session s JOIN segment g ON g.session_id = s.id"
  " LEFT JOIN log l ON l.segment_id = g.id LEFT JOIN outbox o ON o.log_seq = l.seq"
  " WHERE s.stunum = ?1 AND NOT (coalesce (o.state = 'acked', 0) AND l.recnum <="
  " coalesce ((SELECT last_recnum FROM roster WHERE stunum = ?1), 0)) AND g.end_reason IS NOT '" XS_SEGMENT_LOST "'";

typedef struct {
  StoreFixture *fixture;
  GRand *random;
  char stunums[N_LEARNERS][XS_UNIFIED_DIGITS + 1];
  XsSessionHandle handles[N_LEARNERS]; /* session_id 0: none is open */
  int seconds[N_LEARNERS];
  guint n_differing; /* looks at which not all was new, and not nothing */
} World;

static void
assert_credit (World *world)
{
  XsJournal *journal = world->fixture->journal;
  g_autoptr (GError) error = NULL;
  gint64 walked, platform_s, all, total_us;

  for (guint i = 0; i < N_LEARNERS; i++)
    {
      const char *stunum = world->stunums[i];
      g_assert_true (xs_db_query_int (journal->db, &walked, 0, walk, &error, "s", stunum));
      g_assert_true (xs_db_query_int (journal->db, &platform_s, 0, "SELECT total_s FROM roster WHERE stunum = ?",
                                      &error, "s", stunum));
      g_assert_true (xs_db_query_int (journal->db, &all, 0,
                                      "SELECT sum (g.credited_us) FROM session s JOIN segment g ON g.session_id = s.id"
                                      " WHERE s.stunum = ?",
                                      &error, "s", stunum));
      g_assert_true (xs_journal_get_credit (journal, stunum, DAY, NULL, &total_us, &error));
      g_assert_no_error (error);
      g_assert_cmpint (total_us, ==, platform_s * SECOND_US + walked);
      world->n_differing += walked > 0 && walked < all;
    }
}

static gint64
random_item (World *world, const char *which)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT id FROM outbox WHERE state = 'waiting' AND photos_missing = 0 AND kind = '%s' LIMIT 1"
                     " OFFSET %d",
                     which, g_rand_int_range (world->random, 0, 3));

  return store_count (world->fixture->journal, sql);
}

static void
settle (World *world, const char *kind)
{
  XsJournal *journal = world->fixture->journal;
  gint64 id = random_item (world, kind);
  g_autoptr (GError) error = NULL;

  if (id == 0)
    return;
  if (g_rand_int_range (world->random, 0, 4) == 0)
    g_assert_true (xs_outbox_reject (journal, id, "recnum", "refused", &error));
  else
    g_assert_true (xs_outbox_acknowledge (journal, id, &error));
  g_assert_no_error (error);
}

/* What the platform knows of lags behind, or comes from other kiosks and is ahead; now and then a learner is gone. */
static void
fetch_roster (World *world)
{
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_LEARNERS; i++)
    {
      XsLearner learner = { .name = "王小明", .total_s = g_rand_int_range (world->random, 0, 10000) };
      g_strlcpy (learner.stunum, world->stunums[i], sizeof learner.stunum);
      g_autofree char *sql =
        g_strdup_printf ("SELECT coalesce (max (recnum), 0) FROM log WHERE stunum = '%s'", world->stunums[i]);
      gint64 known = store_count (world->fixture->journal, sql) + g_rand_int_range (world->random, -4, 3);
      learner.last_recnum = MAX (0, known);
      if (g_rand_int_range (world->random, 0, 10) > 0)
        g_array_append_val (learners, learner);
    }
  g_assert_true (xs_journal_set_roster (world->fixture->journal, learners, NULL, &error));
  g_assert_no_error (error);
}

/* As after an older copy took the place of the journal. */
static void
lose (World *world, guint i)
{
  g_autofree char *sql =
    g_strdup_printf ("UPDATE segment SET end_reason = '" XS_SEGMENT_LOST "' WHERE id = %" G_GINT64_FORMAT
                     "; UPDATE session SET state = 'closed', interrupted = 1 WHERE id = %" G_GINT64_FORMAT,
                     world->handles[i].segment_id, world->handles[i].session_id);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_db_exec (world->fixture->journal->db, sql, &error));
  g_assert_no_error (error);
  world->handles[i].session_id = 0;
}

static void
study (World *world, guint i)
{
  XsJournal *journal = world->fixture->journal;
  XsSessionHandle *handle = &world->handles[i];
  gint64 end_us = START_US + world->seconds[i] * SECOND_US;
  g_autoptr (GError) error = NULL;

  if (handle->session_id == 0)
    {
      *handle = store_begin (journal, world->fixture->clock, world->stunums[i]);
      world->seconds[i] = 0;
      return;
    }
  switch (g_rand_int_range (world->random, 0, 12))
    {
    case 0:
      lose (world, i);
      break;
    case 1:
    case 2:
      store_close (journal, handle, XS_SIGN_OUT_SEGMENT_FULL, end_us, TRUE);
      world->seconds[i] = 0;
      break;
    case 3:
    case 4:
    case 5:
      store_close (journal, handle, XS_SIGN_OUT_BY_LEARNER, end_us, FALSE);
      handle->session_id = 0;
      break;
    default:
      world->seconds[i] += g_rand_int_range (world->random, 1, 50);
      g_assert_true (store_progress (journal, handle, world->seconds[i], &error));
      break;
    }
}

static void
test_random (StoreFixture *fixture, gconstpointer unused)
{
  guint32 seed = (guint32) g_test_rand_int ();
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  World world = { .fixture = fixture, .random = random };

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < N_LEARNERS; i++)
    g_snprintf (world.stunums[i], sizeof world.stunums[i], "33010000000001%02u", i);
  for (int step = 0; step < STEPS; step++)
    {
      int what = g_rand_int_range (random, 0, 20);
      if (what < 12)
        study (&world, (guint) g_rand_int_range (random, 0, N_LEARNERS));
      else if (what < 19)
        settle (&world, "log");
      else
        fetch_roster (&world);
      assert_credit (&world);
    }
  g_test_message ("%u looks had something old and something new", world.n_differing);
  g_assert_cmpuint (world.n_differing, >, STEPS / 4);
}

/* However long the history: no step of the query walks through a table or through all that the learner ever did. */
static void
test_plan (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (fixture->journal->db, "EXPLAIN QUERY PLAN " XS_JOURNAL_UNKNOWN_CREDIT_SQL, &error, "s", STUNUM);
  gboolean has_row = TRUE, by_learner = FALSE;

  g_assert_no_error (error);
  while (has_row)
    {
      g_assert_true (xs_stmt_step (stmt, &has_row, &error));
      const char *detail = has_row ? xs_stmt_string (stmt, 3) : "";
      g_test_message ("%s", detail);
      if (g_str_has_prefix (detail, "SCAN") && !g_str_has_prefix (detail, "SCAN CONSTANT")
          && strstr (detail, "session_open") == NULL && strstr (detail, "SCAN r") == NULL)
        g_test_fail_printf ("%s", detail);
      g_assert_null (strstr (detail, "session_learner"));
      by_learner |= strstr (detail, "stunum=? AND recnum>?") != NULL;
    }
  g_assert_true (by_learner);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/credit/random", test_random);
  store_fixture_add_test ("/store/credit/plan", test_plan);
  return g_test_run ();
}
