"""The stage evaluate: the loss of a model on each split, scores, and a picture."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from nplm.corpus.examples import Examples, save_examples
from nplm.corpus.vocabulary import decode
from nplm.models.model_file import save_members
from nplm.models.network import Network
from nplm.scores import load_scores
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import examples_of, new_network, set_weights

VOCABULARY = [".", "a", "b"]
WORDS = {"train": ["aa", "ab"], "dev": ["b"], "test": ["bab", "ba"]}
OUTPUTS = ("network.npz", "loss.json", "embedding.png")


@pytest.fixture
def network(folder: Path) -> Network:
    """Return a network that gives EOS 1/2, a and b 1/4 each, after every context.

    The splits lie beside it.
    """
    for split, words in WORDS.items():
        examples = Examples(split, VOCABULARY, *examples_of(words, VOCABULARY))
        save_examples(examples, folder / f"{split}.pt")
    network = new_network(3, 3, 2, 4)
    set_weights(network, W2=0, b2=[math.log(2), 0, 0])
    return network


def evaluate(run_stage: Callable[..., object], *members: Network) -> object:
    """Run the stage on a model of these members."""
    save_members(list(members), VOCABULARY, Path("model.pt"))
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

    The table has them with bits and perplexities: 2 to the bits.
    """
    assert evaluate(run_stage, network) is None
    nats, half = math.log(4), math.log(2)
    assert losses() == {
        "train": round((4 * nats + 2 * half) / 6, 6),
        "dev": round((1 * nats + 1 * half) / 2, 6),
        "test": round((5 * nats + 2 * half) / 7, 6),
    }
    header, train, dev, test = capsys.readouterr().out.splitlines()
    assert header.split()[0] == "split"
    assert train.split() == ["train", "1.1552", "1.6667", "3.17"]
    assert dev.split() == ["dev", "1.0397", "1.5000", "2.83"]
    assert test.split() == ["test", "1.1883", "1.7143", "3.28"]


def test_scores_of_every_symbol_are_written_with_their_words(
    network: Network, run_stage: Callable[..., object]
) -> None:
    """The log-probabilities, in nats, of the words in their order."""
    assert evaluate(run_stage, network) is None
    vocabulary, scores = load_scores(Path("network.npz"), "network")
    assert vocabulary == VOCABULARY
    words = {split: decode(part.ids_N, vocabulary) for split, part in scores.items()}
    assert words == WORDS
    nats, half = -math.log(4), -math.log(2)
    expected = [nats, nats, nats, half, nats, nats, half]
    assert scores["test"].values_N.tolist() == pytest.approx(expected, abs=1e-6)


def test_the_mean_of_members_and_the_temperature_reach_the_losses(
    network: Network, run_stage: Callable[..., object]
) -> None:
    """By hand, on the word b: 1/4 and 1/2, or its root 2 over 2 + root 2, for EOS."""
    sure = new_network(3, 3, 2, 4)
    set_weights(sure, W2=0, b2=[0, 0, math.log(2)])
    assert evaluate(run_stage, network, sure) is None
    b, end = (1 / 4 + 1 / 2) / 2, (1 / 2 + 1 / 4) / 2
    assert losses()["dev"] == pytest.approx(-math.log(b * end) / 2, abs=1e-6)

    set_params(Path(), ensemble__temperature=2)
    assert evaluate(run_stage, network) is None
    whole = 2 + math.sqrt(2)  # the logits (log 2, 0, 0) are halved
    expected = -math.log(1 / whole * math.sqrt(2) / whole) / 2
    assert losses()["dev"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.usefixtures("network")
def test_several_lengths_of_the_context_reach_the_losses(
    run_stage: Callable[..., object],
) -> None:
    """A network that looks at the oldest symbol alone, which the others hide.

    On the word b, whose contexts have EOS there, logits are (log 4, 0, 0), but
    (0, 0, 0) without it: with the weights 2 and 1, EOS has (2 * 4/6 + 1/3) / 3 = 5/9.
    """
    oldest = new_network(3, 3, 1, 1, direct=True)
    set_weights(oldest, C=1, W2=0, b2=0, D=0)
    with torch.no_grad():
        oldest.D[0, 0] = math.log(4)
    set_params(Path(), ensemble__averaged_contexts=2)
    assert evaluate(run_stage, oldest) is None
    assert losses()["dev"] == pytest.approx(-math.log(2 / 9 * 5 / 9) / 2, abs=1e-6)


def test_the_embedding_is_a_picture_and_two_runs_are_the_same_bytes(
    network: Network, run_stage: Callable[..., object]
) -> None:
    """Scores, losses and picture; of members it is the first one's embedding."""
    assert evaluate(run_stage, network) is None
    first = [Path(name).read_bytes() for name in OUTPUTS]
    assert first[2].startswith(b"\x89PNG")
    assert evaluate(run_stage, network) is None
    assert [Path(name).read_bytes() for name in OUTPUTS] == first
    other = new_network(3, 3, 2, 4, generator=torch.Generator().manual_seed(2))
    assert evaluate(run_stage, network, other) is None
    assert Path("embedding.png").read_bytes() == first[2]
    assert evaluate(run_stage, other, network) is None
    assert Path("embedding.png").read_bytes() != first[2]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("stage", ["evaluate", "sample"])
def test_weights_that_are_not_finite_are_refused(
    network: Network, run_stage: Callable[..., object], stage: str, number: float
) -> None:
    """Else the metrics would have NaN, which is not JSON; nothing is written."""
    with torch.no_grad():
        network.W1[1, 2] = number
    save_members([network], VOCABULARY, Path("model.pt"))
    before = set(Path().iterdir())
    assert run_stage(stage, *ARGUMENTS[stage]) == (
        "error: model.pt: weights are not finite; make it again: dvc repro train"
    )
    assert set(Path().iterdir()) == before
