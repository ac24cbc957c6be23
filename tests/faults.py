"""Faults: what the stages do with bad parameters, any corpus, and damaged files.

Run by hand: `python -m tests.faults [COUNT [SEED]]`, so many cases of each class. A
case runs a stage in a process and a folder of its own, and ends in one of five ways:

- one line: exit status 1, and one line on standard error;
- right: exit status 0, and what it wrote is what the case expects;
- crash: a traceback, a signal, or more than a line;
- hang: more than LIMIT seconds;
- wrong: exit status 0 and something else, or a right corpus that was refused.

It prints how many ended how, and those of the last three with what they said.
"""

import csv
import gzip
import importlib
import io
import json
import lzma
import math
import os
import pickle
import random
import re
import resource
import runpy
import shutil
import signal
import sys
import tempfile
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from ruamel.yaml import YAML

from nplm.trees import flat
from tests.conftest import ARGUMENTS, DEFAULT_LIST, REPORT, ROOT, STAGES, set_in
from tests.inputs import damaged, with_changed_bytes

LIMIT = 60
MEMORY = 2**32
"""Bytes that a stage may take."""
ENDS = ("one line", "right", "crash", "hang", "wrong")
SMALL = {
    "corpus": "corpus.txt", "steps": 30, "hidden": 4, "sample.count": 3,
    "lr_sweep.steps": 30, "lr_sweep.seeds": 1,
}  # fmt: skip
WORDS = (w if w[:2] == "--" else Path(w).name for w in REPORT["cmd"].split()[3:])
COMMANDS = ARGUMENTS | {"report": list(WORDS)}
ALL = STAGES | {"report": REPORT}
COMPARISON = {
    "revision": "HEAD", "metrics": {}, "parameters": {}, "sequences": "",
    "stages": [{"name": "train", "reads": [], "writes": []}],
}  # fmt: skip


class Case(NamedTuple):
    """Files that a stage gets, and who says what is wrong with what it writes."""

    what: str
    stage: str
    files: dict[str, bytes]
    judge: Callable[[Path], str]
    welcome: bool = False
    """Whether it is wrong to refuse it."""


def ending(case: Case, base: Path, folder: Path) -> tuple[str, str]:
    """Return how a case ended in a new folder, and what is to be said of it."""
    shutil.copytree(base, folder)
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    status, error = run(case.stage, folder)
    if (folder / "pwned").exists():
        return "wrong", "runs code"
    if status == 0 and not error:
        wrong = case.judge(folder)
        return "wrong" if wrong else "right", wrong
    if status == 1 and re.fullmatch("error: .*", error):
        return "wrong" if case.welcome else "one line", error
    return ("hang" if status is None else "crash"), f"{status} {error[-1500:]}"


def run(stage: str, folder: Path) -> tuple[int | None, str]:
    """Return the exit status, None after LIMIT seconds, and standard error."""
    pid = os.fork()
    if pid == 0:
        _be_the_stage(stage, folder)
    end = time.monotonic() + LIMIT
    while (ended := os.waitpid(pid, os.WNOHANG))[0] == 0:
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return None, ""
        time.sleep(0.01)
    error = (folder / "stderr").read_text("utf-8", "replace").strip()
    return os.waitstatus_to_exitcode(ended[1]), error


def _be_the_stage(stage: str, folder: Path) -> NoReturn:
    os.chdir(folder)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(name, os.O_CREAT | os.O_WRONLY), number)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    os.environ["PYTHONPATH"] = str(ROOT)  # for the processes of train
    sys.argv = [stage, *COMMANDS[stage]]
    sys.modules.pop(f"stages.{stage}")
    status = 0
    try:
        runpy.run_module(f"stages.{stage}", run_name="__main__")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
        print(end.code, file=sys.stderr)
    except BaseException:
        status = 1
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def finite(stage: str, folder: Path) -> str:
    """Judge the metrics of a stage: numbers, as JSON has them."""
    for path in (
        folder / Path(next(iter(m))).name for m in ALL[stage].get("metrics", [])
    ):
        if not all(map(math.isfinite, flat(json.loads(path.read_bytes())).values())):
            return f"{path.name} has numbers that are none"
    return ""


def same(stage: str, folder: Path, base: Path) -> str:
    """Judge what a stage wrote by what it writes without any fault."""
    kinds = (ALL[stage].get(kind, []) for kind in ("outs", "metrics", "plots"))
    paths = (e if isinstance(e, str) else next(iter(e)) for kind in kinds for e in kind)
    names = [Path(path).name for path in paths]
    different = (
        n for n in names if (folder / n).read_bytes() != (base / n).read_bytes()
    )
    return f"other bytes in {n}" if (n := next(different, "")) else ""


LITERALS = [
    "-1", "0", "1", "2", "7", "0.5", "1.5", "-0.0", "1e308", "1e-320", "1e400", ".inf",
    ".nan", "true", "yes", "null", "~", "x", "-", "@", "`", "%", "|", str(10**30),
    str(2**63), str(2**64), "9" * 5000, '""', '"3"', "'0.5'", "[]",
    "[1, 2]", "{a: 1}", "0x10", "0o17", "1_000", "12:30:45", "2020-01-01", r'"\u200b"',
    r'"\ud800"', "[0.8, 0.1, 0.1]", "[.nan, 1, 1]", '!!int "7"', "!!str 7", "!!float 3",
    "!new 7", "!!binary aGk=", "!!set {a}", "&a [*a]", "*nobody", "- 1", "[" * 2000,
    "!!python/object/apply:os.system ['touch pwned']",
]  # fmt: skip
HOWS = (
    *["value"] * 4, "unknown", "doubled", "missing", "tab", "anchor", "merge", "bytes",
    "whole",
)  # fmt: skip


def parameter_cases(draw: random.Random, base: Path) -> Iterator[Case]:
    """Yield params.yaml with a fault, or written in another way."""
    text = (base / "params.yaml").read_text("utf-8")
    keys = list(flat(reading(text)))
    while True:
        lines, how, key = text.splitlines(), draw.choice(HOWS), draw.choice(keys)
        if how == "merge":
            key = "ngram.order"
        reads = [stage for stage, entry in ALL.items() if key in entry["params"]]
        group, _, name = key.rpartition(".")
        start = next(
            i for i, x in enumerate(lines) if x.startswith(f"{group or name}:")
        )
        span = range(start, len(lines))
        at = next(i for i in span if lines[i].lstrip().startswith(f"{name}:"))
        literal, cut = draw.choice(LITERALS), draw.randrange(len(name))
        spoiled = [
            name[:cut] + name[cut + 1 :],
            f"{name[:cut]}x{name[cut:]}",
            name.upper(),
        ]
        indent = "  " * bool(group)
        line = {
            "unknown": f"{indent}{json.dumps(draw.choice(spoiled))}: 1",
            "missing": "",
            "tab": f"\t{lines[at].lstrip()}",
            "anchor": f"{indent}{name}: *{draw.choice('ab')}",
            "merge": "  <<: {order: 3}",
        }.get(how, f"{indent}{name}: {literal}")
        if how == "anchor":
            lines.append("seed: &a 5")
        lines[at : at + (how != "doubled" and draw.random() < 0.9)] = [line]
        content = "".join(f"{line}\n" for line in lines).encode()
        if how == "bytes":
            whole = text.encode()
            content = draw.choice([
                whole[: draw.randrange(len(whole))], damaged(whole, draw),
                whole + b"\0", b"\xef\xbb\xbf" + whole, whole.replace(b"\n", b"\r\n"),
                text.encode("utf-16"), whole.replace(b"#", b"# \xe9", 1),
                whole + b"---\n" + whole, b"%YAML 1.1\n---\n" + whole,
            ])  # fmt: skip
        if how == "whole":
            content = draw.choice([
                b"", b"# nothing\n", b"[]", b"3", b"null", b"{", b"a: b: c",
                b"\xff\xfe", pickle.dumps(1), b"PK\3\4", b"- " * 5000,
            ])  # fmt: skip
        stage = draw.choice(reads)
        judge = partial(judge_parameters, stage, reading(content), base)
        what = f"{how} {line[:60].strip()}"
        yield Case(what, stage, {"params.yaml": content}, judge)


def reading(content: str | bytes) -> Any:
    """Return what YAML means, by the library that the project has; None if nothing."""
    try:
        return YAML(typ="safe", pure=True).load(content)
    except Exception:  # whatever a damaged text makes it raise
        return None


def judge_parameters(stage: str, meaning: Any, base: Path, folder: Path) -> str:
    """Keys are known, types are those of params.yaml; same values give same bytes."""
    if not isinstance(meaning, dict):
        return "accepted"
    values, usual = flat(meaning), flat(reading((base / "params.yaml").read_bytes()))
    if unknown := set(values) - set(usual):
        return f"ignores {unknown}"
    read = [key for key in ALL[stage]["params"] if key in usual]
    for key in read:
        value, kind = values.get(key, ...), type(usual[key])
        kinds = {float: (int, float), type(None): (int, float, str, kind)}
        number = type(value) in (int, float)
        if type(value) not in kinds.get(kind, (kind,)):
            return f"{key}: accepts {value!r}"
        if number and not abs(value) < math.inf:
            return f"{key}: accepts {value!r}"
    if stage != "report" and all(values[key] == usual[key] for key in read):
        return same(stage, folder, base)
    return finite(stage, folder)


ALPHABETS = (
    "abcdefghijé'-", "àçéèêëîïôûœæ", "αβγδεζηθώ", "абвгдёжзй", "語学習漢字彙", "😀𝒜𐍈𠀀",
    "كتابءآ", "अआइकि", "ạệǘ", "가각힣", "xyz.", "ﬁﬀſßİı", "e\u0301o\u0302a\u0323",
)  # fmt: skip
AROUND = ("", "", " ", "\t", "\u00a0", "\u3000", "  ")
INSIDE = (" ", "  ", "\t", "\u00a0", "\u3000", "\u2028", "\x0b", "\x85", "\x1c")
HIDDEN = "\u200b\ufeff\u00ad\u200e\u202e\u2060\x00\x07\x1b\x7f\u180e"
PACKED: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".xz": lzma.compress,
}


def corpus_cases(draw: random.Random, base: Path) -> Iterator[Case]:
    """Yield corpora of both units: sequences in disguise, every second with a fault."""
    while True:
        unit = draw.choice(["character", "word"])
        letters = "".join(draw.sample(ALPHABETS, draw.choice([1, 2])))
        drawn = (
            "".join(draw.choices(letters, k=draw.randint(1, 12))) for _ in range(60)
        )
        words = list(dict.fromkeys(unicodedata.normalize("NFC", w) for w in drawn))
        column: str | int | None = None
        name, fault = "corpus.txt", draw.choice(["", fault_of(draw, unit)])
        if unit == "word":
            words += ["<unk>", ",", ".", "#"]
            texts = [draw.choices(words, k=draw.randint(2, 9)) for _ in range(40)]
            sequences = [" ".join(text) for text in [*texts, *texts[:3]]]
            lines = [re.sub(" ", lambda _: draw.choice(INSIDE), s) for s in sequences]
        else:
            sequences, lines = words, [*words, *draw.choices(words, k=9)]
        lines = [draw.choice(AROUND) + line + draw.choice(AROUND) for line in lines]
        if draw.random() < 0.5:
            lines = [unicodedata.normalize("NFD", line) for line in lines]
        lines += draw.choices(AROUND, k=draw.choice([0, 3]))
        if fault:
            lines = faulty(draw, fault, lines)
        elif unit == "character":
            disguise = draw.choice([None, None, dictionary, table])
            if disguise:
                name, lines, column = disguise(draw, words)
        end = draw.choice(["\n", "\n", "\r\n", "\r"])
        text = end.join(lines) + draw.choice(["", end])
        content = draw.choice([b"", b"", b"\xef\xbb\xbf"]) + text.encode(
            "utf-8", "surrogatepass"
        )
        if fault == "encoding":
            encoding = draw.choice(["utf-16", "utf-32", "cp037", "latin-1", "koi8-r"])
            content = f"é語ж{text}".encode(encoding, "replace")
        packing = draw.choice(
            [".gz", ".xz"] if fault == "archive" else ["", "", ".gz", ".xz"]
        )
        if packing:
            at = draw.choice([0, len(content) // 2])
            parts = filter(None, (content[:at], content[at:]))
            content = b"".join(PACKED[packing](part) for part in parts)
        if fault == "archive":
            spoiled = bytearray(content)
            spoiled[draw.randrange(20, len(content))] ^= 1 << draw.randrange(8)
            content = draw.choice([
                content[: -draw.randint(1, 20)], content + b"junk", bytes(spoiled),
                content + content[: len(content) // 2], text.encode(),
            ])  # fmt: skip
        settings = {"unit": unit, "corpus": name + packing, "column": column}
        files = {
            name + packing: content,
            "params.yaml": with_values((base / "params.yaml").read_text(), settings),
        }
        judge = partial(judge_corpus, unit, None if fault else sequences)
        what = f"{unit} {fault} {name}{packing} {column or ''}"
        yield Case(what, "prepare", files, judge, welcome=not fault)


def with_values(text: str, settings: Mapping[str, Any]) -> bytes:
    """Return the parameters in text with other values, named as for set_in."""
    tree, file = reading(text), io.BytesIO()
    set_in(tree, **settings)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.dump(tree, file)
    return file.getvalue()


def fault_of(draw: random.Random, unit: str) -> str:
    """Return a fault that a corpus of a unit may have."""
    own = ["end", "one"] if unit == "word" else ["blank", "long", "comment", "table"]
    return draw.choice(["hidden", "surrogate", "encoding", "archive", "empty", *own])


def faulty(draw: random.Random, fault: str, lines: list[str]) -> list[str]:
    """Return lines with a fault, if it is one of lines: they are to be refused."""
    at = draw.randrange(len(lines))
    line = {
        "hidden": f"a{draw.choice(HIDDEN)}b",
        "surrogate": f"a{chr(draw.randrange(0xD800, 0xE000))}b",
        "blank": f"de{draw.choice(INSIDE)}la",
        "long": "z" * draw.choice([101, 10**6]),
        "comment": "# a comment",
        "end": "a </s> b",
    }.get(fault, lines[at])
    lines = [*lines[:at], line, *lines[at + 1 :]]
    if fault == "empty":
        return draw.choice([[""], ["", " ", "\t"], ["\u3000"] * 9])
    if fault == "one":
        return ["".join(line.split())[:9] for line in lines]
    if fault == "table":
        separator = draw.choice("\t;|,")
        return [f"w{n}x{separator}{n}{separator}noun" for n in range(len(lines))]
    return lines


def dictionary(draw: random.Random, words: list[str]) -> tuple[str, list[str], None]:
    """Return a hunspell dictionary of words, its name, and no column."""
    tails = ("", "/S", "/AB,12", "\tpo:nom", " po:nom is:sg", "/S\tst:x")
    stems = [word + draw.choice(tails) for word in words]
    return "corpus.dic", [str(len(words)), "# a comment", *stems], None


def table(draw: random.Random, words: list[str]) -> tuple[str, list[str], str | int]:
    """Return a table that has words in a column, its name, and the column."""
    separator, index = draw.choice("\t;|,"), draw.randrange(3)
    rows = [[f"{n}", f"a {separator} b", 'c"d'] for n in range(len(words))]
    for row, word in zip(rows, words, strict=True):
        row[index] = word
    head = ["n", "sort", "rest"]
    head[index] = "word"
    named, file = draw.choice([True, False]), io.StringIO()
    quoting: Any = draw.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
    writer = csv.writer(file, delimiter=separator, quoting=quoting)
    writer.writerows([head, *rows] if named else rows)
    return "corpus.txt", file.getvalue().splitlines(), "word" if named else index + 1


def judge_corpus(unit: str, sequences: list[str] | None, folder: Path) -> str:
    """Sequences, vocabulary and sizes are those; None: they were to be refused."""
    found = (folder / "sequences.txt").read_bytes().decode()
    if sequences is None or found != "".join(f"{s}\n" for s in sequences):
        return f"reads {found[:100]!r}"
    parts = [s.split() if unit == "word" else list(s) for s in sequences]
    counts = Counter(symbol for part in parts for symbol in part)
    known = ["</s>" if "." in counts else ".", *sorted(counts)]
    if unit == "word":
        del counts["<unk>"]
        frequent = sorted(counts, key=lambda token: (-counts[token], token))
        known = ["</s>", "<unk>", *frequent]
    sizes = json.loads((folder / "corpus.json").read_bytes())
    right = sizes["examples"] == sum(len(part) + 1 for part in parts)
    right &= json.loads((folder / "vocab.json").read_bytes()) == known
    return "" if right else "another vocabulary, or another size"


class Touch:
    """Runs a program when a pickle of it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Say what to run."""
        return os.system, ("touch pwned",)


def file_cases(draw: random.Random, base: Path) -> Iterator[Case]:
    """Yield files that a stage reads, damaged, or of somebody else."""
    reads = [
        (stage, Path(path).name)
        for stage, entry in ALL.items()
        for path in entry["deps"]
        if not path.endswith((".py", ".yaml", ".html")) and "$" not in path
    ]
    while True:
        stage, name = draw.choice(reads)
        whole = (base / name).read_bytes()
        bits = bytearray(whole)
        for _ in range(draw.choice([1, 8])):
            bits[draw.randrange(len(bits))] ^= 1 << draw.randrange(8)
        kinds = {
            "cut": whole[: draw.randrange(len(whole))],
            "bits": bytes(bits),
            "damaged": damaged(whole, draw),
            "empty": b"",
            "text": b"no such thing\n" * draw.choice([1, 999]),
            "other": (base / draw.choice(reads)[1]).read_bytes(),
            "pickle": pickle.dumps(draw.choice([{"kind": "model"}, [1], Touch()])),
            "zeros": bytes(len(whole)),
        }
        if whole[:2] == b"PK":
            kinds["right checksums"] = with_changed_bytes(whole, draw)
        kind = draw.choice(list(kinds))
        content = kinds[kind]
        checked = whole[:2] == b"PK" and kind != "right checksums"
        judge = partial(judge_file, stage, checked or content == whole, base)
        yield Case(f"{kind} {name}", stage, {name: content}, judge)


def judge_file(stage: str, is_whole: bool, base: Path, folder: Path) -> str:
    """Compare with what the whole file gives; without checksums, it may be other data.

    Then the splits have to be the sequences that stand in the file, and numbers finite.
    """
    if is_whole:
        return same(stage, folder, base)
    if stage != "splits":
        return finite(stage, folder)
    with np.load(folder / "ids.npz") as arrays:
        symbols = ["\n", *arrays["vocabulary"].tolist()[1:]]
        ids = np.concatenate([arrays[split] for split in ("train", "dev", "test")])
    found = "".join(symbols[i] for i in ids)
    there = (folder / "sequences.txt").read_bytes().decode().removesuffix("\n") + "\n"
    right = sorted(found.split("\n")) == sorted(there.split("\n"))
    return "" if right else "other sequences"


def make_base(base: Path) -> None:
    """Run all stages on a small list in a new folder, without any fault."""
    base.mkdir()
    words = DEFAULT_LIST.read_text("utf-8").split()[::40]
    (base / "corpus.txt").write_text("".join(f"{word}\n" for word in words), "utf-8")
    text = (ROOT / "params.yaml").read_text("utf-8")
    (base / "params.yaml").write_bytes(with_values(text, SMALL))
    for path in (p for p in REPORT["deps"] if p.startswith(("nplm/report", "exp"))):
        shutil.copy(ROOT / path, base)
    (base / "from_dvc.json").write_text(json.dumps(COMPARISON))
    for stage in ALL:
        importlib.import_module(f"stages.{stage}")
        assert run(stage, base) == (0, ""), (base / "stderr").read_text()


CLASSES = {
    "`params.yaml`": parameter_cases,
    "corpora": corpus_cases,
    "damaged and foreign files": file_cases,
}


def main() -> None:
    count, seed = (int(word) for word in [*sys.argv[1:], "500", "1"][:2])
    with tempfile.TemporaryDirectory() as folder:
        base, place = Path(folder) / "base", Path(folder) / "case"
        make_base(base)
        print(f"| | {' | '.join(ENDS)} |\n|{' --- |' * (1 + len(ENDS))}", flush=True)
        for name, cases in CLASSES.items():
            ends: Counter[str] = Counter()
            for case in islice(cases(random.Random(seed), base), count):
                end, why = ending(case, base, place)
                shutil.rmtree(place)
                ends[end] += 1
                if end in ENDS[2:]:
                    print(f"{end}: {case.stage}: {case.what}: {why}", file=sys.stderr)
            print(
                f"| {name} | {' | '.join(str(ends[end]) for end in ENDS)} |", flush=True
            )


if __name__ == "__main__":
    main()
