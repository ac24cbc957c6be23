"""`make search`, by real Optuna and real DVC."""

import re
import sys
from concurrent.futures import Future
from queue import SimpleQueue

import pytest

from experiments.cluster import Workplace
from experiments.copies import Job, Outcome
from nplm.errors import InputError
from tests.conftest import Pipeline

optuna = pytest.importorskip("optuna", reason="make cluster installs Optuna")
search = pytest.importorskip("experiments.search")

SMALL = """
spaces:
  small:
    fixed: {steps: 30}
    space:
      hidden: {low: 2, high: 8}
      lr: {low: 0.01, high: 1.0, log: true}
      network.activation: [tanh, gelu]
  too_small:
    fixed: {steps: 30}
    space:
      hidden: {low: 0, high: 0}
"""


@pytest.mark.slow
def test_a_search_goes_on_where_it_ended(pipeline: Pipeline) -> None:
    """Trials are experiments with the loss printed; the best can be applied.

    A trial that stops with an error has failed: its line is printed, others go on. The
    corpus is that of params.yaml or another one, which is another study: no trial takes
    an experiment's name from a trial of the first.
    """
    (pipeline.folder / "experiments" / "search.yaml").write_text(SMALL)
    output = pipeline.run("make", "search", "SPACE=too_small", "TRIALS=2")
    assert output.count("error: params.yaml: hidden: 0 needs") == 2
    assert "trials: 0 complete, 0 pruned, 2 fail" in output
    make = ("make", "search", "SPACE=small")
    output = pipeline.run(*make, "TRIALS=2")
    assert "trials: 2 complete, 0 pruned, 0 fail" in output
    output = pipeline.run(*make, "TRIALS=3")
    assert "trials: 3 complete, 0 pruned, 0 fail" in output
    _, _, table = output.partition("trials:")
    losses = [float(loss) for loss in re.findall(r"dev (\d+\.\d{4})", table)]
    assert losses == sorted(losses)
    assert len(losses) == 3
    assert all(len(line) <= 80 for line in table.splitlines())

    shown = pipeline.run("make", "experiments")
    names = re.findall(r"^(small-[0-9a-f]{8}-\d) +dev", output, re.M)
    assert len(set(names)) == 3
    assert all(name in shown for name in names)
    best = re.search(r"The best: (dvc exp apply .*);", output)
    assert best
    pipeline.run("bash", "-c", best[1])
    measured = (pipeline.folder / "metrics" / "loss.json").read_text()
    dev = re.search(r'"dev": ([\d.]+)', measured)
    assert dev
    assert float(dev[1]) == pytest.approx(losses[0], abs=1e-4)
    pipeline.run("make", "defaults")

    words = (pipeline.folder / "data" / "small.txt").read_text().splitlines()[::2]
    (pipeline.folder / "data" / "other list.txt").write_text("\n".join(words))
    output = pipeline.run(*make, "TRIALS=1", "CORPUS=data/other list.txt")
    assert "trials: 1 complete, 0 pruned, 0 fail" in output
    shown = pipeline.run("make", "experiments")
    assert "\ndata/other list.txt, nats per character: on other sequences" in shown
    assert all(name in shown for name in names)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--space=nowhere", "9"], "SPACE: 'nowhere' is none of search.yaml; take one"),
        (["0"], "TRIALS: '0' needs to be a whole number from 1 to"),
        (["--storage=x.db", "9"], "STORAGE=x.db: cannot be used"),
    ],
)
def test_a_wrong_option_is_one_line(
    monkeypatch: pytest.MonkeyPatch, options: list[str], problem: str
) -> None:
    """It names the option, the value and the remedy."""
    monkeypatch.setattr(sys, "argv", ["search", *options])
    with pytest.raises(InputError, match=problem):
        search.main()


def test_a_bad_trial_is_stopped_early() -> None:
    """Optuna's pruner decides by the reports; a later report of a step is ignored."""
    stopped: list[str] = []
    future: Future[Outcome] = Future()

    def stop(name: str) -> None:
        stopped.append(name)
        future.set_result(Outcome(b"", "killed"))

    def submit(_: Job) -> "Future[Outcome]":
        return future

    place = Workplace(lambda: 1, submit, stop)
    study = optuna.create_study(pruner=optuna.pruners.ThresholdPruner(upper=3.0))
    reports: SimpleQueue[tuple[int, float]] = SimpleQueue()
    for report in ((10, 2.0), (20, 2.5), (10, 9.0), (30, 3.5)):
        reports.put(report)
    trial = study.ask()
    with pytest.raises(optuna.TrialPruned):
        search.wait(future, reports, trial, place, "a-trial")
    assert stopped == ["a-trial"]
    assert study.trials[0].intermediate_values == {10: 2.0, 20: 2.5, 30: 3.5}
