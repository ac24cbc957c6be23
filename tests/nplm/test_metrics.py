"""Metrics: what is written as JSON."""

import json
import math
from pathlib import Path

import pytest

from nplm.errors import InputError
from nplm.metrics import save_metrics


def test_numbers_are_rounded_to_six_digits(tmp_path: Path) -> None:
    """After the point; of a number below 1, six significant ones."""
    path = tmp_path / "x.json"
    save_metrics({"loss": 1234567.12345678, "lr": 1.23456789e-8, "words": 7}, path)
    expected = {"loss": 1234567.123457, "lr": 1.23457e-8, "words": 7}
    assert json.loads(path.read_text()) == expected


def test_a_group_is_an_object_in_json(tmp_path: Path) -> None:
    """With its numbers rounded too."""
    path = tmp_path / "x.json"
    save_metrics({"dev": 1.0, "with": {"dev": 0.12345678}}, path)
    assert json.loads(path.read_text()) == {"dev": 1.0, "with": {"dev": 0.123457}}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_lacks_is_refused(tmp_path: Path, value: float) -> None:
    """The line names the file, the metric and the value; nothing is written."""
    path = tmp_path / "x.json"
    with pytest.raises(InputError, match=rf"x\.json: dev would be {value}, .* lr "):
        save_metrics({"train": 1.0, "dev": value}, path)
    assert not path.exists()
