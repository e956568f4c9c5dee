"""The job of a custom figure: one sample of it, stored with the end of the job.

A function that does not come back is given up, and not called again until it does. Whatever a figure does wrong is
stored beside it and counted; the others go on.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import msgspec

from collector.figure import MOST_SERIES, Figure, FigureContext, points
from collector.figure_registry import Known, described
from core import clock, log
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.jobs.queue import Kind
from core.db.jobs.runner import Done, Work
from core.db.queries import query
from core.errors import BadInput, Unreachable
from core.events.retention import DAY
from core.settings import Settings
from core.stores import Stores
from core.web.metrics import Counter

KIND = Kind("figure", most_attempts=1, routine=True)
GRACE = 5.0  # seconds that a function may take longer than a query of it
Value = tuple[float, str, float]  # time, series, value
_log = log.get("figures")


class Asked(msgspec.Struct, frozen=True):
    """The payload: which figure, and the epoch second at which the period began that the sample is of."""

    figure: str
    at: float


@dataclass(frozen=True, slots=True)
class Hands:
    """What the jobs share; `busy` has the threads of functions by figure, `samples` counts by figure and result."""

    settings: Settings
    stores: Stores
    known: Mapping[str, Known]
    samples: Counter
    busy: dict[str, threading.Thread] = field(default_factory=dict)


def run(hands: Hands, work: Work) -> Done:
    """Take one sample."""
    asked = msgspec.convert(work.job.payload, Asked)
    one = hands.known.get(asked.figure)
    if one is None:
        return Done("this collector has no such figure", word="unknown")
    if clock.now() > asked.at + 2 * one.figure.every:
        hands.samples.inc(asked.figure, "missed")
        return Done("nobody came to it in time", word="missed")
    began = time.monotonic()
    try:
        if one.problem:
            raise BadInput("figure", one.problem)
        found = _measured(hands, asked, one.figure)
    except Unreachable:
        raise
    except Exception as error:  # whatever it is, it is this figure's own
        hands.samples.inc(asked.figure, "failed")
        said = described(error)
        _log.warning("a figure failed", figure=asked.figure, reason=said)
        return Done(said, partial(_store_error, asked.figure, said), "failed")
    hands.samples.inc(asked.figure, "stored")
    return Done(f"{len(found)} values", partial(_store, asked.figure, found, time.monotonic() - began), "stored")


def _measured(hands: Hands, asked: Asked, figure: Figure) -> list[Value]:
    """Its values, by a thread of its own, which is left alone when it does not end. Raises what it raises."""
    if (busy := hands.busy.get(asked.figure)) and busy.is_alive():
        raise BadInput("figure", "the sample before has not ended yet")
    got: list[list[Value] | Exception] = []
    context = FigureContext(hands.stores, hands.settings, asked.at, figure.timeout)
    oldest = asked.at - hands.settings.config.retention.figure_days * DAY

    def measure() -> None:
        try:
            got.append(points(figure.compute(context), asked.at, clock.now(), oldest))
        except Exception as error:
            got.append(error)

    hands.busy[asked.figure] = thread = threading.Thread(target=measure, name=f"figure {asked.figure}", daemon=True)
    thread.start()
    thread.join(figure.timeout + GRACE)
    if not got:
        raise BadInput("figure", f"did not end within {figure.timeout + GRACE:g} s")
    found = got[0]
    if isinstance(found, Exception):
        raise found
    return found


def _store(figure: str, values: list[Value], took: float, connection: Connection) -> None:
    """The values of series that have room, and that the sample was taken."""
    row = connection.execute(query("figures.locked"), {"name": figure}).first()
    known: list[str] = list(row.series) if row else []
    known += [one for one in dict.fromkeys(series for _, series, _ in values) if one not in known]
    error = f"more than {MOST_SERIES} series: further ones are not stored" if len(known) > MOST_SERIES else ""
    known = known[:MOST_SERIES]
    kept = [one for one in values if one[1] in known]
    given = {
        "figure": figure, "times": [to_datetime(at) for at, _, _ in kept],
        "series": [series for _, series, _ in kept], "values": [value for _, _, value in kept],
    }  # fmt: skip
    connection.execute(query("figures.put"), given)
    state = {"name": figure, "at": to_datetime(clock.now()), "took": took, "series": known, "error": error}
    connection.execute(query("figures.sampled"), state)


def _store_error(figure: str, said: str, connection: Connection) -> None:
    connection.execute(query("figures.failed"), {"name": figure, "at": to_datetime(clock.now()), "error": said})
