"""Where the stages stand on the picture of the pipeline."""

from pathlib import Path

import pytest

from nplm.errors import InputError
from nplm.report.comparison import Stage, read_comparison
from nplm.report.pipeline import lay_out


def test_a_stage_stands_right_of_those_that_it_reads_from() -> None:
    """One column after the last of them; a line passes the stages between.

    d reads from c and from a: the second line is superfluous, as c reads from b and b
    from a. e reads from a alone, and f from e and c.
    """
    stages = [
        Stage(name=names[0], reads=list(names[1:]), writes=[names[0]])
        for names in ("a", "ba", "cb", "dca", "ea", "fec")
    ]
    places, lines = lay_out(stages)
    columns = {name: column for name, (column, _) in places.items()}
    assert columns == {"a": 0, "b": 1, "c": 2, "d": 3, "e": 1, "f": 3}
    assert len(set(places.values())) == len(stages)
    ends = {(line[0], line[-1]) for line in lines}
    pairs = ("ab", "bc", "cd", "ae", "ef", "cf")
    assert ends == {(places[pair[0]], places[pair[1]]) for pair in pairs}
    (long,) = (line for line in lines if line[0] == places["e"])
    assert [column for column, _ in long] == [1, 2, 3]
    assert not {*long[1:-1]} & {*places.values()}


def test_a_pipeline_has_stages(tmp_path: Path) -> None:
    """There would be nothing to draw."""
    text = '{"revision": "HEAD", "metrics": {}, "parameters": {}, "stages": []}'
    (tmp_path / "from_dvc.json").write_text(text)
    with pytest.raises(InputError, match="not what `make report` writes"):
        read_comparison(tmp_path / "from_dvc.json")
