"""The loop of a worker: claims jobs of every kind that it knows, keeps their leases, and ends them.

A kind of job is a module with `KIND` and one function, `run(hands, work) -> Done`: it works without writing anything
that others see, and returns what is to be written. The runner writes that and the end of the job in one transaction.
`hands` is whatever the worker's functions share. Each kind has a thread of its own, so that short work does not wait
for long work.
"""

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from core import clock, log
from core.db.engine import Connection, Database
from core.db.jobs import queue
from core.db.jobs.queue import Ended, Job, Kind, Lost, Stopped
from core.errors import GatehouseError, Unreachable
from core.tasks import Task

Hands = TypeVar("Hands")
STOP_SECONDS = 1.0  # how often a job that reports progress asks whether somebody stopped it
_log = log.get("jobs")


class Failed(GatehouseError):
    """A job cannot be done; the text is what people read. Any other GatehouseError says its own text."""


class Done(NamedTuple):
    """What a job came to. `write` gets the connection of the transaction that ends it; `word` is for log, metrics."""

    message: str = ""
    write: Callable[[Connection], object] = lambda _: None
    word: str = "done"


class Work:
    """A job in the hands of its worker."""

    def __init__(self, database: Database, kind: Kind, job: Job) -> None:
        self.job = job
        self._database = database
        self._kind = kind
        self._said = (0.0, "started")
        self._asked = time.monotonic()

    def tell(self, share: float, what: str) -> None:
        """Note how far the job is (0..1); a new stage (`what` up to its first comma) and each 5 % are written at once.

        Raises Stopped when somebody asked for its end, and Lost when another worker has it.
        """
        noticeable = share - self._said[0] >= 0.05 or what.split(",")[0] != self._said[1].split(",")[0]
        if noticeable:
            self._said = share, what
        if noticeable or time.monotonic() - self._asked >= STOP_SECONDS:
            self._asked = time.monotonic()
            self._renew(clock.now())

    def keep(self, now: float) -> None:
        """Keep the lease. The function that works hears of an end at its next `tell`."""
        try:
            self._renew(now)
        except (Stopped, Lost):
            pass

    def _renew(self, now: float) -> None:
        queue.renew(self._database, self.job, *self._said, now, self._kind.lease)


class Runner(Generic[Hands]):
    """Does jobs of the kinds of its `modules`. `process` names the worker in what people read."""

    def __init__(
        self,
        database: Database,
        modules: Iterable[Any],
        hands: Hands,
        process: str,
        ended: Callable[[str, str, float], None] = lambda _kind, _word, _seconds: None,
    ) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._database = database
        self._modules: dict[str, tuple[Kind, Any]] = {module.KIND.name: (module.KIND, module) for module in modules}
        self._hands = hands
        self._process = process
        self._ended = ended
        self._in_hand: dict[int, Work] = {}

    def tasks(self, look_seconds: Mapping[str, float] | None = None) -> list[Task]:
        """The duties of a worker: one a kind, one that keeps leases. `look_seconds` by kind, else the kind's own."""
        paces = {name: kind.look_seconds for name, (kind, _) in self._modules.items()} | dict(look_seconds or {})
        looks = [Task(name, pace, self._looking(name)) for name, pace in paces.items()]
        renew = min(kind.lease for kind, _ in self._modules.values()) / 4
        return [*looks, Task("renew", renew, self.renew)]

    def step(self, name: str, now: float) -> bool:
        """Do one job of a kind; whether there was one. Raises Unreachable: it is taken up again after its lease."""
        kind, module = self._modules[name]
        job = queue.claim(self._database, kind, self.name, now)
        if job is None:
            return False
        began = time.monotonic()
        work = self._in_hand[job.id] = Work(self._database, kind, job)
        note = _log.debug if kind.routine else _log.info
        note("started", kind=name, job=job.id, attempt=job.attempts)
        try:
            word = self._do(module, kind, work)
        except Lost:
            _log.warning("another worker has the job", kind=name, job=job.id)
            return True
        finally:
            self._in_hand.pop(job.id, None)
        self._ended(name, word, time.monotonic() - began)
        note("ended", kind=name, job=job.id, state=word)
        return True

    def renew(self, now: float) -> None:
        """Keep the leases of what is in hand."""
        for work in list(self._in_hand.values()):
            work.keep(now)

    def _looking(self, name: str) -> Callable[[float], bool]:
        return lambda now: self.step(name, now)

    def _do(self, module: Any, kind: Kind, work: Work) -> str:
        try:
            done: Done = module.run(self._hands, work)
            self._end(work, "done", done.message, done.write)
            return done.word
        except Stopped as stop:
            return self._end(work, "cancelled", kind.stopped.format(actor=stop.actor))
        except (Unreachable, Lost):
            raise
        except GatehouseError as error:  # of its input: said as it is
            return self._end(work, "failed", str(error))
        except Exception as error:  # a bug must not be met for ever
            _log.error("a job failed", kind=kind.name, job=work.job.id, exc_info=error)
            said = f"an error of ours: {type(error).__name__}; the log of the {self._process} has more"
            return self._end(work, "failed", said)

    def _end(
        self, work: Work, state: Ended, message: str, write: Callable[[Connection], object] = lambda _: None
    ) -> str:
        with self._database.transaction() as connection:
            queue.finish(connection, work.job, state, message, clock.now())
            write(connection)
        return state
