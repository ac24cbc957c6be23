"""Loaded: a model file that is alone in the world, asked by hand.

>>> import nplm
>>> model = nplm.load("data/model.pt")  # doctest: +SKIP
>>> model.sample(prefix="ju", count=2, seed=1)  # doctest: +SKIP
['jus', 'jure']
"""

import unicodedata
from pathlib import Path
from typing import NamedTuple

from nplm.models.ensemble import Ensemble, load_ensemble
from nplm.neighbours import Neighbour, neighbours
from nplm.sampling import SampleParameters, draw_words
from nplm.word_scores import score_words

PLAIN = SampleParameters(
    seed=None, count=20, temperature=1, top_k=0, top_p=1, new_only=False, max_length=40
)
"""What `sample` is where no params.yaml says it."""


class LoadedModel(NamedTuple):
    """Networks with their vocabulary. Words may be lines of text, by what it learnt."""

    ensemble: Ensemble

    def sample(
        self,
        prefix: str = "",
        count: int = PLAIN.count,
        seed: int = 1,
        *,
        temperature: float = PLAIN.temperature,
        top_k: int = PLAIN.top_k,
        top_p: float = PLAIN.top_p,
        max_length: int = PLAIN.max_length,
    ) -> list[str]:
        """Return words that begin with prefix, the same ones for the same seed.

        The others are as in `sample` of params.yaml. Raises InputError for a prefix
        with a symbol that is not known, and ValueError for a number out of range.
        """
        parameters = SampleParameters(
            seed=None,
            count=count,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            new_only=False,
            max_length=max_length,
        )
        return draw_words(self.ensemble, parameters, seed, prefix)

    def score(self, word: str) -> list[tuple[str, float]]:
        """Return the symbols of a word and of its end, with log-probabilities in nats.

        A word of a line that is not known is `<unk>`. Raises InputError for a character
        that is not known.
        """
        word = unicodedata.normalize("NFC", word)
        (scored,) = score_words([word], {"network": self.ensemble})
        return list(zip(scored.symbols, scored.values_MxN[0].tolist(), strict=True))

    def neighbours(self, symbol: str, count: int = 10) -> list[Neighbour]:
        """Return the symbols that training has put nearest to one, the nearest first.

        Raises InputError for a symbol that is not known.
        """
        C_VxE = self.ensemble.members[0].C.detach()
        return neighbours(C_VxE, self.ensemble.vocabulary, symbol, count)


def load(
    path: str | Path, *, temperature: float = 1.0, averaged_contexts: int = 1
) -> LoadedModel:
    """Return the model in the file at path.

    temperature and averaged_contexts are those of `ensemble` in params.yaml, which the
    file does not have. Raises InputError for a file that is no model.
    """
    return LoadedModel(
        load_ensemble(
            Path(path), temperature=temperature, averaged_contexts=averaged_contexts
        )
    )
