#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every number of a policy in data/policy says where it comes from, and how far that can be trusted. As TAP."""

import copy
import glob
import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# How a note begins: its trust mark.
MARKS = ("Read in ", "Consumer guide, weak: ", "Measured: ", "Our choice: ")
SHORTEST_NOTE = 30
# What names a document, and what of a rule is no quantity.
NAMES = {"id", "version", "valid_from", "rules", "notes"}
NO_QUANTITY = {"on", "voids", "code"}


def quantities(policy):
    """Dotted names of all numbers, and of the times of day and origins that are written as texts."""
    found = {name for name, value in policy.items() if name not in NAMES and not isinstance(value, bool)}
    for rule, members in policy["rules"].items():
        found |= {"rules.%s.%s" % (rule, name) for name in members if name not in NO_QUANTITY}
    return found


def complaints(policy):
    notes = policy.get("notes", {})
    wanted = quantities(policy)
    found = ["%s has no note" % name for name in wanted - set(notes)]
    found += ["a note is about %s, which is not there" % name for name in set(notes) - wanted]
    for name, note in notes.items():
        if not note.startswith(MARKS):
            found.append("the note of %s begins with none of %s" % (name, ", ".join(MARKS)))
        if len(note) < SHORTEST_NOTE:
            found.append("the note of %s says next to nothing" % name)
    return sorted(found)


def complains_of_what_is_wrong(policy):
    """The check itself: each way to be wrong is found, for every number there is."""
    wrong = []
    for name in policy["notes"]:
        without = copy.deepcopy(policy)
        del without["notes"][name]
        wrong.append((without, name + " has no note"))
    unmarked = copy.deepcopy(policy)
    unmarked["notes"]["match_same"] = "This number is so because it always was so."
    wrong.append((unmarked, "the note of match_same begins with none of"))
    stale = copy.deepcopy(policy)
    stale["notes"]["rules.gap.least_s"] = "Our choice: of a number that is gone since."
    wrong.append((stale, "a note is about rules.gap.least_s"))
    return [what for document, what in wrong if not any(what in line for line in complaints(document))]


def report(number, name, found):
    for line in found:
        print("# " + line)
    print("%sok %d %s" % ("not " if found else "", number, name))


def main():
    documents = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "data", "policy", "*.json"))):
        with open(path, encoding="utf-8") as stream:
            document = json.load(stream)
        if "rules" in document:
            documents[os.path.basename(path)] = document

    print("1..%d" % (len(documents) + 3))
    for number, (name, document) in enumerate(documents.items(), 1):
        report(number, name, complaints(document))
    default = documents.get("default.json", {"rules": {}, "notes": {}})
    report(len(documents) + 1, "the check finds what is wrong", complains_of_what_is_wrong(default))
    fields = quantities(default)
    incomplete = [name for name, document in documents.items() if quantities(document) != fields]
    report(len(documents) + 2, "every document has all fields", incomplete)
    few = [] if len(documents) >= 4 else ["only %d policies found" % len(documents)]
    report(len(documents) + 3, "the policies were found", few)


main()
