"""The file of endings: what is read is what was written, or one line says why not."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nplm.errors import InputError
from nplm.models.endings_file import EndingsScores, load_endings, save_endings

WORDS = {"dev": ["été", "loi"], "test": ["a"]}
PLAIN = np.array([[-1 / 3, -np.inf], [-2.0, -np.inf]])
SCORES = {
    "dev": EndingsScores(PLAIN, 2 * PLAIN),
    "test": EndingsScores(PLAIN[:, :1], 2 * PLAIN[:, :1]),
}
REMEDY = "make it again: dvc repro"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file of endings."""
    path = tmp_path / "endings.npz"
    save_endings(WORDS, SCORES, path)
    return path


def refusal(path: Path) -> str:
    """Return the line with which the file at path is refused."""
    with pytest.raises(InputError) as error:
        load_endings(path, WORDS)
    line = str(error.value)
    assert line.startswith(f"{path}: ")
    assert line.endswith("again: dvc repro")
    assert "\n" not in line
    return line.removeprefix(f"{path}: ")


def test_scores_are_saved_with_six_digits(path: Path) -> None:
    """The others depend on the processor; minus infinity stays what it is."""
    scores = load_endings(path, WORDS)
    assert scores["dev"].plain_SxW.tolist() == [[-0.333333, -np.inf], [-2, -np.inf]]
    assert scores["test"].new_SxW.tolist() == [[-0.666667], [-4]]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "scores"}, "has 'scores', not 'endings'; give the right file"),
        ({"dev_words": None}, "not a file of endings, or damaged"),
        ({"dev_words": np.frombuffer(b"loi", np.uint8)}, "dev has other words than"),
        ({"dev_plain": -PLAIN}, "dev: a value is not the logarithm of a probability"),
        ({"dev_plain": PLAIN * np.nan}, "dev: a value is not the logarithm"),
        ({"dev_new": PLAIN[:, :1]}, "dev: a value is not the logarithm"),
        ({"dev_new": PLAIN.astype(np.float32)}, "dev: a value is not the logarithm"),
    ],
)
def test_what_cannot_be_scores_of_these_words_is_refused(
    path: Path, changed: dict[str, Any], message: str
) -> None:
    """The line names the file, the split, and the remedy."""
    with np.load(path) as arrays:
        content = dict(arrays) | changed
    with np.errstate(invalid="ignore"):
        np.savez(path, **{name: a for name, a in content.items() if a is not None})
    assert refusal(path).startswith(message)


def test_a_damaged_file_is_refused_or_read_as_it_was(path: Path) -> None:
    """A hundred times a byte of it is another one."""
    content = path.read_bytes()
    generator = random.Random(1)
    for _ in range(100):
        place = generator.randrange(len(content))
        path.write_bytes(
            content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        )
        try:
            scores = load_endings(path, WORDS)
        except InputError:
            assert REMEDY in refusal(path) or "make both" in refusal(path)
        else:
            assert scores["dev"].plain_SxW.tolist()[1] == [-2, -np.inf]


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive"])
def test_another_file_is_refused(path: Path, content: bytes) -> None:
    """Also an empty one."""
    path.write_bytes(content)
    assert refusal(path) == f"not a file of endings, or damaged; {REMEDY}"
