# SPDX-License-Identifier: GPL-3.0-or-later
"""Sections of ./dev bench vision that look at recordings, or at pictures that programs of their own change."""

import collections
import concurrent.futures
import csv
import json
import os
import pathlib
import statistics
import subprocess

from svg_plot import Axis, Plot
from vision_report import cumulative, mean, measured, number, percent, quantile, share

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "_build" / "tests" / "bench"
# A face that blinked is none of a picture, as xs_presence_judge() has it.
BLINK_MIN = 0.7


def run(program, *arguments, cwd=None, lines=None):
    """The CSV rows that one of our programs prints."""
    result = subprocess.run(
        [PROGRAMS / program, *arguments], cwd=cwd, input=lines, stdout=subprocess.PIPE, text=True, check=True
    )
    return list(csv.DictReader(result.stdout.splitlines()))


class Recording:
    def __init__(self, path):
        self.path, self.name = path, path.stem
        photo, truth = path.with_suffix(".ref.jpg"), path.with_suffix(".truth.json")
        self.photo = photo if photo.exists() else None
        self.truth = json.loads(truth.read_text(encoding="utf-8"))["truth"] if truth.exists() else []

    def stretches(self, scene):
        return [(stretch["t0"], stretch["t1"]) for stretch in self.truth if stretch["scene"] == scene]

    def scene_at(self, t_s):
        return next((s["scene"] for s in self.truth if s["t0"] <= t_s < s["t1"]), "all" if not self.truth else None)


def recordings_in(folder, pattern):
    return [Recording(path) for path in sorted(folder.glob(pattern))]


# Liveness over time


def replay(recording, folder):
    out = folder / ("replay-%s.json" % recording.name)
    subprocess.run(
        ["xueshi", "replay", "--camera", recording.path, "--photo", recording.photo, "--json", out],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return json.loads(out.read_text(encoding="utf-8"))


def overlap_s(stretches, t0, t1):
    return sum(max(0.0, min(b, t1) - max(a, t0)) for a, b in stretches)


def report_motion(recordings, report, policy):
    recordings = [recording for recording in recordings if recording.truth and recording.photo]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        replays = list(pool.map(lambda recording: replay(recording, report.folder), recordings))
    limit, rows, called, lost = policy["motion_min"], [], [], []
    plot = Plot(
        "How much a face moves by itself", Axis("motion", 1e-4, 1, log=True), Axis("share of frames up to", 0, 1)
    )
    everything = {"present": [], "photo": []}
    for recording, replayed in zip(recordings, replays):
        not_live = [(pause["t0_s"], pause["t1_s"]) for pause in replayed["paused"] if pause["reason"] == "not_live"]
        for scene in ("present", "photo"):
            for t0, t1 in recording.stretches(scene):
                seen = [row for row in replayed["observations"] if t0 <= row["t_s"] < t1]
                values = measured(row.get("motion") for row in seen)
                everything[scene] += values
                still = share(
                    row["motion"] < limit and not (row.get("blink") or 0) > BLINK_MIN
                    for row in seen if row.get("motion") is not None
                )  # fmt: skip
                lost_s = overlap_s(not_live, t0, t1)
                first = next((max(a, t0) - t0 for a, b in not_live if b > t0 and a < t1), None)
                rows.append((
                    recording.name, scene, "%g–%g" % (t0, t1), len(values), number(min(values, default=None), 4),
                    number(quantile(values, 0.5), 4), number(max(values, default=None), 4), percent(still),
                    number(lost_s, 1), number(first, 1),
                ))  # fmt: skip
                (called if scene == "photo" else lost).append((first, lost_s, t1 - t0))
    report.table(
        "motion", "motion, and what the study session made of it (limit %g; a blink excuses)" % limit,
        ("recording", "scene", "s", "frames measured", "lowest", "median", "highest", "frames still", "not_live s",
         "called after s"),
        rows,
    )  # fmt: skip
    times = measured(first for first, _, _ in called)
    report.note(
        "Still pictures called: %d of %d, after %s s at the latest. Present time lost to not_live: %.1f of %.0f s (%s)."
        % (len(times), len(called), number(max(times, default=None), 1), sum(s for _, s, _ in lost),
           sum(s for _, _, s in lost), percent(share_of(lost)))
    )  # fmt: skip
    for scene, values in everything.items():
        if values:
            plot.curve(scene, cumulative(values))
    plot.mark(limit, "motion_min")
    report.plot("motion", plot)


def share_of(lost):
    total = sum(s for _, _, s in lost)
    return sum(s for _, s, _ in lost) / total if total else None


# Flat picture and active check


def flat_pictures(pictures):
    """Of campus one live picture of each person, of the colour sets two."""
    chosen, counts = [], collections.Counter()
    rows = [row for row in pictures.labels["campus"] if row["label"] == "live"]
    rows += [row for row in pictures.labels["identities"] if row["source"] == "lfw10"]
    for row in rows:
        counts[row["identity"]] += 1
        if counts[row["identity"]] <= (1 if "source" not in row else 2):
            chosen.append(row["path"])
    return chosen


def report_flat(rows, report, limit):
    groups = collections.OrderedDict()
    for row in rows:
        groups.setdefault("campus, live" if row["picture"].startswith("campus") else "LFW", []).append(row)
        groups.setdefault("all", []).append(row)
    lines = []
    for name, members in groups.items():
        changes = [float(row["most_deg"]) for row in members]
        lines.append((
            name, len({row["picture"] for row in members}), len(members), sum(row["begun"] == "1" for row in members),
            percent(sum(int(row["seen"]) for row in members) / sum(int(row["frames"]) for row in members)),
            number(max(changes), 1), *(sum(change >= bound for change in changes) for bound in (8, 10, 12, limit)),
            sum(row["passed"] == "1" for row in members),
        ))  # fmt: skip
    report.table(
        "flat", "Still pictures turned by ± 45° of yaw, at −15, 0 and 15° of pitch",
        ("pictures of", "pictures", "turns", "begun", "frames with a face", "largest yaw change °", "≥ 8°", "≥ 10°",
         "≥ 12°", "≥ %g°" % limit, "passed the check"),
        lines,
    )  # fmt: skip


def report_heads(rows, report, limit):
    lines = []
    for name, members in sorted(rows.items()):
        passed = [row for row in members if row["passed"] == "1"]
        why = collections.Counter(row["why"] for row in members if row["why"])
        lines.append((
            name, len(members), len(passed), percent(share(row["passed"] == "1" for row in members)),
            number(statistics.median(float(row["passed_at_deg"]) for row in passed) if passed else None, 1),
            number(max((float(row["most_deg"]) for row in members), default=None), 1),
            ", ".join("%s %d" % pair for pair in why.items()) or "–",
        ))  # fmt: skip
    report.table(
        "heads", "Turns of living heads by %g° and more, pieced together from recordings" % limit,
        ("recording", "turns", "passed", "share", "median ° when passed", "largest turn °", "refused for"), lines,
    )  # fmt: skip


def report_active_check(pictures, recordings, report, policy):
    limit = policy["active_check_deg"]
    heads = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = {}
        if pictures:
            chosen = flat_pictures(pictures)
            halves = [
                pool.submit(run, "bench-flat", "flat", *chosen[half::2], cwd=pictures.media) for half in range(2)
            ]
        for recording in recordings:
            bounds = [str(t) for stretch in recording.stretches("present") or [(0, 3600)] for t in stretch]
            waiting[recording.name] = pool.submit(
                run, "bench-flat", "head", recording.path, recording.photo or "-", *bounds
            )
        flat = sum((half.result() for half in halves), []) if pictures else []
        heads = {name: result.result() for name, result in waiting.items()}
    plot = Plot("Yaw measured while turning", Axis("degrees", 0, 60), Axis("share of turns up to", 0, 1))
    if flat:
        report_flat(flat, report, limit)
        report.write_csv("flat-turns", list(flat[0]), [list(row.values()) for row in flat])
        plot.curve("flat pictures", cumulative([float(row["most_deg"]) for row in flat]))
    report_heads(heads, report, limit)
    turns = [float(row["most_deg"]) for rows in heads.values() for row in rows]
    if turns:
        plot.curve("living heads", cumulative(turns))
    plot.mark(limit, "active_check_deg")
    report.plot("active-check", plot)


# Guidance


def guidance_lines(pictures):
    """Good pictures, another picture of the same person, and one of somebody else; then pictures of nobody."""
    people = collections.OrderedDict()
    for row in pictures.labels["campus"]:
        if row["label"] == "live":
            people.setdefault(row["identity"], collections.OrderedDict()).setdefault(row["run"], row["path"])
    lfw = collections.OrderedDict()
    for row in pictures.labels["identities"]:
        if row["source"] == "lfw10":
            lfw.setdefault(row["identity"], []).append(row["path"])
    chosen = []
    for group in (people, lfw):
        firsts = []
        for identity, members in group.items():
            paths = list(members.values() if group is people else members)
            if len(paths) == 1:
                # Only one run: its last frame is the other picture.
                paths.append([row["path"] for row in pictures.labels["campus"] if row["identity"] == identity
                              and row["label"] == "live"][-1])  # fmt: skip
            firsts.append(paths[:2])
        for index, (path, reference) in enumerate(firsts):
            chosen.append("%s\t%s\t%s" % (path, reference, firsts[(index + 1) % len(firsts)][0]))
    return chosen + [row["path"] for row in pictures.labels["noface"]]


def report_guidance(pictures, report):
    lines = guidance_lines(pictures)
    n = os.cpu_count()
    with concurrent.futures.ThreadPoolExecutor(n) as pool:
        parts = pool.map(
            lambda part: run("bench-guidance", cwd=pictures.media, lines="\n".join(lines[part::n]) + "\n"), range(n)
        )  # fmt: skip
        rows = sum(parts, [])
    good = [row for row in rows if row["made"] == "none"]
    complained = collections.Counter(row["shown"] for row in good if row["shown"] != "none")
    report.note(
        "%d good pictures as they are: nothing to say of %d%s. Only those are spoilt below; each is shown for 2 s."
        % (len(good), len(good) - sum(complained.values()),
           "".join("; %s %d" % pair for pair in complained.most_common()))
    )  # fmt: skip
    report.write_csv("guidance-shown", list(rows[0]), [list(row.values()) for row in rows])
    spoilt = [row for row in rows if row["made"] != "none"]
    clean = [row for row in good if row["shown"] == "none"]
    table, bars = [], []
    for made in dict.fromkeys(row["made"] for row in spoilt):
        of_made = [row for row in spoilt if row["made"] == made]
        right = [row for row in of_made if row["shown"] == made]
        shown = [row for row in spoilt + clean if row["shown"] == made]
        instead = collections.Counter(row["shown"] for row in of_made if row["shown"] != made)
        times = [float(row["right_after_s"]) for row in right]
        recall = len(right) / len(of_made)
        table.append((
            made, len(of_made), percent(recall), percent(len(right) / len(shown) if shown else None), len(shown),
            number(statistics.median(times) if times else None, 1),
            ", ".join("%s %d" % pair for pair in instead.most_common(3)) or "–",
        ))  # fmt: skip
        bars.append((made, recall))
    report.table(
        "guidance", "The instruction shown, by what was made wrong",
        ("made", "times", "recall", "precision", "shown in all", "median s until shown", "shown instead"), table,
    )  # fmt: skip
    for only, name in ((lambda p: p.startswith("campus"), "campus"), (lambda p: p.startswith("verify"), "LFW")):
        part = [row for row in spoilt if only(row["picture"])]
        if part:
            report.note("Right of all spoilt pictures of %s: %s (%d)." % (
                name, percent(share(row["shown"] == row["made"] for row in part)), len(part)))  # fmt: skip
    report.bars("guidance", "The right instruction is shown", "recall", bars)


# Cost


def report_cost(recordings, report):
    costs, plot = collections.OrderedDict(), Plot(
        "CPU time of a look", Axis("ms", 0, 100), Axis("share of frames up to", 0, 1)
    )  # fmt: skip
    for recording in recordings:
        for row in run("bench-vision", "frames", recording.path, *([recording.photo] if recording.photo else [])):
            scene = recording.scene_at(float(row["t_s"]))
            if scene == "all":
                scene = "demo, face" if row["faces"] != "0" else "demo, no face"
            if scene:
                costs.setdefault((row["look"], "all"), []).append(float(row["cpu_ms"]))
                costs.setdefault((row["look"], scene), []).append(float(row["cpu_ms"]))
    rows = [
        (look, scene, len(values), *(number(value, 1) for value in (
            mean(values), quantile(values, 0.5), quantile(values, 0.95), max(values))))
        for (look, scene), values in sorted(costs.items())
    ]  # fmt: skip
    report.table(
        "cost", "CPU ms of a look at one frame, on one core",
        ("look", "scene", "frames", "mean", "median", "95 %", "most"), rows,
    )  # fmt: skip
    for look in ("quick", "thorough"):
        plot.curve(look, cumulative(costs[look, "all"]))
    report.plot("cost", plot)

    steps = collections.OrderedDict()
    for row in run("bench-vision", "steps", recordings[0].path):
        steps.setdefault(row["step"], []).append(float(row["cpu_ms"]))
    report.table(
        "cost-steps", "CPU ms of each step (%s)" % recordings[0].path.name, ("step", "times", "median", "95 %", "most"),
        [(step, len(values), *(number(value) for value in (
            quantile(values, 0.5), quantile(values, 0.95), max(values)))) for step, values in steps.items()],
    )  # fmt: skip

    memory = run("bench-vision", "memory", recordings[0].path)
    before = memory[0]
    report.table(
        "memory", "Memory of vision alone, MiB above what there was before xs_vision_new()",
        ("when", "RSS", "PSS", "most RSS"),
        [(row["when"], *(number((int(row[name]) - int(before[base])) / 1024, 1) for name, base in (
            ("rss_kib", "rss_kib"), ("pss_kib", "pss_kib"), ("most_rss_kib", "rss_kib"))))
         for row in memory[1:]],
    )  # fmt: skip
