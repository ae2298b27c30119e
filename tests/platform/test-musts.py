#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every numbered MUST of docs/protocol.md is named by a test that tries it, in a comment with its number. TAP."""

import pathlib
import re
import sys

document, tests = map(pathlib.Path, sys.argv[1:])
# Where the wire is tried, from either side.
ROOMS = ("base", "platform", "sync", "wire", "store", "study", "scenario", "kiosk")


def rules():
    """The numbers of the rules that say MUST."""
    text = document.read_text(encoding="utf-8")
    for number, rule in re.findall(r"^- \*\*([A-Z]\d+)\*\* (.*?)(?=^- \*\*|^\S|\Z)", text, re.MULTILINE | re.DOTALL):
        if "MUST" in rule:
            yield number


def comments(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return "\n".join(re.findall(r'""".*?"""', text, re.DOTALL) + re.findall(r"#.*", text))
    return "\n".join(re.findall(r"/\*.*?\*/", text, re.DOTALL))


def named():
    found = {}
    for room in ROOMS:
        for path in sorted((tests / room).glob("*")):
            if path.suffix not in (".c", ".h", ".py") or path.name == pathlib.Path(__file__).name:
                continue
            words = comments(path)
            for number in re.findall(r"\b[A-Z]\d{1,2}\b", words):
                found.setdefault(number, set()).add(path.name)
            for letter, first, last in re.findall(r"\b([A-Z])(\d{1,2}) to \1(\d{1,2})\b", words):
                for n in range(int(first), int(last) + 1):
                    found.setdefault("%s%d" % (letter, n), set()).add(path.name)
    return found


numbers = sorted(set(rules()), key=lambda n: (n[0], int(n[1:])))
by_test = named()
print("1..%d" % len(numbers))
for i, number in enumerate(numbers, 1):
    tests_of = ", ".join(sorted(by_test.get(number, ())))
    print("%s %d - %s: %s" % ("ok" if tests_of else "not ok", i, number, tests_of or "no test names it"))
