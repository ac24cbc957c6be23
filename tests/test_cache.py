"""Cache: what a clone shares with copies of it."""

from pathlib import Path

import pytest

from experiments.cache import keep_results, share_cache


@pytest.mark.parametrize("elsewhere", [False, True])
def test_copies_store_a_file_without_meeting(tmp_path: Path, elsewhere: bool) -> None:
    """Each has what the clone's cache has, and files of its own, which it gives later.

    A file that is damaged in the clone's cache is replaced then; half a file stays out.
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
    (cache / known).write_text("damaged")
    for copy in (one, other):
        share_cache(clone, copy)
        assert (copy / "cache" / known).read_text() == "damaged"
        (copy / "cache" / known).unlink()
        (copy / "cache" / known).write_text("known")
        (copy / "cache" / new).parent.mkdir()
        (copy / "cache" / new).write_text("new")
        (copy / "cache" / new).with_suffix(".tmp").write_text("half")
    assert (cache / known).read_text() == "damaged"
    assert not (cache / new).exists()
    for copy in (one, other):
        keep_results(clone, copy)
    files = {
        p.relative_to(cache): p.read_text() for p in cache.rglob("*") if p.is_file()
    }
    assert files == {known: "known", new: "new"}
