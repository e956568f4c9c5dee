"""The contract of a reader of real files, and the process that sends a file through the product's entrance.

Times keep their spacing. Unless they are kept, all are shifted by whole minutes so that the last one is now. Keys come
from the file's content, the line and the run, so a replay that is repeated after a failure counts once.
"""

import hashlib
import threading
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core import clock, nfc
from core.discovery import discover
from core.errors import BadInput
from core.events.retention import Kept
from core.tabular import compression, dates, encoding
from simulator.sender import Refused, Sender

PACKAGE = "simulator.replay"
_MINUTE = 60.0
_NAMED = 10
_SHOWN = 3
_LARGEST = 8_000_000_000  # bytes of a log when unpacked


class Malformed(ValueError):
    """A line that is not what the reader understands; the message says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """What one line says: an event without time and key, or a transaction to score first (`score`); `label` follows.

    `own` is the transaction's id where the file has ids; otherwise it is the line's key.
    """

    line: int
    when: float
    event: dict[str, Any]
    score: dict[str, Any] | None = None
    label: str | None = None
    times: int = 1
    own: str | None = None


@dataclass(slots=True)
class Parsed:
    """A whole file: its items in order of the file, lines that mean nothing to us, malformed ones with reasons, and how
    it was read where a person may have meant otherwise.

    `doubtful` lines look as if they said something of interest, and no form fits them.
    """

    items: list[Item] = field(default_factory=list)
    skipped: int = 0
    malformed: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubtful: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reader:
    """`read(text lines, options)` never raises for a line; it may raise BadInput for options or a header. A reader of
    files that are no lines of a log has `content(bytes, options)`.
    """

    summary: str
    read: Callable[[list[str], Namespace], Parsed]
    options: Callable[[ArgumentParser], None] = lambda parser: None
    content: Callable[[bytes, Namespace], Parsed] | None = None

    def parsed(self, content: bytes, options: Namespace) -> Parsed:
        """The file of this content."""
        return self.content(content, options) if self.content else self.read(lines(content), options)


def readers() -> dict[str, Reader]:
    """Every reader by its kind."""
    return discover(PACKAGE, "READER")


def unpacked(path: Path) -> tuple[bytes, str]:
    """The content of a file, packed by gzip or not, and the digest that its keys start with. Raises BadInput.

    The digest is that of the unpacked content, so a log counts once before and after it was rotated and packed.
    """
    try:
        data = compression.unpacked(path.read_bytes(), _LARGEST)
    except compression.Unusable as error:
        raise BadInput(str(path), str(error)) from error
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from error
    return data, hashlib.sha256(data).hexdigest()[:16]


def lines(data: bytes) -> list[str]:
    """The lines of a log. They end where an editor ends them: other separators may stand within a user agent.

    Bytes that are no text stay apart as escapes: two names that differ in one of them are two names.
    """
    try:
        text = encoding.decode(data).text
    except encoding.NotText as error:
        name = "utf-16" if error.encoding == "utf-16" else "utf-8"
        text = nfc.text(data.decode(name, "backslashreplace").removeprefix("\ufeff"))
    found = [line.removesuffix("\r") for line in text.split("\n" if "\n" in text else "\r")]
    return found[:-1] if found[-1] == "" else found


def moment(seconds: float, text: str) -> float:
    """A time of a line in epoch seconds. Raises Malformed outside 1970 to 2100: it would move all others with it."""
    if not dates.YEARS[0] <= seconds <= dates.YEARS[1]:
        raise Malformed(f"not a time between 1970 and 2100: {text[:40]!r}")
    return seconds


def shift_to(items: list[Item], now: float) -> list[Item]:
    """The items moved by whole minutes so that the last is within the minute before `now`."""
    if not items:
        return items
    minutes = (now - max(item.when for item in items)) // _MINUTE
    return [replace(item, when=item.when + minutes * _MINUTE) for item in items]


def in_time(items: list[Item], kept: Kept, now: float) -> tuple[list[Item], str]:
    """The items that are young enough to be kept, and a sentence about the others, empty when there are none."""

    def oldest(item: Item) -> float:
        kinds = [str(item.event.get("kind")), *(["prediction"] if item.score is not None else [])]
        return max(kept.oldest(kind, now) for kind in kinds)

    old = [item for item in items if item.when < oldest(item)]
    if not old:
        return items, ""
    since = clock.iso(max(map(oldest, old)))[:19]
    said = (
        f"{len(old):,} lines are older than the retention period and are not sent: the oldest accepted time is {since}Z"
    )
    return [item for item in items if item.when >= oldest(item)], said


def keyed(items: list[Item], digest: str, run: str) -> Iterator[tuple[Item, str]]:
    """Each item with its key; a line that stands for several gives one for each."""
    for item in items:
        for number in range(item.times):
            suffix = f"-{number}" if item.times > 1 else ""
            yield item, f"{digest}-{run}-{item.line}{suffix}"


class Replay:
    """Sends parsed items. `speed` is how many times faster than real, 0 as fast as it goes.

    With `replayed` they are of the past: no live figure counts their predictions.
    """

    def __init__(
        self, sender: Sender, speed: float, tell: Callable[[str], None], stop: threading.Event, replayed: bool = False
    ) -> None:
        self._sender = sender
        self._speed = speed
        self._tell = tell
        self._stop = stop
        self._replayed = replayed
        self.accepted = 0
        self._named: set[str] = set()

    def run(self, items: list[Item], digest: str, run: str, batch: int = 500) -> int:
        """Send all in order of time; returns how many events were accepted. Raises GaveUp."""
        ordered = sorted(items, key=lambda item: item.when)
        waiting: list[tuple[Item, str]] = []
        begun = clock.now()
        first = ordered[0].when if ordered else 0.0
        for number, (item, key) in enumerate(keyed(ordered, digest, run), 1):
            if self._speed:
                ahead = (item.when - first) / self._speed - (clock.now() - begun)
                if ahead > 0 and waiting:
                    self._flush(waiting)
                if ahead > 0 and self._stop.wait(ahead):
                    break
            waiting.append((item, key))
            if len(waiting) >= batch:
                self._flush(waiting)
            if number % 20_000 == 0:
                self._tell(f"{number:,} events sent")
        self._flush(waiting)
        return self.accepted

    def _flush(self, waiting: list[tuple[Item, str]]) -> None:
        events: list[dict[str, Any]] = []
        to_score = [(item, key) for item, key in waiting if item.score is not None]
        decisions: dict[str, str] = {}
        if to_score:
            decisions = self._scored(to_score)
        for item, key in waiting:
            if item.score is not None and key not in decisions:
                continue
            name = item.own or key
            owned = {"transaction_id": name} if item.score is not None else {}
            if decisions.get(key) != "BLOCKED":
                events.append({**item.event, **owned, "id": key, "timestamp": item.when})
            if item.label is not None:
                events.append(
                    {
                        "kind": "label",
                        "id": f"{key}-label",
                        "timestamp": item.when,
                        "transaction_id": name,
                        "label": item.label,
                        "source": "chargeback",
                    }
                )
        self.accepted += self._sender.events(events) if events else 0
        waiting.clear()

    def _scored(self, items: list[tuple[Item, str]]) -> dict[str, str]:
        """The decisions by key; what is refused is looked for by halves, counted and named, and has none."""
        try:
            answers = self._sender.score_many(
                [
                    {
                        **(item.score or {}),
                        "transaction_id": item.own or key,
                        "timestamp": item.when,
                        "replayed": self._replayed,
                    }
                    for item, key in items
                ]
            )
        except Refused as error:
            if len(items) > 1:
                half = len(items) // 2
                return self._scored(items[:half]) | self._scored(items[half:])
            self._sender.rejected += 1
            if self._sender.rejected <= _NAMED:
                self._tell(f"line {items[0][0].line}: {error}")
            return {}
        self._name(answers)
        return {key: answer["decision"] for (_, key), answer in zip(items, answers, strict=True)}

    def _name(self, answers: Sequence[dict[str, Any]]) -> None:
        """Tell each name that scoring did not know, once."""
        for one in (unknown for answer in answers for unknown in answer.get("unknown", ())):
            if one["name"] not in self._named and len(self._named) < _NAMED:
                nearest = f"; did you mean {one['nearest']!r}?" if one.get("nearest") else ""
                self._tell(f"scoring does not know {one['name']!r}{nearest}")
            self._named.add(one["name"])


def describe(parsed: Parsed) -> Iterator[str]:
    """What was found in a file, in sentences; malformed lines by number and reason."""
    yield (f"{len(parsed.items):,} lines to send, {parsed.skipped:,} irrelevant, {len(parsed.malformed):,} malformed")
    yield from parsed.notes
    if parsed.doubtful:
        count = len(parsed.doubtful)
        said = "line looks like a failed login and was" if count == 1 else "lines look like failed logins and were"
        yield f"{count:,} {said} not understood:"
        yield from (f"line {line}: {text[:300]}" for line, text in parsed.doubtful[:_SHOWN])
    for line, reason in parsed.malformed[:_NAMED]:
        yield f"line {line}: {reason}"
    if len(parsed.malformed) > _NAMED:
        rest = Counter(reason.partition(":")[0] for _, reason in parsed.malformed[_NAMED:])
        kinds = ", ".join(f"{count:,} {reason}" for reason, count in rest.most_common(_NAMED))
        yield f"… and {len(parsed.malformed) - _NAMED:,} more malformed lines: {kinds}"
