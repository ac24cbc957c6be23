"""The script that gets the notebook's list."""

from pathlib import Path

from tests.conftest import Pipeline


def test_the_list_is_put_where_git_ignores_it(tmp_path: Path, civil_path: Path) -> None:
    """The bytes of the copy; nothing else changes, and DVC has nothing to fetch."""
    project = Pipeline(tmp_path / "project")
    before = project.run("git", "status", "--short")
    output = project.run("make", "--silent", "civil", f"FROM={civil_path}")
    assert output == "civil_mots.txt: 7223 words\n"
    copy = project.folder / "data" / "civil_mots.txt"
    assert copy.read_bytes() == civil_path.read_bytes()
    assert project.run("git", "status", "--short") == before
    assert project.run("git", "ls-files", "*.dvc") == ""
