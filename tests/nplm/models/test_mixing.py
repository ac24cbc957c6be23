"""Mixing: weights that make items likeliest, and sums of probabilities."""

import time

import numpy as np
import pytest

from nplm.models import mixing as module
from nplm.models.mixing import fit_weights, mix
from tests.inputs import log


@pytest.mark.parametrize(
    ("first", "second", "expected", "prior", "weight"),
    [
        (6, 3, 0.5, 1, 0.65),
        (5, 5, 0.5, 1, 0.5),
        (4, 0, 0.25, 1, 0.85),
        (0, 0, 0.2, 1, 0.2),
        (6, 3, 0.5, 11, 0.575),
        (3, 1, 0.5, 0, 0.75),
    ],
)
def test_the_prior_counts_as_so_many_more_items_at_the_expected_weights(
    first: int, second: int, expected: float, prior: float, weight: float
) -> None:
    """By hand: models that give an item 1 or next to nothing, so it is from one.

    Of 6 and 3 and one that is from either, 6.5 in 10 are from the first; of 6 and 3 and
    eleven from either, 11.5 in 20.
    """
    log_p_MxN = log(
        [first * [1.0] + second * [1e-12], first * [1e-12] + second * [1.0]]
    )
    weights_M = fit_weights(log_p_MxN, np.array([expected, 1 - expected]), prior)
    assert weights_M == pytest.approx(np.array([weight, 1 - weight]), abs=1e-4)


@pytest.mark.parametrize("steps", [module.STEPS, 0])
def test_three_models_that_know_other_words_get_their_shares(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """By hand: one word in four is the second model's, one in four the third's.

    By bisection alone too, and with words that no model knows.
    """
    monkeypatch.setattr(module, "STEPS", steps)
    p_MxN = [[0.5, 0.5, 1e-15, 1e-15, 0], [0, 0, 0.1, 0, 0], [0, 0, 0, 0.2, 0]]
    weights_M = fit_weights(log(p_MxN))
    assert weights_M.tolist() == pytest.approx([0.5, 0.25, 0.25], abs=1e-6)


def test_a_model_that_knows_no_word_costs_nothing() -> None:
    """Its weight is 0, and the first model is left as it was."""
    log_p_MxN = np.array([[-3.0, -4.0], [-np.inf, -np.inf]])
    weights_M = fit_weights(log_p_MxN)
    assert weights_M.tolist() == [1, 0]
    assert mix(weights_M, log_p_MxN).tolist() == [-3, -4]


def test_where_no_model_knows_an_item_all_have_what_is_expected() -> None:
    """Nothing says which one is better."""
    nothing = np.full((2, 3), -np.inf)
    assert fit_weights(nothing).tolist() == [0.5, 0.5]
    assert fit_weights(nothing, np.array([0.3, 0.7]), 2.0).tolist() == [0.3, 0.7]


def test_a_model_that_gives_next_to_nothing_gets_next_to_no_weight() -> None:
    """By hand: half of one item in two, though exp(800) is more than a float can be."""
    weights_M = fit_weights(np.array([[-800.0], [0.0]]), np.array([0.5, 0.5]), 1.0)
    assert weights_M.tolist() == pytest.approx([0.25, 0.75], abs=1e-4)


def test_models_that_are_much_alike_are_weighed_in_seconds() -> None:
    """By hand: 0.501 and 0.499 for 0.5 + 0.0005 of all, the other way for the rest.

    The mixture gives 0.499 + 0.002 g to the first, which is likeliest at 0.5005: at g
    of 0.75. Expectation-maximization took 100,000 steps and more.
    """
    first_N = np.full(10_000, 0.499)
    first_N[:5005] = 0.501
    began = time.process_time()
    weights_M = fit_weights(log([first_N, 1 - first_N]), np.full(2, 0.5), 0.01)
    assert weights_M[0] == pytest.approx(0.75, abs=0.06)
    assert time.process_time() - began < 5


def test_a_mixture_adds_weighted_probabilities() -> None:
    """By hand: 0.75 * 0.2 + 0.25 * 0.6 is 0.3; weights may differ by item."""
    log_p_MxN = log([[0.2, 0.4], [0.6, 0.0]])
    mixed_N = mix(np.array([0.75, 0.25]), log_p_MxN)
    assert np.exp(mixed_N).tolist() == pytest.approx([0.3, 0.3])
    mixed_N = mix(np.array([[0.75, 0.5], [0.25, 0.5]]), log_p_MxN)
    assert np.exp(mixed_N).tolist() == pytest.approx([0.3, 0.2])
