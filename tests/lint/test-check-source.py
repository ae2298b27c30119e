#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden tests of build-aux/check-source.py, one case file per rule, as TAP.

A case is a small tree: "=== PATH" begins a file. A line that must be reported carries "expect: RULE"; every other
line must pass every rule.
"""

import glob
import importlib.util
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def load_checker():
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("check_source", os.path.join(ROOT, "build-aux", "check-source.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_case(path, checker):
    with open(path, encoding="utf-8") as stream:
        parts = re.split(r"^=== (.+)\n", stream.read(), flags=re.MULTILINE)
    return checker.Tree([checker.File(name, text) for name, text in zip(parts[1::2], parts[2::2])])


def expectations(tree):
    return {
        (file.path, number, match.group(1))
        for file in tree.files
        for number, line in enumerate(file.lines, 1)
        for match in re.finditer(r"expect: ([a-z-]+)", line)
    }


def test_case(path, checker):
    tree = read_case(path, checker)
    found = {fault[:3] for fault in checker.check(tree)}
    wanted = expectations(tree)
    complaints = ["not found: %s:%d %s" % fault for fault in sorted(wanted - found)]
    complaints += ["found without cause: %s:%d %s" % fault for fault in sorted(found - wanted)]
    name = os.path.splitext(os.path.basename(path))[0]
    if not any(rule == name for _, _, rule in wanted):
        complaints.append("the case expects nothing of its rule")
    return complaints


def test_file_length(checker):
    complaints = []
    head = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
    for lines, wanted in ((checker.MAX_FILE_LINES - 1, 0), (checker.MAX_FILE_LINES + 1, 1)):
        tree = checker.Tree([checker.File("src/base/xs-thing.c", head + "\n" * lines)])
        found = [rule for _, _, rule, _ in checker.check(tree)]
        if found != ["file-length"] * wanted:
            complaints.append("%d lines: %s" % (lines, found))
    return complaints


def test_every_rule_has_a_case(checker, names):
    return ["no case for %s" % rule for rule in sorted(set(checker.RULES) - set(names) - {"file-length"})]


def main():
    checker = load_checker()
    cases = sorted(glob.glob(os.path.join(HERE, "cases", "*.txt")))
    names = [os.path.splitext(os.path.basename(path))[0] for path in cases]
    results = [("rule/" + name, test_case(path, checker)) for name, path in zip(names, cases)]
    results.append(("rule/file-length", test_file_length(checker)))
    results.append(("every-rule-has-a-case", test_every_rule_has_a_case(checker, names)))
    print("1..%d" % len(results))
    for number, (name, complaints) in enumerate(results, 1):
        print("%sok %d %s" % ("not " if complaints else "", number, name))
        for complaint in complaints:
            print("# " + complaint)
    return 1 if any(complaints for _, complaints in results) else 0


if __name__ == "__main__":
    sys.exit(main())
