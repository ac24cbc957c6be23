"""Bad input: exit status 1, one line with file, line or key, value and remedy."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from stages.shared.model import init_model, save_members
from tests.conftest import ARGUMENTS, ROOT, save_small_split, set_params


@pytest.mark.parametrize(
    ("content", "where", "remedy"),
    [
        (None, "No such file or directory", "check the path"),
        ("a folder", "Is a directory", "check the path"),
        (b"", "no words", "put one on each line"),
        (b"\n \n\r\n", "no words", "put one on each line"),
        ("été\n".encode("latin-1"), "1: byte 0xe9 is not UTF-8", "save the file as"),
        ("loi\nété\n".encode("utf-16"), "1: byte 0xff is not UTF-8", "save the file"),
        (b"loi\nart.\n", "2: 'art.' has a '.'", "take it out"),
        (b"art.\n", "1: 'art.' has", "(grep -nF . 'my list; v2.txt' lists them all)"),
        (b"loi\nde la\n", "2: 'de la' has ' '", "put one word on each line"),
        (b"a\tb\n", "1: 'a\\tb' has '\\t'", "put one word on each line"),
        (b"a\rb\n", "1: 'a\\rb' has '\\r'", "put one word on each line"),
        (b"a\x00b\n", "1: 'a\\x00b' has '\\x00'", "put one word on each line"),
        ("a\u200bb\n".encode(), "1: 'a\\u200bb' has", "put one word on each line"),
        ("a\xadb\n".encode(), "1: 'a\\xadb' has", "put one word on each line"),
        (b"loi\n" + b"a" * 10**7, "2: 'aaaa", "put one word on each line"),
        (b"a" * 101, "has 101 characters, a word at most 100", "put one word on"),
    ],
)
def test_a_corpus_that_is_no_word_list_is_refused(
    folder: Path,
    run_stage: Callable[..., object],
    content: bytes | str | None,
    where: str,
    remedy: str,
) -> None:
    """The line names the file, the line in it where there is one, and a remedy."""
    set_params(folder, corpus="my list; v2.txt")
    corpus = folder / "my list; v2.txt"
    if isinstance(content, bytes):
        corpus.write_bytes(content)
    elif content is not None:
        corpus.mkdir()
    error = str(run_stage("prepare", *ARGUMENTS["prepare"]))
    assert error.startswith("error: my list; v2.txt:")
    assert where in error
    assert remedy in error
    assert "\n" not in error
    assert len(error) < 200
    assert not Path("words.txt").exists()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_too_few_words_to_fill_dev_and_test_are_refused(
    folder: Path, run_stage: Callable[..., object], count: int
) -> None:
    """int(0.8 n) and int(0.9 n) leave dev or test empty below six words."""
    set_params(folder, corpus="few.txt")
    Path("few.txt").write_text("\n".join("abcde"[:count]))
    assert run_stage("prepare", *ARGUMENTS["prepare"]) is None
    error = str(run_stage("splits", *ARGUMENTS["splits"]))
    assert error.startswith(f"error: words.txt: {count} words leave dev or test empty")
    assert not Path("train.pt").exists()


def test_six_words_are_enough(folder: Path, run_stage: Callable[..., object]) -> None:
    """The remedy of the error above works."""
    set_params(folder, corpus="few.txt")
    Path("few.txt").write_text("\n".join("abcdef"))
    assert run_stage("prepare", *ARGUMENTS["prepare"]) is None
    assert run_stage("splits", *ARGUMENTS["splits"]) is None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[", b"{}", b"3", b"[]", b'["a", "."]', b'[".", 3]', b'[".", "ab"]',
        b'[".", "a", "a"]', '[".", "\u00e9"]'.encode("latin-1"), b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_vocabulary_that_cannot_be_one_is_refused(
    folder: Path, run_stage: Callable[..., object], content: bytes
) -> None:
    """Broken JSON, another shape, a symbol twice, another encoding."""
    (folder / "vocab.json").write_bytes(content)
    error = str(run_stage("splits", "--vocabulary", "vocab.json", "--examples", "a"))
    assert error.startswith("error: vocab.json: not a list of characters")
    assert error.endswith("make it again: dvc repro prepare")


@pytest.mark.parametrize("content", [b"", b"no tensors here", None])
@pytest.mark.parametrize(
    ("stage", "file"),
    [
        ("train", "train.pt"),
        ("lr_sweep", "train.pt"),
        ("evaluate", "model.pt"),
        ("sample", "model.pt"),
    ],
)
def test_a_tensor_file_that_cannot_be_read_is_refused(
    folder: Path,
    run_stage: Callable[..., object],
    stage: str,
    file: str,
    content: bytes | None,
) -> None:
    """A file cut short, or of another program, is named with the remedy."""
    if content is not None:
        (folder / file).write_bytes(content)
    error = str(run_stage(stage, *ARGUMENTS[stage]))
    assert error.startswith(f"error: {file}: ")
    assert "\n" not in error


@pytest.mark.parametrize("stage", ["evaluate", "sample"])
@pytest.mark.parametrize(("vocabulary", "context_size"), [(".abc", 3), (".ab", 2)])
def test_a_split_of_another_model_is_refused(
    folder: Path,
    run_stage: Callable[..., object],
    stage: str,
    vocabulary: str,
    context_size: int,
) -> None:
    """More symbols than the split's or fewer positions: its ids mean something else."""
    for name in ("train", "dev", "test"):
        save_small_split(folder / f"{name}.pt")
    generator = torch.Generator().manual_seed(1)
    model = init_model(len(vocabulary), context_size, 2, 4, generator)
    save_members([model], list(vocabulary), folder / "model.pt")
    error = str(run_stage(stage, *ARGUMENTS[stage]))
    assert error.startswith("error: train.pt: not the vocabulary or the context_size")
    assert error.endswith("dvc repro")
    assert not list(folder.glob("*.json"))


NO_PARAMS = "params.yaml: No such file or directory; check the path"


@pytest.mark.parametrize(
    ("stage", "files", "message"),
    [
        ("prepare", {}, NO_PARAMS),
        ("splits", {}, NO_PARAMS),
        ("train", {}, NO_PARAMS),
        ("lr_sweep", {}, NO_PARAMS),
        ("sample", {}, NO_PARAMS),
        (
            "evaluate",
            {"params.yaml": "averaged_contexts: 1\ncalibration: 1.0"},
            "model.pt: No such file or directory; check the path",
        ),
        (
            "prepare",
            {"params.yaml": "corpus: été.txt", "été.txt": "loi\nde la\n"},
            "été.txt:2: 'de la' has ' ', a blank or control character; "
            "put one word on each line, of visible characters",
        ),
        (
            "train",
            {"params.yaml": "seed: yes please"},
            "params.yaml: seed: 'yes please' needs to be a whole number "
            f"from 0 to {2**63 - 1}",
        ),
        (
            "evaluate",
            {
                "params.yaml": "averaged_contexts: 1\ncalibration: 1.0",
                "model.pt": "no tensors",
            },
            "model.pt: not a file with members, vocabulary; make it again: dvc repro",
        ),
    ],
)
def test_the_exit_status_is_1_and_there_is_no_traceback(
    tmp_path: Path, stage: str, files: dict[str, str], message: str
) -> None:
    """As a process: nothing on standard output, one line on standard error."""
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", f"stages.{stage}", *ARGUMENTS[stage]],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"error: {message}\n"
