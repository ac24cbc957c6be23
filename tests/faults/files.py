"""Files that a stage reads, damaged, or of somebody else."""

import os
import pickle
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.faults.case import ALL, Case, finite, same
from tests.inputs import damaged, with_changed_bytes


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
