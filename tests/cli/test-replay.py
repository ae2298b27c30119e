#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`xueshi replay` as its users run it: on real recordings with known truth, on the demo recording, on bad input."""

import json
import os
import pathlib
import shutil
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "scenario"), str(ROOT / "tests" / "bench")]

import replay as bench  # noqa: E402
from scenario import (  # noqa: E402
    POLICY, check, cut_recording, demo_recording, first_picture, lesson, media_folder, note, run, run_tests, truncate,
)  # fmt: skip

ABSENCES = {
    "camera_covered", "no_face", "several_faces", "other_person", "not_live", "looking_away", "eyes_closed",
    "cannot_verify",
}  # fmt: skip
PRESENCES = ABSENCES | {"present"}
PAUSES = ABSENCES | {
    "camera_lost", "clock", "daily_cap", "lesson_failed", "attention", "quiz", "lesson_ended", "lesson_paused",
    "repeat", "starting",
}  # fmt: skip
# The recorded person cannot hear the active check: "turn_left" and "turn_right" never come.
GUIDANCE = {
    "none", "uncover_camera", "no_face", "several_faces", "light_behind", "too_dark", "come_closer", "uncover_face",
    "other_person", "move_a_little", "face_camera", "look_up", "straighten_head", "move_back", "to_the_middle",
    "light_from_side", "hold_still", "take_off_hat", "open_eyes", "glasses_reflect",
}  # fmt: skip
MEASURES = {
    "yaw_deg", "pitch_deg", "roll_deg", "inter_eye_distance_px", "brow_chin_px", "face_share", "luminance",
    "frame_luminance", "backlight_ev", "sharpness", "detail", "eyes_open", "live", "live_run", "motion",
}  # fmt: skip
PHOTO_EVENTS = {17, 5, 19, 18}
MODELS_IN_USE = ("blazeface-front-128.onnx", "canonical468.bin", "facemesh.onnx", "fr_eye.onnx",
                 "fr_feature.onnx", "fr_liveness.onnx", "fr_pose.onnx")
# A finding of GLib's ends the program, whatever its exit status would have been.
STRICT = {"G_DEBUG": "fatal-criticals"}


def replay(folder, camera, photo, *options, env=None):
    """Returns: the finished program and the report's path."""
    out = folder / "report.json"
    done = run("xueshi", "replay", "--camera", camera, "--photo", photo, "--json", out, *options,
               env=dict(STRICT, **(env or {})))  # fmt: skip
    return done, out


def replay_well(folder, camera, photo, *options):
    folder.mkdir(exist_ok=True)
    done, out = replay(folder, camera, photo, *options)
    check(done.returncode == 0, "status %d: %s" % (done.returncode, done.stderr))
    check(done.stderr == "", "it said: " + done.stderr)
    return json.loads(out.read_text())


def refuse(folder, camera, photo, *wanted, options=(), env=None, status=1):
    """It must end with @status and one line that says each of @wanted, and leave no report."""
    done, out = replay(folder, camera, photo, *options, env=env)
    note(done.stderr.strip())
    check(done.returncode == status, "status %d, not %d: %s" % (done.returncode, status, done.stderr))
    lines = done.stderr.strip().splitlines()
    check(len(lines) == 1 and lines[0].startswith("xueshi replay: "), "not one plain line: " + done.stderr)
    for text in wanted:
        check(str(text) in done.stderr, "“%s” is not said" % text)
    check(not out.exists(), "there is a report of what failed")


def short_demo(folder, seconds):
    clip = cut_recording(folder / "clip.webm", seconds)
    return clip, first_picture(clip, folder / "me.jpg")


# What a report holds


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def check_report(report, end_s):
    check(is_number(report["credited_s"]), "credited_s")
    check(isinstance(report["camera"], str) and isinstance(report["policy"], str), "camera, policy")
    check(all(len(pair) == 2 and all(map(is_number, pair)) for pair in report["credited"]), "credited")
    total = sum(t1 - t0 for t0, t1 in report["credited"])
    check(abs(total - report["credited_s"]) < 0.01, "the credited stretches come to %f" % total)
    for pause in report["paused"]:
        check(set(pause) == {"t0_s", "t1_s", "reason"} and pause["reason"] in PAUSES, "pause %s" % pause)
    check_tiles([*report["credited"], *((p["t0_s"], p["t1_s"]) for p in report["paused"])], end_s)
    check_guidance(report["guidance"])
    check_observations(report["observations"], end_s)
    check_photos(report["photos"])


def check_tiles(stretches, end_s):
    """Every moment is either credited or paused, from the first to the last."""
    at = 0.0
    for t0, t1 in sorted(map(tuple, stretches)):
        check(abs(t0 - at) < 0.002 and t1 > t0, "%.3f … %.3f after %.3f" % (t0, t1, at))
        at = t1
    check(end_s - at < 0.3, "nothing is said about %.3f … %.3f" % (at, end_s))


def check_guidance(guidance):
    for one in guidance:
        check(set(one) == {"t0_s", "t1_s", "code"} and one["code"] in GUIDANCE, "guidance %s" % one)
    for before, after in zip(guidance, guidance[1:]):
        check(after["code"] != before["code"], "guidance repeats at %.3f" % after["t0_s"])
    for one in guidance[1:-1]:
        check(one["t1_s"] - one["t0_s"] > 0.999, "“%s” stood only %.3f s at %.3f" % (
            one["code"], one["t1_s"] - one["t0_s"], one["t0_s"]))  # fmt: skip


def check_observations(observations, end_s):
    times = [one["t_s"] for one in observations]
    check(times == sorted(set(times)), "observations out of order")
    check(len(times) >= 9.5 * end_s, "only %d observations in %.0f s" % (len(times), end_s))
    for one in observations:
        check(one["presence"] in PRESENCES, "presence “%s”" % one["presence"])
        check(isinstance(one["faces"], int), "faces")
        check(all(one[name] is None or is_number(one[name]) for name in MEASURES), "measures of %s" % one)
        check(one["match"] is None or -1 <= one["match"] <= 1, "match %s" % one["match"])


def check_photos(photos):
    check([one["event"] for one in photos][:1] == [17], "no sign-in photo")
    check(photos[-1]["event"] == 18, "no sign-out photo")
    for photo in photos:
        check(photo["event"] in PHOTO_EVENTS and is_number(photo["t_s"]), "photo %s" % photo)
        jpeg = pathlib.Path(photo["file"]).read_bytes()
        check(jpeg[:3] == b"\xff\xd8\xff" and jpeg[-2:] == b"\xff\xd9", "%s is no JPEG" % photo["file"])


# Real recordings with known truth


def real_recording(name):
    def test(folder):
        recording = media_folder("camera") / (name + ".mkv")
        truth = json.loads(recording.with_suffix(".truth.json").read_text())
        report = replay_well(folder, recording, recording.with_suffix(".ref.jpg"))
        check_report(report, truth["seconds"])
        present_s = credited_s = 0.0
        broken = []
        for stretch in truth["truth"]:
            t0, t1, scene = stretch["t0"], stretch["t1"], stretch["scene"]
            got = bench.overlap_s(report["credited"], t0, t1)
            note("%5.1f %5.1f %-13s %6.2f" % (t0, t1, scene, got))
            if got > bench.LIMITS_S.get(scene, t1 - t0 + 0.001):
                broken.append("%.2f s in %s at %.1f" % (got, scene, t0))
            if scene == "present":
                present_s += t1 - t0
                credited_s += got
        check(not broken, "credited too much: " + ", ".join(broken))
        check(credited_s >= bench.PRESENT_SHARE * present_s, "only %.2f of %.2f s" % (credited_s, present_s))

    return "/cli/replay/real/" + name, test


# The demo recording


def test_same_twice(folder):
    clip, photo = short_demo(folder, 20)
    first = replay_well(folder / "a", clip, photo, "--policy", POLICY)
    second = replay_well(folder / "b", clip, photo, "--policy", POLICY)
    check_report(first, 20)
    check(first["credited_s"] > 10, "only %.3f s credited" % first["credited_s"])
    for report in (first, second):
        for one in report["photos"]:
            one["bytes"] = pathlib.Path(one.pop("file")).read_bytes()
    check(first == second, "two runs gave different reports")


def test_real_time(folder):
    clip, photo = short_demo(folder, 6)
    fast = replay_well(folder / "fast", clip, photo)
    began = time.monotonic()
    slow = replay_well(folder / "slow", clip, photo, "--speed", "1")
    took = time.monotonic() - began
    check(took >= 5.8, "6 s of recording took %.1f s" % took)
    note("6 s took %.1f s" % took)
    check(fast["credited"] == slow["credited"] and fast["paused"] == slow["paused"], "the pace changed the credit")


def test_lesson_ends(folder):
    clip, photo = short_demo(folder, 12)
    short = folder / "lesson.webm"
    cut_recording(short, 5)
    report = replay_well(folder, clip, photo, "--lesson", short)
    check_report(report, 12)
    check(report["paused"][-1]["reason"] == "lesson_ended", "the last pause is %s" % report["paused"][-1])
    check(4 <= report["credited_s"] <= 5.3, "%.3f s credited of a lesson of 5 s" % report["credited_s"])


def test_built_lesson(folder):
    """A lesson as students see it counts from its first second to its last, and not further."""
    course = json.loads((lesson().parent / "course.json").read_text())["lessons"]
    shortest = min(course, key=lambda one: one["duration_ms"])
    lasts_s = shortest["duration_ms"] / 1000
    clip, photo = short_demo(folder, lasts_s + 4)
    video = lesson().parent / shortest["video"]
    report = replay_well(folder, clip, photo, "--lesson", video, "--policy", POLICY)
    check_report(report, lasts_s + 4)
    check(report["paused"][-1]["reason"] == "lesson_ended", "the last pause is %s" % report["paused"][-1])
    check(lasts_s - 1 <= report["credited_s"] <= lasts_s + 0.3, "%.3f s credited of a lesson of %.3f s" % (
        report["credited_s"], lasts_s))  # fmt: skip


def test_truncated_lesson(folder):
    clip, photo = short_demo(folder, 12)
    half = truncate(cut_recording(folder / "whole.webm", 20), folder / "half.webm", 60000)
    report = replay_well(folder, clip, photo, "--lesson", half)
    check_report(report, 12)
    check(report["paused"][-1]["reason"] == "lesson_failed", "the last pause is %s" % report["paused"][-1])
    check(str(half) in report["lesson_error"] and "breaks off" in report["lesson_error"], report["lesson_error"])
    check(0 < report["credited_s"] < 12, "%.3f s credited" % report["credited_s"])


def test_stranger(folder):
    clip, _ = short_demo(folder, 8)
    stranger = first_picture(demo_recording().with_name("cap13_edit2.webm"), folder / "stranger.jpg")
    report = replay_well(folder, clip, stranger)
    check(report["credited_s"] == 0, "%.3f s credited to somebody else" % report["credited_s"])


# What is wrong with the input is said


def test_missing_files(folder):
    clip, photo = short_demo(folder, 2)
    gone = folder / "gone"
    refuse(folder, gone, photo, gone, "No such file")
    refuse(folder, clip, gone, gone, "No such file")
    refuse(folder, clip, photo, gone, "No such file", options=["--lesson", gone])
    refuse(folder, clip, photo, gone, "No such file", options=["--policy", gone])
    refuse(folder, clip, folder, folder)
    refuse(folder, folder, photo, folder, "folder")


def test_bad_recordings(folder):
    _, photo = short_demo(folder, 2)
    bad = folder / "bad.webm"
    bad.touch()
    refuse(folder, bad, photo, bad, "empty", "record it again")
    bad.write_text("This is no recording.\n" * 100)
    refuse(folder, bad, photo, bad, "not a video")
    bad.write_bytes(os.urandom(100000))
    refuse(folder, bad, photo, bad, "not a video")


def test_truncated_recording(folder):
    """Told, and not taken for the whole: hours from half a recording would prove nothing."""
    _, photo = short_demo(folder, 2)
    half = truncate(demo_recording(), folder / "half.webm", 120000)
    refuse(folder, half, photo, half, "breaks off", "copy it again")


def test_bad_photos(folder):
    clip, photo = short_demo(folder, 2)
    blank, two, bad = folder / "blank.jpg", folder / "two.jpg", folder / "bad.jpg"
    check(run("convert", "-size", "640x480", "xc:gray", blank).returncode == 0, "convert")
    check(run("convert", photo, photo, "+append", two).returncode == 0, "convert")
    refuse(folder, clip, blank, blank, "No face", "take one")
    refuse(folder, clip, two, two, "2 faces", "single person")
    bad.touch()
    refuse(folder, clip, bad, bad, "empty")
    bad.write_text("no picture")
    refuse(folder, clip, bad, bad, "neither a JPEG nor a PNG")
    truncate(photo, bad, 5000)
    refuse(folder, clip, bad, bad)


def test_bad_lessons(folder):
    clip, photo = short_demo(folder, 2)
    bad = folder / "bad.webm"
    bad.touch()
    refuse(folder, clip, photo, bad, "empty", options=["--lesson", bad])
    bad.write_text("This is no lesson.\n" * 100)
    refuse(folder, clip, photo, bad, "not a video", options=["--lesson", bad])


def test_bad_policies(folder):
    clip, photo = short_demo(folder, 2)
    bad = folder / "policy.json"
    document = json.loads(POLICY.read_text())
    bad.write_text(json.dumps(dict(document, generosity=9)))
    refuse(folder, clip, photo, bad, "generosity", options=["--policy", bad])
    bad.write_text(json.dumps(dict(document, grace_ms=-1)))
    refuse(folder, clip, photo, bad, "grace_ms", options=["--policy", bad])
    bad.write_text("{")
    refuse(folder, clip, photo, bad, options=["--policy", bad])


def test_unwritable(folder):
    clip, photo = short_demo(folder, 2)
    # root may write anywhere; nobody can put a file where a file is the folder.
    (folder / "file").touch()
    out = folder / "file" / "report.json"
    done = run("xueshi", "replay", "--camera", clip, "--photo", photo, "--json", out, env=STRICT)
    note(done.stderr.strip())
    check(done.returncode == 1 and str(folder / "file") in done.stderr, "status %d: %s" % (
        done.returncode, done.stderr))  # fmt: skip
    gone = folder / "gone" / "report.json"
    done = run("xueshi", "replay", "--camera", clip, "--photo", photo, "--json", gone, env=STRICT)
    note(done.stderr.strip())
    check(done.returncode == 0 and gone.exists() or str(folder / "gone") in done.stderr, done.stderr)


def test_models(folder):
    clip, photo = short_demo(folder, 2)
    models = folder / "models"
    source = pathlib.Path(os.environ["XUESHI_MODELS_DIR"])
    refuse(folder, clip, photo, models, "missing", "./dev setup", env={"XUESHI_MODELS_DIR": models})
    shutil.copytree(source, models)
    for path in (models / name for name in MODELS_IN_USE):
        right = path.read_bytes()
        path.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
        refuse(folder, clip, photo, path, "SHA-256", "./dev setup", env={"XUESHI_MODELS_DIR": models})
        path.write_bytes(right)


def test_usage(folder):
    for arguments in ([], ["--camera", "a"], ["--camera", "a", "--photo", "b", "--json", "c", "d"],
                      ["--speed", "2"], ["--nonsense"]):  # fmt: skip
        done = run("xueshi", "replay", *arguments, env=STRICT)
        check(done.returncode == 2, "%s: status %d" % (arguments, done.returncode))
        check(len(done.stderr.strip().splitlines()) == 1, done.stderr)
    usage = run("xueshi", "replay", "--help", env=STRICT).stdout
    check("--photo" in usage and "xueshi replay [" in usage, usage)
    done = run("xueshi", "nonsense", env=STRICT)
    check(done.returncode == 2 and "nonsense" in done.stderr, done.stderr)


TESTS = [
    *map(real_recording, "abc"),
    ("/cli/replay/demo/same-twice", test_same_twice),
    ("/cli/replay/demo/real-time", test_real_time),
    ("/cli/replay/demo/lesson-ends", test_lesson_ends),
    ("/cli/replay/demo/built-lesson", test_built_lesson),
    ("/cli/replay/demo/truncated-lesson", test_truncated_lesson),
    ("/cli/replay/demo/stranger", test_stranger),
    ("/cli/replay/bad/missing-files", test_missing_files),
    ("/cli/replay/bad/recordings", test_bad_recordings),
    ("/cli/replay/bad/truncated-recording", test_truncated_recording),
    ("/cli/replay/bad/photos", test_bad_photos),
    ("/cli/replay/bad/lessons", test_bad_lessons),
    ("/cli/replay/bad/policies", test_bad_policies),
    ("/cli/replay/bad/unwritable", test_unwritable),
    ("/cli/replay/bad/models", test_models),
    ("/cli/replay/bad/usage", test_usage),
]

if __name__ == "__main__":
    chosen = sys.argv[1:]
    run_tests([(name, test) for name, test in TESTS if not chosen or any(word in name for word in chosen)])
