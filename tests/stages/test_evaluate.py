"""The stage evaluate: the loss of a model on each split, scores, and a picture."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from nplm.corpus.ids import load_ids
from nplm.models.model_file import save_members
from nplm.models.network import Network
from nplm.scores import load_scores
from nplm.training.curve import Point, write_points
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import new_network, save_words, set_weights, steady

VOCABULARY = [".", "a", "b"]
WORDS = {"train": ["aa", "ab"], "dev": ["b"], "test": ["bab", "ba"]}


@pytest.fixture
def network(folder: Path) -> Network:
    """Return a network that gives EOS 1/2, a and b 1/4 each, after every context.

    The words of the splits lie beside it.
    """
    save_words(WORDS, VOCABULARY, folder / "ids.npz")
    return steady([math.log(2), 0, 0])


def evaluate(run_stage: Callable[..., object], *members: Network) -> object:
    """Run the stage on a model of these members, whose training had one step."""
    save_members(list(members), VOCABULARY, Path("model.pt"))
    write_points({1: Point(0.6, 0.5)}, Path("loss.csv"))
    return run_stage("evaluate", *ARGUMENTS["evaluate"])


def losses() -> dict[str, float]:
    """Return the losses that the stage has written."""
    found: dict[str, float] = json.loads(Path("loss.json").read_text())
    return found


def test_losses_are_means_over_the_symbols_of_each_split(
    network: Network,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By hand: log 4 for each letter and log 2 for each end; in nats, six digits.

    The table has them with bits and perplexities: 2 to the bits. The scores are the
    log-probabilities of the words in their order.
    """
    assert evaluate(run_stage, network) is None
    nats, half = math.log(4), math.log(2)
    assert losses() == {
        "train": round((4 * nats + 2 * half) / 6, 6),
        "dev": round((nats + half) / 2, 6),
        "test": round((5 * nats + 2 * half) / 7, 6),
    }
    _, train, *_ = capsys.readouterr().out.splitlines()
    assert train.split() == ["train", "1.1552", "1.6667", "3.17"]
    scores = load_scores(Path("network.npz"), load_ids(Path("ids.npz")).ids)
    assert [*scores] == [*WORDS]
    expected = [-nats, -nats, -nats, -half, -nats, -nats, -half]
    assert scores["test"].values_N.tolist() == pytest.approx(expected, abs=1e-6)


def test_the_mean_of_members_and_how_they_are_asked_reach_the_losses(
    network: Network, run_stage: Callable[..., object]
) -> None:
    """By hand, on the word b: 1/4 and 1/2, or its root 2 over 2 + root 2, for EOS.

    A network that looks at the oldest symbol alone, which shorter contexts hide: where
    EOS stands there, it has 4/6, else 1/3, with the weights 2 and 1: (8/6 + 1/3) / 3.
    """
    assert evaluate(run_stage, network, steady([0, 0, math.log(2)])) is None
    b, end = (1 / 4 + 1 / 2) / 2, (1 / 2 + 1 / 4) / 2
    assert losses()["dev"] == pytest.approx(-math.log(b * end) / 2, abs=1e-6)

    set_params(Path(), ensemble__temperature=2)
    assert evaluate(run_stage, network) is None
    whole = 2 + math.sqrt(2)  # the logits (log 2, 0, 0) are halved
    expected = -math.log(1 / whole * math.sqrt(2) / whole) / 2
    assert losses()["dev"] == pytest.approx(expected, abs=1e-6)

    oldest = new_network(3, 3, 1, 1, direct=True)
    D_9x3 = torch.zeros_like(oldest.D)
    D_9x3[0, 0] = math.log(4)
    set_weights(oldest, C=1, W2=0, b2=0, D=D_9x3)
    set_params(Path(), ensemble__averaged_contexts=2, ensemble__temperature=1)
    assert evaluate(run_stage, oldest) is None
    assert losses()["dev"] == pytest.approx(-math.log(2 / 9 * 5 / 9) / 2, abs=1e-6)


def test_the_embedding_is_a_picture_of_the_first_members(
    network: Network, run_stage: Callable[..., object]
) -> None:
    """Twice the same bytes, also with another member after it, and not before it."""
    other = new_network(3, 3, 2, 4, generator=torch.Generator().manual_seed(2))
    pictures = []
    for members in ([network], [network, other], [other, network]):
        assert evaluate(run_stage, *members) is None
        pictures.append(Path("embedding.png").read_bytes())
    alone, first, second = pictures
    assert alone.startswith(b"\x89PNG")
    assert alone == first != second
