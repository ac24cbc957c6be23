"""Words drawn from a model."""

from collections import Counter
from typing import Any

import pytest
import torch

from nplm.corpus.vocabulary import encode
from nplm.errors import InputError
from nplm.loaded import PLAIN
from nplm.models.ensemble import Ensemble
from nplm.models.kneser_ney import fit_ngram
from nplm.sampling import SampleParameters, draw_ids, draw_words, likeliest
from tests.inputs import new_network, set_weights, steady
from tests.notebook import notebook_words

VOCABULARY = [".", "a", "b"]


def model(logits: list[float]) -> Ensemble:
    """Return a network whose logits are the same after every context."""
    return Ensemble([steady(logits).double()], VOCABULARY)


def parameters(count: int, **changes: Any) -> SampleParameters:
    """Return sampling parameters with room for 30 characters."""
    return PLAIN.model_copy(update={"count": count, "max_length": 30, **changes})


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_symbols_come_with_the_probabilities_of_the_softmax(
    temperature: float,
) -> None:
    """First symbols are drawn with exp(logit / temperature), to within 4 sigma."""
    logits = [0.0, 1.0, 2.0]
    count = 4000
    words = draw_words(model(logits), parameters(count, temperature=temperature), 1)
    seen = Counter(f"{word}."[0] for word in words)
    expected = torch.softmax(torch.tensor(logits) / temperature, dim=0)
    for symbol, p in zip(VOCABULARY, expected.tolist(), strict=True):
        assert abs(seen[symbol] - count * p) < 4 * (count * p * (1 - p)) ** 0.5


def test_words_come_with_the_frequencies_of_the_notebooks_loop() -> None:
    """The 30 commonest words of two samples of 400: within 4.5 sigma."""
    network = new_network(3, 2, 2, 5).double()
    weights = [w.detach() for w in list(network.parameters())[:5]]
    generator = torch.Generator().manual_seed(1)
    theirs = Counter(notebook_words(weights, VOCABULARY, 400, generator))
    ours = Counter(draw_words(Ensemble([network], VOCABULARY), parameters(400), 1))
    together = theirs + ours
    assert len(together) > 30
    for word, count in together.most_common(30):
        assert abs(ours[word] - theirs[word]) < 4.5 * count**0.5, word


def test_words_are_drawn_from_any_model() -> None:
    """An n-gram of one word has nothing likelier to say."""
    ngram = fit_ngram(encode(9 * ["abba"], VOCABULARY), VOCABULARY, 3, (0.1, 0.1, 0.1))
    assert draw_words(ngram, parameters(3, top_k=1), 1) == 3 * ["abba"]


def test_a_prefix_is_brought_to_nfc() -> None:
    """An e and a combining accent are typed; the vocabulary has the letter é."""
    ensemble = Ensemble(model([99, 0, 0]).members, [".", "a", "é"])
    assert draw_words(ensemble, parameters(1), 1, "e\u0301") == ["é"]


@pytest.mark.parametrize("new_only", [False, True])
def test_the_first_words_do_not_depend_on_how_many_are_drawn(new_only: bool) -> None:
    """Each word has its own row of uniform draws, however many are drawn at a time."""
    few, many = (
        draw_words(model([0, 1, 1]), parameters(count, new_only=new_only), 1)
        for count in (10, 5000)
    )
    assert many[:10] == few


def test_the_words_of_a_seed_are_pinned() -> None:
    """A change of how words are drawn from a seed shows here first."""
    words = draw_words(model([0, 1, 1]), parameters(4), 1)
    assert words == ["", "aabbbabaaaaaaaaabaaabaabbabab", "bb", "baaaba"]


def test_a_word_ends_at_the_length_limit() -> None:
    """A network that never says EOS gives words of max_length characters.

    After a prefix of 29 comes one more or the end of the word.
    """
    words = draw_words(model([-100, 1, 1]), parameters(5), 1)
    assert {len(word) for word in words} == {30}
    words = draw_words(model([0, 1, 1]), parameters(50), 1, "a" * 29)
    assert set(words) == {"a" * 29, "a" * 30, "a" * 29 + "b"}


def test_a_seed_of_its_own_stands_for_that_of_the_project() -> None:
    """Null leaves the project's; two seeds give other words, one seed the same."""
    draws = [
        draw_words(model([0, 1, 1]), parameters(50, seed=own), project)
        for own, project in ((None, 1), (None, 1), (1, 2), (2, 1), (None, 2))
    ]
    assert draws[0] == draws[1] == draws[2]
    assert draws[3] == draws[4] != draws[0]


def test_words_begin_with_the_prefix_and_go_on_from_it() -> None:
    """The prefix counts in the context: after b this network always ends."""
    network = new_network(3, 1, 1, 1).double()
    set_weights(network, C=[[0], [0], [1]], W1=10, b1=0, W2=[[100, 0, 0]], b2=0)
    ensemble = Ensemble([network], VOCABULARY)
    assert draw_words(ensemble, parameters(3), 1, "ab") == ["ab", "ab", "ab"]


def test_a_prefix_that_cannot_be_continued_is_refused() -> None:
    """An unknown character lists the alphabet; a long prefix names its limit."""
    for prefix, message in (
        ("ax", "^'ax' has 'x', which is not in the vocabulary; use 'ab'$"),
        ("a" * 30, "^prefix: 'aa.*' leaves no room in 30 characters .*; shorten it$"),
    ):
        with pytest.raises(InputError, match=message):
            draw_words(model([0, 1, 1]), parameters(3), 1, prefix)
    text = Ensemble(model([0, 1, 1, 1]).members, ["</s>", "<unk>", "cat", "the"])
    with pytest.raises(InputError, match=r"^'cats' is not in the .*; it has cat$"):
        draw_words(text, parameters(3), 1, "the cats")


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p", "expected"),
    [
        (1.0, 0, 1.0, [0.560893, 0.206341, 0.125152, 0.075909, 0.027925, 0.003779]),
        (1.0, 3, 1.0, [0.628532, 0.231224, 0.140244, 0, 0, 0]),
        (1.0, 0, 0.7, [0.731059, 0.268941, 0, 0, 0, 0]),
        (1.0, 0, 1e-3, [1, 0, 0, 0, 0, 0]),
        (100.0, 5, 0.95, [0.203012, 0.200992, 0.199990, 0.198993, 0.197013, 0]),
        (1.0, 1, 1.0, [1, 0, 0, 0, 0, 0]),
        (1.0, 9, 1.0, [0.560893, 0.206341, 0.125152, 0.075909, 0.027925, 0.003779]),
    ],
)
def test_temperature_top_k_and_top_p_are_those_of_transformers(
    temperature: float, top_k: int, top_p: float, expected: list[float]
) -> None:
    """The softmax after TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper.

    In this order, transformers 5.24.0, on the logits below in float64; top_k=0 and
    top_p=1 stand for no warper. Symbols are shuffled here, as one order is no test.
    """
    logits = torch.tensor([2.0, 1.0, 0.5, 0.0, -1.0, -3.0], dtype=torch.float64)
    for order in ([0, 1, 2, 3, 4, 5], [5, 2, 0, 4, 1, 3]):
        shuffled = logits[order].unsqueeze(0)
        kept = likeliest(shuffled / temperature, top_k, top_p)
        p = kept.softmax(dim=1)[0].tolist()
        assert p == pytest.approx([expected[i] for i in order], abs=1e-6)


def test_symbols_as_likely_as_the_last_of_top_k_are_kept() -> None:
    """As in transformers 5.24.0: three are left of top_k=2, by TopKLogitsWarper."""
    logits = torch.tensor([[0.0, 0.0, 3.0, -2.0, 1.0, 1.0]], dtype=torch.float64)
    expected = [0, 0, 0.786986, 0, 0.106507, 0.106507]
    p = likeliest(logits, 2, 1.0).softmax(dim=1)[0]
    assert p.tolist() == pytest.approx(expected, abs=1e-6)


def test_a_uniform_draw_next_to_1_picks_a_symbol_that_is_not_left_out() -> None:
    """The probabilities of the others, in float64, can sum to a little less than 1."""
    uniform = torch.full((1, 30), 1 - 2**-53, dtype=torch.float64)
    for logits in ([1.7, 1.5, 0.0], [1.0, 1.6, 0.0], [0.7, 1.9, 0.0], [0.5, 2.5, 0.0]):
        ids = draw_ids(model(logits), [], parameters(1, top_k=2), uniform)
        assert set(ids[0]) == {1}


def test_new_only_leaves_out_known_words_repeats_and_the_empty_word() -> None:
    """In the order in which they are drawn otherwise."""
    drawn = draw_words(model([0, 1, 1]), parameters(4000), 1)
    expected = [word for word in dict.fromkeys(drawn) if word not in ("", "a", "bb")]
    new = parameters(200, new_only=True)
    words = draw_words(model([0, 1, 1]), new, 1, known=["a", "bb"])
    assert words == expected[:200]


def test_new_words_that_do_not_come_end_in_one_line() -> None:
    """A greedy model has one word to say: 10,000 draws and 20 for each word wanted."""
    new = parameters(2, new_only=True, temperature=1e-6, max_length=3)
    with pytest.raises(InputError) as error:
        draw_words(model([0, 0, 1]), new, 1)
    assert str(error.value) == (
        "sample.new_only: 1 of 10100 words drawn are new, and sample.count is 2; "
        "lower it, or raise sample.temperature"
    )
