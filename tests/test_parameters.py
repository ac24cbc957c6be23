"""What params.yaml can say: numbers as people write them, an error for the rest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ARGUMENTS, save_small_split, set_params

COUNTS = [0, -1, 1.5, 300.0, True, "100", 10**400, float("nan"), None, [1], {"a": 1}]


@pytest.mark.parametrize(
    ("stage", "key", "value"),
    [
        *(("prepare", "corpus", value) for value in (None, 3, True, "", ["a"])),
        *(("prepare", "corpus", value) for value in ("a\0b", "a\nb", "a\x1bb")),
        *(("train", "engine", value) for value in ("", "numba", 1, ["fused"])),
        *(("splits", "context_size", value) for value in COUNTS),
        *(("splits", "split_seed", value) for value in (-1, 1.0, "42", 2**63)),
        *(("train", "hidden", value) for value in COUNTS),
        *(("train", "seed", value) for value in (-1, 1.0, False, 2**63)),
        *(("train", "embedding_dim", value) for value in (0, 2.0, 10**9)),
        *(("train", "batch_size", value) for value in (0, 32.0, 10**9)),
        *(("train", "steps", value) for value in (0, 1e5, 10**12)),
        *(("train", "lr", value) for value in (0, -0.1, "fast", True, 1e300)),
        *(("train", "lr", float(value)) for value in ("nan", "inf", "-inf")),
        *(("train", "lr_decay", value) for value in (0.0, 1.1, -1, None)),
        *(("sample", "sample.count", value) for value in (0, 1.5, 10**9)),
        *(("sample", "sample.temperature", value) for value in (0, -1, 1e9, "1")),
        *(("sample", "sample.max_length", value) for value in (0, 40.0, 10**9)),
        *(("lr_sweep", "lr_sweep.steps", value) for value in (0, 1e3, 10**7)),
        *(("lr_sweep", "lr_sweep.min_exponent", value) for value in (-400, "a")),
        *(("lr_sweep", "lr_sweep.max_exponent", value) for value in (400, -3, -4)),
        *(("train", "layers", value) for value in (0, 21, True)),
        *(("train", "activation", value) for value in ("relu", None)),
        *(("train", "direct", value) for value in (0, 1, "true")),
        *(("train", "init", value) for value in ("zero", 0)),
        *(("train", "members", value) for value in (0, 101)),
        *(("train", "optimizer", value) for value in ("adam", 1)),
        *(("train", "schedule", value) for value in ("linear", 1)),
        *(("train", "warmup", value) for value in (-0.1, 1.1)),
        *(("train", "weight_decay", value) for value in (-1, 11)),
        *(("train", "dropout", value) for value in (-0.1, 1)),
        *(("train", "context_dropout", value) for value in (-0.1, 1.1)),
        *(("evaluate", "averaged_contexts", value) for value in (0, 51, 1.5)),
        *(("evaluate", "calibration", value) for value in (0, 101, "warm")),
        *(("ngram", "ngram.order", value) for value in (0, 7.0, 21)),
        *(("ngram", "ngram.discount_1", value) for value in (0, -1, 1.1, "1")),
        *(("ngram", "ngram.discount_2", value) for value in (0, 2.1, None)),
        *(("ngram", "ngram.discount_3", value) for value in (0, 3.1, True)),
    ],
)
def test_a_parameter_of_a_wrong_type_or_range_is_refused(
    folder: Path, run_stage: Callable[..., object], stage: str, key: str, value: Any
) -> None:
    """The line names the file, the key, the value and what it needs to be."""
    set_params(folder, **{key.replace(".", "__"): value})
    error = str(run_stage(stage, *ARGUMENTS[stage]))
    assert error.startswith(f"error: params.yaml: {key}: ")
    assert repr(value)[:40] in error.replace("-3.0", "-3").replace("-4.0", "-4")
    assert "needs to be" in error
    assert "\n" not in error
    assert len(error) < 200


@pytest.mark.parametrize("text", ["1e-3", "1", "0.5", "+1.5e-1"])
def test_a_number_may_be_written_as_people_write_it(
    folder: Path, run_stage: Callable[..., object], text: str
) -> None:
    """`lr: 1e-3` is a number in YAML 1.2, and a whole number serves as lr."""
    params = Path("params.yaml").read_text()
    Path("params.yaml").write_text(params.replace("lr: 0.16", f"lr: {text}"))
    set_params(folder, steps=2, hidden=2)
    save_small_split(folder / "train.pt")
    assert run_stage("train", *ARGUMENTS["train"]) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "params.yaml: seed: missing; add it"),
        ("- seed\n", "params.yaml: seed: missing; add it"),
        ("seed: 1\nsample: 3\n", "params.yaml: sample.count: missing; add it"),
        ("seed: 1\nsample: {}\n", "params.yaml: sample.count: missing; add it"),
        ("seed: [1\n", "params.yaml:2: not valid YAML"),
        ("seed: 1\nseed: 2\n", "params.yaml:2: not valid YAML"),
        ("a: \x00\n", "params.yaml"),
        ("seed: " + "9" * 5000, "params.yaml: not valid YAML"),
        ("seed: 0x" + "f" * 5000, "params.yaml: seed: an overlong int needs to be"),
        ("seed: " + "[" * 5000, "params.yaml: not valid YAML"),
        (None, "params.yaml: No such file or directory; check the path"),
    ],
)
def test_a_params_file_that_cannot_be_read_is_refused(
    folder: Path, run_stage: Callable[..., object], content: str | None, message: str
) -> None:
    """A missing key, a missing file and broken YAML are one line each."""
    if content is None:
        (folder / "params.yaml").unlink()
    else:
        (folder / "params.yaml").write_text(content)
    error = str(run_stage("sample", *ARGUMENTS["sample"]))
    assert error.startswith(f"error: {message}")
    assert "\n" not in error


def test_an_unknown_engine_is_told_which_there_are(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """An empty name too, which could be any other text's mistake."""
    set_params(folder, engine="")
    error = run_stage("train", *ARGUMENTS["train"])
    assert error == "error: params.yaml: engine: '' needs to be fused or autograd"
