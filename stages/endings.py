"""Endings: how likely each word of dev and test is by what words of train exchange.

In: the words and their vocabulary; it cuts the words as the splits stage does. Out: the
log-probability of each word, by its ending and by its beginning, and how many words are
reached as metrics. The lines of a text exchange nothing, and none is reached.

Letters in names: S sources (the endings, the beginnings), W words.
"""

from typing import Annotated

import numpy as np
from pydantic import Field

from nplm.corpus.split import SplitParameters, read_shares
from nplm.corpus.vocabulary import decode, encode, load_vocabulary, unit_of
from nplm.metrics import save_metrics
from nplm.models.endings import EndingsParameters, log_probs, mirrored, propose
from nplm.models.endings_file import SPLITS, EndingsScores, save_endings
from nplm.parameters import MAX_SEED, Frozen
from nplm.scores import Floats
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    split_seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    split: SplitParameters
    endings: EndingsParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"sequences": "the words", "vocabulary": "the symbols"},
        writes={
            "scores": "the log-probability of each word, a NumPy archive,",
            "metrics": "how many words are reached, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    vocabulary = load_vocabulary(arguments.vocabulary)
    unit = unit_of(vocabulary)
    train, dev, test = read_shares(
        arguments.sequences, parameters.split_seed, parameters.split, unit
    )
    if unit == "word":
        train = []
    words = {"dev": dev, "test": test}
    used = parameters.endings.words
    if len(train) > used:
        print(f"{used} of the {len(train)} words of train propose others")
    metrics: dict[str, float] = {}
    plain: dict[str, list[Floats]] = {split: [] for split in SPLITS}
    new: dict[str, list[Floats]] = {split: [] for split in SPLITS}
    for source, turned, cut in (
        ("endings", list[str], parameters.endings),
        ("beginnings", mirrored, parameters.endings.mirrored()),
    ):
        proposals = propose(turned(train), cut)
        metrics[f"proposed_by_{source}"] = len(proposals.key_C)
        for split in SPLITS:
            asked = turned(words[split])
            plain[split].append(log_probs(proposals, asked, new=False))
            new[split].append(log_probs(proposals, asked, new=True))
        del proposals  # before the next ones take as much memory
    scores = {
        split: EndingsScores(np.array(plain[split]), np.array(new[split]))
        for split in SPLITS
    }
    for split in SPLITS:
        reached_W = np.isfinite(scores[split].plain_SxW).any(axis=0)
        metrics[f"reached_{split}"] = float(reached_W.mean())
        print(f"{split}: {metrics[f'reached_{split}']:.1%} of the words are proposed")
    as_scored = {
        split: decode(encode(words[split], vocabulary), vocabulary) for split in SPLITS
    }  # without the symbols that the vocabulary lacks
    save_endings(as_scored, scores, arguments.scores)
    save_metrics(metrics, arguments.metrics)


if __name__ == "__main__":
    run(main)
