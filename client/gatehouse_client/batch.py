"""What is sent: series as events of kind `endpoint`, exceptions as such of kind `exception`, in gzipped JSON bodies of
bounded size.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from gatehouse_client.fold import OTHER_METHOD, Key, Series
from gatehouse_client.histogram import LOWEST

MOST_EVENTS = 500
MOST_CELLS = 5_000
MOST_EXCEPTIONS = 10  # reports in a body
LOST = "(lost)"  # the route under which requests are told that could not be
LONGEST_ROUTE, LONGEST_NAME = 300, 100


class Batch(NamedTuple):
    """A body with its idempotency key, the requests of each of its events, and the loss that it tells of besides;
    `exceptions` are how many its reports count.
    """

    key: str
    body: bytes
    hits: tuple[int, ...]
    lost: int
    exceptions: int = 0


def batches(
    found: Iterable[tuple[Key, Series]], service: str, version: str, instance: str, number: int
) -> Iterator[Batch]:
    """The series as batches; `number` is the first one's.

    An id is of one process and one batch, so what is sent again after a lost answer counts once.
    """
    part: list[dict[str, Any]] = []
    cells = 0
    for key, series in found:
        part.append(event(key, series, service, version))
        cells += len(series.buckets)
        if len(part) >= MOST_EVENTS or cells >= MOST_CELLS:
            yield pack(part, f"{instance}-{number}")
            part, cells, number = [], 0, number + 1
    if part:
        yield pack(part, f"{instance}-{number}")


def of_loss(lost: int, minute: int, service: str, version: str, instance: str, number: int) -> Batch:
    """A batch that tells of requests that were lost: how many, and nothing else is known of them."""
    series = Series()
    series.hits, series.least, series.buckets = lost, 0.0, {LOWEST: lost}
    key = Key(minute, LOST, OTHER_METHOD, 0, "")
    made = pack([event(key, series, service, version)], f"{instance}-{number}")
    return made._replace(hits=(0,), lost=lost)


def of_exceptions(
    found: Sequence[dict[str, Any]], service: str, version: str, instance: str, number: int
) -> Iterator[Batch]:
    """Reports of exceptions as batches; no request counts in them."""
    for first in range(0, len(found), MOST_EXCEPTIONS):
        part = [_told(one, service, version) for one in found[first : first + MOST_EXCEPTIONS]]
        made = pack(part, f"{instance}-{number}")
        yield made._replace(exceptions=sum(one["count"] for one in part))
        number += 1


def _told(report: dict[str, Any], service: str, version: str) -> dict[str, Any]:
    """A report as an event without its id; halves of characters, which JSON would carry and UTF-8 has not, go."""
    whole = json.loads(json.dumps(report, ensure_ascii=False).encode("utf-8", "replace"))
    return {"kind": "exception", "service": service, "version": version, **whole}


def event(key: Key, series: Series, service: str, version: str) -> dict[str, Any]:
    """A series as an event without its id. The values of a minute's events add up."""
    return {
        "kind": "endpoint",
        "timestamp": key.minute * 60,
        "service": service,
        "version": version,
        "route": text(key.route, LONGEST_ROUTE),
        "method": key.method,
        "status": key.status,
        "error_type": text(key.error_type, LONGEST_NAME),
        "hits": series.hits,
        "seconds_sum": series.seconds,
        "seconds_min": series.least,
        "seconds_max": series.most,
        "buckets": series.buckets,
    }


def pack(part: list[dict[str, Any]], key: str) -> Batch:
    """These events under a key."""
    for index, one in enumerate(part):
        one["id"] = f"{key}-{index}"
    body = json.dumps({"events": part}, separators=(",", ":")).encode()
    return Batch(key, gzip.compress(body, 5, mtime=0), tuple(one.get("hits", 0) for one in part), 0)


def text(given: str, most: int) -> str:
    """A name as the server stores names: one line, bounded, without control characters or halves of characters."""
    if given.isascii() and given.isprintable() and len(given) <= most:
        return given
    whole = given[:most].encode("utf-8", "replace").decode()
    return "".join(char if char.isprintable() else "?" for char in whole)
