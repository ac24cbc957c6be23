"""Charts: the figures of the report, in Vega-Lite."""

import altair as alt

from nplm.report.comparison import Stage
from nplm.report.drawing import (
    COLOURS,
    FAINT,
    HEIGHT,
    SQUARE,
    WIDTH,
    Field,
    Row,
    Spec,
    colour,
    curves,
    drawn,
    for_the_pointer,
    of,
)
from nplm.report.pipeline import Layout
from nplm.report.texts import Texts


def loss_curve(rows: list[Row], texts: Texts) -> Spec:
    """Return the loss by step, of rows with step, loss and name."""
    step = Field("step", texts("loss_curve.x"), ",d")
    return curves(rows, step, Field("loss", texts("loss_curve.y"), ".4f"))


def surprise(rows: list[Row], texts: Texts) -> Spec:
    """Return the loss by position, of rows with position, loss, symbols and name."""
    position = Field("position", texts("surprise.x"), "d")
    symbols = Field("symbols", texts("surprise.symbols"), ",d")
    return curves(rows, position, Field("loss", texts("surprise.y"), ".4f"), symbols)


def sweep(rows: list[Row], marks: list[Row], top: float, texts: Texts) -> Spec:
    """Return the loss by learning rate, up to top, and learning rates marked on it.

    Rows have lr, loss and smoothed, and lowest and highest of the seeds; marks have lr
    and name.
    """
    lr = Field("lr", texts("sweep.x"), ".3~g")
    loss = Field("loss", texts("sweep.loss"), ".4f")
    smoothed = Field("smoothed", texts("sweep.smoothed"), ".4f")
    x = lr.x.scale(type="log", nice=False)
    title, scale = texts("sweep.y"), alt.Scale(domain=[0, top])
    base = of(rows).encode(x, alt.Y("smoothed:Q", title=title, scale=scale))
    raw = base.encode(alt.Y("loss:Q", title=title, scale=scale))
    line = base.mark_line(clip=True, strokeWidth=2.5)
    points = for_the_pointer(base, lr, smoothed, loss)
    curves = raw.mark_line(clip=True, color=FAINT, strokeWidth=1) + line + points
    ends = alt.Y("lowest:Q", title=title, scale=scale), alt.Y2("highest:Q")
    band = base.mark_area(clip=True, opacity=0.2).encode(*ends)
    layers = [band, curves]
    for number, row in enumerate(marks):
        name = Field("name", texts("sweep.mark"))
        mark = of([row]).encode(x, tooltip=[name.tip, lr.tip])
        text = mark.mark_text(align="right", dx=-6).encode(alt.Text("name:N"))
        layers += [
            mark.mark_rule(color=COLOURS[1], strokeWidth=2, strokeDash=[6, 3]),
            text.encode(y=alt.value(10 + 16 * number)),
        ]
    return drawn(WIDTH, HEIGHT, *layers)


def embedding(rows: list[Row], titles: tuple[str, str], texts: Texts) -> Spec:
    """Return the symbols at their places, of rows with symbol, x, y and count."""
    x, y = (Field(key, title, ".3f") for key, title in zip("xy", titles, strict=True))
    symbol = Field("symbol", texts("embedding.symbol"))
    count = Field("count", texts("embedding.count"), ",d")
    base = of(rows).encode(
        x.x.scale(zero=False, padding=15),
        y.y.scale(zero=False, padding=15),
        tooltip=[symbol.tip, count.tip, x.tip, y.tip],
    )
    names = base.mark_text(fontSize=14).encode(alt.Text("symbol:N"))
    circles = base.mark_circle(size=340, opacity=0.25)
    return drawn(SQUARE, SQUARE, circles, names)


def histogram(rows: list[Row], texts: Texts) -> Spec:
    """Return how often hidden units have which value; rows have value, share, name."""
    value = Field("value", texts("activations.x"), ".2f")
    return curves(rows, value, Field("share", texts("activations.y"), ".2%"))


def updates(rows: list[Row], texts: Texts) -> Spec:
    """Return sizes beside those of the weights.

    Rows have weights, ratio, kind, which is gradient or update as it is shown, and
    name.
    """
    weights = Field("weights", texts("updates.weights"))
    ratio = Field("ratio", texts("updates.x"), ".2~e")
    kind = Field("kind", texts("updates.kind"))
    when = Field("name", texts("updates.when"))
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    names = list(dict.fromkeys(row["weights"] for row in rows))
    shape = alt.Shape("kind:N", title=None)
    shown = shape.scale(domain=kinds, range=["circle", "diamond"])
    base = of(rows).encode(
        ratio.x.scale(type="log").axis(format="~g"),
        alt.Y("weights:N", title=weights.title, sort=names).axis(grid=True),
        colour(rows),
        shown.legend(orient="top", symbolFillColor="currentColor"),
        tooltip=[weights.tip, kind.tip, when.tip, ratio.tip],
    )
    points = base.mark_point(size=110, filled=True, opacity=1)
    return drawn(WIDTH, 36 * len(names), points)


def confusion(rows: list[Row], symbols: list[str], texts: Texts) -> Spec:
    """Return the symbols expected by those that stood there.

    Rows have stood, predicted and probability; symbols are in the order of the axes.
    """
    stood = Field("stood", texts("confusion.stood"))
    predicted = Field("predicted", texts("confusion.predicted"))
    probability = Field("probability", texts("confusion.probability"), ".4f")
    shade = alt.Opacity("probability:Q", title=probability.title)
    angle = 0 if all(len(symbol) < 3 for symbol in symbols) else -90
    chart = of(rows).encode(
        alt.X("predicted:N", title=predicted.title, sort=symbols).axis(
            labelAngle=angle
        ),
        alt.Y("stood:N", title=stood.title, sort=symbols),
        shade.scale(type="sqrt", domain=[0, 1], range=[0, 1]).legend(format=".1f"),
        tooltip=[stood.tip, predicted.tip, probability.tip],
    )
    side = SQUARE if len(symbols) < 50 else WIDTH
    return drawn(side, side, chart.mark_rect())


def calibration(rows: list[Row], texts: Texts) -> Spec:
    """Return how often the network is right by how sure it is.

    Rows have confidence, accuracy and symbols.
    """
    confidence = Field("confidence", texts("calibration.x"), ".3f")
    accuracy = Field("accuracy", texts("calibration.y"), ".3f")
    symbols = Field("symbols", texts("calibration.symbols"), ",d")
    x, y = confidence.x.scale(domain=[0, 1]), accuracy.y.scale(domain=[0, 1])
    corners = [{"confidence": end, "accuracy": end} for end in (0, 1)]
    diagonal = of(corners).mark_line(color=FAINT, strokeDash=[6, 3]).encode(x, y)
    base = of(rows).encode(x, y)
    tips = [confidence.tip, accuracy.tip, symbols.tip]
    points = base.mark_circle(size=90, opacity=1).encode(tooltip=tips)
    return drawn(360, 360, diagonal, base.mark_line(), points)


def leaderboard(rows: list[Row], names: list[str], texts: Texts) -> Spec:
    """Return the losses of networks, in the order of names.

    Rows have network, loss, deviation and name.
    """
    loss = Field("loss", texts("leaderboard.loss"), ".4f")
    tips = [
        Field("network", texts("leaderboard.network")),
        Field("name", texts("leaderboard.model")),
        loss,
        Field("deviation", texts("leaderboard.deviation"), ".4f"),
    ]
    base = of(rows).encode(
        loss.x.scale(zero=False),
        alt.Y("network:N", title=None, sort=names).axis(labelLimit=260),
        colour(rows),
        tooltip=[field.tip for field in tips],
    )
    ends = {
        "low": "datum.loss - datum.deviation",
        "high": "datum.loss + datum.deviation",
    }
    rules = base.transform_calculate(**ends).mark_rule(strokeWidth=3)
    spread = rules.encode(alt.X("low:Q", title=loss.title), alt.X2("high:Q"))
    points = base.mark_circle(size=80, opacity=1)
    return drawn(WIDTH - 220, 26 * len(names), spread, points)


def lengths(rows: list[Row], texts: Texts) -> Spec:
    """Return how many words there are of each length, of rows with length and words."""
    length = Field("length", texts("corpus.length"), "d")
    words = Field("words", texts("corpus.words"), ",d")
    chart = of(rows).encode(
        alt.X("length:O", title=length.title).axis(
            labelAngle=0, labelSeparation=6, labelOverlap=True
        ),
        words.y,
        tooltip=[length.tip, words.tip],
    )
    return drawn(WIDTH, 220, chart.mark_bar())


def pipeline(stages: list[Stage], layout: Layout, texts: Texts) -> Spec:
    """Return the stages where layout has them, and its lines."""
    points = [
        {"line": number, "column": column, "row": row}
        for number, line in enumerate(layout.lines)
        for column, row in line
    ]
    boxes = [
        {
            "stage": stage.name,
            "reads": ", ".join(stage.reads),
            "writes": ", ".join(stage.writes),
            "column": layout.places[stage.name][0],
            "row": layout.places[stage.name][1],
        }
        for stage in stages
    ]
    x = alt.X("column:Q", axis=None).scale(padding=60, nice=False, zero=False)
    y = alt.Y("row:Q", axis=None).scale(padding=25, nice=False, reverse=True)
    lines = of(points).encode(x, y, alt.Detail("line:N"), alt.Order("column:Q"))
    fields = [
        Field(key, texts(f"pipeline.{key}")) for key in ("stage", "reads", "writes")
    ]
    base = of(boxes).encode(x, y, tooltip=[field.tip for field in fields])
    longest = max(len(stage.name) for stage in stages)
    half = 0.6 + 0.3 * longest
    box = base.mark_point(
        shape=f"M-{half},-1H{half}V1H-{half}Z", size=600, fill="var(--paper)", opacity=1
    )
    name = base.mark_text().encode(alt.Text("stage:N"))
    rows = [row for _, row in layout.places.values()]
    line = lines.mark_line(color=FAINT, interpolate="monotone")
    height = 50 + 50 * round(max(rows) - min(rows))
    return drawn(WIDTH + 60, height, line, box, name) | {"view": {"stroke": None}}
