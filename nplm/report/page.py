"""Page: sections with figures and tables, as one HTML file that needs no network."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import vl_convert
from jinja2 import Environment, StrictUndefined

from nplm.report.texts import LOCALES, Texts

VEGA_LITE = "6.4"

Row = dict[str, Any]


class Table(NamedTuple):
    """Cells as they are shown; the first of a row says what the row is."""

    heads: Sequence[str]
    """Names of texts of the section."""
    rows: list[list[str]]
    marked: frozenset[int] = frozenset()
    """Rows to point out."""


class Played(NamedTuple):
    """The part of the page in which one asks the models."""

    content: dict[str, Any] | None
    """What its script reads; None says that the network is too large."""
    note: str
    script: str


@dataclass(frozen=True)
class Section:
    """A part of the page: a heading, how to read what is below it, and that.

    Its texts are a group of that name; its chart, if it has one, is of that name, too.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    """What is filled in in its texts."""
    data: Mapping[str, list[Row]] = field(default_factory=dict)
    """The data sets of its chart."""
    numbers: Mapping[str, float | list[str]] = field(default_factory=dict)
    """The parameters of its chart."""
    table: Table | None = None


def render(
    template: str,
    sections: Sequence[Section],
    charts: Mapping[str, Any],
    corpus: str,
    texts: Texts,
    play: Played,
) -> str:
    """Return the page of a template; corpus is the path that its heading names.

    charts is what the file of charts holds. Without sections there is play alone.
    """
    page = Environment(autoescape=True, undefined=StrictUndefined).from_string(template)
    return page.render(
        texts=texts,
        corpus=corpus,
        sections=sections,
        charts={
            section.name: _chart(section, charts, texts)
            for section in sections
            if section.data
        },
        options={
            "actions": False,
            "config": charts.get("config"),
            "mode": "vega-lite",
            "formatLocale": LOCALES[texts.language],
            "renderer": "svg",
        },
        script=vega_script() if sections else "",
        play=play.content,
        note=play.note,
        play_script=play.script,
    )


def _chart(section: Section, charts: Mapping[str, Any], texts: Texts) -> Row:
    """Return a section's chart in Vega-Lite: its data, and what each field is called.

    Rounded numbers make the page's bytes stable.
    """
    formats = charts["formats"]

    def pointed(name: str) -> Row:
        shown = {"format": formats[name]} if name in formats else {}
        return {"field": name, **shown}

    def filled(part: Any) -> Any:
        if isinstance(part, list):
            return [filled(item) for item in part]
        if not isinstance(part, dict):
            return part
        if "tooltip" in part:
            part = part | {"tooltip": [pointed(name) for name in part["tooltip"]]}
        if "field" in part:
            name = part["field"]
            kind = "quantitative" if name in formats else "nominal"
            part = {"type": kind, "title": name} | part
            if part["title"]:
                key = f"{section.name}.{part['title']}"
                part["title"] = texts(key, **section.values)
        return {key: filled(value) for key, value in part.items()}

    data = {
        name: [
            {
                key: float(f"{v:.6g}") if isinstance(v, float) else v
                for key, v in row.items()
            }
            for row in rows
        ]
        for name, rows in section.data.items()
    }
    numbers = [{"name": name, "value": v} for name, v in section.numbers.items()]
    chart: Row = filled(charts["charts"][section.name])
    return {"data": {"name": "rows"}, "datasets": data} | chart | {"params": numbers}


def legible(symbol: str) -> str:
    """Return the symbol so that it is seen: a blank, and a mark without its letter."""
    if symbol == " ":
        return "\u2423"
    return f"\u25cc{symbol}" if unicodedata.combining(symbol[0]) else symbol


def vega_script() -> str:
    """Return Vega, Vega-Lite and Vega-Embed, minified."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE)
