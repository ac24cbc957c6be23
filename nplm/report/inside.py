"""Inside: the sections of the report that show what the network has learnt.

Letters in names: N symbols, V vocabulary, E embedding.
"""

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from nplm.arrays import Floats
from nplm.corpus.vocabulary import Ids
from nplm.plots.activations import KINDS, WHEN
from nplm.plots.embedding import most_frequent, plane
from nplm.plots.labels import place_labels
from nplm.report.page import Row, Section, Table, legible
from nplm.report.predictions import Predictions, calibrate, surprise
from nplm.report.texts import Texts

SHOWN = 60
"""Symbols that are shown; of more, those that are the most frequent."""
UNSURE = 0.1
"""The standard error of a mean, in nats, at which a curve ends."""


def embedding(
    C_VxE: Tensor, vocabulary: list[str], count_V: Tensor, texts: Texts
) -> Section:
    """Return where the symbols are; count_V says how often each is in train."""
    shown_S = most_frequent(count_V, SHOWN)
    C_SxE = C_VxE[shown_S]
    points_Sx2, *_ = plane(C_SxE, shown_S)
    dimensions = C_SxE.shape[1]
    axes = ["dimension", "dimension" if dimensions == 2 else "id"]
    shares = ["", ""]
    if dimensions > 2:
        axes = ["component", "component"]
        share_2 = points_Sx2.var(dim=0) / C_SxE.double().var(dim=0).sum()
        shares = [texts.number(share, ".0%") for share in share_2.tolist()]
    titles = {
        axis: texts(f"embedding.{kind}", number=number, share=share)
        for axis, kind, number, share in zip("xy", axes, (1, 2), shares, strict=True)
    }
    symbols = [legible(vocabulary[i]) for i in shown_S.tolist()]
    places_Sx2 = place_labels(points_Sx2.double().numpy(), symbols)
    rows: list[Row] = [
        {
            "symbol": symbol,
            "x": x,
            "y": y,
            "label_x": label_x,
            "label_y": label_y,
            "count": int(count_V[i]),
        }
        for i, symbol, (x, y), (label_x, label_y) in zip(
            shown_S.tolist(),
            symbols,
            points_Sx2.tolist(),
            places_Sx2.tolist(),
            strict=True,
        )
    ]
    values = {"eos": vocabulary[0], **titles}
    return Section("embedding", values, {"rows": rows})


def activations(
    metrics: Mapping[str, float], histogram: list[Row], texts: Texts
) -> Section:
    """Return the loss and the hidden units before and after training.

    Rows of the histogram have value, start and trained.
    """
    forms = {"loss": ",.2f", "saturated": ",.1%", "dead": ",.0f"}
    rows = [
        [
            texts(f"activations.{kind}"),
            *(texts.number(metrics[f"{when}.{kind}"], form) for when in WHEN),
        ]
        for kind, form in forms.items()
    ]
    bins = [
        {
            "value": row["value"],
            "share": row[when],
            "name": texts(f"activations.{when}"),
        }
        for when in WHEN
        for row in histogram
    ]
    values = {"nothing": texts.number(metrics["log_vocabulary"], ",.2f")}
    table = Table(("what", *WHEN), rows)
    return Section("activations", values, {"rows": bins}, table=table)


def updates(sizes: list[Row], texts: Texts) -> Section:
    """Return how large gradients and updates are beside their weights.

    A row of sizes has the name of the weights, and those of WHEN and KINDS that it has.
    """
    rows: list[Row] = [
        {
            "weights": row["weights"],
            "kind": texts(f"updates.{kind}"),
            "name": texts(f"activations.{when}"),
            "ratio": row[f"{when}_{kind}"],
        }
        for row in sizes
        for when in WHEN
        for kind in KINDS
        if f"{when}_{kind}" in row
    ]
    return Section("updates", data={"rows": rows})


def confusion(
    predictions: Predictions, vocabulary: list[str], shown: list[int]
) -> Section:
    """Return what was expected where each symbol stood; shown are their ids."""
    symbols = [legible(vocabulary[i]) for i in shown]
    rows: list[Row] = [
        {"stood": stood, "predicted": predicted, "probability": float(p)}
        for i, stood in enumerate(symbols)
        for j, predicted in enumerate(symbols)
        if np.isfinite(p := predictions.confusion_SxS[i, j])
    ]
    angle = 0 if all(len(symbol) < 3 for symbol in symbols) else -90
    values: dict[str, float | list[str]] = {"angle": angle, "symbols": symbols}
    return Section("confusion", data={"rows": rows}, numbers=values)


def surprises(ids_N: Ids, models: Mapping[str, Floats], texts: Texts) -> Section:
    """Return the loss at each position in the word, by what models give its symbols.

    A curve has its first position, and goes on while means are sure.
    """
    rows: list[Row] = []
    for model, values_N in models.items():
        found = zip(*surprise(ids_N, values_N), strict=True)
        for position, (loss, error, count) in enumerate(found, start=1):
            if position > 1 and not error < UNSURE:
                break
            rows.append(
                {
                    "name": texts(f"names.{model}"),
                    "position": position,
                    "loss": float(loss),
                    "error": float(error),
                    "symbols": int(count),
                }
            )
    values = {"error": texts.number(UNSURE, ".1f")}
    return Section("surprise", values, {"rows": rows})


def calibration(predictions: Predictions, texts: Texts) -> Section:
    """Return how often the network is right by how sure it is."""
    result = calibrate(predictions.confidence_N, predictions.right_N)
    rows: list[Row] = [
        {"confidence": float(p), "accuracy": float(right), "symbols": int(count)}
        for p, right, count in zip(*result, strict=True)
    ]
    values = {"error": texts.number(result.error, ".1%")}
    return Section("calibration", values, {"rows": rows})
