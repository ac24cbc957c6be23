"""Losses and perplexities of scores."""

import math

import numpy as np
import pytest

from nplm.losses import measure_losses

IDS = {"dev": np.array([2, 2, 0])}
VALUES = {"dev": np.log([1 / 8, 1 / 2, 1.0])}


def test_characters_have_the_mean_in_nats_alone() -> None:
    """The logarithm of 16 over three symbols, the end included."""
    losses = measure_losses(VALUES, IDS, [".", "a", "b"])
    assert losses == pytest.approx({"dev": np.log(16) / 3})


def test_words_have_perplexities_without_ends_and_without_unknown_words() -> None:
    """The cube root of 16 for three symbols, the square root for two, 8 for a word."""
    ids = {"dev": np.array([2, 1, 0]), "test": np.array([1, 0])}
    values = {**VALUES, "test": np.log([1 / 2, 1.0])}  # test has no known word
    losses = measure_losses(values, ids, ["</s>", "<unk>", "the"])
    assert losses["dev"] == pytest.approx(np.log(16) / 3)
    assert losses["perplexity"] == pytest.approx({"dev": 16 ** (1 / 3), "test": 2**0.5})
    assert losses["perplexity_without_eos"] == pytest.approx({"dev": 4.0, "test": 2.0})
    assert losses["perplexity_without_unk"] == pytest.approx({"dev": 8.0})


def test_a_loss_beyond_all_numbers_is_still_a_number() -> None:
    """JSON has no infinity, and exp(710) is beyond what a float can hold."""
    hopeless = {"dev": np.array([-1e9, 0.0, 0.0])}
    losses = measure_losses(hopeless, IDS, ["</s>", "<unk>", "the"])
    assert losses["perplexity"] == pytest.approx({"dev": math.exp(700)})
