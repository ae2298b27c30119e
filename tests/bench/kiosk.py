#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench kiosk [CAMERA PHOTO [LESSON]]: CPU and memory of the whole kiosk while a student studies, beside those
of a browser page that does the same (../shared/bench/browser, when it is there).

CAMERA: a 720p30 recording that shows the student all the time; PHOTO: the registration photo; LESSON: a 720p30 video.
Without them: the first 15 s of ../shared/media/camera/a.mkv over and over, and the same recording as the lesson."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEDIA = ROOT.parent / "shared" / "media" / "camera"
BROWSER = ROOT.parent / "shared" / "bench" / "browser" / "run.sh"
SECONDS = 20
PRESENT_FRAMES = 440
STUNUM = "2000000000000002"


def cut(source, target):
    """Copy the first frames of a VP8 recording without decoding it."""
    subprocess.run(
        ["gst-launch-1.0", "-q", "filesrc", f"location={source}", "!", "matroskademux", "!",
         "identity", f"eos-after={PRESENT_FRAMES}", "!", "matroskamux", "!", "filesink", f"location={target}"],
        check=True)


def make_course(folder, lesson):
    folder.mkdir()
    os.symlink(lesson.resolve(), folder / "lesson.webm")
    (folder / "course.json").write_text(json.dumps({
        "format": 1, "id": "bench", "title": "Benchmark", "language": "zh-CN",
        "lessons": [{"id": "l1", "title": "Benchmark", "summary": "Benchmark", "subjcode": "2211010000",
                     "duration_ms": 3600000, "video": "lesson.webm"}]}))


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no Pss")


def measure_kiosk(scratch, camera, photo, course):
    sys.path.insert(0, str(ROOT / "tests" / "kiosk"))
    from kiosk_driver import Kiosk

    data = scratch / "platform"
    # The national default, but who was recorded cannot turn the head when asked to.
    rules = json.loads((ROOT / "data" / "policy" / "default.json").read_text())
    rules |= {"active_check_sign_in": False, "active_check_interval_s": 0, "repeat_counts": True}
    policy = scratch / "policy.json"
    policy.write_text(json.dumps(rules))
    subprocess.run(["xueshi-platform", "demo", "--data", data, "--photo", photo, "--policy", policy],
                   check=True, stdout=subprocess.DEVNULL)
    code = subprocess.run(["xueshi-platform", "pair-code", "--data", data],
                          check=True, capture_output=True, text=True).stdout.split()[-1]
    server = subprocess.Popen(["xueshi-platform", "serve", "--data", data, "--port", "0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = server.stdout.readline().split()[-1]
        kiosk = Kiosk(["--state", str(scratch / "state"), "--camera", f"file://{camera}?loop",
                       "--course", str(course), "--platform", url, "--pair", code], language="en")
        try:
            kiosk.sign_in(STUNUM)
            kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 3, "the counter", 60)
            counted = kiosk.counter_s()
            pid, began, cpu = kiosk.process.pid, time.monotonic(), cpu_s(kiosk.process.pid)
            time.sleep(SECONDS)
            elapsed = time.monotonic() - began
            result = {"cpu_percent": round(100 * (cpu_s(pid) - cpu) / elapsed, 1), "pss_mib": round(pss_mib(pid)),
                      "counted_s": kiosk.counter_s() - counted, "seconds": round(elapsed, 1)}
            kiosk.stop()
            return result
        finally:
            if kiosk.process.poll() is None:
                kiosk.kill()
    finally:
        server.terminate()
        server.wait()


def main():
    if len(sys.argv) not in (1, 3, 4):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        if len(sys.argv) > 2:
            camera, photo = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
            lesson = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else camera
        elif MEDIA.exists():
            camera, photo, lesson = scratch / "camera.mkv", MEDIA / "a.ref.jpg", MEDIA / "a.mkv"
            cut(MEDIA / "a.mkv", camera)
        else:
            sys.exit("bench kiosk: no ../shared/media here; name a camera recording and a registration photo")
        make_course(scratch / "course", lesson)
        kiosk = measure_kiosk(scratch, camera, photo, scratch / "course")
        print("kiosk  ", json.dumps(kiosk))
        if not BROWSER.exists():
            print("browser: skipped, ../shared/bench/browser is not here")
            return
        browser = json.loads(subprocess.run([BROWSER, camera, lesson, str(SECONDS)], check=True,
                                            stdout=subprocess.PIPE, text=True).stdout)
        print("browser", json.dumps(browser))
        print(f"kiosk / browser: CPU {kiosk['cpu_percent'] / browser['cpu_percent']:.2f}, "
              f"PSS {kiosk['pss_mib'] / browser['pss_mib']:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        del sys.argv[1]
        main()
    else:
        # Debian's own python3, which has gi.
        os.execv(ROOT / "tests" / "run-headless",
                 ["run-headless", "/usr/bin/python3", os.path.abspath(__file__), "--inside", *sys.argv[1:]])
