"""Cluster: where runs happen, in threads here or on the workers of a Dask scheduler.

As a program it checks that a scheduler answers at an address.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments import cache, copies, environment
from experiments.copies import COPIES, Copy, Job, Outcome, Watch, run_copy
from experiments.leftovers import clear_runs
from nplm.errors import InputError, reported_on_one_line

if TYPE_CHECKING:
    from distributed import Client

Started = Callable[[str, str], None]
Reported = Callable[[str, int, float], None] | None


class Workplace(NamedTuple):
    """Where runs happen."""

    slots: Callable[[], int]
    """Returns how many runs it does at a time."""
    submit: Callable[[Job], "Future[Outcome]"]
    """Returns at once."""
    stop: Callable[[str], None]
    """Ends the run of this name, if it is watched."""


PORT_TIMEOUT = 3
"""Seconds to wait for something that listens at the address of a scheduler."""
TIMEOUT = 10
"""Seconds to wait for the answer of a scheduler, which may have much to do."""
EVERY = 2.0
"""Seconds between two looks at which workers have come."""


def workplace(
    scheduler: str, copy: Copy, started: Started, reported: Reported = None
) -> AbstractContextManager[Workplace]:
    """Take runs of a copy of the project, at scheduler or, without one, here.

    started gets the name of a run, and the worker or nothing. Where reported is given,
    runs are watched, and it gets the name, a step and the loss on dev. In the end, what
    has not started is cancelled, and on this machine, what has started ends. Raises
    InputError for a scheduler that is not there.
    """
    if scheduler:
        return dask_workers(scheduler, copy, started, reported)
    return threads(copy, started, reported)


@contextmanager
def threads(copy: Copy, started: Started, reported: Reported) -> Iterator[Workplace]:
    """As many runs at a time as there are processors: a run has one thread."""
    slots = os.cpu_count() or 1
    stopped: set[str] = set()
    clear_runs(COPIES)

    def run(job: Job) -> Outcome:
        started(job.name, "")
        report = partial(reported, job.name) if reported else None
        watch = Watch(report, lambda: job.name in stopped) if report else None
        return run_copy(copy, job, COPIES, push=False, watch=watch)

    pool = ThreadPoolExecutor(slots)
    try:
        yield Workplace(lambda: slots, lambda job: pool.submit(run, job), stopped.add)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def dask_workers(
    scheduler: str, copy: Copy, started: Started, reported: Reported
) -> Iterator[Workplace]:
    """One run at a time on each worker whose environment is that of this machine.

    A worker says which environment it has by a resource of that name.
    """
    client = _connect(scheduler)
    facts = environment.environment()
    tag = environment.tag(facts)
    topic = f"nplm-{client.id}"
    watched = reported is not None

    def run(copy: Copy, job: Job) -> Outcome:  # on the worker
        from distributed import Event, get_worker  # noqa: PLC0415 it is optional

        worker = get_worker()
        worker.log_event(topic, ("started", job.name, worker.address))
        watch = None
        if watched:
            stop = Event(f"{topic}-{job.name}")
            watch = Watch(
                lambda *row: worker.log_event(topic, ("reported", job.name, *row)),
                stop.is_set,
            )
        parent = Path(worker.local_directory)
        return run_copy(copy, job, parent, push=True, watch=watch)

    def hear(event: tuple[float, tuple[Any, ...]]) -> None:
        _, (what, *message) = event
        if what == "started":
            started(*message)
        elif reported:
            reported(*message)

    def slots() -> int:
        return max(len(_fitting(_workers(client), tag)), 1)

    def stop(name: str) -> None:
        from distributed import Event  # noqa: PLC0415 it is optional

        Event(f"{topic}-{name}", client=client).set()

    with client:
        print(f"Dask's dashboard: {client.dashboard_link}", file=sys.stderr)
        with _watched(client, tag, facts):
            # The bytes are the result of a task: made again where they are lost.
            sent = client.submit(lambda: copy, pure=False, resources={tag: 0})
            client.subscribe_topic(topic, hear)
            pool = client.get_executor(pure=False, resources={tag: 1})
            try:
                yield Workplace(slots, lambda job: pool.submit(run, sent, job), stop)
            finally:
                client.unsubscribe_topic(topic)
                pool.shutdown(wait=False)


def answering(scheduler: str) -> str:
    """Return the address of a scheduler, unless it is empty once it has answered.

    Raises InputError where none answers, in a few seconds.
    """
    if scheduler:
        _connect(scheduler).close()
    return scheduler


def _connect(scheduler: str) -> "Client":
    try:
        import cloudpickle  # noqa: PLC0415 they are optional
        import dask  # noqa: PLC0415
        from distributed import Client, Security  # noqa: PLC0415
        from distributed.comm import connect  # noqa: PLC0415
    except ImportError as error:
        raise InputError(
            f"SCHEDULER={scheduler}: Dask is not installed; make cluster installs it"
        ) from error
    for module in (cache, copies, environment, sys.modules[__name__]):
        cloudpickle.register_pickle_by_value(module)  # a worker's clone may be older
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"})

    async def greet() -> None:  # a Client waits for what does not greet for ever
        options = Security().get_connection_args("client")
        greeting = connect(scheduler, timeout=PORT_TIMEOUT, **options)
        (await asyncio.wait_for(greeting, TIMEOUT)).abort()

    try:
        asyncio.run(greet())
        return Client(scheduler, timeout=TIMEOUT, name="nplm")
    except Exception as error:  # whatever Dask raises of what is no scheduler
        raise InputError(
            f"SCHEDULER={scheduler}: no Dask scheduler answers there; start one (dask "
            "scheduler), and give the address that it prints"
        ) from error


@contextmanager
def _watched(client: "Client", tag: str, facts: dict[str, str]) -> Iterator[None]:
    """Say how many workers fit when that changes, and of the others why they do not."""
    ended = threading.Event()

    def watch() -> None:
        known: set[str] = set()
        fitted = -1
        while True:
            workers = _workers(client)
            fit = _fitting(workers, tag)
            for address in sorted(workers.keys() - known - fit):
                theirs = client.run(environment.environment, workers=[address])
                why = environment.difference(facts, theirs[address])
                why = why or "it does not say that it is one: start it by make worker"
                print(f"{address} is not used: {why}", file=sys.stderr)
            known |= workers.keys()
            if len(fit) != fitted:
                fitted = len(fit)
                line = f"workers that fit: {fitted}"
                waiting = "waiting for a worker that fits"
                print(line if fitted else waiting, file=sys.stderr)
            if ended.wait(EVERY):
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _workers(client: "Client") -> dict[str, Any]:
    """Return what the scheduler knows of each worker, by address.

    client.scheduler_info() sometimes says that there is none: Dask itself then asks
    for the totals alone, and writes them to the same place.
    """
    answer = client.sync(client.scheduler.identity, n_workers=-1)
    return dict(answer["workers"])


def _fitting(workers: Mapping[str, Any], tag: str) -> set[str]:
    """Return the addresses of the workers that have the environment called tag."""
    return {at for at, worker in workers.items() if tag in worker["resources"]}


if __name__ == "__main__":
    with reported_on_one_line():
        answering(sys.argv[1])
