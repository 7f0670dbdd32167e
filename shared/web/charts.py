"""The one door to pygal: bars as a self-contained SVG, readable in black and white, without script, font or address from outside.

A chart is an image beside the table that says the same (`<img src>` with alt text); it never is the only way to a figure.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

import pygal
from fastapi import Response
from pygal.style import Style

# pygal leaves a hook of Python 2's kind in every later import, for plugins we have none of: each would warn.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

FAMILY = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',sans-serif"
INK, PAPER = "#1b2430", "#ffffff"
TONES = {"calm": "#5b7fae", "near": "#f0c36a", "late": "#a3211a", "deep": "#4a0d09"}  # apart in grey too: 52, 80, 35 and 9 % light
SVG = "http://www.w3.org/2000/svg"
HIGH, WIDE, ROW, HEAD = 340, 900, 34, 90
LIGHT = 140_000  # of 255,000: from here on dark ink is read better than white
# An image carries its own style and nothing else; the page's policy would take its colours where it is opened by itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Series:
    """One row of bars: its name, its tone, a number per place."""

    name: str
    tone: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Bars:
    """Stacked bars: the places along the axis, and the series; lying on their side where the places have long names."""

    title: str
    places: tuple[str, ...]
    series: tuple[Series, ...]
    lying: bool = False

    def svg(self) -> bytes:
        """The image, drawn once for the same figures."""
        return _drawn(self)

    def answer(self) -> Response:
        """The image as an answer that no cache keeps."""
        return Response(self.svg(), media_type="image/svg+xml", headers={"content-security-policy": POLICY, "cache-control": "no-store"})


@lru_cache(maxsize=64)
def _drawn(bars: Bars) -> bytes:
    chart = _kind(lying=bars.lying)(
        style=_style([TONES[held.tone] for held in bars.series]), title=bars.title, x_labels=_in_order(bars.places, lying=bars.lying),
        width=WIDE, height=HEAD + ROW * len(bars.places) if bars.lying else HIGH, explicit_size=True, js=(), no_prefix=True,
        print_values=True, print_zeroes=False, legend_at_bottom=True, legend_at_bottom_columns=len(bars.series), show_y_guides=False,
        margin_left=_beside(bars), y_labels=_scale(bars.series), formatter=lambda number: f"{number:.0f}" if number else "", margin=12, spacing=10,
        no_data_text="没有数据", disable_xml_declaration=True,
    )
    for held in bars.series:
        chart.add(held.name, _in_order(held.numbers, lying=bars.lying))
    return _plain(chart.render())


def _kind(*, lying: bool) -> type:
    return pygal.HorizontalStackedBar if lying else pygal.StackedBar  # type: ignore[no-any-return]  # pygal has no types


def _in_order(values: Sequence[object], *, lying: bool) -> list[object]:
    return list(reversed(values)) if lying else list(values)  # lying bars are drawn from the bottom up


def _beside(bars: Bars) -> int:
    """Room on the left: pygal measures names as Latin, a Chinese letter is twice as wide."""
    return 12 + 8 * max((len(place) for place in bars.places), default=0) if bars.lying else 12


def _scale(series: Sequence[Series]) -> list[int]:
    tops = [sum(numbers) for numbers in zip(*(held.numbers for held in series), strict=True)]
    top = max([*tops, 4])
    step = max(1, -(-top // 4))
    return list(range(0, top + step, step))


def _style(colours: Sequence[str]) -> Style:
    return Style(
        background=PAPER, plot_background=PAPER, foreground=INK, foreground_strong=INK, foreground_subtle=INK, opacity="1",
        opacity_hover="1", transition="0s", colors=tuple(colours), font_family=FAMILY, title_font_size=20, label_font_size=16,
        major_label_font_size=16, legend_font_size=16, value_font_size=16, value_colors=tuple(_on(colour) for colour in colours),
        no_data_font_size=20,
    )


def _on(colour: str) -> str:
    """The ink that is read on this colour."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return INK if 299 * red + 587 * green + 114 * blue > LIGHT else PAPER


def _plain(made: bytes) -> bytes:
    """Without the scripts, links and remarks pygal adds for its interactive form."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(made)  # noqa: S314 - made by us a moment ago, read from nobody
    for parent in root.iter():
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}script", f"{{{SVG}}}desc"):
                parent.remove(child)
    return bytes(ElementTree.tostring(root, encoding="utf-8"))
