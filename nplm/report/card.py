"""Card: what a model is and what it has measured, as Hugging Face's model cards say it.

https://huggingface.co/docs/hub/model-cards
"""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined

from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import unit_of
from nplm.losses import perplexity
from nplm.models.ensemble import Ensemble

GROUPS = ("network", "training", "ensemble")
KEYS = ("seed", "split_seed", "batch_size", "steps", "lr", "lr_decay")
"""Of the parameters, those that a card shows: groups, and keys that are in none."""


def render_card(
    template: str,
    ensemble: Ensemble,
    losses: Mapping[str, float],
    parameters: Mapping[str, Any],
) -> str:
    """Return the card by its template; losses are the network's, by their keys.

    parameters are all of params.yaml, a dot between group and key.
    """
    card = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    found = {split: losses[split] for split in SPLITS}
    return card.from_string(template).render(
        corpus=parameters["corpus"],
        unit=unit_of(ensemble.vocabulary),
        symbols=len(ensemble.vocabulary),
        sizes=ensemble.members[0].sizes,
        members=len(ensemble.members),
        weights=sum(member.weight_count for member in ensemble.members),
        parameters={
            key: value
            for key, value in parameters.items()
            if key in KEYS or key.partition(".")[0] in GROUPS
        },
        losses={split: round(loss, 4) for split, loss in found.items()},
        perplexities={s: round(perplexity(loss), 3) for s, loss in found.items()},
    )
