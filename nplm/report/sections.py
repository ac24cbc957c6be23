"""Sections: what the report shows, each of them from what a stage has made.

Letters in names: W words.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nplm.corpus.ids import SplitIds, lengths
from nplm.corpus.split import HELD_OUT, SPLITS
from nplm.losses import perplexity
from nplm.plots.loss import looks
from nplm.report.comparison import Comparison, Stage
from nplm.report.leaderboard import Rung
from nplm.report.page import Row, Section, Table, legible
from nplm.report.pipeline import lay_out
from nplm.report.texts import Texts
from nplm.spread import Spread

Metrics = Mapping[str, Mapping[str, float]]
"""By the name of their file without folder and ending."""

SAMPLES = 60
"""Words drawn that are shown."""
LONGEST = 300
"""Characters of a sequence that are shown."""
LOSSES = (
    *(("loss", split, "row", "network", split) for split in SPLITS),
    *(("ngram", split, "row", "ngram", split) for split in HELD_OUT),
    *(("mixture", split, "row", "mixture", split) for split in HELD_OUT),
    *(
        ("mixture", f"with_endings.mixture.{split}", "endings", "mixture", split)
        for split in HELD_OUT
    ),
    *(("distinct", m, "new_row", m, "test") for m in ("network", "ngram", "mixture")),
    ("distinct", "with_endings.mixture", "new_endings", "mixture", "test"),
)
"""Rows of the table, where they are: file, key, text, model and split."""
WITHOUT = "perplexity_without_unk"


def losses(
    here: Metrics, comparison: Comparison, texts: Texts, *, same: bool
) -> Section:
    """Return the losses, beside those of another revision on the same sequences.

    Where no word is new, there is no loss given new words. Where symbols are words,
    rows of new words and of endings are left out, and a perplexity without `<unk>` and
    ends of lines stands beside that of all.
    """
    others = comparison.metrics if same else {}
    of_words = any(key.startswith("perplexity.") for key in here["loss"])
    rows = []
    for file, key, row, model, split in LOSSES:
        if row != "row" and (of_words or key not in here[file]):
            continue
        loss, there = here[file][key], others.get(file, {}).get(key)
        names = {"model": texts(f"names.{model}"), "split": texts(f"names.{split}")}
        difference = None if there is None else loss - there
        cells = [
            texts(f"losses.{row}", **names),
            texts.number(loss, ",.4f"),
            texts.number(perplexity(loss), ",.2f"),
            *[texts.number(here[file].get(f"{WITHOUT}.{key}"), ",.2f")] * of_words,
            texts.number(there, ",.4f"),
            "0" if difference == 0 else texts.number(difference, "+,.4f"),
        ]
        rows.append(cells)
    perplexities = ("perplexity", *["known"] * of_words)
    table = Table(("model", "here", *perplexities, "there", "difference"), rows)
    revision = {"revision": comparison.revision}
    note = "" if same else texts("losses.apart", **revision)
    return Section("losses", {**revision, "note": note}, table=table)


def loss_curve(points: Mapping[int, tuple[float, float]], texts: Texts) -> Section:
    """Return the loss while training, on train, and on dev where it was looked at.

    Points are log10 of both losses, by their steps.
    """
    train = {step: loss for step, (loss, _) in points.items()}
    rows: list[Row] = [
        {"step": step, "loss": 10**loss, "name": texts(f"names.{split}")}
        for split, measured in (("train", train), ("dev", looks(points)))
        for step, loss in measured.items()
    ]
    values = {"steps": texts.number(rows[0]["step"])}
    return Section("loss_curve", values, {"rows": rows})


def sweep(steps: list[Row], marks: Mapping[str, float], texts: Texts) -> Section:
    """Return the loss by learning rate; marks are learning rates, by their text.

    The label of a mark stands left of its line, which begins there; labels of higher
    rates stand higher, so that no line goes through them.
    """
    smoothed = [row["smoothed"] for row in steps]
    lowest = smoothed.index(min(smoothed))
    top = max(1.1 * max(smoothed[: lowest + 1]), 2 * smoothed[lowest])
    seen = {k: lr for k, lr in marks.items() if steps[0]["lr"] <= lr <= steps[-1]["lr"]}
    falling = sorted(seen.items(), key=lambda mark: -mark[1])
    kinds = {True: "used", False: "suggested"}
    rows: list[Row] = [
        {
            "name": texts(f"sweep.{key}"),
            "lr": lr,
            "kind": kinds[key == "used"],
            "top": 16 * number + 12,
        }
        for number, (key, lr) in enumerate(falling)
    ]
    return Section("sweep", data={"rows": steps, "marks": rows}, numbers={"top": top})


def samples(drawn: list[Row], counts: Mapping[str, float], texts: Texts) -> Section:
    """Return words drawn from the network, and what is known of each.

    A row of drawn has a cell for each head of the table.
    """
    heads = ("word", "log_probability", "split", "nearest", "edits")
    rows = [
        [
            cut_off(row["word"]),
            texts.number(row["log_probability"], ",.2f"),
            texts.name("names", row["split"]),
            cut_off(row["nearest"]),
            texts.number(row["edits"]),
        ]
        for row in drawn[:SAMPLES]
    ]
    values = {key: texts.number(counts[key]) for key in ("words", "new")}
    return Section("samples", values, table=Table(heads, rows))


def cut_off(sequence: str) -> str:
    """Return the beginning of a line of text; a word is short enough."""
    return sequence if len(sequence) <= LONGEST else f"{sequence[:LONGEST]}…"


def leaderboard(rungs: Sequence[Rung], here: Metrics, texts: Texts) -> Section:
    """Return the networks of the ladder, and the one of this report."""
    keys = ("dev", "test", "mixture_dev", "mixture_test")
    means = (here[file][split] for file in ("loss", "mixture") for split in HELD_OUT)
    single = {key: Spread(mean=mean) for key, mean in zip(keys, means, strict=True)}
    named = [*rungs, Rung(name=texts("leaderboard.here"), losses=single)]
    table: list[list[str]] = []
    points: list[Row] = []
    for rung in named:
        name = texts.name("rungs", rung.name)
        found = [rung.losses[key].mean if key in rung.losses else None for key in keys]
        cells = [texts.number(count) for count in (rung.weights, rung.seeds)]
        cells += [texts.number(mean, ",.4f") for mean in found]
        table.append([name, *cells])
        points += [
            {
                "network": name,
                "name": texts(f"leaderboard.{key}"),
                "loss": rung.losses[key].mean,
                "deviation": rung.losses[key].deviation or 0.0,
            }
            for key in ("dev", "mixture_dev")
            if key in rung.losses
        ]
    heads = ("network", "weights", "seeds", *keys)
    shown = Table(heads, table, frozenset({len(named) - 1}))
    return Section("leaderboard", data={"rows": points}, table=shown)


def corpus(splits: SplitIds, texts: Texts) -> Section:
    """Return the facts of the words of each split, and of all."""
    vocabulary = splits.vocabulary
    length_W = {split: lengths(ids_N) - 1 for split, ids_N in splits.ids.items()}
    names = {texts(f"names.{split}"): words for split, words in length_W.items()}
    names[texts("corpus.all")] = everything = np.concatenate(list(length_W.values()))
    table = [
        [
            name,
            texts.number(len(words)),
            texts.number(int(words.sum()) + len(words)),
            texts.number(float(words.mean()), ",.2f"),
        ]
        for name, words in names.items()
    ]
    counts = enumerate(np.bincount(everything).tolist())
    rows: list[Row] = [{"length": n, "words": count} for n, count in counts if n]
    values = {
        "count": texts.number(len(vocabulary)),
        "symbols": " ".join(map(legible, vocabulary[:200])),
    }
    heads = ("split", "words", "examples", "mean_length")
    return Section("corpus", values, {"rows": rows}, table=Table(heads, table))


def pipeline(stages: list[Stage]) -> Section:
    """Return the graph of the stages."""
    places, ways = lay_out(stages)
    boxes: list[Row] = [
        {
            "stage": stage.name,
            "reads": ", ".join(stage.reads),
            "writes": ", ".join(stage.writes),
            "column": places[stage.name][0],
            "row": places[stage.name][1],
        }
        for stage in stages
    ]
    lines: list[Row] = [
        {"line": number, "column": column, "row": row}
        for number, way in enumerate(ways)
        for column, row in way
    ]
    half = 0.6 + 0.3 * max(len(stage.name) for stage in stages)
    data = {"rows": boxes, "lines": lines}
    return Section("pipeline", data=data, numbers={"half": half})


def parameters(
    here: Mapping[str, Any], comparison: Comparison, texts: Texts
) -> Section:
    """Return all parameters, beside those of another revision where they differ."""
    there = comparison.parameters
    rows, marked = [], set()
    for number, (key, value) in enumerate(here.items()):
        other = ""
        if key not in there or there[key] != value:
            marked.add(number)
            other = _written(there[key]) if key in there else ""
        rows.append([key, _written(value), other])
    values = {"changed": texts.number(len(marked)), "revision": comparison.revision}
    table = Table(("key", "here", "there"), rows, frozenset(marked))
    return Section("parameters", values, table=table)


def _written(value: Any) -> str:
    """Return a parameter as YAML writes it."""
    return value if isinstance(value, str) else json.dumps(value)
