#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench kiosk [CAMERA PHOTO [LESSON]]: CPU and memory of the whole kiosk while a student studies, beside those
of a browser page that does the same (../shared/bench/browser, when it is there).

CAMERA: a 720p30 recording that shows the student all the time; PHOTO: the registration photo; LESSON: a 720p30 video.
Without them: the first 15 s of ../shared/media/camera/a.mkv over and over, and the same recording as the lesson.

./dev bench kiosk --minutes N [--fast]: one session of N minutes, and how its memory grows; the camera is a demo
recording over and over, the lesson one of the sample course as often. Photos and logs are made as often as the national
default wants; with --fast as often as the demonstration does, 45 times as often, which shows what they leave behind."""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEDIA = ROOT.parent / "shared" / "media" / "camera"
BROWSER = ROOT.parent / "shared" / "bench" / "browser" / "run.sh"
SECONDS = 20
PRESENT_FRAMES = 440
SETTLED_MIN = 10
DAY_MIN = 8 * 60
GROWTH_MAX_MIB = 10
PACE = ("snapshot_interval_s", "identity_interval_s", "segment_min_s", "segment_max_s", "minute_normal_s")
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


def memory_mib(pid, kind="Pss"):
    """Pss moves with what other programs share at the moment; Pss_Anon is the kiosk's own."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(kind + ":"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no {kind} in smaps_rollup")


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
            result = {"cpu_percent": round(100 * (cpu_s(pid) - cpu) / elapsed, 1), "pss_mib": round(memory_mib(pid)),
                      "counted_s": kiosk.counter_s() - counted, "seconds": round(elapsed, 1)}
            kiosk.stop()
            return result
        finally:
            if kiosk.process.poll() is None:
                kiosk.kill()
    finally:
        server.terminate()
        server.wait()


def lengthen(lesson, target, times):
    """Copy video and sound of @lesson one after the other, without decoding them."""
    pipeline = ("concat name=v ! queue ! m.video_0 concat name=a ! queue ! m.audio_0"
                f" matroskamux name=m ! filesink location={target}")
    for number in range(times):
        pipeline += (f" filesrc location={lesson} ! matroskademux name=d{number}"
                     f" d{number}.video_0 ! queue ! v. d{number}.audio_0 ! queue ! a.")
    subprocess.run(["gst-launch-1.0", "-q", *pipeline.split()], check=True)


def make_long_course(folder, minutes):
    """One lesson that plays longer than @minutes."""
    sample = pathlib.Path(os.environ["XUESHI_COURSE_DIR"])
    lesson = json.loads((sample / "course.json").read_text())["lessons"][0]
    lengthen(sample / lesson["video"], folder.parent / "long.mkv", (minutes + 2) * 60000 // lesson["duration_ms"] + 1)
    make_course(folder, folder.parent / "long.mkv")


def measure_growth(scratch, minutes, fast):
    """Prints the memory of each minute of a session, and what that comes to in a day.

    The lowest of its seconds is what stays; beyond it come the megabytes of detecting and drawing that are under way at
    a moment, as often as the machine is slow. The median tells of both.
    """
    sys.path.insert(0, str(ROOT / "tests" / "kiosk"))
    from kiosk_bench import LEARNER, Bench

    make_long_course(scratch / "course", minutes)
    rules = {"attention_interval_s": 0}
    if not fast:
        national = json.loads((ROOT / "data" / "policy" / "default.json").read_text())
        rules |= {name: national[name] for name in PACE}
    bench = Bench(str(scratch), os.environ["XUESHI_DEMO_DIR"], rules)
    samples = []
    try:
        kiosk = bench.start_paired("--course", str(scratch / "course"), language="en")
        kiosk.sign_in(LEARNER)
        kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 3, "the counter", 60)
        began = time.monotonic()
        for minute in range(1, minutes + 1):
            seconds = []
            while time.monotonic() < began + 60 * minute:
                time.sleep(1)
                seconds.append(memory_mib(kiosk.process.pid, "Pss_Anon"))
            samples.append((minute, min(seconds)))
            counted = kiosk.wait(lambda: kiosk.counter_s(), "the counter")
            print("%3d min: %.1f MiB, median %.1f, its own of %.1f MiB PSS; %d s counted" % (
                *samples[-1], statistics.median(seconds), memory_mib(kiosk.process.pid), counted), flush=True)
        bench.stop()
    finally:
        bench.clean_up()
    settled = samples[min(SETTLED_MIN, minutes // 2) - 1:]
    slope = statistics.linear_regression(*zip(*settled)).slope
    grown = slope * (DAY_MIN - SETTLED_MIN)
    print("After minute %d it grew by %.1f MiB, %.2f KiB a minute; in a day of 8 hours by %.1f MiB; at most %d: %s"
          % (settled[0][0], settled[-1][1] - settled[0][1], 1024 * slope, grown, GROWTH_MAX_MIB,
             "kept" if grown <= GROWTH_MAX_MIB else "NOT KEPT"))


def main():
    fast = sys.argv[-1] == "--fast"
    if len(sys.argv) == 3 + fast and sys.argv[1] == "--minutes" and sys.argv[2].isdecimal() and int(sys.argv[2]) >= 2:
        with tempfile.TemporaryDirectory(prefix="xueshi-memory-") as name:
            measure_growth(pathlib.Path(name), int(sys.argv[2]), fast)
        return
    if len(sys.argv) not in (1, 3, 4) or sys.argv[1:2] == ["--minutes"]:
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
        missing = [what for what, there in (("../shared/bench/browser", BROWSER.exists()),
                                            ("chromium", shutil.which("chromium"))) if not there]
        if missing:
            print("browser: skipped, %s is not here" % missing[0])
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
