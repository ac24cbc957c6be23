"""The file of a model: what it holds, and whatever else is refused."""

import io
import math
import random
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import torch

from nplm.errors import InputError
from nplm.files import save_tensors
from nplm.models.ensemble import Ensemble
from nplm.models.model_file import load_members, save_members
from nplm.models.network import Network
from tests.inputs import examples, new_network
from tests.nplm.test_files import damaged

SYMBOLS = [".", *map(chr, range(97, 137))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a model of four symbols, context 3, with two layers and D."""
    members = [new_network(4, 3, 2, 5, layers=2, direct=True) for _ in range(2)]
    save_members(members, SYMBOLS[:4], tmp_path / "model.pt")
    return tmp_path / "model.pt"


def refused(path: Path) -> str:
    """Return the message with which the model is refused."""
    with pytest.raises(InputError) as error:
        load_members(path)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_saved_model_comes_back(tmp_path: Path) -> None:
    """Weights to the bit, in float64, sizes, activation, and vocabulary."""
    path = tmp_path / "model.pt"
    saved = [
        new_network(41, 3, 2, 10, layers=3, activation="gelu", direct=True)
        for _ in range(2)
    ]
    save_members(saved, SYMBOLS, path)
    members, vocabulary = load_members(path)
    assert vocabulary == SYMBOLS
    for ours, theirs in zip(members, saved, strict=True):
        assert ours.sizes == theirs.sizes
        for name, weights in theirs.named_parameters():
            assert torch.equal(ours.get_parameter(name), weights.double()), name


def test_a_model_file_holds_its_weights_by_name_its_sizes_and_its_vocabulary(
    path: Path,
) -> None:
    """It loads without running code, and says what it is."""
    content = torch.load(path, weights_only=True)
    assert content["kind"] == "model"
    assert content["vocabulary"] == SYMBOLS[:4]
    assert content["sizes"] == {
        "vocabulary_size": 4, "context_size": 3, "embedding_dim": 2, "hidden": 5,
        "layers": 2, "activation": "tanh", "direct": True, "tied": False,
    }  # fmt: skip
    assert list(content["members"][0]) == [
        "C", "W1", "b1", "W2", "b2", "Wh", "bh", "D",
    ]  # fmt: skip


def change(**changes: Any) -> Callable[[dict[str, Any]], None]:
    """Return a function that puts values into a model's content, by dotted keys."""

    def apply(content: dict[str, Any]) -> None:
        for key, value in changes.items():
            group, _, name = key.partition("__")
            if group == "weights":
                content["members"][1][name] = value
            elif name:
                content[group][name] = value
            else:
                content[group] = value

    return apply


NAN, INFINITE = torch.full((4, 2), math.nan), torch.full((5,), math.inf)


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (change(weights__C=NAN), "weights are not finite"),
        (change(weights__b1=INFINITE), "weights are not finite"),
        *(
            (damage, "weights do not fit its sizes or its vocabulary")
            for damage in (
                change(weights__C=torch.zeros(4, 3)),
                change(weights__C=torch.zeros(8)),
                change(weights__C=torch.zeros(4, 2, dtype=torch.int64)),
                change(weights__C=torch.zeros(4, 2, dtype=torch.complex64)),
                change(weights__C=torch.zeros(4, 2, dtype=torch.float16)),
                change(weights__C=torch.zeros(4, 2).to_sparse()),
                change(weights__C=torch.zeros(2, 4).T),
                change(weights__C=[[0.0, 0.0]] * 4),
                change(weights__more=torch.zeros(4)),
                change(members=[]),
                change(members=None),
                change(members=3),
                change(members=[{}]),
                change(members=[[]]),
                change(members={"C": torch.zeros(4, 2)}),
                change(members=torch.zeros(2, 2)),
                change(sizes=None),
                change(sizes=[]),
                change(sizes={}),
                change(sizes={3: 4}),
                change(sizes__layers=1),
                change(sizes__layers=0),
                change(sizes__hidden=-1),
                change(sizes__hidden="5"),
                change(sizes__hidden=10**12),
                change(sizes__hidden=10**30),
                change(sizes__context_size=4),
                change(sizes__context_size=3.0),
                change(sizes__activation="relu"),
                change(sizes__activation=["tanh"]),
                change(sizes__more=1),
                change(vocabulary=SYMBOLS),
                change(vocabulary=SYMBOLS[:3]),
                change(vocabulary=[".", "a", "a", "b"]),
                change(vocabulary=[".", "a", "b", 3]),
                change(vocabulary=[".", "a", "b", "cd"]),
                change(vocabulary=".abc"),
                change(vocabulary=None),
                change(vocabulary=torch.zeros(4)),
            )
        ),
    ],
)
def test_a_model_that_cannot_be_one_is_refused(
    path: Path, damage: Callable[[dict[str, Any]], None], problem: str
) -> None:
    """Weights, sizes and vocabulary have to fit each other."""
    content = torch.load(path, weights_only=True)
    del content["kind"]
    damage(content)
    save_tensors("model", content, path)
    assert refused(path) == f"{path}: {problem}; make it again: dvc repro train"


def test_a_few_numbers_that_pose_as_many_take_no_memory(path: Path) -> None:
    """One number repeated, of ten million symbols, would take 0.8 GB as float64."""
    content = torch.load(path, weights_only=True)
    content["sizes"]["vocabulary_size"] = 10**7
    for member in content["members"]:
        for name in ("C", "W2", "b2", "D"):
            shape = [10**7 if size == 4 else size for size in member[name].shape]
            member[name] = torch.zeros([1] * len(shape)).expand(shape)
    del content["kind"]
    save_tensors("model", content, path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "weights do not fit" in refused(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_model_of_a_large_vocabulary_stays_in_float32(tmp_path: Path) -> None:
    """It takes half the memory and half the time of float64, from 4,096 symbols on."""
    for size, dtype in ((4095, torch.float64), (4096, torch.float32)):
        symbols = [".", *map(chr, range(0x4E00, 0x4E00 + size - 1))]
        save_members([new_network(size, 2, 2, 2)], symbols, tmp_path / "model.pt")
        (loaded,), _ = load_members(tmp_path / "model.pt")
        assert {weights.dtype for weights in loaded.parameters()} == {dtype}


@pytest.mark.parametrize(
    "network",
    [new_network(4, 3, 2, 0, direct=True), new_network(4, 3, 2, 5, tied=True)],
    ids=["no hidden units", "tied"],
)
def test_a_network_of_the_other_kinds_comes_back(
    tmp_path: Path, network: Network
) -> None:
    """It says the same of what it has seen."""
    save_members([network], SYMBOLS[:4], tmp_path / "model.pt")
    (loaded,), _ = load_members(tmp_path / "model.pt")
    X, _ = examples(9, vocabulary_size=4)
    assert loaded.sizes == network.sizes
    assert torch.allclose(loaded(X).float(), network(X))


def test_networks_without_room_are_refused(tmp_path: Path) -> None:
    """An embedding of no numbers has no picture, no symbol nothing to say."""
    networks = [
        *(Network(*sizes) for sizes in ((4, 3, 0, 5), (4, 3, 2, 0), (4, 0, 2, 5))),
        Network(4, 3, 2, 0, direct=True, layers=2),
    ]
    for network in networks:
        save_members([network], SYMBOLS[:4], tmp_path / "model.pt")
        assert "weights do not fit" in refused(tmp_path / "model.pt")


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    """Such as a split, given as the model."""
    path = tmp_path / "train.pt"
    save_tensors("examples", {"X": torch.zeros(1), "Y": torch.zeros(1)}, path)
    assert refused(path).startswith(f"{path}: 'examples' where 'model' is needed; ")
    save_tensors("model", {"vocabulary": SYMBOLS}, path)
    assert refused(path).startswith(f"{path}: lacks 'sizes'; make it again")


def with_changed_bytes(content: bytes, draw: random.Random) -> bytes:
    """Return an archive with a byte or two changed in a part, and right checksums."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(file, "w") as target:
        names = source.namelist()
        changed = draw.choice([names[0], names[0], *names])  # the first has all sizes
        for name in names:
            part = bytearray(source.read(name))
            for _ in range(draw.choice([1, 2]) if name == changed else 0):
                part[draw.randrange(len(part))] = draw.randrange(256)
            target.writestr(name, part)
    return file.getvalue()


def test_a_damaged_model_is_refused_or_read(path: Path) -> None:
    """Whatever the damage, there is one line, or finite scores; no traceback."""
    whole, draw = path.read_bytes(), random.Random(1)
    X, Y = examples(9, vocabulary_size=4)
    messages = set()
    for number in range(200):
        damage = damaged if number % 4 == 0 else with_changed_bytes
        path.write_bytes(damage(whole, draw))
        try:
            ensemble = Ensemble(*load_members(path))
        except InputError as error:
            messages.add(str(error))
        else:
            assert ensemble.score(X, Y).isfinite().all()
    assert not any("\n" in message for message in messages)
    assert messages
