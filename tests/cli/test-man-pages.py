#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command and option that a program's help tells of stands in its manual page, and nothing else does. TAP."""

import os
import re
import subprocess
import sys

PROGRAMS = ("xueshi", "xueshi-platform", "xueshi-kiosk", "xueshi-coach")
EVERYWHERE = {"help"}
# Of a page, what is told of in words and not by a command's own help.
OF_THE_PAGE = {"version", "data"}


def help_of(*command):
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    result = subprocess.run([*command, "--help"], capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        raise RuntimeError("%s --help: %s" % (" ".join(command), result.stderr))
    return result.stdout


def commands_in(text):
    """The commands that the help of a program lists, each on a line of its own."""
    match = re.search(r"^(?:Commands:|Usage: .*\n)\n((?:  \S.*\n)+)", text, re.MULTILINE)
    return [line.split()[0] for line in match[1].splitlines()] if match else []


def options_in(text):
    return set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", text, re.MULTILINE)) - EVERYWHERE


def commands_below(*command):
    """Every command with its words and its help: those that have commands of their own count by these."""
    text = help_of(*command)
    names = commands_in(text)
    if not names:
        yield " ".join(command[1:]), text
    for name in names:
        yield from commands_below(*command, name)


def check(program, page):
    """What does not fit together, as lines."""
    with open(page, encoding="utf-8") as file:
        source = file.read()
    helps = dict(commands_below(program))
    options = set().union(*map(options_in, helps.values()))
    commands = set(helps) - {""}
    documented = set(re.findall(r"\bFl -([a-z-]+)", source)) - EVERYWHERE
    documented_commands = set(re.findall(r"^\.It Cm ([a-z-]+(?: [a-z-]+)*)", source, re.MULTILINE))
    faults = ["--%s is not in %s" % (name, page) for name in sorted(options - documented)]
    faults += ["--%s in %s is no option of it" % (name, page) for name in sorted(documented - options - OF_THE_PAGE)]
    faults += ["%s is not in %s" % (name, page) for name in sorted(commands - documented_commands)]
    faults += ["%s in %s is no command" % (name, page) for name in sorted(documented_commands - commands)]
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True)
    return faults + lint.stdout.splitlines()


def main(folder):
    print("1..%d" % len(PROGRAMS))
    failed = False
    for number, program in enumerate(PROGRAMS, 1):
        faults = check(program, os.path.join(folder, program + ".1"))
        print("%sok %d %s" % ("not " if faults else "", number, program))
        for fault in faults:
            print("# " + fault)
        failed = failed or bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
