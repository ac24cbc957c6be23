"""Cluster: where runs happen, in threads here or on the workers of a Dask scheduler."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments import copies, environment
from experiments.copies import Job, Outcome, Watch, run_copy
from nplm.errors import InputError

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


COPIES = Path(".dvc/tmp/exps")
"""Where runs have their copy of the project; DVC has its own here."""
TIMEOUT = 10
"""Seconds to wait for a scheduler."""
EVERY = 2.0
"""Seconds between two looks at which workers have come."""


def workplace(
    scheduler: str, copy: bytes, started: Started, reported: Reported = None
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
def threads(copy: bytes, started: Started, reported: Reported) -> Iterator[Workplace]:
    """As many runs at a time as there are processors: a stage has one thread."""
    slots = os.cpu_count() or 1
    stopped: set[str] = set()

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
    scheduler: str, copy: bytes, started: Started, reported: Reported
) -> Iterator[Workplace]:
    """One run at a time on each worker whose environment is that of this machine.

    A worker says which environment it has by a resource of that name.
    """
    client = _connect(scheduler)
    facts = environment.environment()
    tag = environment.tag(facts)
    topic = f"nplm-{client.id}"
    watched = reported is not None

    def run(copy: bytes, job: Job) -> Outcome:  # on the worker
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
        return max(len(_fitting(client.scheduler_info()["workers"], tag)), 1)

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


def _connect(scheduler: str) -> "Client":
    try:
        import cloudpickle  # noqa: PLC0415 they are optional
        import dask  # noqa: PLC0415
        from distributed import Client  # noqa: PLC0415
    except ImportError as error:
        raise InputError(
            f"SCHEDULER={scheduler}: Dask is not installed; make cluster installs it"
        ) from error
    for module in (copies, environment, sys.modules[__name__]):
        cloudpickle.register_pickle_by_value(module)  # a worker's clone may be older
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"})
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
            fit = _fitting(workers, tag)
            for address in sorted(workers.keys() - known - fit):
                theirs = client.run(environment.environment, workers=[address])
                why = environment.difference(facts, theirs[address])
                why = why or "it does not say that it is one: start it by make worker"
                print(f"{address} is not used: {why}", file=sys.stderr)
            known |= workers.keys()
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


def _fitting(workers: Mapping[str, Any], tag: str) -> set[str]:
    """Return the addresses of the workers that have the environment called tag."""
    return {at for at, worker in workers.items() if tag in worker["resources"]}
