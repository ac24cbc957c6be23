"""Which stages run again after a change of a parameter, by dvc.yaml."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from nplm.report.comparison import flat
from tests.conftest import ROOT, STAGES
from tests.test_map import paths

ALL = {
    "prepare", "splits", "train", "evaluate", "sample", "activations", "lr_sweep",
    "ngram", "endings", "mixture", "distinct",
}  # fmt: skip
FROM_SPLITS = ALL - {"prepare"}
FROM_ENSEMBLE = {"evaluate", "sample", "mixture", "distinct"}
FROM_TRAIN = FROM_ENSEMBLE | {"train", "activations"}
FROM_NETWORK = FROM_TRAIN | {"lr_sweep"}
FROM_NGRAM = {"ngram", "mixture", "distinct"}
RERUNS: list[tuple[dict[str, Any], set[str]]] = [
    ({"corpus": "data/smaller.txt"}, ALL),
    ({"corpus": "data/text.txt", "unit": "word"}, ALL),
    ({"vocabulary__blank": True}, {"prepare"}),
    ({"vocabulary__size": 20, "vocabulary__min_count": 2}, ALL),
    (
        {"split_seed": 43, "split__order": "file", "split__shares": [0.7, 0.2, 0.1]},
        FROM_SPLITS,
    ),
    ({"context_size": 4}, FROM_SPLITS - {"ngram", "endings"}),
    ({"seed": 1}, FROM_NETWORK),
    ({"hidden": 9}, FROM_NETWORK),
    ({"embedding_dim": 3, "batch_size": 16}, FROM_NETWORK),
    (
        {
            "network__layers": 2,
            "network__activation": "gelu",
            "network__direct": True,
            "network__tied": True,
            "network__init": "scaled",
        },
        FROM_NETWORK,
    ),
    (
        {
            "training__engine": "autograd",
            "training__optimizer": "adamw",
            "training__beta2": 0.95,
            "training__weight_decay": 0.1,
            "training__dropout": 0.5,
            "training__context_dropout": 0.5,
            "training__embedding_dropout": 0.1,
            "training__precision": "bfloat16",
        },
        FROM_NETWORK,
    ),
    ({"steps": 41, "lr": 0.1, "ensemble__members": 2}, FROM_TRAIN),
    (
        {
            "training__schedule": "inverse",
            "training__inverse_decay": 0.001,
            "lr_decay": 1.0,
        },
        FROM_TRAIN,
    ),
    (
        {"training__schedule": "cosine", "training__warmup": 0.1, "lr_decay": 1.0},
        FROM_TRAIN,
    ),
    ({"training__processes": 2}, FROM_TRAIN),
    ({"training__device": "cuda"}, FROM_NETWORK),
    (
        {"ensemble__averaged_contexts": 2, "ensemble__temperature": 1.2},
        FROM_ENSEMBLE,
    ),
    (
        {
            "sample__seed": 1,
            "sample__count": 5,
            "sample__temperature": 0.8,
            "sample__top_k": 9,
            "sample__top_p": 0.9,
            "sample__new_only": True,
            "sample__max_length": 10,
        },
        {"sample"},
    ),
    (
        {
            "lr_sweep__seeds": 2,
            "lr_sweep__steps": 28,
            "lr_sweep__min_exponent": -2,
            "lr_sweep__max_exponent": -1,
        },
        {"lr_sweep"},
    ),
    ({"ngram__order": 5}, FROM_NGRAM),
    (
        {
            "ngram__discounts": "estimated",
            "ngram__discount_1": 0,
            "ngram__discount_2": 0,
            "ngram__discount_3": 0,
        },
        FROM_NGRAM,
    ),
    (
        {"mixture__weight": 0.5, "mixture__positions": 1, "mixture__p_seen_parts": 1},
        {"mixture", "distinct"},
    ),
    (
        {
            "mixture__positions": 1,
            "mixture__p_seen_parts": 1,
            "mixture__context_counts": 4,
            "mixture__prior": 2.0,
        },
        {"mixture", "distinct"},
    ),
    (
        {
            "endings__stem": 4,
            "endings__ending": 5,
            "endings__rest": 3,
            "endings__beginning": 4,
            "endings__partners": 10,
            "endings__words": 100,
        },
        {"endings", "mixture", "distinct"},
    ),
    ({"report__language": "fr"}, set()),
]
"""Parameters, other values of them, and the stages that depend on each of them.

That each does, and not one of those beside it alone, is in test_map.py; by real DVC it
is in test_pipeline.py.
"""


@pytest.mark.parametrize(("values", "expected"), RERUNS)
def test_the_map_leads_from_parameters_to_the_stages_that_depend_on_them(
    values: dict[str, Any], expected: set[str]
) -> None:
    """By dvc.yaml: stages that list one of them, and those that read what these write.

    The group `vocabulary` changes sequences or symbols where the corpus gives it
    occasion, and so all stages.
    """
    keys = {name.replace("__", ".") for name in values}
    written: set[str] = set()
    affected = set()
    for stage, entry in STAGES.items():  # in their order, which data follow
        if keys & set(entry.get("params", ())) or written & paths(entry["deps"]):
            affected.add(stage)
            written |= paths(entry.get("outs", []))
    assert affected == (ALL if "vocabulary.blank" in keys else expected)


def test_the_table_above_has_every_parameter() -> None:
    """Each key of params.yaml."""
    keys = [name.replace("__", ".") for values, _ in RERUNS for name in values]
    tree = YAML(typ="safe").load(ROOT / "params.yaml")
    assert set(keys) == set(flat(tree))
