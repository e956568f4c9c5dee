"""What is known of an episode, as it is stored, shown and told: what moved, by how much, how sure. Pure."""

import math
from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from core.statuses import codes
from core.statuses.detector.episodes import Alarm
from core.statuses.feed import Feed

SeriesKind = Literal["status", "code", "volume", "silence"]
MINUTE = 60
BEFORE = 60  # minutes before the onset that a change is compared with …
FAR = 360  # … of the last so many


class Moved(Struct, frozen=True, omit_defaults=True):
    """A series that alarmed: counts a minute and shares of the total (percent), before the onset and since.

    `points` is the change of the share in percentage points; `nats` the evidence when it fired; minutes of the epoch.
    """

    kind: SeriesKind
    name: str
    direction: int
    usual: float
    now: float
    share_before: float
    share_now: float
    nats: float
    onset: int
    fired: int
    told: int | None = None
    ended: int | None = None
    new_normal: bool = False

    @property
    def points(self) -> float:
        """Change of the share in percentage points."""
        return self.share_now - self.share_before


class Slice(Struct, frozen=True):
    """Where it is: attributes with their values, the share of what went wrong before and since (percent; of a volume
    transactions a minute), how many went wrong since, and the part of the change that it explains (0 to 1).
    """

    where: dict[str, str]
    share_before: float
    share_now: float
    count: int
    explains: float


class Evidence(Struct, frozen=True, omit_defaults=True):
    """The document of an episode: what moved, the strongest first; the shares of the other statuses that changed in
    return; slices that explain it; the line in nats that it had to reach.
    """

    headline: str
    moved: list[Moved]
    line: float
    others: dict[str, float] = {}
    where: list[Slice] = []
    everywhere: bool = False


class Stored(Struct, frozen=True):
    """A row of `status_episodes`; minutes of the epoch, `judged_at` epoch seconds."""

    id: str
    source: str
    onset: int
    fired: int
    ended: int | None
    told: int | None
    pages: bool
    live: bool
    evidence: Evidence
    judgement: str = ""
    judged_by: str = ""
    judged_at: float | None = None


class Totals(Struct, frozen=True):
    """Counts of a stretch of minutes, by status and by code."""

    minutes: int
    statuses: dict[str, float]
    codes: dict[str, float]

    def of(self, kind: str, name: str) -> tuple[float, float]:
        """Count of a series and the total that it is a share of."""
        group = self.codes if kind == "code" else self.statuses
        total = sum(group.values())
        if kind in ("volume", "silence") and not name:
            return total, total
        return group.get(name, 0.0), total


def identify(source: str, fired: int) -> str:
    """The id of an episode by its source and the minute that fired."""
    return blake2b(f"{source}\0{fired}".encode(), digest_size=8).hexdigest()


def quiet(onset: int, first: int, spans: Iterable[tuple[int, int]]) -> list[int]:
    """The last hour's minutes before an onset that lie in no other episode; `spans` are (onset, end) of all."""
    taken = {minute for start, end in spans for minute in range(max(start, onset - FAR), min(end, onset))}
    return [minute for minute in range(onset - 1, max(first, onset - FAR) - 1, -1) if minute not in taken][:BEFORE]


def moved(alarm: Alarm, feed: Feed, before: Totals, since: Totals) -> Moved:
    """What an alarm says of its series; a change is measured between two stretches of minutes."""
    kind, name = feed.label(alarm.series)
    was, total_was = before.of(kind, name)
    now, total_now = since.of(kind, name)
    minutes = max(1, since.minutes)
    # Of a share, what it was of the total that there is now: a launch or a night is no change of it.
    usual = was / max(1, before.minutes)
    if kind in ("status", "code") and total_was:
        usual = was / total_was * total_now / minutes
    return Moved(
        kind,  # type: ignore[arg-type]
        name,
        alarm.direction,
        round(usual, 3),
        round(now / minutes, 3),
        round(100 * was / total_was, 2) if total_was else 0.0,
        round(100 * now / total_now, 2) if total_now else 0.0,
        round(alarm.evidence, 1),
        alarm.onset,
        alarm.fired,
        alarm.told,
        alarm.ended,
        alarm.new_normal,
    )


def others(found: list[Moved], before: Totals, since: Totals) -> dict[str, float]:
    """Statuses that did not alarm and whose share changed by a point or more, in percentage points."""
    own = {one.name for one in found if one.kind == "status"}
    changed = {}
    for name in sorted({*before.statuses, *since.statuses} - own):
        (was, of), (now, total) = before.of("status", name), since.of("status", name)
        points = 100 * (now / total if total else 0.0) - 100 * (was / of if of else 0.0)
        if abs(points) >= 1 and of and total:
            changed[name] = round(points, 1)
    return changed


def headline(found: list[Moved], changed: dict[str, float], clock: str, where: str = "") -> str:
    """One line for a phone: "denied 4.1 × usual since 16:23 (31/min, usual 7.5), approved −23 points, mostly code 51
    (insufficient funds), p < 1e-6". `clock` is the onset as people read it.
    """
    if not found:
        return ""
    first = leading(found)
    rest = [one for one in found if one is not first]
    if first.kind == "silence":
        return f"no rows since {clock}: the feed is silent"
    name = first.name or "all statuses"
    if first.kind == "volume":
        share = "" if not first.usual else f" {100 * abs(first.now / first.usual - 1):.0f} %"
        words = [f"{name}{share} {'above' if first.direction > 0 else 'below'} usual since {clock} ({_rates(first)})"]
    else:
        title = f"code {codes.explained(name)}" if first.kind == "code" else name
        times = f" {_plain(first.now / first.usual)} × usual" if first.usual else ", never seen before,"
        words = [f"{title}{times} since {clock} ({_rates(first)})"]
    changes = {one.name: one.points for one in rest if one.kind == "status"} | changed
    if changes:
        most = max(changes, key=lambda status: abs(changes[status]))
        words.append(f"{most} {changes[most]:+.0f} points".replace("-", "−"))
    if named := [one.name for one in rest if one.kind == "code"]:
        words.append("mostly code " + codes.explained(named[0]))
    if where:
        words.append(where)
    words.append(f"p < {chance(first.nats)}")
    return ", ".join(words)


def located(evidence: Evidence) -> str:
    """The first slice in a few words: "at gateway B"; "" where there is none."""
    return "at " + ", ".join(" ".join(pair) for pair in evidence.where[0].where.items()) if evidence.where else ""


def leading(found: list[Moved]) -> Moved:
    """What an episode is called by: the strongest, but a status rather than the code that it has."""
    return next((one for one in found if one.kind == "status"), found[0]) if found[0].kind == "code" else found[0]


def chance(nats: float) -> str:
    """The bound on how probable such evidence is by chance, as a power of ten."""
    return f"1e-{max(1, math.floor(nats / math.log(10)))}"


def _rates(one: Moved) -> str:
    return f"{_plain(one.now)}/min, usual {_plain(one.usual)}"


def _plain(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.1 or not value else f"{value:.2g}"
