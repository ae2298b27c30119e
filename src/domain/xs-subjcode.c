/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-subjcode.h"

#include "xs-error.h"
#include "xs-number.h"

typedef struct {
  int code;
  const char *name;
} CodeName;

static const CodeName vehicles[] = {
  { 1, "A1" },  { 2, "A2" },  { 3, "A3" }, { 11, "B1" }, { 12, "B2" }, { 21, "C1" }, { 22, "C2" }, { 23, "C3" },
  { 24, "C4" }, { 25, "C5" }, { 31, "D" }, { 32, "E" },  { 33, "F" },  { 41, "M" },  { 42, "N" },  { 43, "P" },
};

static const CodeName items[] = {
  { 1, "法律、法规及道路交通信号" },
  { 2, "机动车基本知识" },
  { 3, "第一部分综合复习及考核" },
  { 11, "基础驾驶" },
  { 12, "场地驾驶" },
  { 13, "第二部分综合驾驶及考核" },
  { 21, "跟车行驶" },
  { 22, "变更车道" },
  { 23, "靠边停车" },
  { 24, "掉头" },
  { 25, "通过路口" },
  { 26, "通过人行横道" },
  { 27, "通过学校区域" },
  { 28, "通过公交车站" },
  { 29, "会车" },
  { 30, "超车" },
  { 31, "夜间驾驶" },
  { 32, "恶劣条件下的驾驶" },
  { 33, "山区道路驾驶" },
  { 34, "高速公路驾驶" },
  { 35, "行驶路线选择" },
  { 36, "第三部分综合驾驶及考核" },
  { 41, "安全文明驾驶知识" },
  { 42, "危险源辨识知识" },
  { 43, "夜间和高速公路安全驾驶知识" },
  { 44, "恶劣气象和复杂道路条件下的安全驾驶知识" },
  { 45, "紧急情况应急处置知识" },
  { 46, "危险化学品知识" },
  { 47, "典型事故案例分析" },
  { 48, "第四部分综合复习及考核" },
};

static const char *
find_name (const CodeName *table, gsize n, int code)
{
  for (gsize i = 0; i < n; i++)
    {
      if (table[i].code == code)
        return table[i].name;
    }

  return NULL;
}

const char *
xs_subjcode_vehicle_name (int vehicle)
{
  return find_name (vehicles, G_N_ELEMENTS (vehicles), vehicle);
}

const char *
xs_subjcode_item_name (int item)
{
  return find_name (items, G_N_ELEMENTS (items), item);
}

gboolean
xs_subjcode_parse (XsSubjcode *code, const char *text, GError **error)
{
  if (!xs_number_check (text, XS_SUBJCODE_DIGITS, "subjcode", error))
    return FALSE;

  int mode = g_ascii_digit_value (text[0]);
  int vehicle = 10 * g_ascii_digit_value (text[1]) + g_ascii_digit_value (text[2]);
  int part = g_ascii_digit_value (text[3]);
  int item = 10 * g_ascii_digit_value (text[4]) + g_ascii_digit_value (text[5]);
  const char *wrong = NULL;

  if (mode < XS_COURSE_PRACTICE || mode > XS_COURSE_REMOTE)
    wrong = "digit 1 (way of teaching) must be 1 to 4";
  else if (vehicle != XS_VEHICLE_NONE && xs_subjcode_vehicle_name (vehicle) == NULL)
    wrong = "digits 2 and 3 (vehicle) are not a known vehicle code";
  else if (part < 1 || part > 4)
    wrong = "digit 4 (part) must be 1 to 4";
  else if (xs_subjcode_item_name (item) == NULL)
    wrong = "digits 5 and 6 (item) are not a known item code";
  else if (strcmp (text + 6, "0000") != 0)
    wrong = "digits 7 to 10 are reserved and must be 0000";

  if (wrong != NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "subjcode \"%s\": %s", text, wrong);
      return FALSE;
    }

  *code = (XsSubjcode){ .mode = (XsCourseMode) mode, .vehicle = vehicle, .part = part, .item = item };
  return TRUE;
}

char *
xs_subjcode_format (const XsSubjcode *code)
{
  return g_strdup_printf ("%d%02d%d%02d0000", (int) code->mode, code->vehicle, code->part, code->item);
}
