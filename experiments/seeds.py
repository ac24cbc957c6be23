"""Seeds: the losses of the current parameters over several seeds."""

import argparse
import sys
from statistics import mean, stdev

from experiments.runs import run_all
from stages.shared.arguments import whole_number
from stages.shared.errors import shortened

MOST = 1000
COLUMNS = ("dev", "test", "mixture_dev", "mixture_test", "distinct")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", help=f"how many seeds, from 1 on; 2 to {MOST}")
    text: str = parser.parse_args().count
    count = whole_number(text, 2, MOST)
    if count is None:
        sys.exit(f"error: N={shortened(text)}: give a number of seeds, 2 to {MOST}")

    print("nats per symbol" + "".join(f"{name:>13}" for name in COLUMNS))
    runs = {f"seed-{seed}": {"seed": seed} for seed in range(1, count + 1)}
    table = []
    for name, losses in run_all(runs):
        table.append([getattr(losses, column) for column in COLUMNS])
        print(_row(name, table[-1]), flush=True)
    columns = list(zip(*table, strict=True))
    print(_row("mean", [mean(column) for column in columns]))
    print(_row("std. deviation", [stdev(column) for column in columns]))


def _row(name: str, numbers: list[float]) -> str:
    return f"{name:<15}" + "".join(f"{number:13.4f}" for number in numbers)


if __name__ == "__main__":
    main()
