"""Episodes of transaction statuses (T5): what the status detector found, one series a source.

Bad while an episode that pages is open. Times long past (a replay) never page. Of an episode in which only volumes
moved nobody is told within a calendar: launches and nights are known; shares are told at any time.
"""

from collections.abc import Mapping
from typing import Any

from alerts.durations import Duration, seconds
from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Reading
from core import calendars
from core.config import Frozen
from core.settings import Settings
from core.statuses import store
from core.statuses.episode import MINUTE, Stored
from core.statuses.store import Known

KIND = "status"
FACTS = {
    "headline": "denied 4.1 × usual since 16:23 (31/min, usual 7.5), approved −23 points, p < 1e-6",
    "episode": "1f",
}
ENDED = 3600.0  # seconds for which an episode that is over is still read


class Parameters(Frozen, frozen=True, kw_only=True):
    """Volumes alone are muted within the calendar `quiet_volume` ("": never), and those of `may_end`: sources that send
    for a while and stop. A source that is not judged for `behind` although rows come in is missing data.
    """

    quiet_volume: str = ""
    may_end: list[str] = []
    behind: Duration = "5m"


def check(parameters: Parameters, settings: Settings) -> list[str]:
    """The calendar must be one of windows.toml."""
    name = parameters.quiet_volume
    known = settings.config.windows
    return [] if not name or name in known else [f"quiet_volume: windows.toml has no calendar {name!r}"]


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each source that goes on, and for each that had an episode."""
    episodes = [store.stored(row) for row in context.rows("status_feed.open_episodes", since=context.now - ENDED)]
    known = [Known(*row) for row in context.rows("status_feed.sources")]
    calendar = context.settings.config.windows.get(parameters.quiet_volume)
    if calendar is not None and calendars.inside(calendar, context.now):
        episodes = [one for one in episodes if not only(one, {"volume"})]
    episodes = [one for one in episodes if one.source not in parameters.may_end or not only(one, {"volume", "silence"})]
    return readings(episodes, known, context.known_series(), context.now, seconds(parameters.behind))


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Bad while there is an episode."""
    limit = reading.details.get("line")
    if reading.value is None:
        return Assessment("no_data", limit, str(reading.details.get("missing", "no data")))
    return Assessment("bad" if reading.value > 0 else "good", limit)


def readings(
    episodes: list[Stored], known: list[Known], series: frozenset[str], now: float, behind: float
) -> list[Reading]:
    """The readings of all sources; pure. `series` are those in which something is going on."""
    found = {}
    for one in episodes:
        if one.told is None and one.live and one.pages:
            found[one.source] = Reading(one.source, max(m.nats for m in one.evidence.moved), 1, details=facts(one))
    fresh = [one for one in known if now - one.received_at < behind and now - one.newest * MINUTE < 2 * behind]
    for source in fresh:
        late = now - ((source.judged or source.first) + 1) * MINUTE
        if late > 2 * behind:
            missing = (
                f"its statuses have not been judged for {late / MINUTE:.0f} minutes: is the status worker running?"
            )
            found[source.source] = Reading(source.source, None, details={"missing": missing})
    names = {one.source for one in fresh} | {one.source for one in episodes} | series
    return [found.get(name) or Reading(name, 0.0, 1) for name in sorted(names)]


def facts(one: Stored) -> Mapping[str, Any]:
    """What an incident's messages and page say of an episode."""
    moved = [
        {"kind": m.kind, "name": m.name, "usual": m.usual, "now": m.now, "points": round(m.points, 1), "nats": m.nats}
        for m in one.evidence.moved[:8]
    ]
    where = [{"where": part.where, "before": part.share_before, "now": part.share_now} for part in one.evidence.where]
    found: dict[str, Any] = {"headline": one.evidence.headline, "episode": one.id, "line": one.evidence.line}
    return {**found, "onset": one.onset * MINUTE, "moved": moved, "where": where[:3]}


def only(one: Stored, kinds: set[str]) -> bool:
    """Whether nothing but series of these kinds moved."""
    return all(moved.kind in kinds for moved in one.evidence.moved)
