"""A model file that is alone in the world, and nplm imported as a library."""

import csv
import math
from pathlib import Path

import pytest

import nplm
from nplm.corpus.vocabulary import encode
from nplm.errors import InputError
from nplm.models.ensemble import load_ensemble
from nplm.models.model_file import save_members
from tests.inputs import new_network, steady
from tests.nplm.conftest import VOCABULARY, ByHand
from tests.nplm.test_errors import run_code


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the model file of a folder that has nothing else, the current one.

    Its network gives EOS 1/5, i, l, o and é alike.
    """
    (tmp_path / "alone").mkdir()
    monkeypatch.chdir(tmp_path / "alone")
    path = Path("some.pt")
    save_members([steady(5 * [0])], VOCABULARY, path)
    return path


def test_a_loaded_model_draws_scores_and_has_neighbours(alone: Path) -> None:
    """By hand: each symbol, and the end, has 1/5; an é may be typed in two parts."""
    model = nplm.load(str(alone))
    words = model.sample(prefix="lo", count=5, seed=1)
    assert len(words) == 5
    assert all(word.startswith("lo") for word in words)
    assert model.sample("lo", 3) == words[:3] != model.sample("lo", 3, seed=2)
    assert len(model.sample()) == 20
    assert max(map(len, model.sample(max_length=2))) == 2
    symbols, log_p = zip(*model.score("le\u0301"), strict=True)
    assert symbols == ("l", "é", ".")
    assert log_p == pytest.approx(3 * [math.log(1 / 5)])
    assert {near.symbol for near in model.neighbours("l")} == {"i", "o", "é"}
    assert len(model.neighbours("l", 1)) == 1
    with pytest.raises(InputError, match="'x', which is not in the vocabulary"):
        model.score("x")


def test_a_model_is_loaded_as_its_user_says(alone: Path) -> None:
    """The ensemble's temperature and averaged contexts are not in the file."""
    save_members([new_network(5, 3, 2, 4)], VOCABULARY, alone)
    ids_N = encode(["loi"], VOCABULARY)
    expected = load_ensemble(alone, temperature=1.5, averaged_contexts=2).score(ids_N)
    model = nplm.load(alone, temperature=1.5, averaged_contexts=2)
    found = [log_p for _, log_p in model.score("loi")]
    assert found == expected.values_N.tolist()
    assert found != [log_p for _, log_p in nplm.load(alone).score("loi")]


def test_a_name_that_nobody_knows_is_refused(alone: Path) -> None:
    """Of the module, and among the keys of what is drawn."""
    with pytest.raises(AttributeError, match="'nplm' has no attribute 'lode'"):
        nplm.lode  # noqa: B018
    with pytest.raises(TypeError, match="temprature"):
        nplm.load(alone).sample(temprature=0.5)  # type: ignore[call-arg]


def test_commands_read_a_model_file_alone(
    by_hand: ByHand, alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In its folder, which has no params.yaml; what needs the list is refused."""
    model = ("--model", str(alone))
    assert by_hand("words", *model, "--count=3", "--prefix=lo") is None
    assert capsys.readouterr().out.splitlines() == nplm.load(alone).sample("lo", 3)
    assert by_hand("score", *model, "--csv", "lo") is None
    header, *rows = csv.reader(capsys.readouterr().out.splitlines())
    assert header == ["word", "position", "symbol", "network"]
    assert rows[0] == ["lo", "1", "l", f"{math.log(1 / 5):.6f}"]
    assert by_hand("neighbours", *model, "l", "--count=2") is None
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert by_hand("words", *model, "--new-only") == (
        "error: --new-only: some.pt does not have the list; leave out --model"
    )
    assert [path.name for path in Path().iterdir()] == ["some.pt"]


WITHOUT_TORCH = """
import runpy, sys, nplm
sys.argv[1:] = ["--help"]
try:
    runpy.run_module("nplm", run_name="__main__")
finally:
    assert not {"torch", "numpy", "pydantic"} & set(sys.modules)
"""


def test_help_does_not_wait_for_torch() -> None:
    """Importing it takes a second or more."""
    status, out, _ = run_code(WITHOUT_TORCH)
    assert (status, out[:23]) == (0, "usage: python -m nplm [")
