#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench replay FOLDER [POLICY]: run the study engine over every NAME.mkv in FOLDER that has NAME.truth.json
and NAME.ref.jpg beside it, and print what was credited in each stretch of the truth.

Exit status 1 when a limit is broken: at most 0.3 s credited where nobody, somebody else or a covered camera was, 0.4 s
with two faces, 5 s of a still picture held to the camera; at least 98 % of the time the student was present; and in the
dark, against the light, blurred or far away the right instruction for 95 % of the time from the second second on."""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

LIMITS_S = {"absent": 0.3, "covered": 0.3, "other_person": 0.3, "two_faces": 0.4, "photo": 5.0}
PRESENT_SHARE = 0.98
INSTRUCTIONS = {"dark": "too_dark", "backlit": "light_behind", "blurred": "hold_still", "far": "come_closer"}
INSTRUCTION_SHARE = 0.95
INSTRUCTION_AFTER_S = 1.0


def overlap_s(stretches, t0, t1):
    return sum(max(0.0, min(b, t1) - max(a, t0)) for a, b in stretches)


def replay(recording, policy, out):
    command = ["xueshi", "replay", "--camera", recording, "--photo", recording.with_suffix(".ref.jpg"), "--json", out]
    if policy:
        command += ["--policy", policy]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads(out.read_text()), time.monotonic() - began


def instructed(report, code, t0, t1):
    """Share of [t0, t1] in which this instruction was shown."""
    shown = [(one["t0_s"], one["t1_s"]) for one in report["guidance"] if one["code"] == code]
    return overlap_s(shown, t0, t1) / (t1 - t0)


def print_recording(recording, truth, report, seconds):
    present_s = credited_s = 0.0
    ok = True
    print(f"\n{recording.name}: {truth['seconds']:.0f} s, replayed in {seconds:.1f} s")
    print(f"  {'from':>6} {'to':>6}  {'scene':<13} {'credited s':>10}  limit")
    for stretch in truth["truth"]:
        t0, t1, scene = stretch["t0"], stretch["t1"], stretch["scene"]
        got = overlap_s(report["credited"], t0, t1)
        limit = LIMITS_S.get(scene)
        shown = "" if limit is None else f"{limit:.1f} s"
        broken = limit is not None and got > limit
        if scene in INSTRUCTIONS:
            code = INSTRUCTIONS[scene]
            share = instructed(report, code, t0 + INSTRUCTION_AFTER_S, t1)
            broken = share < INSTRUCTION_SHARE
            shown = f"{code} {100 * share:.0f} % of {100 * INSTRUCTION_SHARE:.0f} %"
        if scene == "present":
            present_s += t1 - t0
            credited_s += got
        ok = ok and not broken
        print(f"  {t0:6.1f} {t1:6.1f}  {scene:<13} {got:10.2f}  {shown}{'  BROKEN' if broken else ''}")
    share = credited_s / present_s
    ok = ok and share >= PRESENT_SHARE
    print(f"  present time credited: {100 * share:.1f} % of {present_s:.0f} s"
          f"{'' if share >= PRESENT_SHARE else '  BROKEN'}")
    return ok


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    policy = sys.argv[2] if len(sys.argv) > 2 else None
    recordings = sorted(p for p in folder.glob("*.mkv") if p.with_suffix(".truth.json").exists())
    if not recordings:
        sys.exit(f"replay.py: {folder} holds no NAME.mkv with NAME.truth.json beside it")
    ok = True
    with tempfile.TemporaryDirectory() as scratch:
        for recording in recordings:
            truth = json.loads(recording.with_suffix(".truth.json").read_text())
            report, seconds = replay(recording, policy, pathlib.Path(scratch) / f"{recording.stem}.json")
            ok = print_recording(recording, truth, report, seconds) and ok
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
