"""Pipeline: where the stages of a pipeline stand on a picture of it.

A stage stands one column right of the last of those that it reads from. A line that
crosses a column has a place of its own there, so that it runs through no stage.
"""

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from itertools import pairwise, product
from typing import NamedTuple

from nplm.report.comparison import Stage


class Layout(NamedTuple):
    """Places, each a column and a row from the middle, counted in columns and rows."""

    places: dict[str, tuple[int, float]]
    """Of each stage."""
    lines: list[list[tuple[int, float]]]
    """Each from a stage, over a place in every column between, to a stage."""


def lay_out(stages: Sequence[Stage]) -> Layout:
    """Return where the stages stand, and the lines that lead from one to the next.

    A line that a longer way makes superfluous is left out.
    """
    parents = {
        stage.name: {
            other.name for other in stages if set(other.writes) & set(stage.reads)
        }
        for stage in stages
    }
    ancestors: dict[str, set[str]] = {}
    column: dict[str, int] = {}
    for name in TopologicalSorter(parents).static_order():
        ancestors[name] = parents[name].union(*(ancestors[p] for p in parents[name]))
        column[name] = 1 + max((column[p] for p in parents[name]), default=-1)
    ways: list[list[str]] = []
    for parent, name in product((stage.name for stage in stages), repeat=2):
        longer = any(parent in ancestors[other] for other in parents[name])
        if parent in parents[name] and not longer:
            between = range(column[parent] + 1, column[name])
            ways.append([parent, *(f"{parent}→{name} {c}" for c in between), name])
    columns: list[list[str]] = [[] for _ in range(1 + max(column.values()))]
    for stage in stages:
        columns[column[stage.name]].append(stage.name)
    for first, *waypoints, _ in ways:
        for c, waypoint in enumerate(waypoints, start=column[first] + 1):
            columns[c].append(waypoint)
    rows = _rows(columns, ways)
    place = {name: (c, rows[name]) for c, names in enumerate(columns) for name in names}
    return Layout(
        {stage.name: place[stage.name] for stage in stages},
        [[place[name] for name in way] for way in ways],
    )


def _rows(
    columns: Sequence[list[str]], ways: Sequence[Sequence[str]]
) -> Mapping[str, float]:
    """Return the row of each place: those of a column in the order of their parents."""
    rows: dict[str, float] = {}
    for names in columns:
        height = {}
        for name in names:
            before = [rows[a] for way in ways for a, b in pairwise(way) if b == name]
            height[name] = sum(before) / len(before) if before else 0.0
        names.sort(key=lambda name: height[name])
        for i, name in enumerate(names):
            rows[name] = i - (len(names) - 1) / 2
    return rows
