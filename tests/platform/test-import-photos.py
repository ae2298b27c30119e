#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""xueshi-platform import-photos on a folder, a zip and a tar: what becomes of every file, and the report. TAP.

Nothing measures the photos here: those that were taken say so.
"""

import contextlib
import csv
import io
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import zipfile

NUMBERS = ["2000000000000%03d" % n for n in range(1, 5)]
PICTURE = b"\xff\xd8\xff\xe0" + b"photo"
LIMIT_BYTES = 4 * 1024 * 1024
FILES = {
    NUMBERS[0] + ".jpg": PICTURE + b"1",
    "class 7/" + NUMBERS[1] + ".JPG": PICTURE + b"2",
    "class 8/" + NUMBERS[1] + ".jpg": PICTURE + b"3",
    NUMBERS[2] + ".jpg": b"GIF89a",
    NUMBERS[3] + ".jpg": PICTURE + bytes(LIMIT_BYTES),
    "2000000000000999.jpg": PICTURE,
    "=1+1.jpg": PICTURE,
    "__MACOSX/._x.jpg": b"",
    ".hidden": b"",
}
EXPECTED = {
    NUMBERS[0] + ".jpg": "taken, not measured yet",
    NUMBERS[1] + ".JPG": "taken, not measured yet",
    NUMBERS[1] + ".jpg": "there was one before",
    NUMBERS[2] + ".jpg": "no JPEG picture",
    NUMBERS[3] + ".jpg": "too large",
    "2000000000000999.jpg": "no such student",
    "'=1+1.jpg": "not named by a student’s number",
}


def platform(command, *arguments, status=0):
    result = subprocess.run(["xueshi-platform", command, *arguments], capture_output=True, text=True)
    assert result.returncode == status, (command, arguments, result)
    return result


class School:
    def __init__(self, folder, name):
        self.data = os.path.join(folder, name)
        platform("init", "--data", self.data, "--school", "School", "--inscode", "1000000000000001")
        table = os.path.join(folder, name + ".csv")
        with open(table, "w") as file:
            file.write("stunum,name\n" + "".join("%s,Student\n" % number for number in NUMBERS))
        platform("import-learners", "--data", self.data, table)

    def take(self, path, status=0):
        report = self.data + "-report.csv"
        result = platform("import-photos", "--data", self.data, "--wait", "0", "--report", report, path, status=status)
        with open(report, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        return result, {row[0]: row[2] for row in rows[1:]}


def make_folder(folder):
    path = os.path.join(folder, "photos")
    for name, data in FILES.items():
        os.makedirs(os.path.dirname(os.path.join(path, name)), exist_ok=True)
        with open(os.path.join(path, name), "wb") as file:
            file.write(data)
    os.symlink("/etc/hostname", os.path.join(path, "2000000000000004.jpeg"))
    return path


def make_zip(folder):
    path = os.path.join(folder, "photos.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    return path


def make_tar(folder):
    path = os.path.join(folder, "photos.tar.gz")
    with tarfile.open(path, "w:gz") as archive:
        for name, data in FILES.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        link = tarfile.TarInfo("2000000000000004.jpeg")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        archive.addfile(link)
    return path


def check_report(folder, make):
    school = School(folder, make.__name__)
    _, report = school.take(make(folder))
    assert report == EXPECTED, report


def of_folder(folder):
    """A folder: every file is told of; links and hidden files are no files"""
    check_report(folder, make_folder)


def of_zip(folder):
    """The same files in a zip become the same"""
    check_report(folder, make_zip)


def of_tar(folder):
    """And in a packed tar, whose links lead nowhere"""
    check_report(folder, make_tar)


def damaged(folder):
    """An archive that breaks off, and a file that is none, are told; what was taken before stays told"""
    school = School(folder, "damaged")
    path = make_tar(folder)
    with open(path, "rb+") as file:
        file.truncate(os.path.getsize(path) // 2)
    result, report = school.take(path, status=1)
    assert "unpack it yourself" in result.stderr, result
    assert report[NUMBERS[0] + ".jpg"] == "taken, not measured yet", report
    with open(path, "wb") as file:
        file.write(b"no archive")
    result = platform("import-photos", "--data", school.data, path, status=2)
    assert "neither a folder nor a zip or tar archive" in result.stderr, result


def chinese(folder):
    """How a photo stands that is there already is told in the reader's language"""
    school = School(folder, "chinese")
    path = make_folder(folder)
    school.take(path)
    with contextlib.closing(sqlite3.connect(os.path.join(school.data, "platform.db"))) as database, database:
        database.execute("UPDATE registration SET state = 'approved'")
    os.environ["LC_ALL"] = "zh_CN.UTF-8"
    result, report = school.take(path)
    del os.environ["LC_ALL"]
    assert "\n%s.jpg: 重复: 已通过\n" % NUMBERS[0] in "\n" + result.stdout, result.stdout
    assert "approved" not in result.stdout, result.stdout
    assert report["2000000000000999.jpg"] == "没有这个学员", report


def main():
    cases = [of_folder, of_zip, of_tar, damaged, chinese]
    failed = False
    print("1..%d" % len(cases))
    for number, case in enumerate(cases, 1):
        with tempfile.TemporaryDirectory(prefix="xueshi-photos-") as folder:
            try:
                case(folder)
                print("ok %d %s" % (number, case.__doc__), flush=True)
            except AssertionError as error:
                failed = True
                print("not ok %d %s\n# %s" % (number, case.__doc__, error), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
