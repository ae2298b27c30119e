#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench platform [--only photos,logs,growth] [--database sqlite,postgresql]: what one platform takes.

Sealed photos of 60 KiB and signed logs of an hour over 64 kept-alive connections from the same computer, flushed to
disk before each answer. nginx (nginx-light and its dav module) takes the same photos by WebDAV PUT on the same disk in
the same run: as it is, which flushes nothing, and into folders that flush what is written to them (chattr +S); where it
is not installed nothing is compared. Then latency at half the load, and the cost of a log with 10^3 and with 10^6 logs
stored. PostgreSQL is a cluster of the benchmark's own with its ordinary settings. Beside each figure is the CPU time
it took: of the server (and PostgreSQL), and of this client."""

import argparse
import contextlib
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/scenario"))
import postgresql  # noqa: E402

LOAD = ROOT / "_build/tests/bench/bench-load"
SAMPLE = ROOT / "tests/data/protocol/log-1.json"
INSCODE, STUNUM, DEVNUM = "1000000000000001", 2000000000000002, "4000000000000004"
CONNECTIONS = 64
LEARNERS = 2000  # of whom bench-load has logs


def platform(data, name, *arguments):
    return subprocess.run(["xueshi-platform", name, "--data", str(data), *arguments], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()  # fmt: skip


class Service:
    """A server under load: its port, and the processes that work for it."""

    def __init__(self, port, *processes):
        self.port = port
        self.processes = processes

    def cpu_s(self):
        """So far, with what those processes have started."""
        ticks, family = 0, {process.pid for process in self.processes}
        for path in sorted(pathlib.Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
            with contextlib.suppress(OSError):
                pid = int(path.parent.name)
                fields = path.read_text().rsplit(")", 1)[1].split()
                if pid in family or int(fields[1]) in family:
                    family.add(pid)
                    ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def served(data, *databases):
    """A platform that serves @data."""
    log = open(data / "serve.log", "w")
    process = subprocess.Popen(["xueshi-platform", "serve", "--data", data, "--port", "0", "--device-rate", "0"],
                               stdout=subprocess.PIPE, stderr=log, text=True)  # fmt: skip
    try:
        yield Service(int(process.stdout.readline().rsplit(":", 1)[1]), process, *databases)
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def nginx(folder, flushing):
    """An nginx that takes files by PUT; @flushing: into folders in which each write is on disk when it returns."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "nginx.conf").write_text("""
%s worker_processes 2; daemon off; pid "%s/pid"; error_log "%s/error.log";
events { worker_connections 512; }
http { access_log off; client_body_temp_path "%s/temp"; client_max_body_size 1m; keepalive_requests 1000000;
  %s
  server { listen 127.0.0.1:%d; root "%s/files"; location / { dav_methods PUT; create_full_put_path on; } } }
""" % ("user root;" if os.geteuid() == 0 else "", folder, folder, folder,
       "client_body_buffer_size 128k;" if flushing else "", port, folder))  # fmt: skip
    for name in ("files", "temp"):
        (folder / name).mkdir()
    if flushing:
        subprocess.run(["chattr", "+SD", folder / "files", folder / "temp"], check=True)
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-p", folder],
                               stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        while True:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
        yield Service(port, process)
    finally:
        process.terminate()
        process.wait()


def hour(folder):
    """The log of one hour: 60 minutes, six photos."""
    log = json.loads(SAMPLE.read_text())
    start_us = log["start_us"]
    log["minutes"] = [{"number": "%s260105%04d" % (DEVNUM, i + 1), "credited_us": 60000000, "state": 0,
                       "end_us": start_us + (i + 1) * 60000000,
                       "endtime": "20260105%02d%02d00" % (9 + (i + 1) // 60, (i + 1) % 60)}
                      for i in range(60)]  # fmt: skip
    photos = []
    for i in range(6):
        event = 17 if i == 0 else 18 if i == 5 else 5
        photos.append({**log["photos"][0], "number": "00000001%02d" % (i + 1), "event": event,
                       "time_us": start_us + i * 700 * 1000000,
                       "time": "2026010509%02d%02d" % (i * 700 // 60, i * 700 % 60)})  # fmt: skip
    log.update(photos=photos, end_us=start_us + 3600 * 1000000, endtime="20260105100000",
               credited_s=3600, duration=60, total=log["total"] - log["duration"] + 60,
               total_s=log["total_s"] - log["credited_s"] + 3600)  # fmt: skip
    (folder / "hour.json").write_text(json.dumps(log, sort_keys=True, separators=(",", ":")))
    return folder / "hour.json"


def school(folder, name, conninfo):
    data = folder / name
    platform(data, "init", "--school", "bench", "--inscode", INSCODE, *(["--database", conninfo] if conninfo else []))
    (folder / "learners.csv").write_text(
        "stunum,name\n" + "".join("%016d,bench\n" % (STUNUM + i) for i in range(LEARNERS)))  # fmt: skip
    platform(data, "import-learners", str(folder / "learners.csv"))
    return data


def load(kind, service, count, rate, folder, data=None, sample=""):
    keys = tempfile.mkdtemp(dir=folder)
    codes = ",".join(platform(data, "pair-code") for _ in range(CONNECTIONS)) if data else ""
    os.sync()
    before_s = service.cpu_s()
    result = subprocess.run([LOAD, kind, str(service.port), str(count), str(CONNECTIONS), str(rate), keys, codes,
                             str(sample)], stdout=subprocess.PIPE, text=True)  # fmt: skip
    if not result.stdout:
        sys.exit("bench-load %s failed" % kind)
    return {**json.loads(result.stdout), "server_us": (service.cpu_s() - before_s) * 1e6 / count}


def say(what, result):
    print("%-34s %7.1f/s  p50 %6.2f ms  p99 %6.2f ms  CPU %4.0f + %3.0f us  %d, %d failed, %d B" % (
        what, result["per_s"], result["p50_ms"], result["p99_ms"], result["server_us"], result["client_us"],
        result["count"], result["failed"], result["bytes"]), flush=True)  # fmt: skip


def compare(what, result, others):
    for name, other in others.items():
        print("%-34s %7.0f %% of %s; CPU of the server %.1f times as much" % (
            what, 100 * result["per_s"] / other["per_s"], name, result["server_us"] / other["server_us"]),
            flush=True)  # fmt: skip


def wait_until_filed(data, conninfo, what):
    """What a log leaves to be done later is done: its photos are locked with the learner's key."""
    since = time.monotonic()
    while True:
        if conninfo:
            count = subprocess.run(["psql", "-XAtq", conninfo, "-c", "SELECT count (*) FROM filing"], check=True,
                                   stdout=subprocess.PIPE, text=True).stdout  # fmt: skip
        else:
            with contextlib.closing(sqlite3.connect(data / "platform.db")) as db:
                count = db.execute("SELECT count (*) FROM filing").fetchone()[0]
        if int(count) == 0:
            break
        time.sleep(0.1)
    print("%-34s %7.1f s later" % (what, time.monotonic() - since), flush=True)


def measure(folder, database, conninfo, databases, others, arguments):
    data = school(folder, database, conninfo)
    sample = hour(folder)
    with served(data, *databases) as service:
        if "photos" in arguments.only:
            result = load("photos", service, arguments.photos, 0, folder, data)
            say("photos, %s" % database, result)
            compare("photos, %s" % database, result, others)
            half = int(result["per_s"] / 2)
            say("photos at half that, %s" % database, load("photos", service, half * 5, half, folder, data))
        if "logs" in arguments.only:
            result = load("logs", service, arguments.logs, 0, folder, data, sample)
            say("logs, %s" % database, result)
            wait_until_filed(data, conninfo, "their photos filed, %s" % database)
            half = int(result["per_s"] / 2)
            say("logs at half that, %s" % database, load("logs", service, half * 5, half, folder, data, sample))


# One device a thousand logs, an hour each, decided and sent, of learners in turn; hashes as scattered as real ones.
FILL = {
    "sqlite": """
INSERT INTO device (id, devnum, sign_key, paired_us)
  WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1000 + {n} / 1000)
  SELECT i, printf ('5%015d', i), randomblob (32), 1 FROM n;
INSERT INTO photo (sha256, size_bytes, device_id, received_us)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n}) SELECT lower (hex (randomblob (32))),
  61440, 1000 + i / 1000, i FROM n;
INSERT INTO log (device_id, devnum, seq, sha256, previous, stunum, recnum, credited_s, received_us, verdict)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})
  SELECT 1000 + i / 1000, printf ('5%015d', 1000 + i / 1000), i % 1000 + 1, lower (hex (randomblob (32))),
  lower (hex (randomblob (32))), printf ('%016d', {stunum} + i * 7919 % {learners}), printf ('%05d', i % 1000 + 1),
  3600, {start_us} + i % 1000 * 3600000000, 'valid' FROM n;
INSERT INTO log_document (log_id, received_us, bytes, signature)
  SELECT id, received_us, zeroblob (100), zeroblob (64) FROM log WHERE device_id >= 1000;
INSERT INTO log_photo (log_id, number, event, sha256)
  SELECT log.id, '0000000101', 17, photo.sha256 FROM log JOIN photo ON photo.rowid = log.id
  WHERE log.device_id >= 1000;
INSERT INTO audit (log_id, device_id, devnum, stunum, recnum, subjcode, start_us, end_us, state, version, changed_us,
                   feed, verdict, review_feed)
  SELECT id, device_id, devnum, stunum, recnum, '2211010000', received_us - 3600000000, received_us, 'sent', 2,
  received_us, seq, verdict, id FROM log WHERE device_id >= 1000;
""",
    "postgresql": """
SET default_transaction_read_only = off;
INSERT INTO device (id, devnum, sign_key, paired_us)
  SELECT i, '5' || lpad (i::text, 15, '0'), decode (lpad (i::text, 64, '0'), 'hex'), 1
  FROM generate_series (1000, 1000 + {n} / 1000) AS i;
INSERT INTO photo (sha256, size_bytes, device_id, received_us)
  SELECT encode (sha256 (i::text::bytea), 'hex'), 61440, 1000 + i / 1000, i FROM generate_series (1, {n}) AS i;
INSERT INTO log (device_id, devnum, seq, sha256, previous, stunum, recnum, credited_s, received_us, verdict)
  SELECT 1000 + i / 1000, '5' || lpad ((1000 + i / 1000)::text, 15, '0'), i % 1000 + 1,
  encode (sha256 (('l' || i)::bytea), 'hex'), encode (sha256 (('p' || i)::bytea), 'hex'),
  lpad (({stunum} + i::BIGINT * 7919 % {learners})::text, 16, '0'), lpad ((i % 1000 + 1)::text, 5, '0'), 3600,
  {start_us} + i % 1000 * 3600000000, 'valid' FROM generate_series (1, {n}) AS i;
INSERT INTO log_document (log_id, received_us, bytes, signature)
  SELECT id, received_us, decode (repeat ('00', 100), 'hex'), decode (repeat ('00', 64), 'hex') FROM log
  WHERE device_id >= 1000;
INSERT INTO log_photo (log_id, number, event, sha256)
  SELECT id, '0000000101', 17, encode (sha256 (((device_id - 1000) * 1000 + seq - 1)::text::bytea), 'hex') FROM log
  WHERE device_id >= 1000;
INSERT INTO audit (log_id, device_id, devnum, stunum, recnum, subjcode, start_us, end_us, state, version, changed_us,
                   feed, verdict, review_feed)
  SELECT id, device_id, devnum, stunum, recnum, '2211010000', received_us - 3600000000, received_us, 'sent', 2,
  received_us, seq, verdict, id FROM log WHERE device_id >= 1000;
""",
}  # fmt: skip
FIRST_US = 1751300000000000  # summer before the bench's own logs


def fill(data, database, conninfo, count):
    text = FILL[database]
    for name, value in {"n": count, "stunum": STUNUM, "learners": LEARNERS, "start_us": FIRST_US}.items():
        text = text.replace("{%s}" % name, str(value))
    if conninfo:
        # Vacuumed, as what came over years is: else autovacuum does it while the load is measured.
        subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", conninfo, "-c", text, "-c", "VACUUM ANALYZE",
                        "-c", "CHECKPOINT"], check=True)  # fmt: skip
        return
    with sqlite3.connect(data / "platform.db", isolation_level=None) as db:
        db.executescript("BEGIN;" + text + "COMMIT; PRAGMA wal_checkpoint (TRUNCATE);")


def growth(folder, database, conninfo, databases, arguments):
    results = {1000: [], arguments.stored: []}
    # There and back, so that a machine which grows slower or faster does so for both.
    for turn, count in enumerate((1000, arguments.stored, arguments.stored, 1000)):
        if conninfo:
            subprocess.run(["psql", "-q", "-X", conninfo, "-c", "DROP SCHEMA public CASCADE; CREATE SCHEMA public"],
                           check=True, stderr=subprocess.DEVNULL)  # fmt: skip
        data = school(folder, "%s-growth-%d" % (database, turn), conninfo)
        fill(data, database, conninfo, count)
        with served(data, *databases) as service:
            # Long enough that what each page costs once after a checkpoint is a small part of it, as in a day.
            result = load("logs", service, 6 * arguments.logs, 0, folder, data, hour(folder))
        say("logs beside %d, %s" % (count, database), result)
        results[count].append(result)
    few, many = results.values()
    print("%-34s %+7.1f %% of time, %+.1f %% of CPU" % (
        "cost of a log, %s" % database,
        100 * (sum(1 / run["per_s"] for run in many) / sum(1 / run["per_s"] for run in few) - 1),
        100 * (sum(run["server_us"] for run in many) / sum(run["server_us"] for run in few) - 1)),
        flush=True)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=6000)
    parser.add_argument("--logs", type=int, default=10000)
    parser.add_argument("--stored", type=int, default=1000000)
    parser.add_argument("--only", default="photos,logs,growth")
    parser.add_argument("--database", default="sqlite,postgresql")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        os.chmod(folder, 0o711)
        others = {}
        if "photos" in arguments.only and not os.path.exists("/usr/sbin/nginx"):
            print("no nginx here to compare photos with (Debian: nginx-light)")
        elif "photos" in arguments.only:
            for name, flushing in (("nginx PUT", False), ("nginx PUT, flushed", True)):
                (folder / name).mkdir()
                with nginx(folder / name, flushing) as service:
                    others[name] = load("dav", service, arguments.photos, 0, folder)
                    say("photos, %s" % name, others[name])
        for database in arguments.database.split(","):
            conninfo, databases = "", []
            if database == "postgresql":
                server = postgresql.Server(folder / "cluster")
                stack.enter_context(postgresql.started(server))
                conninfo, databases = postgresql.conninfo(server), [server.process]
            measure(folder, database, conninfo, databases, others, arguments)
            if "growth" in arguments.only:
                growth(folder, database, conninfo, databases, arguments)


main()
