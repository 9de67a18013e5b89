# SPDX-License-Identifier: Apache-2.0
"""A bar chart as SVG: MB/s per core of each contender, on a logarithmic axis since four orders of magnitude meet."""
import math
from xml.sax.saxutils import escape

from figures import number

COLOURS = {"dj-mpi": "#1f6f8b", "ceiling": "#b8b8b8", "peer": "#c8553d"}
WIDTH, BAR, GAP, LEFT, RIGHT = 860, 20, 7, 210, 90
STYLE = "text{font:13px sans-serif;fill:#222}.head{font-weight:bold}.faint{fill:#666;font-size:11px}"


class Drawing:
    def __init__(self):
        self.parts, self.height = [], 0

    def text(self, x, y, words, anchor="start", style=""):
        named = f' class="{style}"' if style else ""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{named}>{escape(words)}</text>')

    def box(self, x, y, width, height, colour):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" fill="{colour}"/>')

    def line(self, x, top, bottom):
        self.parts.append(f'<path d="M{x:.1f} {top:.1f}V{bottom:.1f}" stroke="#ddd"/>')

    def svg(self):
        body = "\n".join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{self.height:.0f}" viewBox="0 0 {WIDTH} {self.height:.0f}">\n'
                f'<style>{STYLE}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n')


def panel(drawing, title, bars, span):
    """`bars`: (name, kind, MB/s per core). `span`: exponents of ten of the axis's ends."""
    low, high = span

    def place(value):
        share = (math.log10(value) - low) / (high - low)
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(share, 0), 1)

    top = drawing.height + 26
    bottom = top + len(bars) * (BAR + GAP) + GAP
    drawing.text(12, top - 8, title, style="head")
    for exponent in range(low, high + 1):
        drawing.line(place(10**exponent), top, bottom)
        drawing.text(place(10**exponent), bottom + 14, f"{10**exponent:g}", "middle", "faint")
    for i, (name, kind, value) in enumerate(bars):
        y = top + GAP + i * (BAR + GAP)
        drawing.text(LEFT - 8, y + BAR - 6, name, "end")
        drawing.box(LEFT, y, place(value) - LEFT, BAR, COLOURS[kind])
        drawing.text(place(value) + 6, y + BAR - 6, number(value))
    drawing.height = bottom + 24


def chart(by_recipe):
    """`by_recipe`: name of the recipe -> its figures."""
    drawing = Drawing()
    drawing.text(12, 22, "MB of JSON lines a second and core; more is better; the axis is logarithmic")
    drawing.height = 34
    shown = {recipe: [(f.name, f.kind, f.per_core) for f in found if f.rate] for recipe, found in by_recipe.items()}
    values = [value for bars in shown.values() for _, _, value in bars] or [1]
    span = (math.floor(math.log10(min(values))), max(math.ceil(math.log10(max(values))), math.floor(math.log10(min(values))) + 1))
    for recipe, bars in shown.items():
        panel(drawing, recipe, bars, span)
    drawing.height += 6
    return drawing.svg()
