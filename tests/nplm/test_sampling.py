"""Words drawn from a model."""

from collections import Counter
from typing import Any

import pytest
import torch

from nplm.errors import InputError
from nplm.models.ensemble import Ensemble
from nplm.sampling import SampleParameters, count_new, draw_ids, draw_words
from tests.conftest import new_network, set_weights
from tests.notebook import notebook_words

VOCABULARY = [".", "a", "b"]


def ensemble_of(seed: int = 1, **weights: Any) -> Ensemble:
    """Return a network of random weights, but for those given."""
    generator = torch.Generator().manual_seed(seed)
    network = new_network(3, 2, 2, 5, generator=generator).double()
    set_weights(network, **weights)
    return Ensemble([network], VOCABULARY)


def with_logits(logits: list[float]) -> Ensemble:
    """Return a network whose logits are the same after every context."""
    return ensemble_of(W2=0, b2=logits)


def draw(
    ensemble: Ensemble, count: int, temperature: float = 1.0, prefix: str = ""
) -> list[str]:
    """Return words of at most 30 characters, by the seed 1."""
    parameters = SampleParameters(count=count, temperature=temperature, max_length=30)
    return draw_words(ensemble, parameters, 1, prefix)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_symbols_come_with_the_probabilities_of_the_softmax(
    temperature: float,
) -> None:
    """First symbols are drawn with exp(logit / temperature), to within 4 sigma."""
    logits = [0.0, 1.0, 2.0]
    count = 4000
    words = draw(with_logits(logits), count, temperature)
    seen = Counter(f"{word}."[0] for word in words)
    expected = torch.softmax(torch.tensor(logits) / temperature, dim=0)
    for symbol, p in zip(VOCABULARY, expected.tolist(), strict=True):
        assert abs(seen[symbol] - count * p) < 4 * (count * p * (1 - p)) ** 0.5


def test_words_come_with_the_frequencies_of_the_notebooks_loop() -> None:
    """The 30 commonest words of two samples of 3,000: within 4.5 sigma."""
    ensemble = ensemble_of(seed=9)
    weights = [w.detach() for w in list(ensemble.members[0].parameters())[:5]]
    generator = torch.Generator().manual_seed(1)
    theirs = Counter(notebook_words(weights, VOCABULARY, 3000, generator))
    ours = Counter(draw(ensemble, 3000))
    total = theirs + ours
    assert len(total) > 30
    for word, count in total.most_common(30):
        assert abs(ours[word] - theirs[word]) < 4.5 * count**0.5, word


def test_words_of_several_members_come_with_their_mean_probability() -> None:
    """One always says a, the other always b: half of the first symbols, to 4 sigma."""
    members = [
        with_logits(logits).members[0] for logits in ([0.0, 99, 0], [0.0, 0, 99])
    ]
    words = draw(Ensemble(members, VOCABULARY), 1000)
    assert abs(sum(word[0] == "a" for word in words) - 500) < 4 * 250**0.5


def test_the_first_words_do_not_depend_on_how_many_are_drawn() -> None:
    """Each word has its own row of uniform draws, also where there are thousands."""
    ensemble = ensemble_of(seed=9)
    assert draw(ensemble, 5000)[:10] == draw(ensemble, 10)


def test_words_drawn_some_at_a_time_are_those_of_one_large_draw() -> None:
    """The k-th draw of a generator's float64 is the same, whatever is asked at once."""
    ensemble = ensemble_of(seed=9)
    shape = (2 * ensemble.contexts_at_a_time + 100, 30)
    generator = torch.Generator().manual_seed(1)
    at_once = torch.rand(shape, generator=generator, dtype=torch.float64)
    expected = draw_ids(ensemble, [], 1.0, at_once)
    words = draw(ensemble, len(at_once))
    assert words == ["".join(VOCABULARY[i] for i in ids) for ids in expected]


def test_the_words_of_a_seed_are_pinned() -> None:
    """A change of how words are drawn from a seed shows here first."""
    words = draw(with_logits([0, 1, 1]), 4)
    assert words == ["", "aabbbabaaaaaaaaabaaabaabbabab", "bb", "baaaba"]


def test_a_word_ends_at_the_length_limit() -> None:
    """A network that never says EOS gives words of max_length characters."""
    assert {len(word) for word in draw(with_logits([-100, 1, 1]), 5)} == {30}


def test_the_same_seed_gives_the_same_words() -> None:
    """The generator is made from the seed at each call."""
    first = draw(with_logits([0, 1, 1]), 50)
    assert draw(with_logits([0, 1, 1]), 50) == first
    assert len(set(first)) > 10


def test_words_begin_with_the_prefix_and_go_on_from_it() -> None:
    """The prefix counts in the context: after b this network always ends."""
    network = new_network(3, 1, 1, 1).double()
    set_weights(network, C=[[0], [0], [1]], W1=[[10]], b1=[0])
    set_weights(network, W2=[[100, 0, 0]], b2=[0, 0, 0])
    assert draw(Ensemble([network], VOCABULARY), 3, prefix="ab") == ["ab"] * 3


def test_a_prefix_is_brought_to_nfc() -> None:
    """An e and a combining accent are typed; the vocabulary has the letter é."""
    network = ensemble_of(W2=0, b2=[99, 0, 0]).members[0]
    assert draw(Ensemble([network], [".", "a", "é"]), 1, prefix="e\u0301") == ["é"]


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("ax", "'ax' has 'x', which is not in the vocabulary; use 'ab'"),
        ("a.", "'a.' has '.', which is not in the vocabulary; use 'ab'"),
        ("a\nb", r"'a\nb' has '\n', which is not in the vocabulary; use 'ab'"),
        ("a" * 29 + "b", f"prefix: '{'a' * 29}b' leaves no room in a word of 30 "),
        ("a" * 99, f"prefix: '{'a' * 39}… leaves no room in a word of 30 "),
    ],
)
def test_a_prefix_that_cannot_be_continued_is_refused(
    prefix: str, message: str
) -> None:
    """An unknown character lists those known; a long prefix names its limit."""
    with pytest.raises(InputError) as error:
        draw(with_logits([0, 1, 1]), 1, prefix=prefix)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_what_is_new_is_counted_and_where_the_rest_stands() -> None:
    """Six samples: three new, of which two are the same; two of train, one of test."""
    splits = {"train": {"loi"}, "dev": {"lois"}, "test": {"lot"}}
    assert count_new(["loi", "lot", "lou", "x", "x", "loi"], splits) == {
        "words": 6, "new": 3, "in_train": 2, "in_dev": 0, "in_test": 1,
    }  # fmt: skip
