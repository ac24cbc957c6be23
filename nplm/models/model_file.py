"""Model file: the networks of a model, with their vocabulary, in one .pt file."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nplm.corpus.vocabulary import is_vocabulary
from nplm.errors import InputError
from nplm.files import load_tensors, save_tensors
from nplm.models.network import LARGE_VOCABULARY, Network

KIND = "model"


def save_members(members: list[Network], vocabulary: list[str], path: Path) -> None:
    """Write networks of the same sizes, and their vocabulary, to path."""
    content = {
        "vocabulary": vocabulary,
        "sizes": members[0].sizes,
        "members": [dict(member.state_dict()) for member in members],
    }
    save_tensors(KIND, content, path)


def load_members(path: Path) -> tuple[list[Network], list[str]]:
    """Return what save_members wrote to path: networks, in float64, and vocabulary.

    In float64, the digits that are kept of a result are the same everywhere; with a
    large vocabulary they stay in float32, which takes half the time. Raises InputError
    for another file, and for weights that do not fit or are not finite.
    """
    keys = ("vocabulary", "sizes", "members")
    vocabulary, sizes, states = load_tensors(KIND, keys, path)
    try:
        members = [_load_member(sizes, state) for state in states]
        fits = is_vocabulary(vocabulary) and len(members[0].C) == len(vocabulary)
    except (TypeError, ValueError, LookupError, AttributeError, RuntimeError):
        fits = False
    if not fits:
        raise InputError(
            f"{path}: weights do not fit its sizes or its vocabulary; "
            "make it again: dvc repro train"
        )
    if not all(w.isfinite().all() for member in members for w in member.parameters()):
        raise InputError(
            f"{path}: weights are not finite; make it again: dvc repro train"
        )
    return members, vocabulary


def _load_member(sizes: dict[str, Any], state: dict[str, Tensor]) -> Network:
    """Return a network with the weights of state; raise one of many errors if not."""
    with torch.device("meta"):  # sizes of a damaged file get no memory
        member = Network(**sizes)
    member.load_state_dict(state, assign=True)
    for weights in member.parameters():
        if weights.dtype != torch.float32 or not weights.is_contiguous():
            raise TypeError  # a few numbers can pose as many
    if 0 in (*member.C.shape, len(member.W1)):
        raise ValueError
    if not len(member.W2) and (len(member.Wh) or not len(member.D)):
        raise ValueError  # no hidden units, and yet layers of them or nothing else
    return member if len(member.C) >= LARGE_VOCABULARY else member.double()
