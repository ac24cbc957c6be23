"""Seeds: the losses of the current parameters over several seeds."""

import argparse
from statistics import mean, stdev

from experiments.losses import FITTED
from experiments.runs import COLUMNS, STOPPED, add_scheduler_option, run_all
from nplm.errors import reported_on_one_line
from nplm.parameters import read_number

MOST_SEEDS = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", help=f"how many seeds, from 1 on; 2 to {MOST_SEEDS}")
    parser.add_argument("--keep", action="store_true", help="keep the experiments")
    add_scheduler_option(parser)
    arguments = parser.parse_args()
    count = read_number("N", arguments.count, 2, MOST_SEEDS)

    runs = {f"seed-{seed}": {"seed": seed} for seed in range(1, count + 1)}
    table: list[list[float]] = []
    for name, run in run_all(runs, arguments.scheduler, kept=arguments.keep):
        if not table:
            heads = [column for column, key in COLUMNS.items() if key in run.metrics]
            print("nats per symbol" + "".join(f"{head:>13}" for head in heads))
        table.append([run.metrics[COLUMNS[head]] for head in heads])
        print(_row(name, table[-1]), flush=True)
    columns = list(zip(*table, strict=True))
    print(_row("mean", [mean(column) for column in columns]))
    print(_row("std. deviation", [stdev(column) for column in columns]))
    print(FITTED)


def _row(name: str, numbers: list[float]) -> str:
    return f"{name:<15}" + "".join(f"{number:13.4f}" for number in numbers)


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
