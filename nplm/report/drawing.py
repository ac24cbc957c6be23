"""Drawing: what the charts of the report are made of, in Vega-Lite.

Colours are variables of the page's style sheet: they follow the reader's choice of
light or dark, and the printer. Where rows have a `name`, it is one as it is shown, and
has a colour of its own.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import altair as alt

Row = dict[str, Any]
Spec = dict[str, Any]
"""A chart in Vega-Lite, as JSON has it."""

COLOURS = ("var(--first)", "var(--second)", "var(--third)")
FAINT = "var(--faint)"
WIDTH, HEIGHT, SQUARE = 600, 320, 480


class Field(NamedTuple):
    """What rows have under key: how it is called, and how its numbers are written."""

    key: str
    title: str
    form: str = ""
    """Of d3-format; nothing where it is text."""

    @property
    def x(self) -> alt.X:
        """The horizontal axis."""
        return alt.X(f"{self.key}:Q", title=self.title)

    @property
    def y(self) -> alt.Y:
        """The vertical axis."""
        return alt.Y(f"{self.key}:Q", title=self.title)

    @property
    def tip(self) -> alt.Tooltip:
        """A line of what the pointer shows."""
        if self.form:
            return alt.Tooltip(f"{self.key}:Q", title=self.title, format=self.form)
        return alt.Tooltip(f"{self.key}:N", title=self.title)


def of(rows: Sequence[Row]) -> alt.Chart:
    """Return a chart without marks; rounded numbers make the page's bytes stable."""
    values = [
        {
            key: float(f"{v:.6g}") if isinstance(v, float) else v
            for key, v in row.items()
        }
        for row in rows
    ]
    return alt.Chart(alt.InlineData(values=values))


def drawn(width: int, height: int, *layers: alt.Chart | alt.LayerChart) -> Spec:
    """Return the layers, one above the other."""
    return alt.LayerChart(layer=layers, width=width, height=height).to_dict()


def curves(rows: list[Row], x: Field, y: Field, *others: Field) -> Spec:
    """Return y by x, a curve for each name."""
    across = x.x.scale(nice=False)
    base = of(rows).encode(across, y.y.scale(zero=False), colour(rows))
    points = for_the_pointer(base, x, y, *others)
    curves = base.mark_line(strokeWidth=2.5, point=len(rows) < 50)
    return drawn(WIDTH, HEIGHT, curves, points)


def for_the_pointer(base: alt.Chart, *fields: Field) -> alt.Chart:
    """Return points that are not seen, but are easier to hit than a line."""
    points: alt.Chart = base.mark_circle(size=150, opacity=0)
    return points.encode(tooltip=[field.tip for field in fields])


def colour(rows: list[Row]) -> alt.Color:
    """Return a colour for each name, and a legend where there are several."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    colour = alt.Color("name:N", title=None)
    scaled = colour.scale(domain=names, range=COLOURS[: len(names)])
    return scaled.legend(orient="top") if len(names) > 1 else scaled.legend(None)
