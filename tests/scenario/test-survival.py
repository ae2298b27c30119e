#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of the platform, of PostgreSQL, and of a PostgreSQL primary whose standby takes over, at random moments while
kiosks send what they have with the real store and sync. Sync goes on by itself, and in the end each journal and the
platform have the same logs and photos, none lost and none twice.

Usage: test-survival.py [--kiosks N] [--minutes N] [--speed N] [--kills N] [--seed N]; a minute of study lasts 60 s
divided by the speed."""

import argparse
import contextlib
import json
import random
import sqlite3
import subprocess
import time

import postgresql
from scenario import SANITIZED, Skip, check, note, run_tests, run_well

INSCODE = "1000000000000001"
LEARNERS = ["20000000000001%02d" % i for i in range(3)]


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fleet", default="bench-fleet")
    parser.add_argument("--kiosks", type=int, default=4)
    parser.add_argument("--minutes", type=int, default=360)
    parser.add_argument("--speed", type=int, default=3600)
    parser.add_argument("--kills", type=int, default=1 if SANITIZED else 3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    return parser.parse_args()


class School:
    """A platform that keeps its port when it is started again."""

    def __init__(self, folder, conninfo=None):
        self.data = folder / "platform"
        self.log = open(folder / "platform.log", "ab")
        self.port = 0
        database = ["--database", conninfo] if conninfo else []
        self.command("init", "--school", "S", "--inscode", INSCODE, *database)
        for stunum in LEARNERS:
            self.command("add-learner", "--stunum", stunum, "--name", "L")
        self.codes = [self.command("pair-code", "--minutes", "1440").strip() for _ in range(OPTIONS.kiosks)]
        self.start()

    def command(self, name, *arguments):
        return run_well("xueshi-platform", name, "--data", self.data, *arguments)

    def start(self):
        self.process = subprocess.Popen(
            ["xueshi-platform", "serve", "--data", self.data, "--port", str(self.port)],
            stdout=subprocess.PIPE, stderr=self.log, text=True)  # fmt: skip
        self.url = self.process.stdout.readline().split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def restart(self):
        self.kill()
        self.start()


def compare(school, journals):
    """That kiosks and platform have the same, each thing once."""
    logs, photos = [], []
    for journal in journals:
        with sqlite3.connect("file:%s?mode=ro" % journal, uri=True) as db:
            states = db.execute("SELECT DISTINCT state FROM outbox").fetchall()
            check(states == [("acked",)], "the outbox says %s" % states)
            logs += db.execute("SELECT sha256 FROM log").fetchall()
            photos += db.execute("SELECT sha256 FROM photo").fetchall()
    there = [(one["sha256"],) for one in json.loads(school.command("list", "logs", "--json"))]
    check(sorted(there) == sorted(logs), "%d logs were sent, %d are there" % (len(logs), len(there)))
    there = [(one["sha256"],) for one in json.loads(school.command("list", "photos", "--json"))]
    check(sorted(there) == sorted(photos), "%d photos were sent, %d are there" % (len(photos), len(there)))
    said = school.command("fsck")
    check("wrong:" not in said, said)
    note("%d logs and %d photos on both sides" % (len(logs), len(photos)))


def is_paired(journal):
    with contextlib.suppress(sqlite3.Error), sqlite3.connect("file:%s?mode=ro" % journal, uri=True) as db:
        return db.execute("SELECT count(*) FROM identity").fetchone() == (1,)
    return False


def wait_for_pairing(fleet, journals):
    """A code works once: whoever loses the answer to it is not what this is about."""
    while sum(map(is_paired, journals.glob("*/journal.db"))) < OPTIONS.kiosks:
        check(fleet.poll() is None, "the fleet ended before it was paired")
        time.sleep(0.05)


def survive(folder, school, strike, kills):
    """A fleet sends, and @strike comes up to @kills times meanwhile."""
    note("seed %d" % OPTIONS.seed)
    journals = folder / "journals"
    journals.mkdir()
    fleet = subprocess.Popen(
        [OPTIONS.fleet, "--state", journals, "--url", school.url, "--codes", ",".join(school.codes),
         "--learners", ",".join(LEARNERS), "--minutes", str(OPTIONS.minutes), "--speed", str(OPTIONS.speed),
         "--photo-kib", "20"], stdout=subprocess.PIPE, stderr=school.log)  # fmt: skip
    try:
        wait_for_pairing(fleet, journals)
        for n in range(kills):
            time.sleep(RANDOM.uniform(0.3, 1.5))
            if fleet.poll() is not None:
                check(n > 0, "the fleet was done before the first strike")
                break
            strike()
        fleet.communicate()
        check(fleet.returncode == 0, "the fleet ended with %d" % fleet.returncode)
        compare(school, sorted(journals.glob("*/journal.db")))
    finally:
        fleet.kill()
        fleet.wait()
        school.kill()


def platform_on_sqlite(folder):
    school = School(folder)
    survive(folder, school, school.restart, OPTIONS.kills)


def need_postgresql(folder):
    if postgresql.missing():
        raise Skip(postgresql.missing())
    folder.chmod(0o711)


@contextlib.contextmanager
def school_on_postgresql(folder):
    """A school, and the server of its tables."""
    need_postgresql(folder)
    server = postgresql.Server(folder / "server")
    with postgresql.started(server):
        yield School(folder, postgresql.conninfo(server)), server


def platform_on_postgresql(folder):
    with school_on_postgresql(folder) as (school, _):
        survive(folder, school, school.restart, OPTIONS.kills)


def postgresql_itself(folder):
    with school_on_postgresql(folder) as (school, server):

        def strike():
            server.kill()
            server.start()

        survive(folder, school, strike, OPTIONS.kills)


def failover(folder):
    need_postgresql(folder)
    primary = postgresql.Server(folder / "primary")
    with postgresql.started(primary):
        standby = postgresql.Server(folder / "standby", primary)
        with postgresql.started(standby):
            primary.wait_for_standby()
            school = School(folder, postgresql.conninfo(primary, standby))

            def strike():
                primary.kill()
                standby.promote()

            survive(folder, school, strike, 1)


OPTIONS = options()
RANDOM = random.Random(OPTIONS.seed)
run_tests([
    ("platform killed, SQLite", platform_on_sqlite),
    ("platform killed, PostgreSQL", platform_on_postgresql),
    ("PostgreSQL killed", postgresql_itself),
    ("failover to a standby", failover),
])  # fmt: skip
