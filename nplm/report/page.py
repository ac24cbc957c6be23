"""Page: sections with figures and tables, as one HTML file that needs no network."""

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import altair as alt
import vl_convert
from jinja2 import Environment, StrictUndefined, Template

from nplm.report.drawing import Spec
from nplm.report.texts import Texts

FONT = "system-ui, sans-serif"
INK = "currentColor"
CONFIG = {
    "aria": False,  # its labels are in English; the page says what a chart is
    "background": "transparent",
    "font": FONT,
    "mark": {"aria": False, "color": "var(--first)"},
    "text": {"fill": INK, "fontSize": 12},
    "view": {"stroke": INK, "strokeOpacity": 0.2},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": INK,
        "gridOpacity": 0.12,
        "labelFontSize": 11,
        "titleFontSize": 12,
        "tickCount": 8,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "symbolFillColor": "var(--first)",
    },
}
"""Of Vega-Lite, for every chart. SVG takes the colours of CSS, such as the text's."""


class Table(NamedTuple):
    """Cells as they are shown; the first of a row says what the row is."""

    heads: list[str]
    rows: list[list[str]]
    marked: frozenset[int] = frozenset()
    """Rows to point out."""


@dataclass(frozen=True)
class Section:
    """A part of the page: a heading, how to read what is below it, and that."""

    name: str
    title: str
    reading: str
    chart: Spec | None = None
    table: Table | None = None
    notes: list[str] = field(default_factory=list)


def section(
    name: str,
    texts: Texts,
    chart: Spec | None = None,
    *,
    table: Table | None = None,
    notes: list[str] | None = None,
    **values: str,
) -> Section:
    """Return a section with the texts of that name; values fill in its sentence."""
    title, reading = texts(f"{name}.title"), texts(f"{name}.reading", **values)
    return Section(name, title, reading, chart, table, notes or [])


def legible(symbol: str) -> str:
    """Return the symbol so that it is seen: a blank, and a mark without its letter."""
    if symbol == " ":
        return "\u2423"
    return f"\u25cc{symbol}" if unicodedata.combining(symbol[0]) else symbol


def read_template(path: Path) -> Template:
    """Return the page's template at path."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(path.read_text("utf-8"))


def render(
    template: Template, sections: list[Section], corpus: str, texts: Texts
) -> str:
    """Return the page; corpus is the path that its heading names."""
    charts = {section.name: section.chart for section in sections if section.chart}
    return template.render(
        texts=texts,
        corpus=corpus,
        sections=sections,
        charts=charts,
        options={
            "actions": False,
            "config": CONFIG,
            "formatLocale": texts.locale,
            "renderer": "svg",
        },
        script=vega_script(),
    )


def vega_script() -> str:
    """Return Vega, Vega-Lite and Vega-Embed, minified."""
    major, minor, *_ = alt.SCHEMA_VERSION.removeprefix("v").split(".")
    snippet = "window.vegaEmbed = vegaEmbed;"
    return vl_convert.javascript_bundle(snippet, vl_version=f"{major}.{minor}")
