"""Words drawn from a model."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from stages.sample import CHUNK, Parameters, draw_ids, draw_words, report
from stages.shared.model import Model, init_model, save_members
from tests.notebook import notebook_words

VOCABULARY = [".", "a", "b"]


def model_with_logits(logits: list[float]) -> Model:
    """Return a network whose logits are the same after every context."""
    model = init_model(3, 2, 2, 5, torch.Generator().manual_seed(1))
    return model._replace(W2=torch.zeros(5, 3), b2=torch.tensor(logits))


def parameters(count: int, temperature: float = 1.0) -> Parameters:
    """Return sampling parameters with room for 30 characters."""
    return Parameters(1, count, temperature, 30, averaged_contexts=1, calibration=1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_symbols_come_with_the_probabilities_of_the_softmax(
    temperature: float,
) -> None:
    """First symbols are drawn with exp(logit / temperature), to within 4 sigma."""
    logits = [0.0, 1.0, 2.0]
    count = 4000
    words = draw_words(
        [model_with_logits(logits)], VOCABULARY, parameters(count, temperature)
    )
    seen = Counter(f"{word}."[0] for word in words)
    expected = torch.softmax(torch.tensor(logits) / temperature, dim=0)
    for symbol, p in zip(VOCABULARY, expected.tolist(), strict=True):
        assert abs(seen[symbol] - count * p) < 4 * (count * p * (1 - p)) ** 0.5


def test_words_come_with_the_frequencies_of_the_notebooks_loop() -> None:
    """The 30 commonest words of two samples of 3,000: within 4.5 sigma."""
    model = init_model(3, 2, 2, 5, torch.Generator().manual_seed(9))
    generator = torch.Generator().manual_seed(1)
    theirs = Counter(notebook_words(list(model[:5]), VOCABULARY, 3000, generator))
    ours = Counter(draw_words([model], VOCABULARY, parameters(3000)))
    both = theirs + ours
    assert len(both) > 30
    for word, count in both.most_common(30):
        assert abs(ours[word] - theirs[word]) < 4.5 * count**0.5, word


def test_the_first_words_do_not_depend_on_how_many_are_drawn() -> None:
    """Each word has its own row of uniform draws, across chunks of 4096 too."""
    model = init_model(3, 2, 2, 5, torch.Generator().manual_seed(9))
    few = draw_words([model], VOCABULARY, parameters(10))
    assert draw_words([model], VOCABULARY, parameters(5000))[:10] == few


def test_uniform_draws_in_chunks_are_those_of_one_large_draw() -> None:
    """The k-th draw of a generator's float64 is the same, whatever is asked at once."""
    model = init_model(3, 2, 2, 5, torch.Generator().manual_seed(9))
    shape = (2 * CHUNK + 100, 30)
    generator = torch.Generator().manual_seed(1)
    at_once = torch.rand(shape, generator=generator, dtype=torch.float64)
    expected = draw_ids([model], [], parameters(1), at_once)
    words = draw_words([model], VOCABULARY, parameters(len(at_once)))
    assert words == ["".join(VOCABULARY[i] for i in ids) for ids in expected]


def test_the_words_of_a_seed_are_pinned() -> None:
    """A change of how words are drawn from a seed shows here first."""
    words = draw_words([model_with_logits([0, 1, 1])], VOCABULARY, parameters(4))
    assert words == ["", "aabbbabaaaaaaaaabaaabaabbabab", "bb", "baaaba"]


def test_a_word_ends_at_the_length_limit() -> None:
    """A network that never says EOS gives words of max_length characters."""
    words = draw_words([model_with_logits([-100, 1, 1])], VOCABULARY, parameters(5))
    assert {len(word) for word in words} == {30}


def test_the_same_seed_gives_the_same_words() -> None:
    """The generator is made from the seed at each call."""
    model = model_with_logits([0, 1, 1])
    first = draw_words([model], VOCABULARY, parameters(50))
    assert draw_words([model], VOCABULARY, parameters(50)) == first
    assert len(set(first)) > 10


def test_words_begin_with_the_prefix_and_go_on_from_it() -> None:
    """The prefix counts in the context: after b this network always ends."""
    model = model_with_logits([])._replace(
        C=torch.tensor([[0.0], [0.0], [1.0]]),
        W1=torch.tensor([[10.0]]),
        b1=torch.tensor([0.0]),
        W2=torch.tensor([[100.0, 0.0, 0.0]]),
        b2=torch.tensor([0.0, 0.0, 0.0]),
    )
    assert draw_words([model], VOCABULARY, parameters(3), "ab") == ["ab", "ab", "ab"]


def test_the_report_counts_what_is_new_and_where_the_rest_stands() -> None:
    """Six samples: three new, of which two are the same; two of train, one of test."""
    splits = {"train": {"loi"}, "dev": {"lois"}, "test": {"lot"}}
    assert report(["loi", "lot", "lou", "x", "x", "loi"], splits) == {
        "words": 6, "new": 3, "in_train": 2, "in_dev": 0, "in_test": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--prefix", "ax"], "error: 'ax': 'x' is not in the alphabet; use ab"),
        (["--prefix", "a."], "error: 'a.': '.' is not in the alphabet; use ab"),
        *(
            (["--prefix", "a", "--count", count], f"error: --count: {count!r}; ask for")
            for count in ("0", "100001", "-1", "1.5", "two", "", "9" * 30)
        ),
        (["--prefix", "a" * 40], "error: --prefix: 'aaaa"),
    ],
)
def test_a_prefix_that_cannot_be_continued_is_one_clear_line(
    folder: Path,
    run_stage: Callable[..., object],
    arguments: list[str],
    message: str,
) -> None:
    """An unknown character lists the alphabet; a long prefix names its limit."""
    save_members([model_with_logits([0, 1, 1])], VOCABULARY, folder / "model.pt")
    error = str(run_stage("sample", "--model", "model.pt", *arguments))
    assert error.startswith(message)
    assert "\n" not in error


def test_a_prefix_prints_words_and_writes_nothing(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`make words PREFIX=ab COUNT=5` prints five words that begin with ab."""
    save_members([model_with_logits([0, 1, 1])], VOCABULARY, folder / "model.pt")
    before = sorted(folder.iterdir())
    command = ("sample", "--model", "model.pt", "--prefix", "ab", "--count", "5")
    assert run_stage(*command) is None
    words = capsys.readouterr().out.split()
    assert len(words) == 5
    assert all(word.startswith("ab") for word in words)
    assert sorted(folder.iterdir()) == before
