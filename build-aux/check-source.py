#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the source tree against the house rules that no compiler knows.

Usage: check-source.py [FILE...]

Without FILE the whole tree is checked: what git tracks, and new files it does not ignore. Prints
"path:line: rule: what is wrong and what to do instead", and fails when there is anything but warnings.

A line that breaks a rule for a good reason says so in a comment on it: "nocheck:RULE: the reason". Every rule has a
case in tests/lint/cases that shows what it finds and what it leaves alone.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

MAX_COLUMNS = 120
MAX_FILE_LINES = 700

# Which rooms' headers a room may include; docs/architecture.md has the reasons.
ROOMS = {
    "base": {"base"},
    "course": {"base", "course"},
    "domain": {"base", "domain"},
    "store": {"base", "domain", "wire", "store"},
    "vision": {"base", "domain", "vision"},
    "media": {"base", "media"},
    "wire": {"base", "domain", "wire"},
    "study": {"base", "course", "domain", "store", "vision", "media", "study"},
    "sync": {"base", "domain", "store", "wire", "sync"},
    "review": {"base", "domain", "wire", "sync", "review"},
    "widgets": {"widgets"},
    "kiosk": {"base", "course", "domain", "store", "vision", "media", "wire", "study", "sync", "widgets", "kiosk"},
    "coach": {"base", "course", "domain", "wire", "media", "review", "widgets", "coach"},
    "platform": {"base", "course", "domain", "wire", "platform"},
    "auditor": {"base", "domain", "vision", "media", "wire", "platform", "auditor"},
    "cli": {"base", "course", "domain", "store", "vision", "media", "wire", "study", "sync", "platform", "cli"},
}

# Who may include a library's headers; everybody else goes through the room that wraps it.
LIBRARIES = [
    ("sqlite3.h", r"src/base/|tests/", "SQL goes through xs-db.h"),
    ("json-glib/", r"src/base/|tests/", "JSON goes through xs-json.h, which scans it first"),
    ("sodium.h", r"src/base/|tests/", "sealing and signing go through xs-crypto.h"),
    ("opencv2/", r"(src|tests)/vision/.*\.[ch]pp$", "OpenCV stays behind C headers, in C++ files of src/vision"),
    ("archive.h", r"src/course/|tests/", "course packages are made and read by xs-course-package.h"),
    ("archive_entry.h", r"src/course/|tests/", "course packages are made and read by xs-course-package.h"),
    ("zbar.h", r"src/vision/|tests/", "codes are read by xs-code-reader.h"),
    ("gst/", r"src/media/|src/\w+/main\.c$|tests/", "GStreamer stays in src/media; a main.c may start it"),
    ("gdk/", r"src/(media|widgets|kiosk|coach)/|tests/", "only paintables and windows know GDK"),
    ("gtk/", r"src/(widgets|kiosk|coach)/|tests/(kiosk|coach|media)/", "widgets live in the applications"),
    ("adwaita.h", r"src/(widgets|kiosk|coach)/|tests/(kiosk|coach)/", "widgets live in the applications"),
    ("libsoup/", r"src/(sync|review)/|tests/", "HTTP clients live in src/sync and src/review"),
    ("libpq-fe.h", r"src/platform/|tests/", "the platform's tables are reached through xs-sql.h"),
    ("seccomp.h", r"src/auditor/|tests/", "the sandbox is src/auditor"),
    ("microhttpd.h", r"src/platform/|tests/", "the HTTP server is src/platform"),
]

# Name, where it is forbidden, why and what instead.
C_FILES = r"(src|tests)/.*\.(c|h|cpp|hpp)$"
C_TESTS = r"tests/.*\.(c|h|cpp|hpp)$"
C_PRODUCT = r"src/.*\.(c|h|cpp|hpp)$"
COUNTING_ROOMS = r"src/(domain|store|study|wire|sync)/"
KEEPING_ROOMS = r"src/(store|study|sync|platform)/"
BLOCKED = [
    (r"g_error", C_PRODUCT, "it aborts: set a GError, or g_critical() for a programming error"),
    (r"abort|exit|_exit|quick_exit", C_PRODUCT + "(?<!main.c)(?<!worker.c)", "a library does not end the program: set a GError"),
    (
        r"g_spawn_\w+|g_subprocess_\w+|system|popen",
        C_PRODUCT + "(?<!xs-looker.c)(?<!xs-platform-duties.c)",
        "nothing here calls out to other programs but our own auditor",
    ),
    (r"strcpy|strcat|stpcpy|sprintf|vsprintf|gets", C_FILES, "it overruns: use g_strdup(), g_strdup_printf(), GString"),
    (r"strtok", C_FILES, "it keeps hidden state: use g_strsplit()"),
    (r"atoi|atol|atoll|atof", C_FILES, "it cannot fail: use g_ascii_string_to_signed(), g_ascii_strtod()"),
    (r"sleep|usleep|nanosleep|g_usleep", C_TESTS, "a test waits for a condition, never for a time"),
    (r"sleep|usleep|nanosleep|g_usleep", C_PRODUCT, "wait on a GMainContext or a GCond with a deadline"),
    (r"gtk_media_\w+|gtk_video_\w+", C_FILES, "it hides its pipeline and knows no camera: use XsLessonPlayer, XsCamera"),
    (r"rand|srand|random|drand48", C_FILES, "use GRand, seeded and printed in tests, or libsodium for secrets"),
    (r"localtime|localtime_r|g_date_time_new_now\w*", C_FILES, "wall time comes from XsClock and is always GMT+8"),
    (r"g_get_monotonic_time|g_get_real_time|clock_gettime|time", COUNTING_ROOMS, "time comes from XsClock"),
    (r"g_file_set_contents\w*", KEEPING_ROOMS, "a power cut must not tear it: use xs_blob_write()"),
    (r"assert", C_FILES, "use g_assert(), or g_return_if_fail() at a public entrance"),
]

REGISTRY_HOSTS = (
    r"registry\.npmjs\.org|registry\.yarnpkg\.com|registry\.npmmirror\.com|unpkg\.com|cdn\.jsdelivr\.net"
    r"|pypi\.org|files\.pythonhosted\.org|deb\.debian\.org|security\.debian\.org|ftp\.[a-z.]*debian\.org"
    r"|crates\.io|dl\.flathub\.org|huggingface\.co|storage\.googleapis\.com"
)

# Functions whose meaning their name fixes.
SELF_EXPLAINING = re.compile(r"_(get_type|quark|ref|unref|free|close|init|clear|nick)$")

SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
SPDX_FILES = re.compile(r"(\.(c|h|cpp|hpp|py|sh|sql|css|ui|build|in|yml|vtt)|^dev|/run|meson_options\.txt|packages\.txt)$")
SPDX_EXEMPT = re.compile(r"(\.vtt|POTFILES\.in|^tests/.*/data/.*|^tests/data/.*)$")

RULES = {}
WARNINGS = {"file-length"}


def rule(name):
    def register(function):
        RULES[name] = function
        return function

    return register


def blank_comments_and_strings(text):
    """@text with the inside of comments, strings and characters turned to spaces; lines keep their numbers."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)

    def blank(match):
        token = match.group(0)
        if token.startswith("/"):
            return re.sub(r"[^\n]", " ", token)
        return token[0] + " " * (len(token) - 2) + token[-1]

    return pattern.sub(blank, text)


class File:
    """One file of the tree: its text, and for C its code without comments and strings."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.removesuffix("\n").split("\n")
        self.is_c = re.match(r"(src|tests)/.*\.(c|h|cpp|hpp)$", path) is not None
        self.code = blank_comments_and_strings(text).split("\n") if self.is_c else []

    def room(self):
        match = re.match(r"src/([^/]+)/", self.path)
        return match.group(1) if match else None

    def includes(self):
        for number, line in enumerate(self.lines, 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            # A line that is blank as code stands inside a comment.
            if match and self.code[number - 1].strip():
                yield number, match.group(1) == "<", match.group(2)


class Tree:
    def __init__(self, files):
        self.files = files
        self.by_path = {file.path: file for file in files}
        self.room_of_header = {
            os.path.basename(file.path): file.room() for file in files if file.room() and file.path.endswith(".h")
        }


@rule("layer")
def check_layer(file, tree):
    if not file.is_c or not file.room():
        return
    allowed = ROOMS.get(file.room())
    if allowed is None:
        yield 1, "src/%s is no room of docs/architecture.md" % file.room()
        return
    for number, _, name in file.includes():
        room = tree.room_of_header.get(name)
        if room and room not in allowed:
            yield number, "src/%s may not know src/%s (docs/architecture.md)" % (file.room(), room)


@rule("library")
def check_library(file, _):
    if not file.is_c:
        return
    for number, _, name in file.includes():
        for prefix, where, reason in LIBRARIES:
            if name.startswith(prefix) and not re.match(where, file.path):
                yield number, "<%s> does not belong here: %s" % (name, reason)


@rule("parent-include")
def check_parent_include(file, _):
    if file.is_c:
        for number, _, name in file.includes():
            if "../" in name:
                yield number, "include by name, not by path: the include path is what enforces the layers"


@rule("goto")
def check_goto(file, _):
    for number, line in enumerate(file.code, 1):
        if re.search(r"\bgoto\b", line):
            yield number, "no goto: g_auto* frees what it would jump to"


@rule("blocked-function")
def check_blocked_function(file, _):
    for names, where, reason in BLOCKED:
        if not file.is_c or not re.match(where, file.path):
            continue
        call = re.compile(r"(?<![\w.>:])(%s)\s*\(" % names)
        for number, line in enumerate(file.code, 1):
            for match in call.finditer(line):
                yield number, "%s: %s" % (match.group(1), reason)


@rule("undocumented")
def check_undocumented(file, _):
    if not re.match(r"src/[^/]+/xs-[^/]*\.h$", file.path) or file.path.endswith("-private.h"):
        return
    # A comment covers the declarations right below it, up to the next blank line.
    covered = False
    statement = ""
    depth = 0
    first = 0
    for number, (line, code) in enumerate(zip(file.lines, file.code), 1):
        if not statement:
            if not line.strip():
                covered = False
                continue
            if not code.strip():
                covered = True
                continue
            if code.lstrip().startswith("#"):
                continue
            first = number
        statement += " " + code.strip()
        depth += code.count("{") - code.count("}")
        if depth == 0 and (code.rstrip().endswith((";", "{", "}")) or re.match(r"\s*G_[A-Z_]+( \(.*\))?$", code)):
            match = re.match(r"(?!\s*typedef\b)[^(={]*?\b(xs_\w+) \(", statement)
            explained = covered or (match and SELF_EXPLAINING.search(match.group(1))) or "_new (void)" in statement
            if match and statement.endswith(";") and not explained:
                yield first, "%s() needs a comment: what it does, units, ownership, errors" % match.group(1)
            statement = ""


@rule("spdx")
def check_spdx(file, _):
    if SPDX_FILES.search(file.path) and not SPDX_EXEMPT.search(file.path):
        if not any(SPDX in line for line in file.lines[:3]):
            yield 1, "the first lines must say %s" % SPDX


@rule("line-length")
def check_line_length(file, _):
    if re.search(r"\.(c|h|cpp|hpp|py)$", file.path):
        for number, line in enumerate(file.lines, 1):
            if len(line) > MAX_COLUMNS:
                yield number, "%d columns; %d is the limit" % (len(line), MAX_COLUMNS)


@rule("white-space")
def check_white_space(file, _):
    for number, line in enumerate(file.lines, 1):
        if line != line.rstrip() or ("\t" in line and file.is_c):
            yield number, "no tabs in C, no blanks at the end of a line"


@rule("file-length")
def check_file_length(file, _):
    if re.match(r"(src|tests)/.*\.(c|h|cpp|hpp|py)$", file.path) and len(file.lines) > MAX_FILE_LINES:
        yield 1, "%d lines: split it by concern" % len(file.lines)


@rule("to-do")
def check_to_do(file, _):
    if re.search(r"\.(c|h|cpp|hpp|py|sh|build|sql|ui|css)$|^dev$", file.path):
        for number, line in enumerate(file.lines, 1):
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
                yield number, "finish it, or write an issue: the source says what is, not what is missing"


@rule("registry-host")
def check_registry_host(file, _):
    for number, line in enumerate(file.lines, 1):
        match = re.search(REGISTRY_HOSTS, line)
        if match:
            yield number, "%s: clients are told by their own settings where to download from" % match.group(0)


@rule("sql-strict")
def check_sql_strict(file, _):
    if not file.path.endswith(".sql") or "/platform-postgresql/" in file.path:
        return
    code = re.sub(r"--[^\n]*", lambda match: " " * len(match.group(0)), file.text)
    for match in re.finditer(r"\bCREATE TABLE\b[^;]*", code, re.IGNORECASE):
        if not re.search(r"\)[^)]*\bSTRICT\b", match.group(0), re.IGNORECASE):
            yield code.count("\n", 0, match.start()) + 1, "tables are STRICT: SQLite checks types only then"


@rule("sql-order")
def check_sql_order(file, tree):
    folder, name = os.path.split(file.path)
    if not file.path.endswith(".sql") or not folder.startswith("data/sql"):
        return
    if not re.match(r"\d{4}-[a-z0-9-]+\.sql$", name):
        yield 1, "a migration is called NNNN-name.sql"
        return
    siblings = {
        os.path.basename(path)[:4] for path in tree.by_path if os.path.dirname(path) == folder and path.endswith(".sql")
    }
    if name[:4] != "0001" and "%04d" % (int(name[:4]) - 1) not in siblings:
        yield 1, "the migration before it, %04d, is missing" % (int(name[:4]) - 1)


@rule("env-undocumented")
def check_env_undocumented(file, tree):
    documented = tree.by_path.get("docs/env.md")
    if not re.match(r"(src|tests|build-aux|dev$|\.ci/)", file.path) or not documented:
        return
    for number, line in enumerate(file.lines, 1):
        for name in re.findall(r"\bXUESHI_[A-Z0-9_]+\b", line):
            if "`%s`" % name not in documented.text:
                yield number, "docs/env.md lists every environment variable, and not %s" % name


@rule("doc-link")
def check_doc_link(file, tree):
    if not file.path.endswith(".md"):
        return
    folders = {path[: path.index("/", at)] for path in tree.by_path for at in slashes(path)}
    for number, line in enumerate(file.lines, 1):
        for target in re.findall(r"\]\(([^)#\s]+)", line):
            if re.match(r"[a-z]+:", target):
                continue
            path = os.path.normpath(os.path.join(os.path.dirname(file.path), target))
            if path not in tree.by_path and path not in folders and not is_picture(path):
                yield number, "%s is not there" % target


# The tree is of texts only.
def is_picture(path):
    return path.endswith(".png") and os.path.isfile(os.path.join(ROOT, path))


def slashes(path):
    return [at for at, letter in enumerate(path) if letter == "/"]


def excused(file, number, name):
    return re.search(r"nocheck:%s: \S" % re.escape(name), file.lines[number - 1]) is not None


def check(tree, chosen=None):
    """Every fault in @tree as (path, line number, rule, message), sorted; of @chosen paths only when given."""
    faults = []
    for file in tree.files:
        if chosen is not None and file.path not in chosen:
            continue
        for name, function in RULES.items():
            for number, message in function(file, tree):
                if not excused(file, number, name):
                    faults.append((file.path, number, name, message))
    return sorted(faults)


def read_tree():
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    files = []
    for path in sorted(set(listing.stdout.decode().split("\0")) - {""}):
        # The cases break the rules on purpose, and this file has to name what it forbids.
        if path.startswith("tests/lint/cases/") or path == "build-aux/check-source.py":
            continue
        try:
            with open(os.path.join(ROOT, path), encoding="utf-8") as stream:
                files.append(File(path, stream.read()))
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
    return Tree(files)


def main(arguments):
    chosen = {os.path.relpath(os.path.abspath(path), ROOT) for path in arguments} or None
    faults = check(read_tree(), chosen)
    for path, number, name, message in faults:
        print("%s:%d: %s%s: %s" % (path, number, "warning: " if name in WARNINGS else "", name, message))
    return 1 if any(name not in WARNINGS for _, _, name, _ in faults) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
