"""Inside: the sections of the report that show what the network has learnt.

Letters in names: N symbols, V vocabulary, E embedding, P positions.
"""

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from nplm.plots.embedding import most_frequent, plane
from nplm.report import charts
from nplm.report.drawing import Row
from nplm.report.page import Section, Table, legible, section
from nplm.report.predictions import Predictions, calibrate, surprise
from nplm.report.results import Size
from nplm.report.texts import Texts
from nplm.scores import Scores

MOST = 60
"""Symbols that are shown; of more, those that are the most frequent."""
WHEN = ("start", "trained")
FEWEST = 20
"""Symbols that a mean is shown of."""


def embedding(
    C_VxE: Tensor, vocabulary: list[str], count_V: Tensor, texts: Texts
) -> Section:
    """Return where the symbols are; count_V says how often each is in train."""
    shown_S = most_frequent(count_V, MOST)
    C_SxE = C_VxE[shown_S]
    points_Sx2, *_ = plane(C_SxE, shown_S)
    dimensions = C_SxE.shape[1]
    if dimensions > 2:
        of_all = C_SxE.double().var(dim=0).sum()
        shares = (points_Sx2.var(dim=0) / of_all).tolist()
        titles = [
            texts("embedding.component", number=i, share=texts.percent(share))
            for i, share in enumerate(shares, start=1)
        ]
    else:
        titles = [texts("embedding.dimension", number=i) for i in (1, 2)]
        titles[dimensions:] = [texts("embedding.id")] * (2 - dimensions)
    rows: list[Row] = []
    for i, (x, y) in zip(shown_S.tolist(), points_Sx2.tolist(), strict=True):
        symbol, count = legible(vocabulary[i]), int(count_V[i])
        rows.append({"symbol": symbol, "x": x, "y": y, "count": count})
    chart = charts.embedding(rows, (titles[0], titles[1]), texts)
    return section("embedding", texts, chart, eos=vocabulary[0])


def activations(
    metrics: Mapping[str, float], histogram: list[Row], texts: Texts
) -> Section:
    """Return the loss and the hidden units before and after training.

    Rows of the histogram have value, start and trained.
    """
    rows = [
        ["loss", *(texts.number(metrics[f"{w}.loss"], 2) for w in WHEN)],
        ["saturated", *(texts.percent(metrics[f"{w}.saturated"], 1) for w in WHEN)],
        ["dead", *(texts.number(metrics[f"{w}.dead"]) for w in WHEN)],
    ]
    named = [[texts(f"activations.{kind}"), *cells] for kind, *cells in rows]
    heads = [texts(f"activations.{key}") for key in ("what", *WHEN)]
    nothing = texts.number(metrics["log_vocabulary"], 2)
    table = Table(heads, named)
    bins = [
        {
            "value": row["value"],
            "share": row[when],
            "name": texts(f"activations.{when}"),
        }
        for when in WHEN
        for row in histogram
    ]
    chart = charts.histogram(bins, texts)
    return section("activations", texts, chart, table=table, nothing=nothing)


def updates(sizes: list[Size], texts: Texts) -> Section:
    """Return how large gradients and updates are beside their weights."""
    rows: list[Row] = [
        {
            "weights": size.weights,
            "kind": texts(f"updates.{size.kind}"),
            "name": texts(f"activations.{size.when}"),
            "ratio": size.ratio,
        }
        for size in sizes
    ]
    return section("updates", texts, charts.updates(rows, texts))


def confusion(
    predictions: Predictions, vocabulary: list[str], shown: list[int], texts: Texts
) -> Section:
    """Return what was expected where each symbol stood; shown are their ids."""
    symbols = [legible(vocabulary[i]) for i in shown]
    rows: list[Row] = [
        {"stood": stood, "predicted": predicted, "probability": float(p)}
        for i, stood in enumerate(symbols)
        for j, predicted in enumerate(symbols)
        if np.isfinite(p := predictions.confusion_SxS[i, j])
    ]
    return section("confusion", texts, charts.confusion(rows, symbols, texts))


def surprises(models: Mapping[str, Scores], texts: Texts) -> Section:
    """Return the loss at each position in the word, by each model."""
    rows: list[Row] = []
    for model, scores in models.items():
        loss_P, count_P = surprise(scores)
        rows += [
            {"name": name, "position": i, "loss": float(loss), "symbols": int(count)}
            for name in [texts(f"names.{model}")]
            for i, (loss, count) in enumerate(zip(loss_P, count_P, strict=True), 1)
            if count >= FEWEST or i == 1
        ]
    return section("surprise", texts, charts.surprise(rows, texts))


def calibration(predictions: Predictions, texts: Texts) -> Section:
    """Return how often the network is right by how sure it is."""
    result = calibrate(predictions.confidence_N, predictions.right_N)
    bins = zip(result.confidence_K, result.accuracy_K, result.count_K, strict=True)
    rows: list[Row] = [
        {"confidence": float(p), "accuracy": float(right), "symbols": int(count)}
        for p, right, count in bins
    ]
    error = texts.percent(result.error, 1)
    chart = charts.calibration(rows, texts)
    return section("calibration", texts, chart, error=error)
