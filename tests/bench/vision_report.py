# SPDX-License-Identifier: GPL-3.0-or-later
"""What ./dev bench vision says and how: tables on the terminal, as CSV and as Markdown, figures, plots."""

import csv
import time

from svg_plot import Axis, Plot


class Report:
    """Tables go to the terminal at once, to @folder as CSV, and all together to @folder.md."""

    def __init__(self, folder):
        self.folder = folder
        self.markdown = ["# What vision measures", "", "Measured on %s." % time.strftime("%Y-%m-%d")]
        folder.mkdir(parents=True, exist_ok=True)

    def heading(self, text):
        print("\n== %s" % text)
        self.markdown += ["", "## %s" % text]

    def note(self, text):
        print("\n%s" % text)
        self.markdown += ["", text]

    def table(self, name, title, head, rows):
        rows = [[str(cell) for cell in row] for row in rows]
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
        self.markdown += ["", title + ":", ""] + lines
        widths = [max(len(row[column]) for row in [list(head)] + rows) for column in range(len(head))]
        print("\n%s" % title)
        for row in [list(head)] + rows:
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        self.write_csv(name, head, rows)

    def write_csv(self, name, head, rows):
        with open(self.folder / (name + ".csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(head)
            writer.writerows(rows)

    def plot(self, name, plot):
        plot.write(self.folder / (name + ".svg"))

    def bars(self, name, title, label, items, high=1):
        """@items: (name, value); a bar from 0 for each."""
        plot = Plot(title, Axis(label, 0, high), Axis("", 0, len(items) + 1))
        for row, (item, value) in enumerate(items):
            plot.curve(item, [(0, len(items) - row), (value, len(items) - row)])
        self.plot(name, plot)

    def finish(self):
        path = self.folder.with_suffix(".md")
        path.write_text("\n".join(self.markdown) + "\n", encoding="utf-8")
        print("\nTables: %s; each as CSV, and the plots: %s" % (path, self.folder))


def measured(values):
    return [value for value in values if value is not None]


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else None


def mean(values):
    return sum(values) / len(values) if values else None


def share(flags):
    """Of true ones; None of nothing."""
    flags = list(flags)
    return sum(map(bool, flags)) / len(flags) if flags else None


def area_under_curve(lower, higher):
    """How often a value of @higher is above one of @lower; a tie counts half."""
    if not lower or not higher:
        return None
    wins = sum((high > low) + (high == low) / 2 for high in higher for low in lower)
    return wins / len(lower) / len(higher)


def rate_at(lower, higher, false_share):
    """The share of @higher above the value that @false_share of @lower exceed."""
    return share(value > quantile(lower, 1 - false_share) for value in higher) if lower and higher else None


def percent(value, digits=1):
    return "–" if value is None else "%.*f %%" % (digits, 100 * value)


def number(value, digits=2):
    return "–" if value is None else "%.*f" % (digits, value)


def cumulative(values):
    """Points of the curve "share of @values up to x"."""
    values = sorted(values)
    return [(value, (index + 1) / len(values)) for index, value in enumerate(values)]
