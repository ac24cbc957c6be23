"""Play: models in the page, so that one can ask them where there is no Python.

The page has the weights of networks, in base64, and the words, from which its script
counts the n-gram again.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from nplm.corpus.vocabulary import unit_of, unknown_id
from nplm.held_out import MIXTURE
from nplm.models.discounts import usable
from nplm.models.ensemble import Ensemble
from nplm.models.kneser_ney import Ngram
from nplm.models.mixture import P_SEEN, POSITION, Mixture
from nplm.models.model import Model
from nplm.models.network import Network
from nplm.plots.embedding import plane
from nplm.plots.labels import place_labels
from nplm.report.page import Played
from nplm.report.texts import Texts
from nplm.sampling import SampleParameters

IN_FULL, IN_HALF = 4_000_000, 8_000_000
"""Bytes of weights up to which they go into the page: of float32, and of float16."""
SYMBOLS = 300_000
"""Of train, up to which its words go into the page, as counting them takes a second."""


def play(
    models: Mapping[str, Model],
    words: Mapping[str, Sequence[str]],
    shown: Sequence[int],
    sample: SampleParameters,
    seed: int,
    texts: Texts,
    script: str,
) -> Played:
    """Return the part of the page in which one asks the models, by its script.

    models have a `network`; words are those of each split, if they are known, and shown
    the ids of symbols that have a place in the picture of the embedding. seed is the
    project's, for a sample that has none.
    """
    network = models["network"]
    assert isinstance(network, Ensemble)
    bytes_ = 4 * sum(member.weight_count for member in network.members)
    if bytes_ / 2 > IN_HALF:
        return Played(None, "", "")
    half, note = bytes_ > IN_FULL, ""
    if half:
        change = texts.number(_difference(network, shown), ".3%")
        note = texts("play.half", difference=change)
    shown_S = torch.tensor(shown)
    points_Sx2, *_ = plane(network.members[0].C.detach()[shown_S], shown_S)
    symbols = [network.vocabulary[i] for i in shown]
    places_Sx2 = place_labels(points_Sx2.double().numpy(), symbols)
    unit = unit_of(network.vocabulary)
    if unit == "word" or sum(map(len, words.get("train", ()))) > SYMBOLS:
        words = {}
    content = {
        "unit": unit,
        "language": texts.language,
        "vocabulary": network.vocabulary,
        "unknown": unknown_id(network.vocabulary),
        "sizes": network.members[0].sizes,
        "averaged_contexts": network.averaged_contexts,
        "temperature": network.temperature,
        "half": half,
        "members": [_weights(member, half=half) for member in network.members],
        "points": [
            [i, round(x, 6), round(y, 6)]
            for i, (x, y) in zip(shown, places_Sx2.tolist(), strict=True)
        ],
        "words": {split: sorted(listed) for split, listed in words.items()},
        **(_counted(models) if words else {}),
        "sample": sample.model_dump() | ({"seed": seed} if sample.seed is None else {}),
        "texts": texts.group("play") | texts.group("names"),
    }
    return Played(content, note, script)


def _difference(network: Ensemble, shown: Sequence[int]) -> float:
    """Return the largest change of a probability, of any symbol, by float16 weights.

    After each of the symbols shown, and at the beginning.
    """
    rounded = [Network(**member.sizes) for member in network.members]
    for copy, member in zip(rounded, network.members, strict=True):
        state = member.state_dict()
        copy.load_state_dict({name: w.half() for name, w in state.items()})
        copy.to(member.C.dtype)
    prefixes = [np.array([], np.int64), *(np.array([i]) for i in shown if i)]
    p, q = (
        np.exp(model.next(prefixes))
        for model in (network, network._replace(members=rounded))
    )
    return float(np.abs(p - q).max())


def _counted(models: Mapping[str, Model]) -> dict[str, Any]:
    """Return what the script needs for the n-gram and the mixture of both."""
    found: dict[str, Any] = {}
    ngram, mixture = models.get("ngram"), models.get(MIXTURE)
    if isinstance(ngram, Ngram):
        lengths = range(1, len(ngram.levels) + 1)
        found["ngram"] = [usable(ngram.discounts[length]) for length in lengths]
        if isinstance(mixture, Mixture) and len(mixture.models) == 2:
            classes = mixture.buckets.classes
            if classes.keys() <= {POSITION, f"ngram.{P_SEEN}"}:
                found["mixture"] = {
                    "positions": classes.get(POSITION, 1),
                    "parts": classes.get(f"ngram.{P_SEEN}", 1),
                    "weights": mixture.weights_KxM.round(9).tolist(),
                }
    return found


def _weights(member: Network, *, half: bool) -> dict[str, str]:
    kind = "<f2" if half else "<f4"
    return {
        name: base64.b64encode(weights.numpy().astype(kind).tobytes()).decode()
        for name, weights in member.state_dict().items()
    }
