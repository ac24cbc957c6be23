"""The picture of the network from inside: a file for every shape of network."""

from pathlib import Path
from typing import Any

import pytest
import torch
from matplotlib.figure import Figure

from nplm.models.activations import hidden_units, measure_activations
from nplm.plots.activations import (
    COLUMNS,
    Look,
    draw_map,
    draw_ratios,
    plot_activations,
    write_histogram,
)
from nplm.training.updates import Updates
from tests.inputs import new_network


def look(**kinds: Any) -> Look:
    """Return a look at a small network."""
    network = new_network(5, 2, 3, kinds.pop("hidden", 4), **kinds).double()
    X = torch.tensor([[0, 1], [1, 2], [2, 3]])
    _, saturated = hidden_units(network, X)
    updates = Updates([3.0, 2.0], {"C": -1.0, "W1": -2.0}, {"W1": -3.0})
    return Look(3.0, measure_activations(network, X), saturated, updates)


@pytest.mark.parametrize(
    "kinds",
    [
        {},
        {"layers": 3},
        {"activation": "gelu", "layers": 2, "direct": True},
        {"hidden": 0, "direct": True},
    ],
)
def test_the_picture_is_a_png_and_the_same_each_time(
    tmp_path: Path, kinds: dict[str, Any]
) -> None:
    """Two drawings of the same network have the same bytes."""
    pictures = []
    for name in ("one", "two"):
        start, trained = look(**kinds), look(**kinds)
        activation = kinds.get("activation", "tanh")
        plot_activations(start, trained, activation, 1.6, tmp_path / name)
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0].startswith(b"\x89PNG")
    assert pictures[0] == pictures[1]


def test_the_histogram_is_of_all_layers(tmp_path: Path) -> None:
    """Each row is a bin by its middle; shares are means over the layers, sum to 1."""
    start, trained = look(layers=2), look(layers=2)
    shares = torch.zeros(2, 50, dtype=torch.float64)
    shares[0, 0] = shares[1, 49] = 1
    activations = trained.activations._replace(shares_LxK=shares)
    path = tmp_path / "histogram.csv"
    write_histogram(start, trained._replace(activations=activations), path)
    head, *lines = path.read_text().splitlines()
    assert head == "value,start,trained"
    rows = [[float(number) for number in line.split(",")] for line in lines]
    assert [rows[0][0], rows[49][0]] == [-0.98, 0.98]
    assert sum(row[1] for row in rows) == pytest.approx(1, abs=1e-5)
    assert [row[2] for row in rows] == [0.5, *[0] * 48, 0.5]


def test_the_map_shows_the_first_units_of_each_layer_side_by_side() -> None:
    """Of 2 layers of 200 units, 150 each, black where True, a line between them."""
    assert COLUMNS == 300
    saturated = torch.zeros(2, 7, 200, dtype=torch.bool)
    saturated[0, 0, 149] = saturated[1, 6, 0] = saturated[:, :, 150:] = True
    axes = Figure().add_subplot()
    draw_map(axes, saturated, "at the start")
    image = torch.tensor(axes.images[0].get_array())
    assert image.shape == (7, 300)
    assert image.nonzero().tolist() == [[0, 149], [6, 150]]
    assert axes.get_xlabel() == "unit (the first 150 of 200), of layer 1 to 2"
    assert len(axes.lines) == 1


def test_a_ratio_stands_at_its_value_beside_its_weights() -> None:
    """Given as log10: -3 is 0.001; what one look lacks has one dot."""
    axes = Figure().add_subplot()
    draw_ratios(axes, {"start": {"C": -3.0, "W1": -1.0}, "end": {"W1": -2.0}}, "step")
    dots = [line.get_xdata() for line in axes.lines]
    assert dots == [pytest.approx([0.001, 0.1]), pytest.approx([0.01])]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["C", "W1"]
    texts = [text.get_text().strip() for text in axes.texts]
    assert texts == ["1.0e-03", "1.0e-01", "1.0e-02"]
