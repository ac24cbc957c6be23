"""The losses that the notebook prints against ours, and the notebook in docs/."""

import json
import os
import re
import subprocess
import sys
from statistics import mean

import pytest
import torch

from nplm.corpus.split import cut
from nplm.corpus.vocabulary import build_vocabulary
from nplm.models.ensemble import Ensemble
from nplm.training import fused
from tests.conftest import ROOT
from tests.inputs import examples_of, new_network

BANDS = ((1.840, 1.866), (1.898, 1.935), (1.935, 1.980))
"""Train, dev and test: the notebook's own loop over several seeds, with a margin.

The notebook prints 1.8583, 1.9103 and 1.9492.
"""


def losses(civil: list[str], batch_seed: int | None) -> list[float]:
    """Return the losses of a run from the notebook's weights, by its schedule.

    The mini-batches come from batch_seed, or go on from the generator of the weights.
    """
    vocabulary = build_vocabulary(civil)
    splits = [
        examples_of(words, vocabulary) for words in cut(civil, 42, (0.8, 0.1, 0.1))
    ]
    generator = torch.Generator().manual_seed(2147483647)
    network = new_network(41, 3, 2, 100, generator=generator)
    if batch_seed is not None:
        generator.manual_seed(batch_seed)
    lr_S = torch.cat([torch.full((100_000,), lr) for lr in (0.16, 0.016)])
    fused.descend(network, *splits[0], lr_S, 32, generator)
    model = Ensemble([network.double()], vocabulary)
    return [-model.score_examples(X_NxT, Y_N).mean().item() for X_NxT, Y_N in splits]


@pytest.mark.slow  # three whole runs of training
def test_mean_losses_over_mini_batches_are_the_notebooks(civil: list[str]) -> None:
    """Three seeds for the mini-batches, which the notebook left to chance."""
    rows = [losses(civil, seed) for seed in range(3)]
    for column, (low, high) in zip(zip(*rows, strict=True), BANDS, strict=True):
        assert low < mean(column) < high


@pytest.mark.slow  # a whole run of training
def test_the_default_run_on_the_civil_list_is_what_the_readme_says(
    civil: list[str],
) -> None:
    """The same seed gives the same digits; dev is a lucky draw, below the band."""
    assert losses(civil, None) == pytest.approx([1.8431, 1.8953, 1.9436], abs=5e-5)


@pytest.mark.slow
def test_the_notebook_of_the_library_gives_the_losses_of_the_pipeline() -> None:
    """Its cells, which have no outputs, as one program: those in metrics/loss.json."""
    notebook = json.loads((ROOT / "docs" / "notebook.ipynb").read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    done = subprocess.run(
        [sys.executable, "-c", "\n\n".join("".join(cell["source"]) for cell in code)],
        cwd=ROOT / "docs",
        env=os.environ | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    losses = dict(re.findall(r"^(train|dev|test) +(\d\.\d{4})$", done.stdout, re.M))
    committed = json.loads((ROOT / "metrics" / "loss.json").read_text())
    assert losses == {split: f"{loss:.4f}" for split, loss in committed.items()}
