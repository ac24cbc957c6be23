"""Seeds: the losses of the current parameters over several seeds."""

import argparse
from statistics import mean, stdev

from experiments.runs import STOPPED, add_scheduler_option, run_all
from nplm.errors import reported_on_one_line
from nplm.parameters import read_number

MOST = 1000
COLUMNS = ("dev", "test", "mixture_dev", "mixture_test", "distinct")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", help=f"how many seeds, from 1 on; 2 to {MOST}")
    parser.add_argument("--keep", action="store_true", help="keep the experiments")
    add_scheduler_option(parser)
    arguments = parser.parse_args()
    count = read_number("N", arguments.count, 2, MOST)

    print("nats per symbol" + "".join(f"{name:>13}" for name in COLUMNS))
    runs = {f"seed-{seed}": {"seed": seed} for seed in range(1, count + 1)}
    table = []
    for name, losses in run_all(runs, arguments.scheduler, keep=arguments.keep):
        table.append([getattr(losses, column) for column in COLUMNS])
        print(_row(name, table[-1]), flush=True)
    columns = list(zip(*table, strict=True))
    print(_row("mean", [mean(column) for column in columns]))
    print(_row("std. deviation", [stdev(column) for column in columns]))


def _row(name: str, numbers: list[float]) -> str:
    return f"{name:<15}" + "".join(f"{number:13.4f}" for number in numbers)


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
