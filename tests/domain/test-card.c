/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-card.h"

#define STUNUM "2000000000000002"
#define INSCODE "1000000000000001"

static void
test_cards (void)
{
  static const struct {
    const char *text, *stunum, *inscode;
  } cards[] = {
    { STUNUM, STUNUM, "" },
    { " " STUNUM "\r\n", STUNUM, "" },
    { "xueshi:" STUNUM, STUNUM, "" },
    { "XUESHI:" STUNUM, STUNUM, "" },
    { "xueshi:" STUNUM "?", STUNUM, "" },
    { "xueshi:" STUNUM "?inscode=" INSCODE, STUNUM, INSCODE },
    { "xueshi:" STUNUM "?v=2&inscode=" INSCODE "&name=x", STUNUM, INSCODE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cards); i++)
    {
      XsCard card;
      g_assert_true (xs_card_parse (&card, cards[i].text));
      g_assert_cmpstr (card.stunum, ==, cards[i].stunum);
      g_assert_cmpstr (card.inscode, ==, cards[i].inscode);
    }
}

static void
test_no_cards (void)
{
  static const char *const texts[] = {
    "",
    "xueshi:",
    "https://example.com/2000000000000002",
    "200000000000000",
    "20000000000000020",
    "200000000000000x",
    "2000 0000 0000 0002",
    STUNUM "?inscode=" INSCODE,
    "xueshi:" STUNUM "?inscode=1",
    "xueshi:" STUNUM "?inscode=" INSCODE "0",
    "xueshi://" STUNUM,
    "２０００００００００００００００２",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      XsCard card = { "untouched", "" };
      g_assert_false (xs_card_parse (&card, texts[i]));
      g_assert_cmpstr (card.stunum, ==, "untouched");
    }
}

static void
test_round (void)
{
  g_autofree char *text = xs_card_format (STUNUM, INSCODE);
  XsCard card;

  g_assert_cmpstr (text, ==, "xueshi:2000000000000002?inscode=1000000000000001");
  g_assert_true (xs_card_parse (&card, text));
  g_assert_cmpstr (card.stunum, ==, STUNUM);
  g_assert_cmpstr (card.inscode, ==, INSCODE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/card/cards", test_cards);
  g_test_add_func ("/domain/card/no-cards", test_no_cards);
  g_test_add_func ("/domain/card/round", test_round);
  return g_test_run ();
}
