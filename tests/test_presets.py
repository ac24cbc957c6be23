"""Presets: the parameters of the ladder, of the paper and of a text."""

import importlib
from pathlib import Path

import pytest

from experiments.ladder import read_rungs
from experiments.pages import LADDER, TABLE_1, TEXT
from nplm.parameters import read_parameters, read_yaml
from nplm.trees import flat
from tests.conftest import ROOT, STAGES, set_params


def test_a_rung_keeps_the_changes_of_those_before_it() -> None:
    """The first has defaults for all that losses depend on, but corpus and seed.

    The cache says nothing about words.
    """
    rungs = read_rungs(read_yaml(ROOT / LADDER))
    others = ("corpus", "seed", "sample.", "lr_sweep.", "cache.", "report.")
    assert rungs[0].changes == {
        key: value
        for key, value in flat(read_yaml(ROOT / "params.yaml")).items()
        if not key.startswith(others)
    }
    assert rungs[-1].changes.keys() == rungs[0].changes.keys()
    entries = [{"name": name, "seeds": 2, "adds": {name: 1}} for name in "ab"]
    first, second = read_rungs({"rungs": entries})
    assert (first.changes, second.changes) == ({"a": 1}, {"a": 1, "b": 1})


PRESETS = {
    "what no preset sets": {
        "column": 1,
        "vocabulary.blank": True,
        "training.schedule": "inverse",
        "training.inverse_decay": 1e-9,
    },
    "best": read_rungs(read_yaml(ROOT / LADDER))[-1].changes,
    "text": read_yaml(ROOT / TEXT),
    "paper": {
        **(content := read_yaml(ROOT / TABLE_1))["all"],
        **content["mixtures"]["fitted"],
    },
}


@pytest.mark.parametrize("preset", ["best", "text", "paper"])
@pytest.mark.parametrize("before", PRESETS)
def test_a_preset_can_follow_any_other(folder: Path, before: str, preset: str) -> None:
    """Every stage takes its parameters: none is set that nothing reads then."""
    set_params(folder, **{**PRESETS[before], **PRESETS[preset]})
    for stage in STAGES:
        module = importlib.import_module(f"stages.{stage}")
        read_parameters(module.Parameters, folder / "params.yaml")
