#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`xueshi observe` as its users run it: on pictures, on a recording, on bad input."""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))

from scenario import check, demo_recording, first_picture, note, run, run_tests, truncate  # noqa: E402

STRICT = {"G_DEBUG": "fatal-criticals"}
MEASURES = [
    "match", "yaw_deg", "pitch_deg", "roll_deg", "gaze_yaw_deg", "gaze_pitch_deg", "inter_eye_distance_px",
    "brow_chin_px", "face_share", "frame_luminance", "luminance", "under_exposure", "over_exposure",
    "light_balance_ev", "backlight_ev", "sharpness", "detail", "eyes_open", "mouth_covered", "head_covered",
    "eye_glare", "live", "live_run", "motion", "blink", "repeats",
]  # fmt: skip


def observe(*words, status=0):
    done = run("xueshi", "observe", "--json", *words, env=STRICT)
    check(done.returncode == status, "status %d: %s" % (done.returncode, done.stderr))
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_picture(folder):
    picture = first_picture(demo_recording(), folder / "face.jpg")
    (seen,) = observe("--photo", picture, picture)
    check(seen["file"] == str(picture) and seen["thorough"] is True, str(seen))
    members = MEASURES + ["picture_hash", "file", "t_s", "thorough", "faces", "boxes", "landmarks"]
    check(sorted(seen) == sorted(members), str(sorted(seen)))
    check(len(seen["landmarks"]) == 468 and all(len(point) == 2 for point in seen["landmarks"]), "no landmarks")
    check(seen["faces"] == 1 and len(seen["boxes"]) == 1, "not one face")
    check(re.fullmatch("[0-9a-f]{64}", seen["picture_hash"]), "hash %s" % seen["picture_hash"])
    check(seen["match"] > 0.99, "not like itself: %s" % seen["match"])
    for name in ("live_run", "motion", "blink", "repeats"):
        check(seen[name] is None, "%s of one picture: %s" % (name, seen[name]))
    (bare,) = observe("--no-landmarks", picture)
    check(bare["match"] is None, "a match with nobody")
    check("landmarks" not in bare, "landmarks all the same")


def test_no_face(folder):
    path = folder / "ball.png"
    subprocess.run(
        ["gst-launch-1.0", "-q", "videotestsrc", "num-buffers=1", "pattern=ball", "!",
         "video/x-raw,width=320,height=240", "!", "pngenc", "!", "filesink", f"location={path}"],
        check=True)
    (seen,) = observe(path)
    check(seen["faces"] == 0 and seen["boxes"] == [] and seen["landmarks"] == [], "a face in a ball")
    check(seen["picture_hash"] is None, "the hash of no face")
    for name in MEASURES:
        known = name in ("frame_luminance", "luminance", "detail")
        check((seen[name] is not None) == known, "%s without a face: %s" % (name, seen[name]))


# One still picture, shown for long, is no person; what a recording shows is.
def test_run(folder):
    picture = first_picture(demo_recording(), folder / "face.jpg")
    seen = observe("--run", *[picture] * 105)
    check([round(line["t_s"], 1) for line in seen[:3]] == [0, 0.1, 0.2], "not ten frames a second")
    check(seen[-1]["motion"] is not None and seen[-1]["motion"] < 0.003, "motion %s" % seen[-1]["motion"])
    check(seen[0]["repeats"] is None and seen[-1]["repeats"] == 1, "no repetition: %s" % seen[-1]["repeats"])
    check(seen[-1]["live_run"] is not None, "no run")

    frames = observe(demo_recording().with_name("cap12_edit.webm"))
    note("%d frames" % len(frames))
    check(len(frames) > 400 and not any(line["thorough"] for line in frames), "no quick looks")
    known = [line for line in frames if line["motion"] is not None]
    still = [line["t_s"] for line in known if line["motion"] < 0.006 and line["blink"] < 0.6]
    check(len(known) > 400 and not still, "a living face seems a picture at %s" % still)


def test_bad_files(folder):
    picture = first_picture(demo_recording(), folder / "face.jpg")
    cut = truncate(picture, folder / "cut.jpg", 3000)
    text = folder / "text.jpg"
    text.write_text("no picture")
    lines = observe(cut, picture, text, folder / "missing.jpg", status=1)
    check([("error" in line) for line in lines] == [True, False, True, True], str(lines))
    check(lines[1]["faces"] == 1, "the good one was lost")
    check(run("xueshi", "observe").returncode == 2, "nothing to look at")


if __name__ == "__main__":
    run_tests([
        ("/cli/observe/picture", test_picture),
        ("/cli/observe/no-face", test_no_face),
        ("/cli/observe/run", test_run),
        ("/cli/observe/bad-files", test_bad_files),
    ])  # fmt: skip
