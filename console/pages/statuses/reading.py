"""What the page Statuses shows: a source's counts from the monitoring API; episodes and their incidents as stored.

Either side may be away: what the other gives is shown, and the page says what cannot be reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from console import changes
from console.auth.context import AuthContext
from console.figures.bins import MINUTE, Bins
from console.figures.statuses import Span
from core import clock
from core.alerting import alert_reads
from core.alerting.alert_reads import Filter
from core.alerting.incident import Incident
from core.errors import DatabaseUnavailable, HttpUnavailable
from core.http import HttpClient
from core.monitoring.changes import Change
from core.statuses import store
from core.statuses.episode import Stored
from core.statuses.overview import LENGTHS, ROUTE, Overview, SourceState

USUAL = "1h"  # of the bar
RULE = "status"  # the kind of the rules whose incidents are episodes
NEAR = 900  # seconds between an episode and the opening of its incident
OLD = 180  # seconds after which a judge is said to be behind
FRESH = 300  # seconds since the last row, within which a feed goes on
MOST = 50
_decoder = msgspec.json.Decoder(Overview)


@dataclass
class Asked:
    """What the address asks for: source, range or span (ISO 8601), series (`kind:name`), statuses or codes."""

    source: str
    range: str
    start: str
    end: str
    series: str
    by: str

    def query(self, **changes: str) -> str:
        """The query of an address with some of it changed; what is usual needs no word."""
        values = {
            "source": self.source, "range": "" if self.start else self.range, "from": self.start, "to": self.end,
            "series": self.series, "by": self.by, **changes,
        }  # fmt: skip
        usual = {"range": USUAL, "by": "status"}
        kept = {name: value for name, value in values.items() if value and usual.get(name) != value}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass
class Shown:
    """Everything. `away` names what cannot be reached; `incidents` are by the id of their episode."""

    now: float
    asked: Asked
    overview: Overview | None = None
    open: list[Stored] = field(default_factory=list)
    past: list[Stored] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    away: list[str] = field(default_factory=list)
    refused: str = ""
    changes: list[Change] = field(default_factory=list)

    @property
    def source(self) -> SourceState | None:
        """The one that is shown."""
        known = self.overview
        return next((one for one in known.sources if one.source == known.source), None) if known else None

    @property
    def bins(self) -> Bins:
        """The range in bins."""
        assert self.overview is not None
        return Bins(self.overview.first, self.overview.after, self.overview.step, self.changes)

    @property
    def spans(self) -> list[Span]:
        """The episodes of the source on the range's time axis."""
        source = self.overview.source if self.overview else ""
        return [span_of(one) for one in (*self.open, *self.past) if one.source == source]


def asked(args: Mapping[str, str]) -> Asked:
    """What an address asks for; what it asks wrongly is as usual."""
    given = args.get("range", "")
    start, end = args.get("from", "")[:64], args.get("to", "")[:64]
    fixed = bool(start and end)
    return Asked(
        source=args.get("source", "")[:200].replace("\0", ""),
        range=given if given in LENGTHS else USUAL,
        start=start if fixed else "",
        end=end if fixed else "",
        series=args.get("series", "")[:300].replace("\0", ""),
        by="code" if args.get("by") == "code" else "status",
    )


def read(auth: AuthContext, client: HttpClient, wanted: Asked, now: float) -> Shown:
    """Read it all."""
    found = Shown(now, wanted)
    try:
        _ask(client, found)
    except HttpUnavailable:
        found.away.append("the monitoring API")
    try:
        _stored(auth, found)
    except DatabaseUnavailable:
        if "PostgreSQL" not in found.away:  # the monitoring API may have said so already
            found.away.append("PostgreSQL")
    return found


def _ask(client: HttpClient, found: Shown) -> None:
    asked = found.asked
    values = {"source": asked.source, "series": asked.series}
    values |= {"from": asked.start, "to": asked.end} if asked.start else {"range": asked.range}
    answer = client.get(f"{ROUTE}?{urlencode({name: value for name, value in values.items() if value})}")
    if answer.status == 400:
        if found.refused:
            raise HttpUnavailable("the monitoring API refuses the usual range")
        found.refused = str(answer.json().get("detail", "The address is not understood"))
        found.asked = Asked("", USUAL, "", "", "", asked.by)
        _ask(client, found)
        return
    if answer.status == 503:
        found.away.append("PostgreSQL")
        return
    if answer.status != 200:
        raise HttpUnavailable(f"the monitoring API responded with status {answer.status}")
    try:
        found.overview = _decoder.decode(answer.body)
    except msgspec.MsgspecError as error:
        raise HttpUnavailable(f"the monitoring API sent an unexpected response: {error}") from error
    # Episodes are shaded, so their incidents are no marks.
    found.changes = [one for one in changes.read(client, found.bins) if one.kind != "incident"]


def _stored(auth: AuthContext, found: Shown) -> None:
    known = found.overview
    with auth.database.transaction() as connection:
        opened = [one for one in store.open_episodes(connection, found.now) if one.told is None]
        # Those of the source that is shown first, then what pages, the newest first.
        source = known.source if known else ""
        found.open = sorted(opened, key=lambda one: (one.source != source, not one.pages, -one.fired))
        if known is not None and known.source:
            listed = store.episodes_between(connection, known.first, known.after, known.source, MOST)
            found.past = [one for one in listed if one.told is not None]
        found.incidents = incidents_of(connection, [*found.open, *found.past])


def incidents_of(connection: Any, episodes: list[Stored]) -> dict[str, Incident]:
    """The incident that an alert rule made of each episode, where there is one."""
    if not episodes:
        return {}
    rules = [rule.id for rule in alert_reads.rules(connection) if rule.definition.get("kind") == RULE]
    since = clock.to_datetime(min(one.fired for one in episodes) * 60 - NEAR)
    listed = [
        one for rule in rules for one in alert_reads.incidents(connection, Filter(rule=rule, start=since), most=500)
    ]
    found: dict[str, Incident] = {}
    for one in episodes:
        first = one.fired * 60 - NEAR
        last = (one.told * 60 + NEAR) if one.told is not None else float("inf")
        for incident in listed:
            if incident.details.get("episode") == one.id:
                found[one.id] = incident
                break
            if incident.series == one.source and first <= incident.opened_at.timestamp() <= last:
                found[one.id] = incident
    return found


def span_of(one: Stored) -> Span:
    """An episode on a time axis."""
    return Span(one.onset * MINUTE, None if one.told is None else (one.ended or one.told) * MINUTE, one.pages)


def of_span(client: HttpClient, wanted: Asked, now: float) -> Shown:
    """A source over a span from the monitoring API alone."""
    found = Shown(now, wanted)
    try:
        _ask(client, found)
    except HttpUnavailable:
        found.away.append("the monitoring API")
    return found
