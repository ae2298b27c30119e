#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`xueshi audit` and `xueshi policy check` as a school uses them: exit status, text, JSON, and what cannot be read."""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))

from scenario import check, note, run, run_tests  # noqa: E402

ENV = {"G_DEBUG": "fatal-criticals", "LC_ALL": "C.UTF-8"}
POLICIES = sorted(path for path in (ROOT / "data" / "policy").glob("*.json") if path.stem != "registration-photo")
VALID, NOT_READ, WRONG_OPTIONS, NOT_VALID, NOT_AS_EXPECTED = 0, 1, 2, 3, 4


def xueshi(*arguments, status, language=None):
    env = dict(ENV, LC_ALL=language) if language else ENV
    done = run("xueshi", *arguments, env=env)
    check(done.returncode == status, "status %d, not %d: %s%s" % (done.returncode, status, done.stdout, done.stderr))
    return done


def write(folder, name, document):
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def documented_case():
    """The example of docs/rules.md, which must be true."""
    return json.loads(re.search(r"```json\n(.*?)```", (ROOT / "docs" / "rules.md").read_text(), re.S).group(1))


def test_documented_case(folder):
    """The example of the document counts as it says, and is told in words"""
    case = write(folder, "case.json", documented_case())
    done = xueshi("audit", "--check", case, status=VALID)
    check("60 of 60 minutes" in done.stdout and "09:15:00–09:30:00 Photo missing" in done.stdout, done.stdout)
    done = xueshi("audit", case, status=VALID, language="zh_CN.UTF-8")
    check("整体有效" in done.stdout and "过程照片缺失" in done.stdout, "not in Chinese: " + done.stdout)


def test_other_policy(folder):
    """Another province, another outcome, as JSON"""
    case = write(folder, "case.json", documented_case())
    done = xueshi("audit", "--json", "--policy", ROOT / "data/policy/classroom-strict.json", case, status=NOT_VALID)
    result = json.loads(done.stdout)
    check(result["policy"] == "classroom-strict" and result["verdict"] == "partial", done.stdout)
    check([slot["state"] for slot in result["slots"]] == ["good", "missing", "good", "good"], done.stdout)
    check(all(breach["remedy"] for breach in result["breaches"]), "a breach has no remedy")


def test_day(folder):
    """What else is known of the day comes from a file of its own, or from the case, but not from both"""
    case = documented_case()
    day = write(folder, "day.json", {"learner_known": False})
    done = xueshi("audit", "--day", day, write(folder, "case.json", case), status=NOT_VALID)
    check("void" in done.stdout and "Unknown student number" in done.stdout, done.stdout)
    case["day"] = {"open": True}
    done = xueshi("audit", "--day", day, write(folder, "case.json", case), status=NOT_READ)
    check("“day”" in done.stderr, done.stderr)


def test_check(folder):
    """What differs from the expectation is told"""
    case = documented_case()
    case["expect"]["credited_min"] = 59
    done = xueshi("audit", "--check", write(folder, "case.json", case), status=NOT_AS_EXPECTED)
    check("“expect.credited_min” is 59, but the log has 60" in done.stderr, done.stderr)
    del case["expect"]
    xueshi("audit", "--check", write(folder, "case.json", case), status=NOT_READ)


def test_unreadable(folder):
    """What cannot be read is named with file, line and field"""
    bad = '{"log":{"start":"2026-01-05 09:00:00","end":"10:00:00",\n"photos":[\n{"time":"9:14","event":19}]}}'
    for arguments, status, wanted in (
        ([], WRONG_OPTIONS, "CASE"),
        ([folder / "none.json"], NOT_READ, "none.json"),
        ([write(folder, "bad.json", bad)], NOT_READ, "bad.json: line 3: “log.photos[0].time”"),
        ([write(folder, "text.json", "hello")], NOT_READ, "text.json: JSON line 1"),
        ([write(folder, "empty.json", "")], NOT_READ, "empty.json"),
        (["--policy", write(folder, "p.json", "{}"), write(folder, "case.json", documented_case())], NOT_READ, "“id”"),
    ):
        done = xueshi("audit", *arguments, status=status)
        note(done.stderr.strip())
        check(wanted in done.stderr and done.stderr.count("\n") == 1, "“%s” is not said: %s" % (wanted, done.stderr))
        check(done.stdout == "", "it judged all the same: " + done.stdout)


def test_policies(folder):
    """The policies that are shipped are right, and one that is not is named with line and field"""
    done = xueshi("policy", "check", *POLICIES, status=VALID)
    check(done.stdout.count("is right") == len(POLICIES), done.stdout)
    text = (ROOT / "data" / "policy" / "default.json").read_text()
    line = text[: text.index('"gap"')].count("\n") + 1
    wrong = write(folder, "wrong.json", re.sub(r'("gap":.*"max_s": )\d+', r'\1"long"', text))
    done = xueshi("policy", "check", wrong, status=NOT_READ)
    check("wrong.json: line %d: “rules.gap.max_s”" % line in done.stderr, done.stderr)
    xueshi("policy", "look", wrong, status=WRONG_OPTIONS)


run_tests([
    ("the documented case", test_documented_case),
    ("another policy", test_other_policy),
    ("day", test_day),
    ("check", test_check),
    ("unreadable", test_unreadable),
    ("policies", test_policies),
])  # fmt: skip
