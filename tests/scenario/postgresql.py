# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL servers of a test's own: on sockets in a temporary folder, flushing to disk, ended with the test."""

import contextlib
import glob
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}


def missing():
    """Why there can be none here; None when there can."""
    if not glob.glob("/usr/lib/postgresql/*/bin/initdb"):
        return "no PostgreSQL in /usr/lib/postgresql: install postgresql"
    return None


def programs():
    return max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(re.search(r"/(\d+)/", path).group(1)))


def command(name, *arguments):
    """@name as an unprivileged user, which PostgreSQL insists on, and never longer than this program."""
    line = ["setpriv", "--pdeathsig=QUIT"]
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        line += ["--reuid=%d" % user.pw_uid, "--regid=%d" % user.pw_gid, "--clear-groups"]
    return [*line, os.path.join(programs(), name), *map(str, arguments)]


def new_folder(path):
    path.mkdir()
    path.chmod(0o700)
    if os.geteuid() == 0:
        shutil.chown(path, "postgres", "postgres")
    return path


class Server:
    """One server in the new folder @folder; made empty, or as a standby of @primary."""

    def __init__(self, folder, primary=None):
        self.folder = new_folder(pathlib.Path(folder))
        self.data = self.folder / "data"
        self.process = None
        if primary is None:
            make = command("initdb", "-D", self.data, "-U", "xueshi", "-A", "trust", "-E", "UTF8", "--locale=C")
        else:
            make = command("pg_basebackup", "-D", self.data, "-h", primary.folder, "-U", "xueshi", "-R", "-c", "fast")
        subprocess.run(make, check=True, **QUIET)

    def start(self):
        """Until it answers. Processes of one that was killed may keep it from starting at first."""
        while not self.answers():
            if self.process is None or self.process.poll() is not None:
                line = command("postgres", "-D", self.data, "-k", self.folder, "-c", "listen_addresses=")
                self.process = subprocess.Popen(line, **QUIET)

    def answers(self):
        return self.sql("SELECT 1", check=False).returncode == 0

    def sql(self, text, check=True):
        return subprocess.run(command("psql", "-XqAt", "-h", self.folder, "-U", "xueshi", "-d", "postgres", "-c", text),
                              check=check, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip

    def wait_for_standby(self):
        """From now on a commit is acknowledged when it is on the standby's disk too."""
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.sql("SELECT pg_reload_conf ()")
        while self.sql("SELECT sync_state FROM pg_stat_replication").stdout.strip() != "sync":
            pass

    def kill(self):
        self.process.kill()
        self.process.wait()

    def promote(self):
        self.sql("SELECT pg_promote ()")

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()


def conninfo(*servers):
    return "host=%s dbname=postgres user=xueshi" % ",".join(str(server.folder) for server in servers)


@contextlib.contextmanager
def started(*servers):
    try:
        for server in servers:
            server.start()
        yield
    finally:
        for server in servers:
            server.stop()
