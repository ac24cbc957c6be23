"""What params.yaml can say to each stage, and an error for the rest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ARGUMENTS, set_params
from tests.inputs import save_small_split

COUNTS = [0, -1, 1.5, 300.0, True, "100", 10**400, float("nan"), None, [1], {"a": 1}]
NOT_FINITE = [float("nan"), float("inf"), float("-inf")]


@pytest.mark.parametrize(
    ("stage", "key", "values"),
    [
        ("prepare", "corpus", (None, 3, True, "", ["a"], "a\0b", "a\nb", "a\x1bb")),
        ("prepare", "vocabulary.blank", (0, 1, "yes", None)),
        ("splits", "context_size", (0, 51, 3.0)),
        ("splits", "split_seed", (-1, 1.0, "42", 2**63)),
        ("splits", "split.shares", ([0.8, 0.2], [0.5] * 4, 1, "0.8", [], None)),
        ("splits", "split.shares", ([0.8, 0.1, 0.2], [1, 0, 0], [1.5, -0.2, -0.3])),
        ("train", "hidden", (*COUNTS, 10_001)),
        ("train", "seed", (-1, 1.0, False, 2**63)),
        ("train", "embedding_dim", (0, 2.0, 501, 10**9)),
        ("train", "batch_size", (0, 32.0, 10_001, 10**9)),
        ("train", "steps", (0, 1e5, 10**12)),
        ("train", "lr", (0, -0.1, "fast", True, 1e300, 10**400, *NOT_FINITE)),
        ("train", "lr_decay", (0.0, 1.1, -1, None, *NOT_FINITE)),
        ("train", "network.layers", (0, 21, True)),
        ("train", "network.activation", ("relu", None)),
        ("train", "network.direct", (0, 1, "true")),
        ("train", "network.tied", (0, 1, "true")),
        ("train", "network.init", ("zero", 0)),
        ("train", "training.engine", ("", "numba", 1, ["fused"])),
        ("train", "training.optimizer", ("adam", 1)),
        ("train", "training.beta2", (-0.1, 1, 1.1, "0.95", None, *NOT_FINITE)),
        ("train", "training.schedule", ("linear", 1)),
        ("train", "training.inverse_decay", (-0.1, 1.1, None)),
        ("train", "training.warmup", (-0.1, 1.1, *NOT_FINITE)),
        ("train", "training.weight_decay", (-1, 11)),
        ("train", "training.dropout", (-0.1, 1)),
        ("train", "training.context_dropout", (-0.1, 1.1)),
        ("train", "training.embedding_dropout", (-0.1, 1)),
        ("train", "training.precision", ("float64", 16, None)),
        ("train", "ensemble.members", (0, 101)),
        ("evaluate", "ensemble.averaged_contexts", (0, 51, 1.5)),
        ("evaluate", "ensemble.temperature", (0, 101, "warm")),
        ("sample", "sample.count", (0, 1.5, 10**9)),
        ("sample", "sample.temperature", (0, -1, 1e9, "1")),
        ("sample", "sample.max_length", (0, 40.0, 10**9)),
        ("sample", "sample.seed", (-1, 1.0, "1", 2**63)),
        ("sample", "sample.top_k", (-1, 5.0, None)),
        ("sample", "sample.top_p", (0, 1.1, "1")),
        ("sample", "sample.new_only", (1, "true", None)),
        ("lr_sweep", "lr_sweep.steps", (24, 1e3, 10**7)),
        ("lr_sweep", "lr_sweep.seeds", (0, 101, 1.5)),
        ("lr_sweep", "lr_sweep.min_exponent", (-400, "a", *NOT_FINITE)),
        ("lr_sweep", "lr_sweep.max_exponent", (400, -3.0, -4.0)),
        ("ngram", "ngram.order", (0, 7.0, 21)),
        ("ngram", "ngram.discount_1", (0, -1, 1.1, "1")),
        ("ngram", "ngram.discount_2", (0, 2.1, None)),
        ("ngram", "ngram.discount_3", (0, 3.1, True)),
        ("ngram", "ngram.discounts", ("kenlm", None, 1)),
        ("mixture", "mixture.weight", (-0.1, 1, 1.0, None)),
        ("mixture", "mixture.context_counts", (-1, 15, 1.0, None)),
        ("mixture", "mixture.positions", (0, 9.0, 10**9)),
        ("mixture", "mixture.p_seen_parts", (0, True, 10**9)),
        ("distinct", "mixture.prior", (-1, 0, "1", *NOT_FINITE)),
    ],
)
def test_a_parameter_of_a_wrong_type_or_range_is_refused(
    folder: Path,
    run_stage: Callable[..., object],
    stage: str,
    key: str,
    values: tuple[Any, ...],
) -> None:
    """The line names the file, the key, the value and what it needs to be."""
    for value in values:
        set_params(folder, **{key.replace(".", "__"): value})
        error = str(run_stage(stage, *ARGUMENTS[stage]))
        assert error.startswith(f"error: params.yaml: {key}"), error
        assert repr(value)[:40] in error
        assert " needs to " in error
        assert "\n" not in error
        assert len(error) < 200


@pytest.mark.parametrize("text", ["1e-3", "1", "0.5", "+1.5e-1"])
def test_a_number_may_be_written_as_people_write_it(
    folder: Path, run_stage: Callable[..., object], text: str
) -> None:
    """`lr: 1e-3` is a number in YAML 1.2, and a whole number serves as lr."""
    params = Path("params.yaml").read_text("utf-8")
    assert "lr: 0.16" in params
    params = params.replace("lr: 0.16", f"lr: {text}")
    Path("params.yaml").write_text(params, "utf-8")
    set_params(folder, steps=2, hidden=2)
    for split in ("train", "dev"):
        save_small_split(folder / f"{split}.pt")
    assert run_stage("train", *ARGUMENTS["train"]) is None


INVERSE = {"training__schedule": "inverse", "lr_decay": 1}
COSINE = {"training__schedule": "cosine", "lr_decay": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"training__beta2": 0.95},
            "training.beta2: 0.95 is read with training.optimizer: adamw alone; "
            "set it to 0 with sgd",
        ),
        (
            {"training__warmup": 0.1},
            "training.warmup: 0.1 is read with training.schedule: cosine alone; "
            "set it to 0 with step",
        ),
        (
            {"training__inverse_decay": 1e-8},
            "training.inverse_decay: 1e-08 is read with training.schedule: inverse "
            "alone; set it to 0 with step",
        ),
        (
            {**INVERSE, "training__warmup": 0.1},
            "training.warmup: 0.1 is read with training.schedule: cosine alone; "
            "set it to 0 with inverse",
        ),
        (
            {**COSINE, "training__inverse_decay": 0.1},
            "training.inverse_decay: 0.1 is read with training.schedule: inverse "
            "alone; set it to 0 with cosine",
        ),
        (
            {**INVERSE, "lr_decay": 0.1},
            "lr_decay: 0.1 is read with training.schedule: step alone; "
            "set it to 1 with inverse",
        ),
        (
            {**COSINE, "lr_decay": 0.5},
            "lr_decay: 0.5 is read with training.schedule: step alone; "
            "set it to 1 with cosine",
        ),
    ],
)
def test_a_value_that_nothing_reads_is_refused(
    folder: Path,
    run_stage: Callable[..., object],
    changes: dict[str, Any],
    message: str,
) -> None:
    """Else somebody would believe that it did something; the line says who reads it."""
    set_params(folder, **changes)
    error = run_stage("train", *ARGUMENTS["train"])
    assert error == f"error: params.yaml: {message}"


ESTIMATED = {
    "ngram__discounts": "estimated",
    **{f"ngram__discount_{count}": 0 for count in (1, 2, 3)},
}
ONE_WEIGHT = {"mixture__positions": 1, "mixture__p_seen_parts": 1}


@pytest.mark.parametrize(
    ("stage", "changes", "message"),
    [
        (
            "ngram",
            {**ESTIMATED, "ngram__discount_2": 1.0},
            "ngram.discount_2: 1.0 is read with ngram.discounts: fixed alone; "
            "set it to 0 with estimated",
        ),
        (
            "ngram",
            {"ngram__discount_3": 0},
            "ngram.discount_3: 0.0 needs to be at least 0.01 with ngram.discounts: "
            "fixed",
        ),
        (
            "mixture",
            {"mixture__weight": 0.5},
            "mixture.positions: 9 is read with mixture.weight: 0 alone; "
            "set it to 1 with a fixed weight",
        ),
        (
            "mixture",
            {**ONE_WEIGHT, "mixture__weight": 0.5, "mixture__context_counts": 4},
            "mixture.context_counts: 4 is read with mixture.weight: 0 alone; "
            "set it to 0 with a fixed weight",
        ),
        (
            "distinct",
            {**ONE_WEIGHT, "mixture__weight": 0.5, "mixture__prior": 2.0},
            "mixture.prior: 2.0 is read with mixture.weight: 0 alone; "
            "set it to 1.0 with a fixed weight",
        ),
        (
            "mixture",
            {**ONE_WEIGHT, "mixture__p_seen_parts": 3, "mixture__context_counts": 4},
            "mixture.p_seen_parts: 3 is read with mixture.context_counts: 0 alone; "
            "set it to 1 with context_counts",
        ),
    ],
)
def test_the_n_gram_and_the_mixture_refuse_what_they_would_not_read(
    folder: Path,
    run_stage: Callable[..., object],
    stage: str,
    changes: dict[str, Any],
    message: str,
) -> None:
    """The line says what reads the value, and which one to set."""
    set_params(folder, **changes)
    error = run_stage(stage, *ARGUMENTS[stage])
    assert error == f"error: params.yaml: {message}"


@pytest.mark.parametrize("stage", ["train", "lr_sweep"])
def test_the_sweep_refuses_what_its_optimizer_does_not_read_too(
    folder: Path, run_stage: Callable[..., object], stage: str
) -> None:
    """And adamw without a beta2: which one it needs depends on the symbols."""
    set_params(folder, training__beta2=0.999)
    error = str(run_stage(stage, *ARGUMENTS[stage]))
    assert error.startswith("error: params.yaml: training.beta2: 0.999 is read with ")
    set_params(folder, training__optimizer="adamw", training__beta2=0)
    assert run_stage(stage, *ARGUMENTS[stage]) == (
        "error: params.yaml: training.beta2: 0.0 needs to be above 0 with adamw; "
        "0.95 suits characters, 0.999 rare words"
    )


def test_the_sweep_does_not_look_at_the_schedule(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """It has its own learning rates, so what train refuses is none of its business."""
    set_params(folder, training__warmup=0.1, lr_sweep__steps=25, hidden=2)
    save_small_split(folder / "train.pt")
    assert run_stage("lr_sweep", *ARGUMENTS["lr_sweep"]) is None
