"""The chart of a soak: four panels over time, as SVG that needs no script, reads in light and dark, and stays small."""

import math
from statistics import median
from xml.sax.saxutils import escape

from benchmark.processes import MEBIBYTE

# More points than this are put together, so that a day's chart is no larger than an hour's.
POINTS = 360
WIDTH, HEIGHT = 760, 400
PANEL_WIDTH, PANEL_HEIGHT = 300, 110
LEFT, TOP, ACROSS, DOWN = 54, 48, 380, 188

STYLE = """
  .back { fill: #ffffff }
  text { font: 12px system-ui, sans-serif; fill: #59636e }
  .title { font-weight: 600; fill: #1f2328 }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  .line { fill: none; stroke: #0969da; stroke-width: 1.5; stroke-linejoin: round }
  .other { stroke: #bc4c00; stroke-width: 1 }
  text.one { fill: #0969da } text.two { fill: #bc4c00 }
  .end { text-anchor: end } .middle { text-anchor: middle }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 }
    text { fill: #9198a1 }
    .title { fill: #f0f6fc }
    .grid { stroke: #3d444d }
    .line { stroke: #4493f8 }
    .other { stroke: #db8a4b }
    text.one { fill: #4493f8 } text.two { fill: #db8a4b }
  }
"""


def thinned(points):
    """No more than POINTS of them: medians of neighbours."""
    together = math.ceil(len(points) / POINTS) or 1
    groups = [points[start : start + together] for start in range(0, len(points), together)]
    return [tuple(median(values) for values in zip(*group)) for group in groups]


def ceiling(value, parts=2):
    """The next round number above `value` that can be parted in so many whole steps of one size."""
    value = max(value, 1e-9) / parts
    power = 10 ** math.floor(math.log10(value))
    for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if value <= factor * power * (1 + 1e-9):
            return factor * power * parts
    raise AssertionError("ten times the power is above the value")


def number(value):
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.3g}"


def minute_step(minutes):
    for step in (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 480):
        if minutes / step <= 7:
            return step
    return minutes / 4


class Panel:
    """One diagram at its place. Values begin at 0, so that what looks flat is flat."""

    def __init__(self, title, column, row, minutes):
        self._x, self._y, self._minutes = LEFT + column * ACROSS, TOP + row * DOWN, minutes
        self._parts = [self._text(0, -14, title, "title")]

    def _text(self, x, y, text, kind):
        return f'<text x="{self._x + x:.0f}" y="{self._y + y:.0f}" class="{kind}">{escape(text)}</text>'

    def grid(self, top):
        """Values from 0 to `top` at the left, minutes below."""
        for part in (0, 0.5, 1):
            y = PANEL_HEIGHT * (1 - part)
            self._parts.append(f'<path class="grid" d="M{self._x} {self._y + y:.1f}h{PANEL_WIDTH}"/>')
            self._parts.append(self._text(-6, y + 4, number(top * part), "end"))
        step = minute_step(self._minutes)
        for count in range(int(self._minutes / step + 1e-6) + 1):
            x = PANEL_WIDTH * count * step / self._minutes
            self._parts.append(self._text(x, PANEL_HEIGHT + 18, f"{count * step:g}", "middle"))

    def line(self, points, top, kind="line"):
        """`points` are minutes and values."""
        places = " ".join(
            f"{self._x + PANEL_WIDTH * min(1, x / self._minutes):.0f},{self._y + PANEL_HEIGHT * (1 - y / top):.1f}"
            for x, y in thinned(points)
        )
        self._parts.append(f'<polyline class="{kind}" points="{places}"/>')

    def label(self, x, text, kind):
        self._parts.append(self._text(x, -14, text, kind))

    def drawn(self):
        return self._parts


def draw(samples, seconds):
    minutes = seconds / 60

    def points(value):
        return [(sample.seconds / 60, value(sample)) for sample in samples]

    drawn = []
    for place, (title, value) in enumerate([
        ("Resident memory, MiB", lambda sample: sample.resident_bytes / MEBIBYTE),
        ("Descriptors", lambda sample: sample.descriptors),
        ("Threads", lambda sample: sample.threads),
    ]):  # fmt: skip
        panel = Panel(title, place % 2, place // 2, minutes)
        top = ceiling(max(map(value, samples), default=1))
        panel.grid(top)
        panel.line(points(value), top)
        drawn += panel.drawn()

    panel = Panel("", 1, 1, minutes)
    top = ceiling(max((sample.p99 / 1000 for sample in samples), default=1))
    fastest = ceiling(max((sample.rate for sample in samples), default=1))
    panel.grid(top)
    panel.line(points(lambda sample: sample.rate), fastest, "line other")
    panel.line(points(lambda sample: sample.p99 / 1000), top)
    panel.label(0, "99th percentile, ms", "title one")
    panel.label(PANEL_WIDTH, f"requests/s, of {number(fastest)}", "two end")
    drawn += panel.drawn()

    summary = f"Four panels over {minutes:.3g} minutes: resident memory, descriptors, threads, and latency with rate"
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{summary}">\n<style>{STYLE}</style>\n'
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>\n{body}\n'
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 12}" class="middle">minutes</text>\n</svg>\n'
    )
