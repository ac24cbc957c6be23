"""The tables and the picture of the network from inside."""

from pathlib import Path

import pytest
import torch
from matplotlib.figure import Figure

from nplm.models.activations import hidden_units, measure_activations
from nplm.plots.activations import (
    COLUMNS,
    Look,
    draw_map,
    draw_ratios,
    write_histogram,
    write_sizes,
)
from tests.inputs import new_network

X = torch.tensor([[0, 1], [1, 2], [2, 3]])
START = {"gradient": {"C": -1.0}, "update": {"C": -2.0, "b1": -3.0}}
TRAINED: dict[str, dict[str, float]] = {"gradient": {"b1": 0.0}, "update": {}}


def looks(layers: int = 1) -> dict[str, Look]:
    """Return two looks at a small network."""
    network = new_network(5, 2, 3, 4, layers=layers).double()
    seen = measure_activations(network, X), hidden_units(network, X)[1], [3.0, 2.0]
    return {"start": Look(3.0, *seen, START), "trained": Look(2.0, *seen, TRAINED)}


def test_the_histogram_is_of_all_layers(tmp_path: Path) -> None:
    """Each row is a bin by its middle; shares are means over the layers."""
    two = looks(layers=2)
    shares = torch.zeros(2, 50, dtype=torch.float64)
    shares[0, 0] = shares[1, 49] = 1
    activations = two["trained"].activations._replace(shares_LxK=shares)
    two["trained"] = two["trained"]._replace(activations=activations)
    write_histogram(two, tmp_path / "histogram.csv")
    head, *lines = (tmp_path / "histogram.csv").read_text().splitlines()
    assert head == "value,start,trained"
    rows = [[float(number) for number in line.split(",")] for line in lines]
    assert [rows[0][0], rows[49][0]] == [-0.98, 0.98]
    assert [row[2] for row in rows] == [0.5, *[0] * 48, 0.5]


def test_sizes_are_ratios_by_weights_time_and_kind(tmp_path: Path) -> None:
    """Given as log10: -1 is 0.1. One that there is not leaves its cell empty."""
    write_sizes(looks(), tmp_path / "sizes.csv")
    assert (tmp_path / "sizes.csv").read_text() == (
        "weights,start_gradient,start_update,trained_gradient,trained_update\n"
        "C,0.1,0.01,,\nb1,,0.001,1,\n"
    )


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
