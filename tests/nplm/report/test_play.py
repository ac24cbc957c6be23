"""What the page has of the models, for its script."""

import base64

import numpy as np
import pytest

from nplm.loaded import PLAIN
from nplm.models.ensemble import Ensemble
from nplm.report import play as module
from nplm.report.play import play
from nplm.report.texts import Texts
from tests.inputs import new_network

VOCABULARY = [".", "a", "b", "c"]


def network() -> Ensemble:
    """Return a network of 71 weights."""
    member = new_network(4, 2, 3, 5)
    assert member.weight_count == 71
    return Ensemble([member.double()], VOCABULARY)


def test_weights_are_those_of_the_network(texts: Texts) -> None:
    """In base64, as float32, in the order of the tensor; without words no n-gram."""
    model = network()
    content, note, _ = play({"network": model}, {}, range(4), PLAIN, 1, texts, "")
    assert content is not None
    (member,) = content["members"]
    for name, weights in model.members[0].state_dict().items():
        found = np.frombuffer(base64.b64decode(member[name]), "<f4")
        assert found == pytest.approx(weights.numpy().ravel(), rel=1e-6)
    assert (note, content["half"], content["words"]) == ("", False, {})
    assert not {"ngram", "mixture"} & content.keys()


def test_a_larger_network_has_half_the_digits_and_a_large_one_none(
    texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says how far probabilities are off, or that there is no network."""
    model = network()
    monkeypatch.setattr(module, "IN_FULL", 4 * 71 - 1)
    content, note, _ = play({"network": model}, {}, range(4), PLAIN, 1, texts, "")
    assert content is not None
    found = np.frombuffer(base64.b64decode(content["members"][0]["W1"]), "<f2")
    W1 = model.members[0].W1.detach().numpy().ravel()
    assert found == pytest.approx(W1, rel=1e-3)
    assert found != pytest.approx(W1, rel=1e-6)
    change = note.split("change by ")[1].split("%")[0]
    assert 0 < float(change) < 1
    monkeypatch.setattr(module, "IN_HALF", 2 * 71 - 1)
    assert play({"network": model}, {}, range(4), PLAIN, 1, texts, "").content is None
