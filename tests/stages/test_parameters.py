"""What params.yaml can say to each stage, and an error for the rest."""

import importlib
import io
import math
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML

from nplm.errors import InputError
from nplm.parameters import Frozen, read_parameters
from nplm.training.parameters import WholeTrainingParameters
from nplm.trees import flat
from stages.command import load_parameters
from tests.conftest import set_params

SWITCHES: dict[str, dict[str, Any]] = {
    "hidden": {"network__direct": True},
    "training.beta2": {"training__optimizer": "adamw"},
    "training.inverse_decay": {"training__schedule": "inverse"},
    "training.warmup": {"training__schedule": "cosine"},
}
"""What a key needs, so that it is read."""


def read(stage: str, **changes: Any) -> Frozen:
    """Return what a stage reads from params.yaml in the current folder, changed."""
    set_params(Path(), **changes)
    kind = importlib.import_module(f"stages.{stage}").Parameters
    parameters: Frozen = read_parameters(kind, Path("params.yaml"))
    return parameters


def refusal(stage: str, **changes: Any) -> str:
    """Return the line with which a stage refuses changes of params.yaml."""
    with pytest.raises(InputError) as error:
        read(stage, **changes)
    return str(error.value)


@pytest.mark.parametrize(
    ("stage", "key", "low", "high"),
    [
        ("prepare", "vocabulary.size", 0, 10**7),
        ("prepare", "vocabulary.min_count", 1, 10**7),
        ("splits", "context_size", 1, 50),
        ("splits", "split_seed", 0, 2**63 - 1),
        ("train", "seed", 0, 2**63 - 1),
        ("train", "embedding_dim", 1, 500),
        ("train", "hidden", 0, 10_000),
        ("train", "batch_size", 1, 10_000),
        ("train", "steps", 1, 10**8),
        ("train", "lr", 1e-12, 1e38),
        ("train", "lr_decay", 1e-12, 1.0),
        ("train", "network.layers", 1, 20),
        ("train", "training.beta2", math.ulp(0), 1 - 2**-53),
        ("train", "training.inverse_decay", 0.0, 1.0),
        ("train", "training.warmup", 0.0, 1.0),
        ("train", "training.weight_decay", 0.0, 10.0),
        ("train", "training.dropout", 0.0, 0.95),
        ("train", "training.context_dropout", 0.0, 1.0),
        ("train", "training.embedding_dropout", 0.0, 0.95),
        ("train", "training.processes", 1, 1000),
        ("train", "ensemble.members", 1, 100),
        ("evaluate", "ensemble.averaged_contexts", 1, 50),
        ("evaluate", "ensemble.temperature", 0.01, 100.0),
        ("sample", "sample.seed", 0, 2**63 - 1),
        ("sample", "sample.count", 1, 10**5),
        ("sample", "sample.temperature", 1e-6, 1e6),
        ("sample", "sample.top_k", 0, 10**5),
        ("sample", "sample.top_p", math.ulp(0), 1.0),
        ("sample", "sample.max_length", 1, 1000),
        ("lr_sweep", "lr_sweep.steps", 25, 10**6),
        ("lr_sweep", "lr_sweep.seeds", 1, 100),
        ("ngram", "ngram.order", 1, 20),
        ("ngram", "ngram.discount_1", 0.01, 1.0),
        ("ngram", "ngram.discount_2", 0.01, 2.0),
        ("ngram", "ngram.discount_3", 0.01, 3.0),
        ("endings", "endings.stem", 3, 20),
        ("endings", "endings.rest", 3, 20),
        ("endings", "endings.partners", 1, 1000),
        ("endings", "endings.words", 1, 10**7),
        ("mixture", "mixture.weight", math.ulp(0), 1 - 2**-53),
        ("mixture", "mixture.positions", 1, 100),
        ("mixture", "mixture.p_seen_parts", 1, 9),
        ("mixture", "mixture.context_counts", 1, 14),
        ("mixture", "mixture.prior", 0.01, 1e6),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_number_is_taken_from_its_lowest_to_its_highest(
    stage: str, key: str, low: float, high: float
) -> None:
    """What is below or above is refused, with the key and what it needs to be."""
    switches, name = SWITCHES.get(key, {}), key.replace(".", "__")
    read(stage, **switches, **{name: low})
    read(stage, **switches, **{name: high})
    below, above = (
        (low - 1, high + 1)
        if isinstance(low, int)
        else (math.nextafter(low, -math.inf), math.nextafter(high, math.inf))
    )
    for value in (below, above):
        error = refusal(stage, **switches, **{name: value})
        assert error.startswith(f"params.yaml: {key}: {value} needs to be "), error


@pytest.mark.parametrize(
    ("stage", "key", "values"),
    [
        ("prepare", "corpus", (None, 3, "", ["a"], "a\0b", "a\nb", "a\u2028b")),
        ("prepare", "column", ("", 0, 2.5, True, ["mot"])),
        ("splits", "split.shares", ([0.8, 0.2], 1, [0.8, 0.1, 0.2], [1, 0, 0])),
        ("train", "network.activation", ("relu", None, 1)),
        ("train", "training.optimizer", ("adam",)),
        ("train", "training.schedule", ("linear", 1)),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_value_of_a_wrong_kind_is_refused(
    stage: str, key: str, values: tuple[Any, ...]
) -> None:
    """The line shows the value as Python writes it, at most its beginning."""
    for value in values:
        error = refusal(stage, **{key.replace(".", "__"): value})
        assert error.startswith(f"params.yaml: {key}"), error
        assert repr(value)[:40] in error
        assert " needs to " in error


@pytest.mark.parametrize(
    ("stage", "changes", "start"),
    [
        ("train", {"training__beta2": 0.95},
         "training.beta2: 0.95 is read with training.optimizer: adamw alone"),
        ("ngram", {"ngram__discounts": "estimated", "ngram__discount_2": 1.0},
         "ngram.discount_2: 1.0 is read with ngram.discounts: fixed alone"),
        ("mixture", {"mixture__weight": 0.5, "mixture__positions": 9},
         "mixture.positions: 9 is read with mixture.weight: null alone"),
        ("mixture", {"mixture__context_counts": 4, "mixture__p_seen_parts": 3},
         "mixture.p_seen_parts: 3 is read with mixture.context_counts: null alone"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_a_value_that_nothing_reads_is_refused(
    stage: str, changes: dict[str, Any], start: str
) -> None:
    """Else somebody would believe that it did something; the line says who reads it."""
    assert refusal(stage, **changes).startswith(f"params.yaml: {start}")


@pytest.mark.usefixtures("folder")
def test_a_switch_works_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """The stage prints what it takes for the keys that are empty."""
    set_params(Path(), training__optimizer="adamw", training__schedule="cosine")
    load_parameters(WholeTrainingParameters)
    line = "taken: training.beta2 0.95, training.warmup 0.05\n"
    assert capsys.readouterr().out == line


@pytest.mark.usefixtures("folder")
def test_the_rates_of_a_sweep_grow_within_float32() -> None:
    """From 1e-12 to 1e38 at most, and from one exponent to a higher one."""
    for key, value, need in (
        ("max_exponent", 38.001, "less than or equal to 38"),
        ("max_exponent", -12, "above lr_sweep.min_exponent, -12.0"),
        ("min_exponent", -12.001, "greater than or equal to -12"),
    ):
        read("lr_sweep", lr_sweep__min_exponent=-12, lr_sweep__max_exponent=38)
        error = refusal("lr_sweep", **{f"lr_sweep__{key}": value})
        assert error.startswith(f"params.yaml: lr_sweep.{key}: {value}")
        assert need in error


@pytest.mark.parametrize("keys", [["lr"], None])
def test_a_changed_value_changes_its_line_of_the_file_alone(
    folder: Path, keys: list[str] | None
) -> None:
    """By `dvc exp run -S`, of a key or of all; comments and lists stay as they are."""
    path, written = folder / "params.yaml", io.StringIO()
    before = path.read_text("utf-8")
    YAML().dump(YAML().load(before), written)
    assert written.getvalue() == before
    values = flat(YAML().load(before))
    lists = {key: [4, 5, 6] for key, value in values.items() if isinstance(value, list)}
    changes = {key: lists.get(key, 17) for key in keys or values}
    apply_overrides(path, [f"{key}={value}" for key, value in changes.items()])
    after = path.read_text("utf-8")
    lines = list(zip(before.splitlines(), after.splitlines(), strict=True))
    comments = [[line.partition("#")[2] for line in pair] for pair in lines]
    assert all(old == new for old, new in comments)
    numbers = sum(len(lists.get(key, [17])) for key in changes)
    assert sum(old != new for old, new in lines) == numbers
