"""Step time: how long a training takes here, from the time of a few steps."""

import contextlib
import time
from pathlib import Path
from typing import Any

import torch
from ruamel.yaml import YAML

from experiments.runs import PARAMS_FILE, Changes
from nplm.corpus.examples import Examples
from nplm.corpus.sequences import read_sequences
from nplm.corpus.split import SplitParameters, cut
from nplm.corpus.vocabulary import build_vocabulary, encode
from nplm.corpus.windows import windows
from nplm.training.start import TrainingParameters, start_training

WARM_UP, TIMED = 0.2, 2.0
"""Seconds of steps before the time of a step is taken, and while it is."""


def measure(changes: Changes) -> tuple[int, float]:
    """Return the number of weights, and the seconds that training takes here.

    They are those of a step, taken over TIMED seconds, times the steps.
    """
    tree = _parameters_with(changes)
    blank, limits = tree["vocabulary"].pop("blank"), tree["vocabulary"]
    sequences, _ = read_sequences(Path(tree["corpus"]), tree["unit"], blank=blank)
    vocabulary = build_vocabulary(sequences, tree["unit"], **limits)
    split = SplitParameters.model_validate(tree["split"])
    train, _, _ = cut(
        sequences,
        tree["split_seed"],
        split.shares,
        order=split.order,
        unit=tree["unit"],
    )
    ids_N = encode(train, vocabulary)
    X_NxT = torch.from_numpy(windows(ids_N, tree["context_size"]))
    Y_N = torch.from_numpy(ids_N)
    generator = torch.Generator().manual_seed(1)
    with contextlib.redirect_stdout(None):
        network, loop = start_training(
            TrainingParameters.model_validate(tree),
            Examples("train", vocabulary, X_NxT, Y_N),
            generator,
        )
    lr_S = torch.full((20,), 1e-6)
    seconds = 0.0
    for limit in (WARM_UP, TIMED):
        steps, start = 0, time.perf_counter()
        while (seconds := time.perf_counter() - start) < limit:
            loop(X_NxT, Y_N, lr_S, tree["batch_size"], generator)
            steps += len(lr_S)
    members = tree["ensemble"]["members"]
    return members * network.weight_count, members * tree["steps"] * seconds / steps


def _parameters_with(changes: Changes) -> dict[str, Any]:
    """Return what params.yaml has, changed; a dot in a key leads into a group."""
    yaml = YAML(typ="safe", pure=True)
    tree: dict[str, Any] = yaml.load(PARAMS_FILE.read_bytes())
    for key, value in changes.items():
        *groups, name = key.split(".")
        group = tree
        for part in groups:
            group = group[part]
        group[name] = value
    return tree
