"""Endings: how likely each word of dev and test is by what words of train exchange.

In: the words of the splits. Out: the log-probability of each word, by its ending and by
its beginning, and how many words are reached as metrics. The lines of a text exchange
nothing, and none is reached.

Letters in names: S sources (the endings, the beginnings), W words.
"""

import numpy as np

from nplm.arrays import Floats
from nplm.corpus.ids import load_ids
from nplm.corpus.split import HELD_OUT
from nplm.corpus.vocabulary import decode, unit_of
from nplm.endings.proposals import EndingsParameters, log_probs, mirrored, propose
from nplm.endings.scores import EndingsScores, save_endings
from nplm.metrics import save_metrics
from nplm.parameters import Frozen
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    endings: EndingsParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"ids": "the words of each split"},
        writes={
            "scores": "the log-probability of each word, a NumPy archive,",
            "metrics": "how many words are reached, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    vocabulary, ids = load_ids(arguments.ids)
    words = {split: decode(ids_N, vocabulary) for split, ids_N in ids.items()}
    train = words["train"] if unit_of(vocabulary) == "character" else []
    used = parameters.endings.words
    if len(train) > used:
        print(f"{used} of the {len(train)} words of train propose others")
    metrics: dict[str, float] = {}
    log_p: dict[str, list[list[Floats]]] = {split: [] for split in HELD_OUT}
    for source, turned, cut in (
        ("endings", list[str], parameters.endings),
        ("beginnings", mirrored, parameters.endings.mirrored()),
    ):
        proposals = propose(turned(train), cut)
        metrics[f"proposed_by_{source}"] = len(proposals.key_C)
        for split in HELD_OUT:
            asked = turned(words[split])
            log_p[split].append(
                [log_probs(proposals, asked, new=new) for new in (False, True)]
            )
        del proposals  # before the next ones take as much memory
    scores = {
        split: EndingsScores(*map(np.array, zip(*sources, strict=True)))
        for split, sources in log_p.items()
    }
    for split in HELD_OUT:
        reached_W = np.isfinite(scores[split].plain_SxW).any(axis=0)
        metrics[f"reached_{split}"] = float(reached_W.mean())
        print(f"{split}: {metrics[f'reached_{split}']:.1%} of the words are proposed")
    save_endings(scores if train else {}, arguments.scores)
    save_metrics(metrics, arguments.metrics)


if __name__ == "__main__":
    run(main)
