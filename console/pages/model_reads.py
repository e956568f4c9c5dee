"""What the Model page is made from: parts of the monitoring API, and what is stored of roles, runs, policy, incidents.

Either side may be away: what the other gives is shown, and the page says what cannot be reached.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from console.auth.door import Door
from core import clock, rule_facts
from core.errors import DatabaseAway, HttpAway
from core.http import HttpClient
from core.incident import Incident
from core.policy import Policy
from core.store import alert_reads, drift_reports, model_roles, models, policies, review, training_runs
from core.store.alert_reads import Filter, Rule
from core.store.live import Live
from core.store.model_roles import CHAMPION, Holder, RoleChange
from core.store.review import Backlog, ReviewConfig
from core.store.training_runs import Run

WINDOWS = {"24h": 1, "7d": 7, "14d": 14, "30d": 30}  # days
USUAL = "24h"
DAY = 86_400.0
BACK_DAYS = 30
MOST = 60
STANDING = ("drift", "drift_features", "label_delay", "shadow")


@dataclass
class Stored:
    """What PostgreSQL knows."""

    holders: dict[str, Holder] = field(default_factory=dict)
    card: dict[str, Any] | None = None
    roles: list[RoleChange] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    report: dict[str, Any] | None = None
    backlog: Backlog | None = None
    policy: Policy | None = None


@dataclass
class Gathered:
    """Everything the page shows. `away` names what cannot be reached; `errors` are the sentences of broken parts."""

    now: float
    window: str
    parts: dict[str, Any]
    stored: Stored
    away: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    as_of: str = ""


def gather(door: Door, live: Live, client: HttpClient, window: str, now: float) -> Gathered:
    """Read it all."""
    found = Gathered(now, window, {}, Stored())
    try:
        _ask(client, found)
    except HttpAway:
        found.away.append("the monitoring API")
    try:
        found.stored = _stored(door, live, now)
    except DatabaseAway:
        if "PostgreSQL" not in found.away:  # the monitoring API may have said so already
            found.away.append("PostgreSQL")
    return found


def _ask(client: HttpClient, found: Gathered) -> None:
    """The parts: what stands whatever the window, and the model's window."""
    names = ",".join((*STANDING, "model"))
    _take(client, f"/api/monitoring/snapshot?parts={names}&range=24h", found)
    if found.window != USUAL:
        # Whole minutes, so that everybody who looks within one shares what was counted.
        end = 60 * int(found.now // 60)
        span = (clock.iso(end - DAY * WINDOWS[found.window]), clock.iso(end))
        start, stop = (quote(moment, safe="") for moment in span)
        found.parts.pop("model", None)
        _take(client, f"/api/monitoring/snapshot?parts=model&from={start}&to={stop}", found)


def _take(client: HttpClient, path: str, found: Gathered) -> None:
    answer = client.get_json(path)
    found.as_of = found.as_of or str(answer.get("as_of", ""))
    for name in answer.get("down", []):
        word = {"postgres": "PostgreSQL", "redis": "Redis"}.get(name, name)
        if word not in found.away:
            found.away.append(word)
    for name, part in answer["parts"].items():
        if "data" in part:
            found.parts[name] = part["data"]
        else:
            found.errors[name] = f"{part['error']['title']}: {part['error']['detail']}"


def _stored(door: Door, live: Live, now: float) -> Stored:
    start, end = clock.to_datetime(now - BACK_DAYS * DAY), clock.to_datetime(now)
    config = door.settings.section("review", ReviewConfig)
    with door.database.transaction() as connection:
        found = Stored(
            holders=model_roles.holders(connection),
            roles=[one for one in model_roles.changes(connection, MOST) if one.at >= start],
            policies=alert_reads.of(connection, "policies", start=start, end=end, most=MOST),
            incidents=_incidents(connection, alert_reads.rules(connection), start),
            backlog=review.backlog(connection, config, now),
        )
    champion = found.holders.get(CHAMPION)
    found.runs = training_runs.listed(door.database, MOST)
    if champion is not None:
        found.card = models.card(door.database, champion.version)
        found.report = next(iter(drift_reports.listed(door.database, most=1, model_version=champion.version)), None)
    found.policy = policies.current(live, door.database)
    return found


def _incidents(connection: Any, rules: list[Rule], start: datetime) -> list[Incident]:
    """Incidents of drift since `start`, and older ones that are still open."""
    wanted = [rule.id for rule in rules if rule_facts.metric(rule.definition) == "drift"]
    found = [one for rule in wanted for one in alert_reads.incidents(connection, Filter(rule=rule, start=start))]
    known = {one.id for one in found}
    opened = [one for one in alert_reads.unresolved(connection) if one.rule in wanted and one.id not in known]
    return [*found, *opened]
