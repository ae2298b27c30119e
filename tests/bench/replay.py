#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench replay FOLDER [POLICY]: run the study engine over every NAME.mkv in FOLDER that has NAME.truth.json
and NAME.ref.jpg beside it, and print what was credited in each stretch of the truth.

Exit status 1 when a limit is broken: at most 0.4 s credited where nobody, somebody else or a covered camera was,
at most 1 s with two faces, at least 97 % of the time the student was present."""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

LIMITS_S = {"absent": 0.4, "covered": 0.4, "other_person": 0.4, "two_faces": 1.0}
PRESENT_SHARE = 0.97


def overlap_s(stretches, t0, t1):
    return sum(max(0.0, min(b, t1) - max(a, t0)) for a, b in stretches)


def replay(recording, policy, out):
    command = ["xueshi", "replay", "--camera", recording, "--photo", recording.with_suffix(".ref.jpg"), "--json", out]
    if policy:
        command += ["--policy", policy]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads(out.read_text()), time.monotonic() - began


def print_recording(recording, truth, report, seconds):
    present_s = credited_s = 0.0
    ok = True
    print(f"\n{recording.name}: {truth['seconds']:.0f} s, replayed in {seconds:.1f} s")
    print(f"  {'from':>6} {'to':>6}  {'scene':<13} {'credited s':>10}  limit s")
    for stretch in truth["truth"]:
        t0, t1, scene = stretch["t0"], stretch["t1"], stretch["scene"]
        got = overlap_s(report["credited"], t0, t1)
        limit = LIMITS_S.get(scene)
        broken = limit is not None and got > limit
        if scene == "present":
            present_s += t1 - t0
            credited_s += got
        ok = ok and not broken
        shown = "" if limit is None else f"{limit:.1f}{'  BROKEN' if broken else ''}"
        print(f"  {t0:6.1f} {t1:6.1f}  {scene:<13} {got:10.2f}  {shown}")
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
