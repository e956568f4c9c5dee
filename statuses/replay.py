"""`python -m statuses replay`: sends a history of counts through the entrance, each row once however often it is sent.

Statuses that a minute does not name were 0, so only counts above 0 are sent; a minute in which nothing happened is one
row of 0, and one without any report is none.
"""

import math
import secrets
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from msgspec import Struct

from core import clock
from core.errors import BadInput
from core.http import HttpClient
from core.retrying_client import RetryingClient
from core.settings import Settings
from core.statuses.history import History
from statuses.reading.read import read

WRONG_ROWS = 1
PATH = "/api/transaction"
FIELDS = ("status", "auth_code")  # of the file, and of that of codes
BATCH, NAMED = 5000, 20
MINUTE = 60
Row = dict[str, Any]
Tell = Callable[[str], None]


class Sent(Struct):
    """How many rows were accepted and how many rejected, and of how many the answer said `alert`."""

    accepted: int = 0
    rejected: int = 0
    alerts: int = 0


def run(arguments: Namespace, settings: Settings, tell: Tell, complain: Tell) -> int:
    """Read the files and send them; 1 when rows were wrong or rejected. Raises BadInput, GaveUp."""
    files = [read(path, arguments.encoding) for path in (arguments.file, arguments.codes) if path is not None]
    histories = [file.history for file in files]
    check(histories, arguments.shift)
    for file in files:
        for note in file.notes:
            tell(note)
        for row, reason in file.bad[:NAMED]:
            complain(f"{file.history.name}, row {row}: {reason}")
    token = settings.secret(arguments.token_env) if arguments.token_env else settings.own_token
    client = HttpClient(arguments.url or settings.api_url, timeout=60.0, token=token)
    replay = Replay(RetryingClient(client, arguments.patience, complain), speed(arguments.speed), complain, time.sleep)
    shift = shift_to(histories, clock.now()) if arguments.shift else 0
    begun = time.monotonic()
    try:
        replay.run(rows(list(zip(histories, FIELDS, strict=False)), arguments.source, shift))
    finally:
        sent, took = replay.sent, time.monotonic() - begun
        tell(
            f"{sent.accepted:,} rows accepted, {sent.rejected:,} rejected, in {took:.1f} s; "
            f"{sent.alerts:,} were answered with alert"
        )
    return WRONG_ROWS if sent.rejected or any(file.bad for file in files) else 0


def speed(text: str) -> float | None:
    """How many times as fast as it happened; None for as fast as possible. Raises BadInput."""
    try:
        found = math.inf if text == "max" else float(text)
    except ValueError:
        found = math.nan
    if not found > 0:
        raise BadInput("--speed", f"expected max or a number above 0, not {text[:40]!r}")
    return None if math.isinf(found) else found


def rows(histories: Sequence[tuple[History, str]], source: str, shift: int = 0) -> Iterator[Row]:
    """The rows of histories, each with the field that its names stand in, in order of time; `shift` in minutes."""
    first = min(history.first for history, _ in histories)
    last = max(history.first + history.minutes for history, _ in histories)
    for minute in range(first, last):
        for history, field in histories:
            column = minute - history.first
            if not 0 <= column < history.minutes or np.isnan(counts := history.counts[:, column]).any():
                continue
            for place in np.flatnonzero(counts) if counts.any() else (0,):
                yield {
                    "timestamp": (minute + shift) * MINUTE,
                    field: history.statuses[place],
                    "count": float(counts[place]),
                    "source": source,
                }


def shift_to(histories: Sequence[History], now: float) -> int:
    """By how many minutes the histories move so that the last is the one of `now`."""
    return int(now // MINUTE) + 1 - max(history.first + history.minutes for history in histories)


def check(histories: Sequence[History], shifted: bool) -> None:
    """Raise BadInput for times without a date that are not to be moved."""
    for history in histories:
        if not history.dated and not shifted:
            raise BadInput(history.name, "has times of day without a date; add --shift-to-now")


class Replay:
    """Sends rows; `speed` is how many times as fast as they happened, None as fast as they are taken."""

    def __init__(self, client: RetryingClient, speed: float | None, tell: Tell, sleep: Callable[[float], None]) -> None:
        self._client = client
        self._speed = speed
        self._tell = tell
        self._sleep = sleep
        self._run = secrets.token_hex(8)
        self._batches = 0
        self.sent = Sent()

    def run(self, given: Iterator[Row]) -> Sent:
        """Send every row. Raises GaveUp; what was sent until then is in `sent`."""
        begun, first, batch = time.monotonic(), None, list[Row]()
        for stamp, group in groupby(given, key=lambda row: row["timestamp"]):
            first = stamp if first is None else first
            if self._speed is not None:
                early = (stamp - first) / self._speed - (time.monotonic() - begun)
                if early > 0:
                    self._send(batch)
                    batch = []
                    self._sleep(early)
            for row in group:
                batch.append(row)
                if len(batch) == BATCH:
                    self._send(batch)
                    batch = []
        self._send(batch)
        return self.sent

    def _send(self, batch: list[Row]) -> None:
        if not batch:
            return
        self._batches += 1
        answer = self._client.post(PATH, batch, {"Idempotency-Key": f"replay:{self._run}:{self._batches}"})
        if answer.status not in (200, 400):
            raise self._client.turned_away(PATH, answer)
        said = answer.json()
        if "accepted" not in said:
            raise self._client.turned_away(PATH, answer)
        self.sent.accepted += said["accepted"]
        refused = len(batch) - said["accepted"]
        self.sent.alerts += sum(one["recommendation"] == "alert" for one in said.get("rows", ()))
        if refused and not self.sent.rejected:
            first = said["rejected"][0]
            self._tell(
                f"{refused:,} of {len(batch):,} rows were rejected; the first: {first['field']}: {first['reason']}"
            )
        self.sent.rejected += refused
