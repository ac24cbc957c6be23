"""Mixing by word: weights that suit the words, and sums of probabilities."""

import numpy as np
import pytest

from nplm.models.word_mixing import fit_word_weights, mix_by_word, mix_splits_by_word


def log(p: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return logarithms; that of 0 is -inf."""
    with np.errstate(divide="ignore"):
        return np.log(np.array(p, np.float64))


def test_models_that_know_other_words_get_their_shares() -> None:
    """By hand: one word in four is the second model's, one in four the third's."""
    log_p_MxW = log([[0.5, 0.5, 1e-15, 1e-15], [0, 0, 0.1, 0], [0, 0, 0, 0.2]])
    assert fit_word_weights(log_p_MxW).tolist() == pytest.approx([0.5, 0.25, 0.25])


def test_a_model_that_knows_no_word_costs_nothing() -> None:
    """Its weight is 0, and the first model is left as it was."""
    log_p_MxW = np.array([[-3.0, -4.0], [-np.inf, -np.inf]])
    weights_M = fit_word_weights(log_p_MxW)
    assert weights_M.tolist() == [1, 0]
    assert mix_by_word(weights_M, log_p_MxW).tolist() == [-3, -4]


def test_a_mixture_adds_weighted_probabilities() -> None:
    """By hand: 0.75 * 0.2 + 0.25 * 0.6 is 0.3."""
    log_p_W = mix_by_word(np.array([0.75, 0.25]), log([[0.2, 0.4], [0.6, 0.0]]))
    assert np.exp(log_p_W).tolist() == pytest.approx([0.3, 0.3])


def test_weights_are_those_that_suit_dev() -> None:
    """By hand: half of dev is the other model's, so test has half of 0.4 and 0.2."""
    first = {"dev": log([0.5, 1e-15]), "test": log([0.4])}
    others = {"dev": log([[0, 0.1]]), "test": log([[0.2]])}
    weights_M, mixed = mix_splits_by_word(first, others)
    assert weights_M.tolist() == pytest.approx([0.5, 0.5])
    assert np.exp(mixed["test"]).tolist() == pytest.approx([0.3])
