#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench fleet [--kiosks N] [--minutes M] [--speed X] [--photo-kib N]: N kiosks against one real platform, each
with a journal of its own, signed logs and sealed photos, as the real store and sync make and send them.

Each kiosk studies M minutes, X times faster than life, with a photo every 15 minutes and at sign-in and sign-out,
and a log every hour: N kiosks at speed X are as much load as N times X in life. --speed 0: everything waits when the
first request is made, as after days without a network. Journals lie in memory when there is /dev/shm, so that the
disk is the platform's. In the end all journals are compared with the platform, which then verifies itself."""

import argparse
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
INSCODE = "1000000000000001"
N_LEARNERS = 12


def platform_command(data, name, *arguments):
    return subprocess.run(["xueshi-platform", name, "--data", str(data), *arguments], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()  # fmt: skip


class Meter(threading.Thread):
    """CPU seconds and peak memory of a process while it lives."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.ended = threading.Event()
        self.peak_mib = 0.0
        self.began_s = self.cpu_s()
        self.start()

    def cpu_s(self):
        fields = pathlib.Path("/proc/%d/stat" % self.pid).read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mib(self):
        for line in pathlib.Path("/proc/%d/status" % self.pid).read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("no RssAnon")

    def run(self):
        while not self.ended.wait(0.2):
            self.peak_mib = max(self.peak_mib, self.rss_mib())

    def end(self):
        self.ended.set()
        self.join()
        return self.cpu_s() - self.began_s


@contextlib.contextmanager
def serve(data):
    with open(data.parent / "platform.log", "wb") as log:
        server = subprocess.Popen(["xueshi-platform", "serve", "--data", str(data), "--port", "0"],
                                  stdout=subprocess.PIPE, stderr=log, text=True)  # fmt: skip
    try:
        yield server, server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.wait()


def set_up(folder, n_kiosks):
    """Returns: the platform's folder, its learners, and a pairing code for each kiosk."""
    data = folder / "platform"
    platform_command(data, "init", "--school", "示范驾校", "--inscode", INSCODE)
    learners = ["20000000000001%02d" % i for i in range(N_LEARNERS)]
    for number, stunum in enumerate(learners):
        photo = folder / "face.jpg"
        photo.write_bytes(b"\xff\xd8\xff\xe0" + os.urandom(30 * 1024) + b"\xff\xd9")
        platform_command(data, "add-learner", "--stunum", stunum, "--name", "学员 %d" % number, "--photo", str(photo))
    return data, learners, [platform_command(data, "pair-code", "--minutes", "1440") for _ in range(n_kiosks)]


def rows(path, sql, *parameters):
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % path, uri=True)) as database:
        return database.execute(sql, parameters).fetchall()


def compare(journal, register):
    """That a kiosk's journal and the platform's register have the same. Returns: how many logs and photos."""
    ((key,),) = rows(journal, "SELECT sign_public_key FROM device")
    ((device,),) = rows(register, "SELECT id FROM device WHERE sign_key = ?", key)
    columns = "SELECT seq, stunum, bytes, sha256, previous, signature FROM log "
    logs = rows(journal, columns + "ORDER BY seq")
    photos = rows(journal, "SELECT sha256 FROM photo ORDER BY 1")
    there = columns + "JOIN log_document ON log_id = log.id WHERE device_id = ? ORDER BY seq"
    if logs != rows(register, there, device):
        sys.exit("the logs of %s differ" % journal)
    if photos != rows(register, "SELECT sha256 FROM photo WHERE device_id = ? ORDER BY 1", device):
        sys.exit("the photos of %s differ" % journal)
    return len(logs), len(photos)


def run(folder, journals, arguments):
    data, learners, codes = set_up(folder, arguments.kiosks)
    with serve(data) as (server, url):
        meter = Meter(server.pid)
        fleet = [ROOT / "_build" / "tests" / "bench" / "bench-fleet", "--state", journals, "--url", url,
                 "--codes", ",".join(codes), "--learners", ",".join(learners), "--minutes", str(arguments.minutes),
                 "--speed", str(arguments.speed), "--photo-kib", str(arguments.photo_kib)]  # fmt: skip
        result = json.loads(subprocess.run(fleet, check=True, stdout=subprocess.PIPE, text=True).stdout)
        cpu_s, peak_mib = meter.end(), meter.peak_mib
    show(arguments, result, cpu_s, peak_mib)
    counts = [compare(journals / ("kiosk-%d" % i) / "journal.db", data / "platform.db") for i in range(len(codes))]
    found = sum(logs for logs, _ in counts), sum(photos for _, photos in counts)
    if found != (result["logs"], result["photos"]):
        sys.exit("%s logs and photos are here, %s were made" % (found, (result["logs"], result["photos"])))
    said = platform_command(data, "fsck").splitlines()[-1]
    print("All %d journals and the platform agree, row by row. The platform on itself: %s" % (len(codes), said))


def show(arguments, result, cpu_s, peak_mib):
    columns = {
        "kiosks": arguments.kiosks, "speed": arguments.speed, "logs": result["logs"], "photos": result["photos"],
        "s": "%.0f" % result["seconds"], "logs/s": result["logs_s"], "photos/s": result["photos_s"],
        "requests": result["requests"], "unanswered": result["unanswered"], "p50, ms": result["p50_ms"],
        "p99, ms": result["p99_ms"], "max, ms": result["max_ms"], "platform CPU, s": "%.1f" % cpu_s,
        "of one core": "%.0f %%" % (100 * cpu_s / result["seconds"]), "memory, MiB": "%.0f" % peak_mib,
    }  # fmt: skip
    print("| %s |\n|%s\n| %s |" % (" | ".join(columns), "--:|" * len(columns), " | ".join(map(str, columns.values()))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kiosks", type=int, default=30)
    parser.add_argument("--minutes", type=int, default=240)
    parser.add_argument("--speed", type=int, default=240)
    parser.add_argument("--photo-kib", type=int, default=60)
    arguments = parser.parse_args()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="xueshi-fleet-") as folder, \
            tempfile.TemporaryDirectory(prefix="xueshi-fleet-", dir=memory) as journals:  # fmt: skip
        run(pathlib.Path(folder), pathlib.Path(journals), arguments)


if __name__ == "__main__":
    main()
