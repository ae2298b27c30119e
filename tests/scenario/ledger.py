# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kiosk's journal and a platform's register must say of each other and of their files, row by row."""

import contextlib
import hashlib
import json
import sqlite3

from scenario import check, copy_journal, run_well

# How a photo begins that is locked with its learner's key.
FILED = b"XSPHOTO\1"
US = 1000000
LOSS_LIMIT_US = 2 * US


@contextlib.contextmanager
def read_only(path):
    database = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        yield database
    finally:
        database.close()


@contextlib.contextmanager
def journal_on_disk(state, folder):
    """The journal as a power cut leaves it: read from a copy, so that looking changes nothing."""
    database = sqlite3.connect(copy_journal(state, folder))
    try:
        check(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the journal is damaged")
        yield database
    finally:
        database.close()


def check_photo_files(journal, state):
    for number, sha256 in journal.execute("SELECT number, sha256 FROM photo"):
        path = state / "photos" / sha256
        check(path.exists(), "photo %d has no file" % number)
        check(hashlib.sha256(path.read_bytes()).hexdigest() == sha256, "photo %d is damaged" % number)


def check_sequence(journal, sql, what):
    numbers = [number for (number,) in journal.execute(sql)]
    check(numbers == list(range(1, len(numbers) + 1)), "the %s have gaps or repeat: %s" % (what, numbers))


def check_logs(journal):
    """Numbers without gaps; a log for each closed segment, which says what was stored."""
    check_sequence(journal, "SELECT seq FROM log ORDER BY seq", "logs' numbers")
    check_sequence(journal, "SELECT number FROM photo ORDER BY number", "photos' numbers")
    for (stunum,) in journal.execute("SELECT DISTINCT stunum FROM log").fetchall():
        check_sequence(journal, "SELECT recnum FROM log WHERE stunum = '%s' ORDER BY seq" % stunum, "recnums")
    twice = journal.execute("SELECT number FROM minute GROUP BY number HAVING count (*) > 1").fetchall()
    check(not twice, "minutes carry one number: %s" % twice)
    closed = journal.execute("SELECT id, credited_us FROM segment WHERE end_reason IS NOT NULL").fetchall()
    logs = dict(journal.execute("SELECT segment_id, bytes FROM log"))
    check(set(logs) == {segment for segment, _ in closed}, "closed segments and logs differ")
    for segment, credited_us in closed:
        credited_s = json.loads(logs[segment])["credited_s"]
        check(credited_s == credited_us // US, "the log of %d µs says %d s" % (credited_us, credited_s))


def list_sessions(journal):
    """Stored µs, whether it was closed, and whether as interrupted, by session."""
    return dict(
        (session, (credited_us, state == "closed", bool(interrupted)))
        for session, credited_us, state, interrupted in journal.execute(
            "SELECT s.id, sum (g.credited_us), s.state, s.interrupted FROM session s JOIN segment g"
            " ON g.session_id = s.id GROUP BY s.id ORDER BY s.id"
        )
    )


def check_on_disk(state, folder):
    """All that must hold of a journal at any moment, also of one that nobody has recovered yet. Returns: sessions."""
    with journal_on_disk(state, folder) as journal:
        check_photo_files(journal, state)
        check_logs(journal)
        return list_sessions(journal)


def check_tidy(state, data):
    """No file that no row names, none half-written."""
    with read_only(state / "journal.db") as journal:
        known = {sha256 for (sha256,) in journal.execute("SELECT sha256 FROM photo")}
    check({path.name for path in (state / "photos").iterdir()} == known, "files in photos/ have no row")
    # A photo that is being filed lies there for a moment; what a kill leaves of it goes at the next start. What came of
    # an upload that was cut stays for a day.
    incoming = [path for path in (data / "incoming").iterdir() if not path.name.startswith(("filing-", "partial-"))]
    left = [path for path in state.rglob("*.tmp")] + incoming
    check(not left, "left over: %s" % left)


def compare(state, data):
    """A kiosk's journal at rest and its platform's register: the same logs to the byte, the same photos to the byte,
    the same appeals and decisions, the same credit for every learner. Returns: how many logs, photos and credited
    seconds."""
    check_tidy(state, data)
    with read_only(state / "journal.db") as journal, read_only(data / "platform.db") as register:
        check_photo_files(journal, state)
        check_logs(journal)
        sign_key, = journal.execute("SELECT sign_public_key FROM device").fetchone()
        device, = register.execute("SELECT id FROM device WHERE sign_key = ?", (sign_key,)).fetchone()
        logs = compare_logs(journal, register, device)
        compare_appeals(journal, register, device)
        compare_consents(journal, register, device)
        photos = compare_photos(journal, register, device, state, data)
        credited_s = compare_credit(journal, register)
    return logs, photos, credited_s


def same(here, there, what):
    for mine, yours in zip(here, there):
        check(mine == yours, "%s differ: %r here, %r there" % (what, mine, yours))
    check(len(here) == len(there), "%d %s here, %d there" % (len(here), what, len(there)))
    return len(here)


def compare_logs(journal, register, device):
    here = journal.execute(
        "SELECT seq, stunum, printf ('%05d', recnum), bytes, sha256, previous, signature FROM log ORDER BY seq")
    there = register.execute(
        "SELECT seq, stunum, recnum, bytes, sha256, previous, signature FROM log"
        " JOIN log_document ON log_id = log.id WHERE device_id = ? ORDER BY seq",
        (device,))  # fmt: skip
    count = same(here.fetchall(), there.fetchall(), "logs")
    states = journal.execute("SELECT DISTINCT state FROM outbox").fetchall()
    check(states in ([("acked",)], []), "the outbox says %s" % states)
    here = journal.execute(
        "SELECT l.seq, printf ('%010d', p.number), p.event, p.sha256 FROM log l JOIN photo p"
        " ON p.segment_id = l.segment_id ORDER BY 1, 2")
    there = register.execute(
        "SELECT l.seq, p.number, p.event, p.sha256 FROM log l JOIN log_photo p ON p.log_id = l.id"
        " WHERE l.device_id = ? ORDER BY 1, 2", (device,))  # fmt: skip
    same(here.fetchall(), there.fetchall(), "photos of logs")
    return count


def compare_appeals(journal, register, device):
    here = journal.execute("SELECT log_seq, bytes, sha256, signature FROM appeal ORDER BY 1")
    there = register.execute(
        "SELECT seq, bytes, sha256, signature FROM appeal WHERE device_id = ? ORDER BY 1", (device,))  # fmt: skip
    return same(here.fetchall(), there.fetchall(), "appeals")


def compare_consents(journal, register, device):
    here = journal.execute("SELECT consent_id, bytes, sha256, signature FROM consent_document ORDER BY 1")
    there = register.execute(
        "SELECT seq, bytes, sha256, signature FROM consent WHERE device_id = ? ORDER BY 1", (device,))  # fmt: skip
    return same(here.fetchall(), there.fetchall(), "decisions on consent")


def compare_photos(journal, register, device, state, data):
    here = journal.execute("SELECT sha256 FROM photo ORDER BY 1").fetchall()
    there = register.execute("SELECT sha256 FROM photo WHERE device_id = ? ORDER BY 1", (device,)).fetchall()
    same(here, there, "photos")
    for (sha256,) in here:
        mine, yours = state / "photos" / sha256, data / "photos" / sha256[:2] / sha256
        check(yours.exists(), "photo %s is not on the platform" % sha256)
        kept = yours.read_bytes()
        check(kept == mine.read_bytes() or kept.startswith(FILED), "the files of photo %s differ" % sha256)
    # Which makes the bytes that came of each photo once more, and compares their hash.
    run_well("xueshi-platform", "fsck", "--data", data)
    filed = {path.name for path in (data / "photos").rglob("*") if path.is_file()}
    recorded = {sha256 for (sha256,) in register.execute("SELECT sha256 FROM photo")}
    check(filed == recorded, "the platform has %d files of %d photos" % (len(filed), len(recorded)))
    return len(here)


def compare_credit(journal, register):
    here = journal.execute(
        "SELECT s.stunum, sum (g.credited_us / 1000000) FROM session s JOIN segment g ON g.session_id = s.id"
        " GROUP BY 1 ORDER BY 1").fetchall()  # fmt: skip
    counted = journal.execute("SELECT stunum, total_s FROM learner_counter ORDER BY 1").fetchall()
    there = register.execute("SELECT stunum, sum (credited_s) FROM log GROUP BY 1 ORDER BY 1").fetchall()
    same(here, counted, "totals of learners on the kiosk")
    same(here, there, "totals of learners")
    return sum(credited_s for _, credited_s in here)
