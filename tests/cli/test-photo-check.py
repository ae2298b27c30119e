#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`xueshi photo-check` as a photographer uses it: text, JSON, drawing, exit status, and what cannot be judged."""

import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))

from scenario import Skip, check, media_folder, note, run, run_tests  # noqa: E402

import gi  # noqa: E402

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402

RULES = ROOT / "data" / "policy" / "registration-photo.json"
STRICT = {"G_DEBUG": "fatal-criticals", "LC_ALL": "C.UTF-8"}
STATES = {"pass", "fail", "cannot_tell"}
UPLOAD_ITEMS = {"pixel_width", "pixel_height", "file_size"}
NOT_ACCEPTABLE = 3


def photo_check(*arguments, env=None):
    return run("xueshi", "photo-check", *arguments, env=dict(STRICT, **(env or {})))


def refuse(status, wanted, *arguments, env=None):
    done = photo_check(*arguments, env=env)
    note(done.stderr.strip())
    check(done.returncode == status, "status %d, not %d: %s" % (done.returncode, status, done.stderr))
    lines = done.stderr.strip().splitlines()
    check(len(lines) == 1 and lines[0].startswith("xueshi photo-check: "), "not one plain line: " + done.stderr)
    check(str(wanted) in done.stderr, "“%s” is not said" % wanted)
    check(done.stdout == "", "it judged all the same: " + done.stdout)


def plain_picture(path, width=260, height=378, kind="png"):
    pixbuf = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, width, height)
    pixbuf.fill(0xF0F0F0FF)
    pixbuf.savev(str(path), kind, [], [])
    return path


def real_photo():
    path = media_folder("camera") / "a.ref.jpg"
    if not path.exists():
        raise Skip("no test media: %s is missing" % path)
    return path


def judge(*arguments):
    done = photo_check("--json", *arguments)
    check(done.returncode in (0, NOT_ACCEPTABLE), "status %d: %s" % (done.returncode, done.stderr))
    report = json.loads(done.stdout)
    check((report["verdict"] == "pass") == (done.returncode == 0), "status and verdict differ")
    return report, {item["code"]: item for item in report["items"]}


def test_errors(folder):
    broken = folder / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no more")
    text = folder / "text.jpg"
    text.write_text("no picture")
    picture = plain_picture(folder / "plain.png")
    refuse(2, "FILE")
    refuse(2, "FILE", picture, picture)
    refuse(2, "--nonsense", "--nonsense", picture)
    refuse(1, "missing.jpg", folder / "missing.jpg")
    refuse(1, broken, broken)
    refuse(1, text, text)
    refuse(1, folder, folder)
    refuse(1, "small", plain_picture(folder / "tiny.png", 20, 29))
    refuse(1, "face model", picture, env={"XUESHI_MODELS_DIR": str(folder)})
    refuse(2, "overwrite", "--draw", picture, picture)
    refuse(1, "no-such-folder", "--draw", folder / "no-such-folder" / "out.png", picture)


def test_rules_file(folder):
    picture = plain_picture(folder / "plain.png")
    rules = json.loads(RULES.read_text())
    other = folder / "rules.json"
    rules.update(photo_width_mm=26, photo_height_mm=32, id="school")
    other.write_text(json.dumps(rules))
    report, items = judge("--rules", other, picture)
    check(report["rules"] == "school", report["rules"])
    check(items["shape"]["state"] == "fail", "the shape of other rules does not count")
    check(judge(picture)[1]["shape"]["state"] == "pass", "the built-in shape")
    rules["head_width_min_mm"] = "14"
    other.write_text(json.dumps(rules))
    refuse(1, "head_width_min_mm", "--rules", other, picture)
    refuse(1, "missing.json", "--rules", folder / "missing.json", picture)


def test_no_face(folder):
    picture = plain_picture(folder / "plain.jpg", kind="jpeg")
    done = photo_check(picture)
    check(done.returncode == NOT_ACCEPTABLE, "status %d" % done.returncode)
    check("not acceptable" in done.stdout and "No face was found" in done.stdout, done.stdout)
    report, items = judge(picture)
    check(report["verdict"] == "fail" and items["faces"]["value"] == 0, report)
    check(report["head_width_mm"] is None, "a head was measured where there is none")


def test_upload(folder):
    picture = plain_picture(folder / "plain.jpg", kind="jpeg")
    check(not UPLOAD_ITEMS & set(judge(picture)[1]), "a file was judged without --upload")
    _, items = judge("--upload", picture)
    check(UPLOAD_ITEMS <= set(items), sorted(items))
    check(items["file_size"]["value"] == picture.stat().st_size, items["file_size"])
    check(items["file_size"]["state"] == "fail" and "too small" in items["file_size"]["remedy"], items["file_size"])
    check(items["pixel_width"]["state"] == "pass" and items["pixel_height"]["state"] == "pass", items)


def test_json(_):
    photo = real_photo()
    report, items = judge(photo)
    note("%s: %s" % (photo, {code: item["state"] for code, item in items.items() if item["state"] != "pass"}))
    check(report["file"] == str(photo) and report["width_px"] == 260 and report["height_px"] == 378, report)
    for code, item in items.items():
        check(item["state"] in STATES, item)
        check((item["state"] == "pass") == (item["remedy"] is None), "%s: remedy and state differ" % code)
        check(set(item) == {"code", "value", "uncertainty", "unit", "min", "max", "state", "remedy"}, sorted(item))
    for name in ("head_width", "head_length", "crown_margin"):
        check(report[name + "_mm"] == items[name]["value"], name)
        check(0 < report[name + "_uncertainty_mm"] < 5, name)
    check(items["faces"]["state"] == "pass" and items["eyes_closed"]["state"] == "pass", items)
    # It was taken at a webcam in a room: no white wall is behind.
    check(any(items[code]["state"] == "fail" for code in items if code.startswith("ground_")), "the ground passes")


def test_drawing(folder):
    out = folder / "drawn.png"
    done = photo_check("--draw", out, real_photo())
    check(done.returncode == NOT_ACCEPTABLE, "status %d: %s" % (done.returncode, done.stderr))
    drawn = GdkPixbuf.Pixbuf.new_from_file(str(out))
    check(drawn.get_height() > 2 * 378 and drawn.get_width() > 2 * 260, "it is not enlarged")
    check(os.stat(out).st_mode & 0o077 == 0, "others can read the face")


def test_text_is_chinese(folder):
    picture = plain_picture(folder / "plain.png")
    done = photo_check(picture, env={"LC_ALL": "zh_CN.UTF-8"})
    check(done.returncode == NOT_ACCEPTABLE, "status %d: %s" % (done.returncode, done.stderr))
    note(done.stdout)
    check("不合格" in done.stdout and "没有找到人脸" in done.stdout, done.stdout)


run_tests([
    ("errors", test_errors),
    ("rules file", test_rules_file),
    ("no face", test_no_face),
    ("upload", test_upload),
    ("json", test_json),
    ("drawing", test_drawing),
    ("text is Chinese", test_text_is_chinese),
])  # fmt: skip
