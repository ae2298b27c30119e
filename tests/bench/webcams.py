#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench webcams [DIR]: the study engine on recordings made from the webcam recordings in $XUESHI_DEMO_DIR.

Makes the recordings, their truth and their registration photos in DIR, by default _build/bench/webcams, where they are
not there yet, replays them, and prints one line for each stretch and one for each scene. Exit status 1 when a limit is
broken."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from replay import INSTRUCTION_AFTER_S, INSTRUCTION_SHARE, INSTRUCTIONS, LIMITS_S, PRESENT_SHARE
from replay import instructed, overlap_s, replay

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAKER = ROOT / "_build" / "tests" / "bench" / "bench-webcams"
SOURCES = ("franck.webm", "cap12_edit.webm", "cap13_edit2.webm")

NOTICED_S = 1.0
CALLED_S = 5.0
LOST_SHARE = 0.01


def make(folder):
    sources = pathlib.Path(os.environ["XUESHI_DEMO_DIR"])
    missing = [name for name in SOURCES if not (sources / name).exists()]
    if missing:
        sys.exit("webcams.py: %s is not in %s: ./dev setup gets it" % (missing[0], sources))
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.glob("*.truth.json")):
        subprocess.run([MAKER, sources, folder], check=True)


def paused(report, t0, t1, reason=None):
    """The pauses of [t0, t1], clipped to it; all, or those for one reason."""
    return [
        (max(one["t0_s"], t0), min(one["t1_s"], t1), one["reason"])
        for one in report["paused"]
        if one["t1_s"] > t0 and one["t0_s"] < t1 and reason in (None, one["reason"])
    ]


def judge(stretch, report):
    """What became of one stretch. Returns: a dict; "broken" says whether a limit was."""
    t0, t1, scene = stretch["t0"], stretch["t1"], stretch["scene"]
    pauses = paused(report, t0, t1)
    reasons = {}
    for begin, end, reason in pauses:
        reasons[reason] = reasons.get(reason, 0.0) + end - begin
    one = {"kind": stretch["kind"], "scene": scene, "seconds": t1 - t0, "reasons": reasons}
    one["credited"] = overlap_s(report["credited"], t0, t1)
    one["noticed"] = pauses[0][0] - t0 if pauses else None
    one["broken"] = one["credited"] > LIMITS_S.get(scene, float("inf"))
    if scene in INSTRUCTIONS:
        one["instructed"] = instructed(report, INSTRUCTIONS[scene], t0 + INSTRUCTION_AFTER_S, t1)
        one["broken"] = one["instructed"] < INSTRUCTION_SHARE
    if scene == "photo":
        called = paused(report, t0, t1, "not_live")
        one["called"] = called[0][0] - t0 if called else None
        one["broken"] = one["credited"] > CALLED_S
    if scene == "other_person":
        one["broken"] = one["broken"] or one["noticed"] is None or one["noticed"] > NOTICED_S
    return one


def print_stretch(recording, stretch, one):
    reasons = ", ".join("%s %.1f" % pair for pair in sorted(one["reasons"].items(), key=lambda pair: -pair[1]))
    shown = "" if "instructed" not in one else "%.0f %%" % (100 * one["instructed"])
    when = "%.0f–%.0f" % (stretch["t0"], stretch["t1"])
    broken = " BROKEN" if one["broken"] else ""
    cells = (recording, when, one["kind"], "%.2f" % one["credited"], shown, reasons + broken)
    print("| %s |" % " | ".join(cells))


def seconds_or_dash(values):
    values = [value for value in values if value is not None]
    return "%.2f" % max(values) if values else "–"


def print_summary(seen):
    """Returns: whether every limit held."""
    ok = not any(one["broken"] for one in seen)
    print("\n| scene | stretches | s | credited s | most in one | noticed s, worst | own instruction, worst |")
    print("|---|---|---|---|---|---|---|")
    for kind in sorted({one["kind"] for one in seen}):
        of_kind = [one for one in seen if one["kind"] == kind]
        shares = [one["instructed"] for one in of_kind if "instructed" in one]
        noticed = seconds_or_dash([one.get("called", one["noticed"]) for one in of_kind]) if kind != "present" else "–"
        print(
            "| %s | %d | %.0f | %.1f | %.2f | %s | %s |"
            % (
                kind,
                len(of_kind),
                sum(one["seconds"] for one in of_kind),
                sum(one["credited"] for one in of_kind),
                max(one["credited"] for one in of_kind),
                noticed,
                "%.0f %%" % (100 * min(shares)) if shares else "–",
            )
        )
    present = [one for one in seen if one["scene"] == "present"]
    present_s = sum(one["seconds"] for one in present)
    credited = sum(one["credited"] for one in present) / present_s
    lost = sum(one["reasons"].get("not_live", 0.0) for one in present) / present_s
    print("\nPresent: %.1f %% of %.0f s credited, %.1f %% lost to not_live" % (100 * credited, present_s, 100 * lost))
    return ok and credited >= PRESENT_SHARE and lost <= LOST_SHARE


def main(arguments):
    if len(arguments) > 1 or arguments[:1] == ["--help"]:
        sys.exit(__doc__)
    folder = pathlib.Path(arguments[0] if arguments else ROOT / "_build" / "bench" / "webcams")
    make(folder)
    seen = []
    print("| recording | s | scene | credited s | own instruction | paused for, s |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for recording in sorted(folder.glob("*.mkv")):
            truth = json.loads(recording.with_suffix(".truth.json").read_text())
            report, _ = replay(recording, None, pathlib.Path(scratch) / ("%s.json" % recording.stem))
            for stretch in truth["truth"]:
                seen.append(judge(stretch, report))
                print_stretch(recording.stem, stretch, seen[-1])
    sys.exit(0 if print_summary(seen) else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
