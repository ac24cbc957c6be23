"""Cluster: where runs happen, in threads here or on the workers of a Dask scheduler."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import copies, environment
from experiments.copies import Outcome, run_copy
from nplm.errors import InputError

if TYPE_CHECKING:
    from distributed import Client

Submit = Callable[[str, list[str]], "Future[Outcome]"]
"""Takes the name of a run and options of `dvc exp run`; returns at once."""
Started = Callable[[str, str], None]
"""Takes the name of a run that has started, and where: nothing, or a worker."""

COPIES = Path(".dvc/tmp/exps")
"""Where runs have their copy of the project; DVC has its own here."""
TIMEOUT = 10
"""Seconds to wait for a scheduler."""
EVERY = 2.0
"""Seconds between two looks at which workers have come."""
DEATHS = "its workers died, one after the other"


@contextmanager
def workplace(scheduler: str, copy: bytes, started: Started) -> Iterator[Submit]:
    """Take runs of a copy of the project, at scheduler or, without one, here.

    In the end, what has not started is cancelled, and on this machine, what has started
    ends. Raises InputError for a scheduler that is not there.
    """
    if scheduler:
        with dask_workers(scheduler, copy, started) as submit:
            yield submit
    else:
        with threads(copy, started) as submit:
            yield submit


@contextmanager
def threads(copy: bytes, started: Started) -> Iterator[Submit]:
    """As many runs at a time as there are processors: a stage has one thread."""

    def run(name: str, options: list[str]) -> Outcome:
        started(name, "")
        return run_copy(copy, name, options, COPIES, push=False)

    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        yield lambda name, options: pool.submit(run, name, options)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def dask_workers(scheduler: str, copy: bytes, started: Started) -> Iterator[Submit]:
    """One run at a time on each worker whose environment is that of this machine.

    A worker says which environment it has by a resource of that name.
    """
    client = _connect(scheduler)
    topic = f"nplm-{client.id}"

    def run(copy: bytes, name: str, options: list[str]) -> Outcome:
        from distributed import get_worker  # noqa: PLC0415 it is optional

        worker = get_worker()
        worker.log_event(topic, (name, worker.address))
        return run_copy(copy, name, options, Path(worker.local_directory), push=True)

    with client:
        print(f"Dask's dashboard: {client.dashboard_link}", file=sys.stderr)
        facts = environment.environment()
        tag = environment.tag(facts)
        with _watched(client, tag, facts):
            # The bytes are the result of a task: made again where they are lost.
            sent = client.submit(lambda: copy, pure=False, resources={tag: 0})
            client.subscribe_topic(topic, lambda event: started(*event[1]))
            pool = client.get_executor(pure=False, resources={tag: 1})
            try:
                yield lambda name, options: pool.submit(run, sent, name, options)
            finally:
                client.unsubscribe_topic(topic)
                pool.shutdown(wait=False)


def _connect(scheduler: str) -> "Client":
    try:
        import cloudpickle  # noqa: PLC0415 they are optional
        from distributed import Client  # noqa: PLC0415
    except ImportError as error:
        raise InputError(
            f"SCHEDULER={scheduler}: Dask is not installed; make cluster installs it"
        ) from error
    for module in (copies, environment, sys.modules[__name__]):
        cloudpickle.register_pickle_by_value(module)  # a worker's clone may be older
    try:
        return Client(scheduler, timeout=TIMEOUT, name="nplm")
    except (OSError, ValueError) as error:
        raise InputError(
            f"SCHEDULER={scheduler}: no Dask scheduler answers there; start one: "
            "dask scheduler"
        ) from error


@contextmanager
def _watched(client: "Client", tag: str, facts: dict[str, str]) -> Iterator[None]:
    """Say of each worker that comes with another environment why it is not used."""
    ended = threading.Event()

    def watch() -> None:
        known: set[str] = set()
        waiting = False
        while True:
            workers: dict[str, Any] = client.scheduler_info()["workers"]
            fit = [a for a, worker in workers.items() if tag in worker["resources"]]
            for address in sorted(set(workers) - known - set(fit)):
                theirs = client.run(environment.environment, workers=[address])
                why = environment.difference(facts, theirs[address])
                why = why or "it does not say that it is one: start it by make worker"
                print(f"{address} is not used: {why}", file=sys.stderr)
            known |= set(workers)
            if not fit and not waiting:
                waiting = True
                print("waiting for a worker that fits", file=sys.stderr)
            if ended.wait(EVERY):
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
