# SPDX-License-Identifier: GPL-3.0-or-later
"""Sections of ./dev bench vision that look at labelled pictures one by one, or at short runs of them."""

import collections
import concurrent.futures
import csv
import json
import os
import struct
import subprocess
import zlib

from svg_plot import Axis, Plot
from vision_report import area_under_curve, cumulative, mean, measured, number, percent, quantile, rate_at, share

CHUNK = 120
MIN_SIDE_PX, ENLARGE = 48, 8
EYES_SHUT = 0.5


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_grey_png(target, width, rows):
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, 0, 0, 0, 0)), (b"IDAT", data), (b"IEND", b""))
    target.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ))  # fmt: skip


def pgm_to_png(source, target):
    """A binary PGM, which old face sets come in and `xueshi` does not read, as PNG."""
    _, size, _, pixels = source.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    write_grey_png(target, width, [pixels[y * width : (y + 1) * width] for y in range(height)])


def read_grey_png(source):
    """Rows of an 8-bit grey PNG without interlacing; None when it is another kind."""
    data, position, packed, header = source.read_bytes(), 8, b"", None
    while position < len(data):
        size, name = struct.unpack(">I4s", data[position : position + 8])
        body = data[position + 8 : position + 8 + size]
        header = struct.unpack(">IIBBBBB", body) if name == b"IHDR" else header
        packed += body if name == b"IDAT" else b""
        position += size + 12
    width, height = header[:2]
    if header[2:] != (8, 0, 0, 0, 0):
        return None
    raw, rows, above = zlib.decompress(packed), [], bytearray(width)
    for y in range(height):
        kind, row = raw[y * (width + 1)], bytearray(raw[y * (width + 1) + 1 : (y + 1) * (width + 1)])
        for x in range(width):
            left, up, corner = row[x - 1] if x else 0, above[x], above[x - 1] if x else 0
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda value: abs(guess - value))
            row[x] = (row[x] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
        rows.append(row)
        above = row
    return rows


def enlarge(source, target):
    """A picture too small for `xueshi` to look at, with each pixel as a square."""
    rows = read_grey_png(source)
    if rows is None or len(rows) >= MIN_SIDE_PX:
        return False
    wide = [bytes(value for value in row for _ in range(ENLARGE)) for row in rows]
    write_grey_png(target, len(wide[0]), [row for row in wide for _ in range(ENLARGE)])
    return True


def observe(media, files, options=()):
    """What vision sees in each of @files, in order."""
    result = subprocess.run(
        ["xueshi", "observe", "--json", "--no-landmarks", *options, *files],
        cwd=media, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    if len(rows) != len(files):
        raise SystemExit("xueshi observe: %d lines for %d pictures" % (len(rows), len(files)))
    return rows


class Pictures:
    """Every labelled picture in @media, each looked at once."""

    def __init__(self, media, folder, policy):
        self.media, self.folder, self.policy = media, folder, policy
        self.labels = {
            name: read_rows(media / "labels" / (name + ".csv"))
            for name in ("identities", "campus", "headpose", "liveness", "mask", "noface", "conditions")
        }
        self.seen = {}
        self.runs = collections.defaultdict(list)  # (label, identity, run): observations in order

    def look(self):
        converted = self.folder / "converted"
        converted.mkdir(exist_ok=True)
        files = {}
        for path in sorted({row["path"] for name, rows in self.labels.items() if name != "campus" for row in rows}):
            files[path] = path
            target = converted / (path.replace("/", "_") + ".png")
            if path.endswith(".pgm"):
                pgm_to_png(self.media / path, target)
                files[path] = str(target)
            elif path.startswith("noface/") and enlarge(self.media / path, target):
                files[path] = str(target)
        paths = list(files)
        chunks = [paths[begin : begin + CHUNK] for begin in range(0, len(paths), CHUNK)]
        runs = collections.defaultdict(list)
        for row in self.labels["campus"]:
            runs[row["label"], row["identity"], row["run"]].append((int(row["frame"]), row["path"]))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            singles = [pool.submit(observe, self.media, [files[path] for path in chunk]) for chunk in chunks]
            together = {
                key: pool.submit(observe, self.media, [path for _, path in sorted(frames)], ["--run"])
                for key, frames in runs.items()
            }
            for chunk, result in zip(chunks, singles):
                self.seen.update(zip(chunk, result.result()))
            for key, result in together.items():
                self.runs[key] = result.result()
                self.seen.update(zip([path for _, path in sorted(runs[key])], self.runs[key]))

    def write(self, report):
        """Every measure of every picture."""
        names = [name for name in next(iter(self.seen.values())) if name not in ("boxes", "file", "landmarks")]
        report.write_csv(
            "pictures", ["path"] + names,
            [[path] + [seen.get(name) for name in names] for path, seen in sorted(self.seen.items())],
        )  # fmt: skip

    def values(self, paths, measure):
        return measured(self.seen[path].get(measure) for path in paths)

    def paths(self, table, **wanted):
        return [row["path"] for row in self.labels[table] if all(row[name] == value for name, value in wanted.items())]

    def sets(self):
        """name: paths."""
        sets = collections.OrderedDict()
        for row in self.labels["identities"]:
            sets.setdefault("verify, " + row["source"], []).append(row["path"])
        for label in ("live", "attack"):
            sets["campus, " + label] = self.paths("campus", label=label)
        sets["pose"] = self.paths("headpose")
        sets["liveness, live"] = self.paths("liveness", label="live")
        sets["liveness, spoof"] = self.paths("liveness", label="spoof")
        sets["mask, without"] = self.paths("mask", mask="0")
        sets["mask, with"] = self.paths("mask", mask="1")
        return sets


def report_detection(pictures, report):
    rows, bars = [], []
    for name, paths in list(pictures.sets().items()) + [("no face", pictures.paths("noface"))]:
        paths = list(dict.fromkeys(paths))
        faces = [pictures.seen[path].get("faces") for path in paths]
        read = measured(faces)
        found = share(count > 0 for count in read)
        rows.append((
            name, len(paths), len(paths) - len(read), sum(count == 0 for count in read), percent(found),
            sum(count > 1 for count in read), percent(share(count > 1 for count in read)),
        ))  # fmt: skip
        bars.append((name, found))
    report.table(
        "detection", "Pictures in which a face is found (of “no face”: false alarms)",
        ("set", "pictures", "unreadable", "without", "with a face", "with several", "share"), rows,
    )  # fmt: skip
    report.bars("detection", "Pictures in which a face is found", "share of pictures", bars)


ANGLES = ("yaw", "pitch", "roll")


def report_pose(pictures, report):
    rows, by_3ddfa = [], []
    for kind, suffix in (("measured truth", ""), ("3DDFA_V2", "_3ddfa")):
        labelled = [row for row in pictures.labels["headpose"] if row["yaw" + suffix]]
        for within in (90, 45):
            pairs = [
                (row, pictures.seen[row["path"]]) for row in labelled if abs(float(row["yaw" + suffix])) <= within
            ]
            found = [(row, seen) for row, seen in pairs if seen.get("yaw_deg") is not None]
            errors = {
                angle: [abs(seen[angle + "_deg"] - float(row[angle + suffix])) for row, seen in found]
                for angle in ANGLES
            }
            cells = [kind, within, len(pairs), len(pairs) - len(found)]
            for angle in ANGLES:
                cells += [number(mean(errors[angle]), 1), number(quantile(errors[angle], 0.95), 1)]
            rows.append(cells)
            if suffix and within == 90:
                by_3ddfa = [(float(row["yaw_3ddfa"]), seen["yaw_deg"]) for row, seen in found]
                plot = Plot(
                    "Error of the pose against 3DDFA_V2", Axis("degrees", 0, 20), Axis("share of pictures up to", 0, 1)
                )  # fmt: skip
                for angle in ANGLES:
                    plot.curve(angle, cumulative(errors[angle]))
                report.plot("pose", plot)
    head = ["against", "yaw to ± °", "pictures", "no face"]
    head += [angle + " " + figure for angle in ANGLES for figure in ("MAE °", "95 % °")]
    report.table("pose", "Error of yaw, pitch and roll", head, rows)
    limit = pictures.policy["yaw_limit_deg"]
    rows = []
    for name, pairs in (
        ("all", by_3ddfa), ("outside 10–20°", [pair for pair in by_3ddfa if not 10 <= abs(pair[0]) <= 20])
    ):  # fmt: skip
        agree = share((abs(a) > limit) == (abs(b) > limit) for a, b in pairs)
        turned = [abs(b) > limit for a, b in pairs if abs(a) > limit]
        straight = [abs(b) > limit for a, b in pairs if abs(a) <= limit]
        rows.append((name, len(pairs), percent(agree), percent(share(turned)), percent(share(straight))))
    report.table(
        "pose-rule", "The rule of %g° of yaw, against 3DDFA_V2" % limit,
        ("heads", "pictures", "agree", "turned found", "straight called turned"), rows,
    )  # fmt: skip
    must = {
        "class_left": ("yaw < −15°", lambda seen: seen["yaw_deg"] < -15),
        "class_right": ("yaw > 15°", lambda seen: seen["yaw_deg"] > 15),
        "class_mid": ("both within 15°", lambda seen: max(abs(seen["yaw_deg"]), abs(seen["pitch_deg"])) < 15),
        "class_down": ("pitch < −15°", lambda seen: seen["pitch_deg"] < -15),
    }
    rows = []
    for kind, (text, right) in must.items():
        seen = [pictures.seen[path] for path in pictures.paths("headpose", kind=kind)]
        seen = [row for row in seen if row.get("yaw_deg") is not None]
        rows.append((kind.removeprefix("class_"), text, len(seen), sum(map(right, seen))))
    report.table("pose-classes", "Heads told to look somewhere", ("direction", "must be", "pictures", "right"), rows)


def live_row(name, live, spoof):
    return (
        name, len(live), len(spoof), number(area_under_curve(spoof, live), 3), percent(share(x < 0.5 for x in live)),
        percent(share(x >= 0.5 for x in spoof)),
    )  # fmt: skip


def report_liveness(pictures, report):
    live = pictures.values(pictures.paths("liveness", label="live"), "live")
    spoof = pictures.values(pictures.paths("liveness", label="spoof"), "live")
    campus = {label: pictures.values(pictures.paths("campus", label=label), "live") for label in ("live", "attack")}
    report.table(
        "liveness", "live, of single pictures",
        ("set", "live", "attacks", "AUC", "live refused at 0.5", "attacks accepted"),
        (live_row("liveness", live, spoof), live_row("campus", campus["live"], campus["attack"])),
    )  # fmt: skip
    report_runs(pictures, report)


def report_runs(pictures, report):
    """live_run at the policy's limit. Every frame is judged, so the worst of a run counts beside the last."""
    limit = pictures.policy["live_min"]
    by_person = collections.defaultdict(lambda: {"live": [], "attack": []})
    last, worst, unmeasured = {"live": [], "attack": []}, {"live": [], "attack": []}, {"live": 0, "attack": 0}
    for (label, identity, _), frames in sorted(pictures.runs.items()):
        values = measured(frame.get("live_run") for frame in frames)
        if not values:
            unmeasured[label] += 1
            continue
        last[label].append(values[-1])
        worst[label].append(min(values) if label == "live" else max(values))
        by_person[identity][label].append(values[-1])
    rows = []
    for name, runs in (("last frame", last), ("worst frame", worst)):
        rows.append((
            name, len(runs["live"]), len(runs["attack"]), unmeasured["live"] + unmeasured["attack"],
            percent(share(x < limit for x in runs["live"])), percent(share(x >= limit for x in runs["attack"])),
            number(min(runs["live"], default=None), 4), number(max(runs["attack"], default=None), 4),
            number(min(runs["live"]) / limit if runs["live"] else None, 1),
            number(limit / max(max(runs["attack"]), 1e-4) if runs["attack"] else None, 1),
        ))  # fmt: skip
    report.table(
        "liveness-runs", "live_run of campus runs at live_min = %g" % limit,
        ("judged by", "live runs", "print runs", "not measured", "live refused", "prints accepted", "lowest live",
         "highest print", "lowest live / limit", "limit / highest print"),
        rows,
    )  # fmt: skip
    report.table(
        "liveness-people", "live_run by person, last frames",
        ("person", "live runs", "lowest live", "print runs", "highest print", "wrong"),
        [
            (person, len(runs["live"]), number(min(runs["live"], default=None), 4), len(runs["attack"]),
             number(max(runs["attack"], default=None), 4),
             sum(x < limit for x in runs["live"]) + sum(x >= limit for x in runs["attack"]))
            for person, runs in sorted(by_person.items())
        ],
    )  # fmt: skip
    plot = Plot("Errors of live_run by threshold", Axis("live_min", 1e-3, 1, log=True), Axis("share of runs", 0, 1))
    steps = [10 ** (power / 50 - 3) for power in range(151)]
    plot.curve("live refused", [(step, share(x < step for x in last["live"])) for step in steps])
    plot.curve("prints accepted", [(step, share(x >= step for x in last["attack"])) for step in steps])
    plot.mark(limit, "live_min")
    report.plot("liveness-runs", plot)


def report_eyes(pictures, report):
    conditions = sorted({row["condition"] for row in pictures.labels["conditions"]})
    must_shut = {"sleepy": "shut", "wink": "one is shut: either"}
    by_condition = {
        name: pictures.values(pictures.paths("conditions", condition=name), "eyes_open") for name in conditions
    }
    rows = []
    for name, values in by_condition.items():
        shut = [value < EYES_SHUT for value in values]
        wrong = "–" if name == "wink" else sum(shut) if name != "sleepy" else len(shut) - sum(shut)
        rows.append((name, len(values), must_shut.get(name, "open"), sum(shut), wrong, number(mean(values))))
    report.table(
        "eyes", "eyes_open below %g, by condition" % EYES_SHUT,
        ("condition", "pictures", "must be", "called shut", "wrong", "mean eyes_open"), rows,
    )  # fmt: skip
    opened = [value for name, values in by_condition.items() if name not in must_shut for value in values]
    report.note("AUC of shut against open eyes: %s." % number(area_under_curve(by_condition["sleepy"], opened), 3))

    limit = pictures.policy["light_balance_max_ev"]
    rows, side, even = [], [], []
    for name in conditions:
        values = pictures.values(pictures.paths("conditions", condition=name), "light_balance_ev")
        must = {"leftlight": "beyond", "rightlight": "beyond"}.get(name, "within")
        (side if must == "beyond" else even).extend(map(abs, values))
        beyond = sum(abs(value) > limit for value in values)
        rows.append((name, len(values), must, beyond, len(values) - beyond if must == "beyond" else beyond,
                     number(mean(values)), number(min(values)), number(max(values))))  # fmt: skip
    report.table(
        "side-light", "light_balance_ev beyond ± %g, by condition" % limit,
        ("condition", "pictures", "must be", "beyond", "wrong", "mean", "lowest", "highest"), rows,
    )  # fmt: skip
    report.note("AUC of light from one side against even light: %s." % number(area_under_curve(even, side), 3))
    plot = Plot("Light from one side", Axis("|light_balance_ev|", 0, 6), Axis("share of pictures up to", 0, 1))
    plot.curve("from one side", cumulative(side))
    plot.curve("even", cumulative(even))
    plot.mark(limit, "light_balance_max_ev")
    report.plot("side-light", plot)
    plot = Plot("Open and shut eyes", Axis("eyes_open", 0, 1), Axis("share of pictures up to", 0, 1))
    plot.curve("shut (sleepy)", cumulative(by_condition["sleepy"]))
    plot.curve("open", cumulative(opened))
    plot.mark(pictures.policy["eyes_open_min"], "eyes_open_min")
    report.plot("eyes", plot)


def report_covers(pictures, report):
    sets = pictures.sets()
    bare = {"Yale": sets["verify, yale"], "LFW": sets["verify, lfw10"], "campus, live": sets["campus, live"]}
    compared = (
        ("mouth_covered", "mask with", sets["mask, with"], "mask without", sets["mask, without"]),
        ("eye_glare", "Yale glasses", pictures.paths("conditions", condition="glasses"), "Yale no glasses",
         pictures.paths("conditions", condition="noglasses")),
        ("eye_glare", "campus glasses", pictures.paths("campus", label="live", glasses="yes"), "campus no glasses",
         pictures.paths("campus", label="live", glasses="no")),
    )  # fmt: skip
    rows, missing = [], set()
    for measure, name, paths, other_name, other_paths in compared:
        limit = pictures.policy[measure + "_max"]
        there, not_there = pictures.values(paths, measure), pictures.values(other_paths, measure)
        if not there:
            missing.add(measure)
            continue
        rows.append((
            measure, name, "%d of %d" % (len(there), len(paths)), other_name,
            "%d of %d" % (len(not_there), len(other_paths)), number(area_under_curve(not_there, there), 3),
            percent(rate_at(not_there, there, 0.05)), percent(share(x > limit for x in there)),
            percent(share(x > limit for x in not_there)),
        ))  # fmt: skip
        if measure == "mouth_covered":
            plot = Plot("Masks", Axis("mouth_covered", 0, 1), Axis("share of pictures up to", 0, 1))
            plot.curve(name, cumulative(there))
            plot.curve(other_name, cumulative(not_there))
            plot.mark(limit, "mouth_covered_max")
            report.plot("covers", plot)
    if rows:
        report.table(
            "covers", "What covers the face, where it is labelled (glasses are, glare on them is not)",
            ("measure", "with", "measured", "without", "measured", "AUC", "found at 5 % false alarms",
             "with: beyond the limit", "without: beyond"),
            rows,
        )  # fmt: skip
    rows = []
    for measure in ("mouth_covered", "head_covered", "eye_glare"):
        for name, paths in bare.items():
            values = pictures.values(paths, measure)
            if not values:
                missing.add(measure)
                continue
            limit = pictures.policy[measure + "_max"]
            beyond = share(x > limit for x in values)
            rows.append((measure, name, "%d of %d" % (len(values), len(paths)), percent(beyond),
                         number(quantile(values, 0.5)), number(quantile(values, 0.95))))  # fmt: skip
    if rows:
        report.table(
            "cover-alarms", "Beyond the limit where hardly anything covers the face",
            ("measure", "set", "measured", "beyond the limit", "median", "95 %"), rows,
        )  # fmt: skip
    rows, limit = [], pictures.policy["look_away_deg"]
    for name, paths in bare.items():
        yaw, pitch = pictures.values(paths, "gaze_yaw_deg"), pictures.values(paths, "gaze_pitch_deg")
        if yaw:
            rows.append((name, "%d of %d" % (len(yaw), len(paths)), number(quantile(yaw, 0.5), 1),
                         number(quantile(map(abs, yaw), 0.95), 1), number(quantile(pitch, 0.5), 1),
                         percent(share(abs(x) > limit for x in yaw))))  # fmt: skip
    if rows:
        report.table(
            "gaze", "Gaze of people who look about at the camera or the screen",
            ("set", "measured", "median yaw °", "95 % of |yaw| °", "median pitch °", "yaw beyond look_away_deg"), rows,
        )  # fmt: skip
    else:
        missing.add("gaze_yaw_deg")
    if missing:
        report.note("Not measured by this vision, so not reported: %s." % ", ".join(sorted(missing)))
