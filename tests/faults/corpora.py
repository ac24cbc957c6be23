"""Corpora of both units: sequences in disguise, every second with a fault."""

import csv
import gzip
import io
import json
import lzma
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.case import Case, with_values

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
