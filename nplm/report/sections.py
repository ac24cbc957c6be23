"""Sections: what the report shows, each of them from what a stage has made.

Letters in names: W words.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from nplm.corpus.split import SPLITS
from nplm.report import charts
from nplm.report.comparison import Comparison, Stage
from nplm.report.drawing import Row
from nplm.report.leaderboard import Loss, Rung
from nplm.report.page import Section, Table, legible, section
from nplm.report.pipeline import lay_out
from nplm.report.texts import Texts
from nplm.sample_table import Sample
from nplm.scores import Scores, word_lengths

Metrics = Mapping[str, Mapping[str, float]]
"""By the name of their file without folder and ending."""

MOST = 60
"""Words drawn that are shown."""
LONGEST = 300
"""Characters of a sequence that are shown."""
LOSSES = (
    *(("loss", split, "row", "network", split) for split in SPLITS),
    *(("ngram", split, "row", "ngram", split) for split in SPLITS[1:]),
    *(("mixture", split, "row", "mixture", split) for split in SPLITS[1:]),
    *(
        ("mixture", f"with_endings.mixture.{split}", "endings", "mixture", split)
        for split in SPLITS[1:]
    ),
    *(("distinct", m, "new_row", m, "test") for m in ("network", "ngram", "mixture")),
    ("distinct", "with_endings.mixture", "new_endings", "mixture", "test"),
)
"""Rows of the table, where they are: file, key, text, model and split."""


def losses(here: Metrics, comparison: Comparison, texts: Texts) -> Section:
    """Return the losses, beside those of another revision."""
    rows = []
    for file, key, row, model, split in LOSSES:
        there = comparison.metrics.get(file, {}).get(key)
        names = {"model": texts(f"names.{model}"), "split": texts(f"names.{split}")}
        cells = _compared(here[file][key], there, texts)
        rows.append([texts(f"losses.{row}", **names), *cells])
    keys = ("model", "here", "perplexity", "there", "difference")
    revision = comparison.revision
    heads = [texts(f"losses.{key}", revision=revision) for key in keys]
    return section("losses", texts, table=Table(heads, rows), revision=revision)


def loss_curve(steps: list[Row], texts: Texts) -> Section:
    """Return the loss while training, on train and on dev."""
    columns = {"log10_loss": "train", "log10_dev_loss": "dev"}
    rows = [
        {"step": int(row["step"]), "loss": 10 ** row[column], "name": name}
        for column, split in columns.items()
        for name in [texts(f"names.{split}")]
        for row in steps
    ]
    chart = charts.loss_curve(rows, texts)
    return section("loss_curve", texts, chart, steps=texts.number(rows[0]["step"]))


def sweep(steps: list[Row], marks: dict[str, float], texts: Texts) -> Section:
    """Return the loss by learning rate; marks are learning rates, by their text."""
    smoothed = [row["smoothed"] for row in steps]
    lowest = smoothed.index(min(smoothed))
    top = max(1.1 * max(smoothed[: lowest + 1]), 2 * smoothed[lowest])
    rows = [{"name": texts(f"sweep.{key}"), "lr": lr} for key, lr in marks.items()]
    seen = [row for row in rows if steps[0]["lr"] <= row["lr"] <= steps[-1]["lr"]]
    return section("sweep", texts, charts.sweep(steps, seen, top, texts))


def samples(drawn: list[Sample], counts: Mapping[str, float], texts: Texts) -> Section:
    """Return words drawn from the network, and what is known of each."""
    heads = [texts(f"samples.{key}") for key in Sample._fields]
    rows = [
        [
            cut_off(sample.word),
            texts.number(sample.log_probability, 2),
            texts(f"names.{sample.split}"),
            cut_off(sample.nearest),
            texts.number(sample.edits),
        ]
        for sample in drawn[:MOST]
    ]
    words, new = (texts.number(counts[key]) for key in ("words", "new"))
    return section("samples", texts, table=Table(heads, rows), words=words, new=new)


def cut_off(sequence: str) -> str:
    """Return the beginning of a line of text; a word is short enough."""
    return sequence if len(sequence) <= LONGEST else f"{sequence[:LONGEST]}…"


def leaderboard(rungs: list[Rung], here: Metrics, texts: Texts) -> Section:
    """Return the networks of the ladder, and the one of this report."""
    losses = {"dev": here["loss"]["dev"], "test": here["loss"]["test"]}
    losses |= {f"mixture_{split}": here["mixture"][split] for split in ("dev", "test")}
    single = {key: Loss(loss, None) for key, loss in losses.items()}
    named = [*rungs, Rung(texts("leaderboard.here"), {}, single)]
    keys = ("dev", "test", "mixture_dev", "mixture_test")
    table, points = [], []
    for rung in named:
        name = texts.rung(rung.name)
        counts = [rung.counts.get(key) for key in ("weights", "seeds")]
        cells = ["" if count is None else texts.number(count) for count in counts]
        means = [rung.losses[k].mean if k in rung.losses else None for k in keys]
        cells += ["" if mean is None else texts.number(mean, 4) for mean in means]
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
    heads = [
        texts(f"leaderboard.{key}") for key in ("network", "weights", "seeds", *keys)
    ]
    chart = charts.leaderboard(points, [row[0] for row in table], texts)
    marked = frozenset({len(named) - 1})
    return section("leaderboard", texts, chart, table=Table(heads, table, marked))


def corpus(
    vocabulary: list[str], splits: Mapping[str, Scores], texts: Texts
) -> Section:
    """Return the facts of the words of each split, and of all."""
    length_W = {
        split: word_lengths(scores.ids_N) - 1 for split, scores in splits.items()
    }
    names = {texts(f"names.{split}"): words for split, words in length_W.items()}
    names[texts("corpus.all")] = everything = np.concatenate(list(length_W.values()))
    table = [
        [
            name,
            texts.number(len(words)),
            texts.number(int(words.sum()) + len(words)),
            texts.number(float(words.mean()), 2),
        ]
        for name, words in names.items()
    ]
    counts = enumerate(np.bincount(everything).tolist())
    rows: list[Row] = [{"length": n, "words": count} for n, count in counts if n]
    keys = ("split", "words", "examples", "mean_length")
    heads = [texts(f"corpus.{key}") for key in keys]
    symbols = " ".join(map(legible, vocabulary[:200]))
    number = texts.number(len(vocabulary))
    note = texts("corpus.symbols", count=number, symbols=symbols)
    chart = charts.lengths(rows, texts)
    return section("corpus", texts, chart, table=Table(heads, table), notes=[note])


def pipeline(stages: list[Stage], texts: Texts) -> Section:
    """Return the graph of the stages."""
    return section("pipeline", texts, charts.pipeline(stages, lay_out(stages), texts))


def parameters(
    here: Mapping[str, Any], comparison: Comparison, texts: Texts
) -> Section:
    """Return all parameters, beside those of another revision where they differ."""
    there, rows, marked = comparison.parameters, [], set()
    for number, (key, value) in enumerate(here.items()):
        differs = key not in there or there[key] != value
        if differs:
            marked.add(number)
        other = _written(there[key]) if differs and key in there else ""
        rows.append([key, _written(value), other])
    keys = ("key", "here", "there")
    heads = [texts(f"parameters.{k}", revision=comparison.revision) for k in keys]
    table = Table(heads, rows, frozenset(marked))
    changed = texts.number(len(marked))
    revision = comparison.revision
    return section("parameters", texts, table=table, changed=changed, revision=revision)


def _compared(here: float, there: float | None, texts: Texts) -> list[str]:
    """Return the cells of a loss: itself, its perplexity, the other, the difference."""
    perplexity = texts.number(float(np.exp(min(here, 700))), 2)
    cells = [texts.number(here, 4), perplexity]
    if there is None:
        return [*cells, "", ""]
    difference = texts.number(here - there, 4, sign=True) if here != there else "0"
    return [*cells, texts.number(there, 4), difference]


def _written(value: Any) -> str:
    """Return a parameter as YAML writes it."""
    return value if isinstance(value, str) else json.dumps(value)
