# SPDX-License-Identifier: GPL-3.0-or-later
"""Line plots as SVG, by hand: axes plain or logarithmic, a grid, curves with a legend, vertical marks."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 800, 460
LEFT, RIGHT, TOP, BOTTOM = 74, 240, 44, 56
# Told apart by people who see colours differently too (Okabe and Ito), and by their dashes.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
DASHES = ("", "7 3", "2 3")


class Axis:
    """@low, @high: what it shows; @log: in powers of ten, and what is below @low lies on its edge."""

    def __init__(self, label, low, high, log=False):
        if not high > low or (log and low <= 0):
            raise ValueError("an axis from %g to %g" % (low, high))
        self.label, self.low, self.high, self.log = label, low, high, log

    def share(self, value):
        value = min(max(value, self.low), self.high)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self):
        if self.log:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            return [10.0**power for power in range(first, last + 1)]
        step = 10 ** math.floor(math.log10((self.high - self.low) / 2))
        for factor in (5, 2):
            if (self.high - self.low) / (step / factor) <= 10:
                step /= factor
                break
        first = math.ceil(self.low / step - 1e-9)
        return [number * step for number in range(first, math.floor(self.high / step + 1e-9) + 1)]


class Plot:
    def __init__(self, title, x, y):
        self.title, self.x, self.y = title, x, y
        self.curves = []
        self.marks = []

    def curve(self, name, points):
        """@points: (x, y), in the order they are joined; None breaks the line."""
        self.curves.append((name, list(points)))

    def mark(self, x, name):
        """A vertical line, such as a threshold in force."""
        self.marks.append((x, name))

    def place(self, x, y):
        return (
            LEFT + self.x.share(x) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - self.y.share(y) * (HEIGHT - TOP - BOTTOM),
        )

    def path(self, points):
        words, pen = [], "M"
        for point in points:
            if point is None:
                pen = "M"
                continue
            words.append("%s%.1f %.1f" % ((pen,) + self.place(*point)))
            pen = "L"
        return " ".join(words)

    def grid(self):
        for tick in self.x.ticks():
            (x, bottom), top = self.place(tick, self.y.low), TOP
            yield '<path d="M%.1f %.1fV%.1f" class="g"/>' % (x, bottom, top)
            yield '<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>' % (x, bottom + 18, number(tick))
        for tick in self.y.ticks():
            left, y = self.place(self.x.low, tick)
            yield '<path d="M%.1f %.1fH%.1f" class="g"/>' % (left, y, WIDTH - RIGHT)
            yield '<text x="%.1f" y="%.1f" text-anchor="end">%s</text>' % (left - 8, y + 4, number(tick))

    def lines(self):
        yield (
            '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d"'
            ' font-family="sans-serif" font-size="13">' % (WIDTH, HEIGHT, WIDTH, HEIGHT)
        )
        yield "<style>.g{stroke:#ddd;fill:none}.c{fill:none;stroke-width:2}.m{stroke:#888;stroke-dasharray:4 4}</style>"
        yield '<rect width="100%" height="100%" fill="#fff"/>'
        yield '<text x="%d" y="26" font-size="16" font-weight="bold">%s</text>' % (LEFT, escape(self.title))
        yield from self.grid()
        for x, name in self.marks:
            (at, bottom) = self.place(x, self.y.low)
            yield '<path d="M%.1f %.1fV%d" class="m"/>' % (at, bottom, TOP)
            yield '<text x="%.1f" y="%d" fill="#555">%s</text>' % (at + 4, TOP + 12, escape(name))
        for index, (name, points) in enumerate(self.curves):
            stroke = 'stroke="%s" stroke-dasharray="%s"' % (
                COLOURS[index % len(COLOURS)], DASHES[index // len(COLOURS) % len(DASHES)],
            )  # fmt: skip
            y = TOP + 10 + 20 * index
            yield '<path d="%s" class="c" %s/>' % (self.path(points), stroke)
            yield '<path d="M%d %dh24" class="c" %s/>' % (WIDTH - RIGHT + 12, y, stroke)
            yield '<text x="%d" y="%d">%s</text>' % (WIDTH - RIGHT + 42, y + 4, escape(name))
        yield '<text x="%d" y="%d" text-anchor="middle">%s</text>' % (
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, escape(self.x.label),
        )  # fmt: skip
        yield '<text transform="translate(18 %d) rotate(-90)" text-anchor="middle">%s</text>' % (
            (TOP + HEIGHT - BOTTOM) / 2, escape(self.y.label),
        )  # fmt: skip
        yield "</svg>"

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(self.lines()) + "\n")


def number(value):
    return "%.6g" % value
