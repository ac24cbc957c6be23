"""Bad input: exit status 1, one line with file, line or key, value and remedy."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from stages.shared.model import init_model, save_members
from tests.conftest import ROOT, save_small_split, set_params

PREPARE = ("--words", "words.txt", "--vocabulary", "vocab.json", "--metrics", "m.json")
SPLITS = (
    "--words", "words.txt", "--vocabulary", "vocab.json",
    "--train", "train.pt", "--dev", "dev.pt", "--test", "test.pt",
)  # fmt: skip
TRAIN = (
    "--train", "train.pt", "--model", "model.pt", "--curve", "c.csv", "--plot", "p.png",
)  # fmt: skip
SWEEP = (
    "--train", "train.pt", "--sweep", "s.csv", "--plot", "p.png", "--metrics", "m.json",
)  # fmt: skip
NGRAM = (
    "--words", "words.txt", "--vocabulary", "vocab.json",
    "--log-probs", "ngram.npz", "--metrics", "m.json",
)  # fmt: skip
SAMPLE = ("--model", "model.pt", "--prefix", "")
EVALUATE = (
    "--model", "model.pt",
    "--train", "train.pt", "--dev", "dev.pt", "--test", "test.pt",
    "--metrics", "m.json", "--log-probs", "n.npz", "--embedding", "p.png",
)  # fmt: skip
ARGUMENTS = {
    "prepare": PREPARE,
    "splits": SPLITS,
    "train": TRAIN,
    "evaluate": EVALUATE,
    "sample": SAMPLE,
    "lr_sweep": SWEEP,
    "ngram": NGRAM,
}


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
    error = str(run_stage("prepare", *PREPARE))
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
    assert run_stage("prepare", *PREPARE) is None
    error = str(run_stage("splits", *SPLITS))
    assert error.startswith(f"error: words.txt: {count} words leave dev or test empty")
    assert not Path("train.pt").exists()


def test_six_words_are_enough(folder: Path, run_stage: Callable[..., object]) -> None:
    """The remedy of the error above works."""
    set_params(folder, corpus="few.txt")
    Path("few.txt").write_text("\n".join("abcdef"))
    assert run_stage("prepare", *PREPARE) is None
    assert run_stage("splits", *SPLITS) is None


COUNTS = [0, -1, 1.5, 300.0, True, "100", 10**400, float("nan"), None, [1], {"a": 1}]


@pytest.mark.parametrize(
    ("stage", "key", "value"),
    [
        *(("prepare", "corpus", value) for value in (None, 3, True, "", ["a"])),
        *(("prepare", "corpus", value) for value in ("a\0b", "a\nb", "a\x1bb")),
        *(("train", "engine", value) for value in ("", "numba", 1, ["fused"])),
        *(("splits", "context_size", value) for value in COUNTS),
        *(("splits", "split_seed", value) for value in (-1, 1.0, "42", 2**63)),
        *(("train", "hidden", value) for value in COUNTS),
        *(("train", "seed", value) for value in (-1, 1.0, False, 2**63)),
        *(("train", "embedding_dim", value) for value in (0, 2.0, 10**9)),
        *(("train", "batch_size", value) for value in (0, 32.0, 10**9)),
        *(("train", "steps", value) for value in (0, 1e5, 10**12)),
        *(("train", "lr", value) for value in (0, -0.1, "fast", True, 1e300)),
        *(("train", "lr", float(value)) for value in ("nan", "inf", "-inf")),
        *(("train", "lr_decay", value) for value in (0.0, 1.1, -1, None)),
        *(("sample", "sample.count", value) for value in (0, 1.5, 10**9)),
        *(("sample", "sample.temperature", value) for value in (0, -1, 1e9, "1")),
        *(("sample", "sample.max_length", value) for value in (0, 40.0, 10**9)),
        *(("lr_sweep", "lr_sweep.steps", value) for value in (0, 1e3, 10**7)),
        *(("lr_sweep", "lr_sweep.min_exponent", value) for value in (-400, "a")),
        *(("lr_sweep", "lr_sweep.max_exponent", value) for value in (400, -3, -4)),
        *(("train", "layers", value) for value in (0, 21, True)),
        *(("train", "activation", value) for value in ("relu", None)),
        *(("train", "direct", value) for value in (0, 1, "true")),
        *(("train", "init", value) for value in ("zero", 0)),
        *(("train", "members", value) for value in (0, 101)),
        *(("train", "optimizer", value) for value in ("adam", 1)),
        *(("train", "schedule", value) for value in ("linear", 1)),
        *(("train", "warmup", value) for value in (-0.1, 1.1)),
        *(("train", "weight_decay", value) for value in (-1, 11)),
        *(("train", "dropout", value) for value in (-0.1, 1)),
        *(("train", "context_dropout", value) for value in (-0.1, 1.1)),
        *(("evaluate", "averaged_contexts", value) for value in (0, 51, 1.5)),
        *(("ngram", "ngram.order", value) for value in (0, 7.0, 21)),
        *(("ngram", "ngram.discount_1", value) for value in (0, -1, 1.1, "1")),
        *(("ngram", "ngram.discount_2", value) for value in (0, 2.1, None)),
        *(("ngram", "ngram.discount_3", value) for value in (0, 3.1, True)),
    ],
)
def test_a_parameter_of_a_wrong_type_or_range_is_refused(
    folder: Path, run_stage: Callable[..., object], stage: str, key: str, value: Any
) -> None:
    """The line names the file, the key, the value and what it needs to be."""
    set_params(folder, **{key.replace(".", "__"): value})
    error = str(run_stage(stage, *ARGUMENTS[stage]))
    assert error.startswith(f"error: params.yaml: {key}: ")
    assert repr(value)[:40] in error.replace("-3.0", "-3").replace("-4.0", "-4")
    assert "needs to be" in error
    assert "\n" not in error
    assert len(error) < 200


@pytest.mark.parametrize("text", ["1e-3", "1", "0.5", "+1.5e-1"])
def test_a_number_may_be_written_as_people_write_it(
    folder: Path, run_stage: Callable[..., object], text: str
) -> None:
    """`lr: 1e-3` is a number in YAML 1.2, and a whole number serves as lr."""
    params = Path("params.yaml").read_text()
    Path("params.yaml").write_text(params.replace("lr: 0.16", f"lr: {text}"))
    set_params(folder, steps=2, hidden=2)
    save_small_split(folder / "train.pt")
    assert run_stage("train", *TRAIN) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "params.yaml: seed: missing; add it"),
        ("- seed\n", "params.yaml: seed: missing; add it"),
        ("seed: 1\nsample: 3\n", "params.yaml: sample.count: missing; add it"),
        ("seed: 1\nsample: {}\n", "params.yaml: sample.count: missing; add it"),
        ("seed: [1\n", "params.yaml:2: not valid YAML"),
        ("seed: 1\nseed: 2\n", "params.yaml:2: not valid YAML"),
        ("a: \x00\n", "params.yaml"),
        ("seed: " + "9" * 5000, "params.yaml: not valid YAML"),
        ("seed: 0x" + "f" * 5000, "params.yaml: seed: an overlong int needs to be"),
        ("seed: " + "[" * 5000, "params.yaml: not valid YAML"),
        (None, "params.yaml: No such file or directory; check the path"),
    ],
)
def test_a_params_file_that_cannot_be_read_is_refused(
    folder: Path, run_stage: Callable[..., object], content: str | None, message: str
) -> None:
    """A missing key, a missing file and broken YAML are one line each."""
    if content is None:
        (folder / "params.yaml").unlink()
    else:
        (folder / "params.yaml").write_text(content)
    error = str(run_stage("sample", *SAMPLE))
    assert error.startswith(f"error: {message}")
    assert "\n" not in error


def test_an_unknown_engine_is_told_which_there_are(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """An empty name too, which could be any other text's mistake."""
    set_params(folder, engine="")
    error = run_stage("train", *TRAIN)
    assert error == "error: params.yaml: engine: '' needs to be fused or autograd"


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
    own = EVALUATE.index("--log-probs")
    words = (*EVALUATE[:own], "--samples", "samples.txt")
    error = str(run_stage(stage, *(EVALUATE if stage == "evaluate" else words)))
    assert error.startswith("error: train.pt: not the vocabulary or the context_size")
    assert error.endswith("dvc repro")
    assert not Path("m.json").exists()


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
            {"params.yaml": "averaged_contexts: 1"},
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
            {"params.yaml": "averaged_contexts: 1", "model.pt": "no tensors"},
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
