"""Parameters: params.yaml with a fault, or written in another way."""

import json
import math
import pickle
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from nplm.trees import flat
from tests.faults.case import ALL, Case, finite, reading, same
from tests.inputs import damaged

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
