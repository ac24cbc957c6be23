"""Rungs: what a network comes to over its runs, and how many weights it has."""

from collections.abc import Mapping, Sequence

from experiments.copies import Changes
from experiments.runs import PARAMS_FILE, Run, Series
from nplm.models.network import Network
from nplm.parameters import read_yaml
from nplm.report.leaderboard import Rung
from nplm.spread import Spread, over_seeds
from nplm.trees import flat


def rung(network: Series, *columns: tuple[Sequence[Run], Mapping[str, str]]) -> Rung:
    """Return what a network comes to; columns stand with the runs that have them."""
    losses: dict[str, Spread] = {}
    for runs, keys in columns:
        losses |= spreads(runs, keys)
    first = columns[0][0]
    symbols = int(first[0].metrics["corpus.symbols"])
    return Rung(
        name=network.name,
        weights=weight_count(network.changes, symbols),
        seeds=network.seeds,
        models=[run.model for run in first],
        losses=losses,
    )


def spreads(runs: Sequence[Run], columns: Mapping[str, str]) -> dict[str, Spread]:
    """Return what the metric of each column comes to over runs, where they have it."""
    return {
        column: over_seeds([run.metrics[key] for run in runs])
        for column, key in columns.items()
        if key in runs[0].metrics
    }


def weight_count(changes: Changes, symbols: int) -> int:
    """Return the number of weights of all members, for a vocabulary of so many symbols.

    What changes leave out is as in params.yaml.
    """
    values = {**flat(read_yaml(PARAMS_FILE)), **changes}
    sizes = (values[key] for key in ("context_size", "embedding_dim", "hidden"))
    kinds = {key: values[f"network.{key}"] for key in ("layers", "direct", "tied")}
    members: int = values["ensemble.members"]
    return members * Network(symbols, *sizes, **kinds).weight_count
