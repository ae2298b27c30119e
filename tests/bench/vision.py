#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench vision [MEDIA [SECTION…]]: what the face models see rightly, and what they cost.

MEDIA: a folder with labelled faces, by default the one XUESHI_TEST_MEDIA names, else ../shared/media. Without one only
what the demo recordings in $XUESHI_DEMO_DIR allow. SECTION: detection, pose, liveness, eyes, active, guidance, cost;
without, all of them. Prints tables, and writes them to _build/bench/vision.md, as CSV and as plots to
_build/bench/vision/."""

import json
import os
import pathlib
import sys
import time

from vision_pictures import Pictures, report_covers, report_detection, report_eyes, report_liveness, report_pose
from vision_programs import recordings_in, report_active_check, report_cost, report_guidance, report_motion
from vision_report import Report

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECTIONS = ("detection", "pose", "liveness", "eyes", "active", "guidance", "cost")


def choose_media(arguments):
    """Returns: the folder, or None where there is none."""
    named = arguments[0] if arguments else os.environ.get("XUESHI_TEST_MEDIA")
    media = pathlib.Path(named or ROOT.parent / "shared" / "media").resolve()
    if (media / "labels" / "campus.csv").exists():
        return media
    if arguments:
        sys.exit("%s\n\nThere are no labels in %s." % (__doc__, media))
    return None


def report_pictures(pictures, report, wanted):
    began = time.monotonic()
    pictures.look()
    pictures.write(report)
    report.note("%d pictures looked at." % len(pictures.seen))
    print("in %.0f s" % (time.monotonic() - began))
    if "detection" in wanted:
        report.heading("Detection")
        report_detection(pictures, report)
    if "pose" in wanted:
        report.heading("Pose")
        report_pose(pictures, report)
    if "liveness" in wanted:
        report.heading("Liveness")
        report_liveness(pictures, report)
    if "eyes" in wanted:
        report.heading("Eyes, light, covers")
        report_eyes(pictures, report)
        report_covers(pictures, report)


def main(arguments):
    media = choose_media(arguments[:1])
    wanted = arguments[1:] or SECTIONS
    if not set(wanted) <= set(SECTIONS):
        sys.exit(__doc__)
    policy = json.loads((ROOT / "data" / "policy" / "default.json").read_text(encoding="utf-8"))
    report = Report(ROOT / "_build" / "bench" / "vision")
    demo = recordings_in(pathlib.Path(os.environ.get("XUESHI_DEMO_DIR", ROOT / ".cache" / "demo")), "*.webm")
    began = time.monotonic()
    pictures, recordings = None, demo
    if media:
        pictures = Pictures(media, report.folder, policy)
        recordings = recordings_in(media / "camera", "*.mkv") + demo
        if {"detection", "pose", "liveness", "eyes"} & set(wanted):
            report_pictures(pictures, report, wanted)
        if "liveness" in wanted:
            report_motion(recordings, report, policy)
    else:
        report.note("Skipped, for want of labelled faces (XUESHI_TEST_MEDIA names no folder with labels/): detection, "
                    "pose, liveness, eyes, flat pictures, guidance.")  # fmt: skip
    if not recordings:
        sys.exit("There are no recordings in XUESHI_DEMO_DIR either: run ./dev setup.")
    if "active" in wanted:
        report.heading("Flat picture and active check")
        report_active_check(pictures, recordings, report, policy)
    if "guidance" in wanted and pictures:
        report.heading("Guidance")
        report_guidance(pictures, report)
    if "cost" in wanted:
        report.heading("Cost")
        # The others only make it longer.
        report_cost([recording for recording in recordings if recording.truth] or recordings, report)
    report.finish()
    print("%.0f s" % (time.monotonic() - began))


if __name__ == "__main__":
    main(sys.argv[1:])
