"""Cache: what a clone shares with copies of it."""

from pathlib import Path

import pytest

from experiments.cache import keep_results, share_cache


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_copy_cannot_change_the_clones_cache(tmp_path: Path, elsewhere: bool) -> None:
    """It takes what is there, and gives what is new, once it is whole.

    Wherever the cache is, two copies that store the same file do not meet.
    """
    clone, one, other = (tmp_path / name for name in ("clone", "one", "other"))
    for folder in (clone, one, other):
        folder.mkdir()
        (folder / "config").touch()
    cache = tmp_path / "elsewhere" if elsewhere else clone / "cache"
    if elsewhere:
        (clone / "config.local").write_text(f"[cache]\n    dir = {cache}\n")
    known, new = Path("files/md5/aa/1"), Path("files/md5/bb/2")
    (cache / known).parent.mkdir(parents=True)
    (cache / known).write_text("known")
    for copy in (one, other):
        share_cache(clone, copy)
        assert (copy / "cache" / known).read_text() == "known"
        (copy / "cache" / known).unlink()
        (copy / "cache" / new).parent.mkdir()
        (copy / "cache" / new).write_text("new")
        (copy / "cache" / new).with_suffix(".tmp").write_text("half")
    assert not (cache / new).exists()
    for copy in (one, other):
        keep_results(clone, copy)
    files = {
        p.relative_to(cache): p.read_text() for p in cache.rglob("*") if p.is_file()
    }
    assert files == {known: "known", new: "new"}
