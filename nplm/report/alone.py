"""Alone: the part of the page in which one asks the models, as a page of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from nplm.models.model import Model
from nplm.parameters import read_yaml
from nplm.plots.embedding import most_frequent
from nplm.report.inside import SHOWN
from nplm.report.page import render
from nplm.report.play import play
from nplm.report.texts import Language, Texts
from nplm.sampling import SampleParameters

PARTS = Path(__file__).parent


def write_alone(
    models: Mapping[str, Model],
    words: Mapping[str, Sequence[str]],
    count_V: torch.Tensor,
    sample: SampleParameters,
    seed: int,
    language: Language,
    path: Path,
) -> None:
    """Write the page of models to path.

    words are those of each split, if they are known; count_V says how often train has
    each symbol, and the most frequent ones are shown. seed is the project's.
    """
    texts = Texts(read_yaml(PARTS / "texts.yaml"), language)
    shown = most_frequent(count_V, SHOWN).tolist()
    script = (PARTS / "play.js").read_text("utf-8")
    played = play(models, words, shown, sample, seed, texts, script)
    html = render((PARTS / "page.html").read_text("utf-8"), [], {}, "", texts, played)
    path.write_text(html, "utf-8", newline="\n")
