#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`xueshi match` and `xueshi enrol` as their users run them: on faces of the demo recordings, on photos of students, on
bad input."""

import csv
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))

from scenario import (  # noqa: E402
    POLICY, Skip, check, demo_recording, first_picture, media_folder, note, run, run_tests, truncate,
)  # fmt: skip

STRICT = {"G_DEBUG": "fatal-criticals"}


def xueshi(*words, cwd=None):
    return run("env", "-C", cwd or ".", "xueshi", *words, env=STRICT)


def well(*words, cwd=None):
    done = xueshi(*words, cwd=cwd)
    check(done.returncode == 0, "status %d: %s" % (done.returncode, done.stderr))
    check(done.stderr == "", "it said: " + done.stderr)
    return done.stdout


def refuse(*words, wanted, status=1, command="match"):
    """It must end with @status and one line that says each of @wanted. Returns: what it printed all the same."""
    done = xueshi(command, *words)
    note(done.stderr.strip())
    check(done.returncode == status, "status %d, not %d: %s" % (done.returncode, status, done.stderr))
    lines = done.stderr.strip().splitlines()
    check(len(lines) == 1 and lines[0].startswith("xueshi %s: " % command), "not one plain line: " + done.stderr)
    for text in wanted:
        check(str(text) in done.stderr, "“%s” is not said" % text)
    return done.stdout


def two_people(folder):
    """First pictures of two demo recordings: two people."""
    franck = demo_recording()
    other = franck.with_name("cap12_edit.webm")
    if not other.exists():
        raise Skip("%s is not here: ./dev setup fetches it" % other)
    return first_picture(franck, folder / "a.jpg"), first_picture(other, folder / "b, or so.jpg")


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_two(folder):
    a, b = two_people(folder)
    check(well("match", a, a) == "same 1.0000\n", "a picture is not itself")
    band, score = well("match", a, b).split()
    check(band == "different" and float(score) < 0.3, "two people: %s %s" % (band, score))
    answer = json.loads(well("match", "--json", a, b))
    check(answer["band"] == "different" and answer["reason"] is None, str(answer))
    check(abs(answer["score"] - float(score)) < 1e-3, str(answer))
    check((answer["path_a"], answer["path_b"]) == (str(a), str(b)), str(answer))


def test_policy(folder):
    a, b = two_people(folder)
    policy = json.loads(POLICY.read_text())
    for same, different, band in ((-1.0, -1.0, "same"), (0.99, -1.0, "ask"), (0.99, 0.98, "different")):
        path = folder / "policy.json"
        path.write_text(json.dumps(dict(policy, match_same=same, match_different=different)))
        answer = json.loads(well("match", "--json", "--policy", path, a, b))
        check(answer["band"] == band, "%s, not %s" % (answer, band))
        check(answer["match_same"] == same and answer["match_different"] == different, str(answer))
    path.write_text("{}")
    refuse("--policy", path, a, b, wanted=[path])


def test_cannot_be_told(folder):
    a, _ = two_people(folder)
    cut = truncate(a, folder / "cut.jpg", 5000)
    empty = folder / "empty.jpg"
    empty.write_bytes(b"")
    archive = folder / "photo.jpg"
    archive.write_bytes(b"PK\3\4" + bytes(100))
    refuse(a, cut, wanted=[cut, "breaks off", "save it again"])
    refuse(empty, a, wanted=[empty, "0 bytes"])
    refuse(a, archive, wanted=[archive, "ZIP", "8-bit RGB JPEG or PNG"])
    refuse(a, folder, wanted=[folder, "JPEG or PNG"])
    refuse(a, folder / "none.jpg", wanted=[folder / "none.jpg"])
    refuse(cut, empty, wanted=[cut, empty])
    answer = json.loads(refuse("--json", a, cut, wanted=[cut]))
    check(answer["score"] is None and answer["band"] is None and str(cut) in answer["reason"], str(answer))


def test_template(folder):
    a, b = two_people(folder)
    template = folder / "a.json"
    check(well("enrol", a, "--out", template) == "%s\n" % template, "it does not say where")
    check(template.stat().st_mode & 0o077 == 0, "others can read a face")
    check(well("match", template, a) == "same 1.0000\n", "a template does not match its photo")
    check(well("match", template, b) == well("match", a, b), "a template scores otherwise than its photo")
    document = json.loads(template.read_text())
    document["recipe"] += 1
    template.write_text(json.dumps(document))
    refuse(template, b, wanted=[template, "enrol the photo again"])
    template.write_text("[]")
    refuse(template, b, wanted=[template])
    refuse(template, "--out", folder / "c.json", command="enrol", wanted=[template, "already"])
    refuse(folder / "none.jpg", "--out", folder / "c.json", command="enrol", wanted=["none.jpg"])
    check(not (folder / "c.json").exists(), "there is a template of nothing")
    refuse(a, "--out", folder / "c.bin", command="enrol", wanted=["--help"], status=2)
    refuse("--out", folder / "c.json", command="enrol", wanted=["--help"], status=2)


def test_pairs(folder):
    lists = folder / "lists"
    elsewhere = folder / "elsewhere"
    lists.mkdir()
    elsewhere.mkdir()
    a, b = two_people(lists)
    (elsewhere / "near.jpg").write_bytes(a.read_bytes())
    (lists / "near.jpg").write_bytes(b.read_bytes())
    (lists / "bad.jpg").write_bytes(b"\xff\xd8\xff")
    pairs = [
        ("a.jpg", "a.jpg"), ("a.jpg", b.name), (str(a), "near.jpg"), ("a.jpg", "bad.jpg"), ("bad.jpg", "gone.jpg"),
        (b.name, "a.jpg"), ('say "a".jpg', "a.jpg"),
    ]  # fmt: skip
    out = folder / "out.csv"
    for header, newline in (True, "\r\n"), (False, "\n"):
        with open(lists / "pairs.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator=newline)
            writer.writerows(([("path_a", "path_b")] if header else []) + pairs)
        said = well("match", "--pairs", lists / "pairs.csv", "--csv", out, cwd=elsewhere)
        check(said.startswith("7 pairs: 2 same, 0 ask, 2 different, 3 not told"), said)
        rows = read_csv(out)
        check([(row["path_a"], row["path_b"]) for row in rows] == pairs, "other pairs: %s" % rows)
        check([row["band"] for row in rows] == ["same", "different", "same", "", "", "different", ""], str(rows))
        check(float(rows[0]["score"]) > 0.9999 and rows[1]["score"] == rows[5]["score"], str(rows))
        for row in rows:
            check((row["score"] == "") == (row["reason"] != ""), "neither score nor reason: %s" % row)
        check("bad.jpg" in rows[3]["reason"] and "breaks off" in rows[3]["reason"], rows[3]["reason"])
        check("bad.jpg" in rows[4]["reason"] and "gone.jpg" in rows[4]["reason"], rows[4]["reason"])


def test_bad_lists(folder):
    pairs, out = folder / "pairs.csv", folder / "out.csv"
    for text, wanted in (
        ("a.jpg\n", "row 1"), ("a.jpg,b.jpg\na,b,c\n", "row 2"), ('a.jpg,"b.jpg\n', "line 1"), ('a"b,c\n', "line 1"),
        ('"a"b,c\n', "line 1"), ("a\0b,c\n", "NUL"),
    ):  # fmt: skip
        pairs.write_text(text)
        refuse("--pairs", pairs, "--csv", out, wanted=[pairs, wanted])
        check(not out.exists(), "there is a result of a bad list")
    refuse("--pairs", folder / "none.csv", "--csv", out, wanted=["none.csv"])
    pairs.write_text("")
    check(well("match", "--pairs", pairs, "--csv", out).startswith("0 pairs"), "an empty list")
    check(out.read_text() == "path_a,path_b,score,band,reason\n", out.read_text())
    refuse("--pairs", pairs, "--csv", folder / "no" / "out.csv", wanted=["out.csv"])


def test_usage(_):
    refuse(wanted=["--help"], status=2)
    refuse("a.jpg", wanted=["--help"], status=2)
    refuse("a.jpg", "b.jpg", "c.jpg", wanted=["--help"], status=2)
    refuse("--pairs", "a.csv", wanted=["--help"], status=2)
    refuse("--csv", "a.csv", "a.jpg", "b.jpg", wanted=["--help"], status=2)
    refuse("--nonsense", wanted=["--nonsense"], status=2)
    check("PAIRS.csv" in well("match", "--help") and "FILE.json" in well("enrol", "--help"), "no help")
    check("match" in well("--help") and "enrol" in well("--help"), "not in the list of commands")


def test_students(_):
    """Students at webcams: one against himself in another recording, against others, and with people behind him."""
    live = media_folder("campus") / "live"
    runs = {
        "1": sorted((live / "0001" / "00_00_01").iterdir())[0],
        "1 again": sorted((live / "0001" / "00_00_02").iterdir())[0],
        "3": sorted((live / "0003" / "01_00_01").iterdir())[0],
    }
    check(well("match", runs["1"], runs["1 again"]).startswith("same "), "the same student")
    check(well("match", runs["1"], runs["3"]).startswith("different "), "two students")


def test_nobody(folder):
    things = sorted(media_folder("noface").iterdir())
    people = sorted((media_folder("campus") / "live" / "0001" / "00_00_01").iterdir())
    pairs, out = folder / "pairs.csv", folder / "out.csv"
    pairs.write_text("".join("%s,%s\n" % (thing, people[0]) for thing in things))
    well("match", "--pairs", pairs, "--csv", out)
    rows = read_csv(out)
    check(len(rows) == len(things) > 10, "%d rows" % len(rows))
    without = [row for row in rows if "face" in row["reason"] and not row["score"]]
    note("%d of %d pictures of things have no face" % (len(without), len(rows)))
    check(len(without) >= len(rows) - 1, "faces in: %s" % [row["path_a"] for row in rows if row not in without])


if __name__ == "__main__":
    run_tests([
        ("/cli/match/usage", test_usage),
        ("/cli/match/two", test_two),
        ("/cli/match/policy", test_policy),
        ("/cli/match/cannot-be-told", test_cannot_be_told),
        ("/cli/match/template", test_template),
        ("/cli/match/pairs", test_pairs),
        ("/cli/match/bad-lists", test_bad_lists),
        ("/cli/match/students", test_students),
        ("/cli/match/nobody", test_nobody),
    ])  # fmt: skip
