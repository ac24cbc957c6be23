"""Metrics: what is written as JSON."""

import json
import math
from pathlib import Path

import pytest

from nplm.errors import InputError
from nplm.metrics import load_metrics, save_metrics


def test_numbers_are_rounded_to_six_digits(tmp_path: Path) -> None:
    """After the point; of a number below 1, six significant ones.

    A group is an object in JSON; read again, a dot stands before its names.
    """
    path = tmp_path / "x.json"
    save_metrics(
        {"loss": 1234567.12345678, "words": 7, "at": {"lr": 1.2345678e-8}}, path
    )
    expected = {"loss": 1234567.123457, "words": 7, "at": {"lr": 1.23457e-8}}
    assert json.loads(path.read_text()) == expected
    metrics = load_metrics(path)
    assert metrics == {"loss": 1234567.123457, "words": 7, "at.lr": 1.23457e-8}
    with pytest.raises(InputError, match=r"x\.json: lacks test; make it again: dvc"):
        metrics["test"]


@pytest.mark.parametrize("text", ["", "[]", '{"dev": "a"}', '{"dev": NaN}'])
def test_what_are_no_metrics_is_one_line(tmp_path: Path, text: str) -> None:
    """It names the file and the remedy."""
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"x\.json: not metrics; make it again: dvc"):
        load_metrics(path)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_lacks_is_refused(tmp_path: Path, value: float) -> None:
    """The line names the file, the metric and the value; nothing is written."""
    path = tmp_path / "x.json"
    with pytest.raises(InputError, match=rf"x\.json: dev would be {value}, .* lr "):
        save_metrics({"train": 1.0, "dev": value}, path)
    assert not path.exists()
