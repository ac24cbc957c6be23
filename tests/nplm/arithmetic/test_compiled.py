"""Compiled functions, and a cache of them that is damaged or cannot be written."""

import random
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from numba.core import config

SOURCE = """
from nplm.arithmetic.compiled import compiled

@compiled()
def half(x):
    return x / 2
"""


@pytest.fixture
def half(tmp_path: Path) -> Callable[[], Any]:
    """Return a function that imports a compiled `half` anew, as another run does."""
    path = tmp_path / "code" / "source.py"
    path.parent.mkdir()
    path.write_text(SOURCE)

    return lambda: runpy.run_path(str(path))["half"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder for the cache."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(config, "CACHE_DIR", str(folder))
    return folder


def compilations(function: Any) -> int:
    """Return how often Numba compiled the function instead of taking it as it was."""
    return sum(function.stats.cache_misses.values())


def files(cache: Path) -> list[Path]:
    """Return the index and the compiled code in the cache."""
    return sorted(cache.rglob("*.nb?"))


def test_code_from_other_sources_is_compiled_again(
    cache: Path, half: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the function's own file is as it was; other sources have other hashes."""
    assert half()(3) == 1.5
    assert cache.exists()
    monkeypatch.setattr("nplm.arithmetic.compiled.SOURCES", b"others")
    edited = half()
    assert (edited(3), compilations(edited)) == (1.5, 1)


def flip(content: bytes) -> bytes:
    """Return content with a bit flipped in the second half: machine code, if any."""
    damaged = bytearray(content)
    damaged[random.Random(1).randrange(len(content) // 2, len(content))] ^= 1
    return bytes(damaged)


@pytest.mark.parametrize("damage", [flip, lambda _: b""])
@pytest.mark.parametrize("number", [0, 1], ids=["code", "index"])
def test_a_damaged_file_is_replaced(
    cache: Path,
    half: Callable[[], Any],
    damage: Callable[[bytes], bytes],
    number: int,
) -> None:
    """The run after the one that found it takes code from the cache again."""
    assert half()(3) == 1.5
    path = files(cache)[number]
    path.write_bytes(damage(path.read_bytes()))
    finds_it = half()
    assert (finds_it(3), compilations(finds_it)) == (1.5, 1)
    after = half()
    assert (after(5), compilations(after)) == (2.5, 0)


def test_a_file_that_cannot_be_replaced_is_no_error(
    cache: Path, half: Callable[[], Any]
) -> None:
    """A folder stands where the index should."""
    assert half()(3) == 1.5
    index = files(cache)[1]
    index.unlink()
    (index / "in the way").mkdir(parents=True)
    function = half()
    assert (function(3), compilations(function)) == (1.5, 1)


def test_without_a_folder_that_can_be_written_there_is_no_cache(
    tmp_path: Path, half: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither beside the source nor in the home; Numba says: no locator available."""
    (tmp_path / "code" / "__pycache__").write_text("in the way")
    (tmp_path / "home").write_text("in the way")
    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert half()(3) == 1.5
