#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench match [--policy FILE] [MEDIA]: how well `xueshi match` tells people apart, on labelled photos in MEDIA.

MEDIA is by default the folder that XUESHI_TEST_MEDIA names; its labels/campus.csv and labels/identities.csv say who is
on which picture. Prints tables, and writes scores.csv and curves (SVG) into _build/bench/match/."""

import bisect
import collections
import csv
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import time
import zlib

from svg_plot import Axis, Plot

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "_build" / "bench" / "match"
REDUCER = ROOT / "_build" / "tests" / "bench" / "registration-photo"
COLOUR, GREY = ("lfw10", "ageitgey", "johns"), ("orl", "yale", "bbt")
THRESHOLDS = (0.30, 0.34, 0.36, 0.38, 0.40, 0.42, 0.44, 0.46, 0.48, 0.50, 0.55, 0.60)
MAX_FAR = 1e-3

# path: below MEDIA, or of a reduced copy; run: of a campus recording
Picture = collections.namedtuple("Picture", "path person source run live")
# genuine, others: [(score, band, person, person)]; lost: pairs without a score
Group = collections.namedtuple("Group", "name genuine others lost people")


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def load_pictures(media):
    pictures = [
        Picture(row["path"], row["identity"], "campus", row["run"], row["label"] == "live")
        for row in read_rows(media / "labels" / "campus.csv")
    ]
    pictures += [
        Picture(row["path"], row["identity"], row["source"], row["path"], True)
        for row in read_rows(media / "labels" / "identities.csv")
    ]
    return pictures


def grey_to_png(source, target):
    """A binary PGM, which old face sets come in and `xueshi` does not read, as PNG."""
    kind, size, depth, pixels = source.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    if kind != b"P5" or depth != b"255" or len(pixels) != width * height:
        sys.exit("%s is not a PGM of 8 bits" % source)
    rows = b"".join(b"\0" + pixels[y * width : (y + 1) * width] for y in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    )  # fmt: skip
    target.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )
    )
    return str(target)


def readable(media, pictures):
    folder = OUT / "converted"
    folder.mkdir(exist_ok=True)
    return [
        picture._replace(path=grey_to_png(media / picture.path, folder / ("%04d.png" % number)))
        if picture.path.endswith(".pgm") else picture
        for number, picture in enumerate(pictures)
    ]  # fmt: skip


# Pair lists


def reduce_pictures(media, pictures, folder):
    """Copies as small as the register keeps them, for those with a face."""
    folder.mkdir(exist_ok=True)
    copies = [
        picture._replace(path=str(folder / ("%04d.jpg" % number))) for number, picture in enumerate(pictures)
    ]
    for copy in copies:
        pathlib.Path(copy.path).unlink(missing_ok=True)
    lines = "".join("%s\t%s\n" % (media / picture.path, copy.path) for picture, copy in zip(pictures, copies))
    subprocess.run([REDUCER], input=lines, text=True, check=True)
    return [copy for copy in copies if os.path.exists(copy.path)]


def within(pictures, differ=lambda a, b: True):
    return [(a, b) for i, a in enumerate(pictures) for b in pictures[i + 1 :] if differ(a, b)]


def across(left, right, differ=lambda a, b: True):
    return [(a, b) for a in left for b in right if differ(a, b)]


def other_run(a, b):
    """Not two pictures of one moment."""
    return (a.person, a.run) != (b.person, b.run)


def make_groups(media, pictures):
    """Returns: name: pairs."""
    campus = [picture for picture in pictures if picture.source == "campus" and picture.live]
    prints = [picture for picture in pictures if picture.source == "campus" and not picture.live]
    by_source = {name: [picture for picture in pictures if picture.source == name] for name in COLOUR + GREY}
    colour = sum((by_source[name] for name in COLOUR), [])
    grey = sum((by_source[name] for name in GREY), [])
    groups = {
        "campus, live": within(campus, other_run),
        "campus, live to print": across(campus, prints),
        "colour": within(colour),
        "grey": within(grey),
        "all of identities": within(colour + grey),
        "registered campus": across(reduce_pictures(media, campus, OUT / "campus"), campus, other_run),
    }
    groups["registered colour"] = across(reduce_pictures(media, colour, OUT / "colour"), colour, other_run)
    groups.update((name, within(members)) for name, members in by_source.items())
    return groups


def run_match(media, groups, policy):
    """Every pair once. Returns: (path, path): row, and the seconds it took."""
    pairs = sorted({(a.path, b.path) for members in groups.values() for a, b in members})
    listing = OUT / "pairs.csv"
    with open(listing, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(pairs)
    began = time.monotonic()
    subprocess.run(
        ["xueshi", "match", "--pairs", listing, "--csv", OUT / "scores.csv", "--policy", policy], cwd=media, check=True
    )
    seconds = time.monotonic() - began
    return {(row["path_a"], row["path_b"]): row for row in read_rows(OUT / "scores.csv")}, seconds


def collect(name, members, rows):
    genuine, others, lost = [], [], 0
    for a, b in members:
        row = rows[a.path, b.path]
        if row["score"] == "":
            lost += 1
            continue
        (genuine if a.person == b.person else others).append((float(row["score"]), row["band"], a.person, b.person))
    return Group(name, genuine, others, lost, len({picture.person for pair in members for picture in pair}))


# Figures


class Rates:
    """Shares of pairs at a threshold: a score at or above it is taken for the same person."""

    def __init__(self, genuine, others):
        self.genuine, self.others = sorted(item[0] for item in genuine), sorted(item[0] for item in others)

    def far(self, threshold):
        return 1 - bisect.bisect_left(self.others, threshold) / len(self.others)

    def frr(self, threshold):
        return bisect.bisect_left(self.genuine, threshold) / len(self.genuine)

    def threshold_at(self, far):
        """The lowest threshold at which no more than @far of the others get in."""
        allowed = int(far * len(self.others))
        return self.others[len(self.others) - 1 - allowed] + 1e-6

    def equal_error(self):
        return min(
            (abs(self.far(score) - self.frr(score)), (self.far(score) + self.frr(score)) / 2)
            for score in self.genuine + self.others
        )[1]


def percent(share, digits=2):
    return "%.*f %%" % (digits, 100 * share)


def print_table(title, head, rows):
    print("\n%s\n" % title)
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def usable(groups):
    """Others are needed to speak of false accepts, and pairs of one person to speak of false rejects."""
    return [group for group in groups if group.genuine and group.others]


def print_reasons(rows):
    """Why pairs have no score; of a pair, why the first picture that fails does."""
    reasons = (re.sub(r"^\S+: ", "", row["reason"]).split("; ")[0] for row in rows.values() if row["reason"])
    for reason, count in collections.Counter(reasons).most_common():
        print("%d pairs not told: %s" % (count, reason))


def print_accuracy(groups):
    rows = []
    for group in groups:
        rates = Rates(group.genuine, group.others)
        threshold = rates.threshold_at(MAX_FAR)
        rows.append((
            group.name, group.people, len(group.genuine), len(group.others), group.lost,
            percent(rates.equal_error(), 3), percent(1 - rates.frr(threshold)), "%.3f" % threshold,
            "%.3f" % rates.genuine[0], "%.3f" % rates.others[-1],
        ))  # fmt: skip
    print_table(
        "Accuracy",
        ("pairs", "people", "same person", "others", "not told", "EER", "TAR at FAR 10⁻³", "threshold",
         "lowest same", "highest other"),
        rows,
    )  # fmt: skip


def print_thresholds(groups):
    rows = []
    for threshold in THRESHOLDS:
        cells = ["%.2f" % threshold]
        for group in groups:
            rates = Rates(group.genuine, group.others)
            cells.append("%s / %s" % (percent(rates.far(threshold), 3), percent(rates.frr(threshold))))
        rows.append(cells)
    print_table("FAR / FRR by threshold", ["threshold"] + [group.name for group in groups], rows)


def print_bands(groups):
    rows = []
    for group in groups:
        cells = [group.name]
        for pairs in (group.genuine, group.others):
            counts = collections.Counter(item[1] for item in pairs)
            cells += [percent(counts[band] / len(pairs)) for band in ("same", "ask", "different")]
        rows.append(cells)
    print_table(
        "Bands by the policy",
        ("pairs", "same person: same", "ask", "different", "others: same", "ask", "different"), rows,
    )  # fmt: skip


def print_held_out(groups):
    """The threshold found on half of the people, applied to the other half."""
    rows = []
    for group in groups:
        people = sorted({person for item in group.genuine + group.others for person in item[2:]})
        cells = [group.name]
        for half in (0, 1):
            chosen, judged = set(people[half::2]), set(people[1 - half :: 2])
            parts = [
                [item for item in pairs if item[2] in members and item[3] in members]
                for members in (chosen, judged)
                for pairs in (group.genuine, group.others)
            ]
            if not all(parts):
                cells += ["-", "-", "-"]
                continue
            threshold = Rates(*parts[:2]).threshold_at(MAX_FAR)
            rates = Rates(*parts[2:])
            cells += ["%.3f" % threshold, percent(rates.far(threshold), 3), percent(1 - rates.frr(threshold))]
        rows.append(cells)
    print_table(
        "Threshold of one half of the people, applied to the other",
        ("pairs", "threshold of half A", "FAR of B", "TAR of B", "threshold of half B", "FAR of A", "TAR of A"), rows,
    )  # fmt: skip


def draw(groups, policy):
    shown = Plot("False accepts and rejects by threshold", Axis("threshold (cosine)", 0.1, 0.8),
                 Axis("share of pairs", 1e-5, 1, log=True))  # fmt: skip
    roc = Plot("True accepts by false accepts", Axis("FAR", 1e-5, 1, log=True), Axis("TAR", 0.98, 1))
    for name in ("match_different", "match_same"):
        shown.mark(policy[name], name)
    steps = [number / 200 for number in range(20, 161)]
    for group in groups:
        rates = Rates(group.genuine, group.others)
        if "registered" not in group.name:
            shown.curve(group.name + " FAR", [(step, rates.far(step)) for step in steps])
            shown.curve(group.name + " FRR", [(step, rates.frr(step)) for step in steps])
        scores = [-1 + number / 500 for number in range(1001)]
        roc.curve(group.name, [(rates.far(score), 1 - rates.frr(score)) for score in scores])
    for name, plot in (("far-frr", shown), ("roc", roc)):
        plot.write(OUT / (name + ".svg"))
        print("%s" % (OUT / (name + ".svg")))


def main(arguments):
    policy = ROOT / "data" / "policy" / "default.json"
    if arguments[:1] == ["--policy"] and len(arguments) > 1:
        policy, arguments = pathlib.Path(arguments[1]).resolve(), arguments[2:]
    chosen = arguments[0] if arguments else os.environ.get("XUESHI_TEST_MEDIA", ROOT.parent / "shared" / "media")
    media = pathlib.Path(chosen).resolve()
    if len(arguments) > 1 or not (media / "labels" / "identities.csv").exists():
        sys.exit("%s\n\nThere are no labels in %s." % (__doc__, media))
    OUT.mkdir(parents=True, exist_ok=True)

    pairs = make_groups(media, readable(media, load_pictures(media)))
    rows, seconds = run_match(media, pairs, policy)
    n_pictures = len({path for pair in rows for path in pair})
    print("%d pictures, %d pairs, %.0f ms a picture" % (n_pictures, len(rows), 1000 * seconds / n_pictures))
    print_reasons(rows)

    groups = usable([collect(name, members, rows) for name, members in pairs.items()])
    main_groups = [group for group in groups if re.match("campus|colour|registered", group.name)]
    print_accuracy(groups)
    print_thresholds(main_groups + [group for group in groups if group.name == "grey"])
    print_bands(groups)
    print_held_out(main_groups)
    print()
    draw(main_groups, json.loads(policy.read_text()))


if __name__ == "__main__":
    main(sys.argv[1:])
