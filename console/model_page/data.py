"""What the Model page is made from: resources of the monitoring API, and stored roles, runs, policy and incidents.

Either side may be away: what the other gives is shown, and the page says what cannot be reached.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import UnsetType

from console.auth.context import AuthContext
from core import clock
from core.alerting import alert_reads, rule_metadata
from core.alerting.alert_reads import Filter, Rule
from core.alerting.incident import Incident
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, HttpUnavailable
from core.http import HttpClient
from core.identity import tokens
from core.models import drift_reports, registry, training_runs
from core.models import roles as model_roles
from core.models.roles import CHAMPION, Holder, RoleChange
from core.models.training_runs import Run
from core.monitoring import decoded, received, resources
from core.monitoring.drift import Drift
from core.monitoring.drift_features import DriftFeatures
from core.monitoring.input_names import InputNames
from core.monitoring.label_delay import LabelDelay
from core.monitoring.model import Model
from core.monitoring.shadow import ShadowComparison
from core.policy import Policy
from core.transactions import policies, review
from core.transactions.review import Backlog, ReviewConfig

WINDOWS = {"24h": 1, "7d": 7, "14d": 14, "30d": 30}  # days
USUAL = "24h"
DAY = 86_400.0
BACK_DAYS = 30
MOST = 60
STANDING = ("drift", "drift_features", "input_names", "label_delay", "shadow")


@dataclass
class StoredModel:
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
    tokens: dict[str, str] = field(default_factory=dict)  # what callers are known by, and the name of each


@dataclass
class Resources:
    """Those of the monitoring API that the page shows; None where it gave no data."""

    model: Model | None = None
    drift: Drift | None = None
    drift_features: DriftFeatures | None = None
    input_names: InputNames | None = None
    label_delay: LabelDelay | None = None
    shadow: ShadowComparison | None = None


@dataclass
class Gathered:
    """Everything the page shows. `away` names what cannot be reached; `errors` say why a resource is not."""

    now: float
    window: str
    resources: Resources
    stored: StoredModel
    away: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    as_of: str = ""


def gather(auth: AuthContext, live: Live, client: HttpClient, window: str, now: float) -> Gathered:
    """Read it all."""
    found = Gathered(now, window, Resources(), StoredModel())
    try:
        _ask(client, found)
    except HttpUnavailable:
        found.away.append("the monitoring API")
    try:
        found.stored = _stored(auth, live, now)
    except DatabaseUnavailable:
        if "PostgreSQL" not in found.away:  # the monitoring API may have said so already
            found.away.append("PostgreSQL")
    if names := found.resources.input_names:
        found.resources.input_names = _with_token_names(names, found.stored.tokens)
    return found


def _with_token_names(names: InputNames, tokens: dict[str, str]) -> InputNames:
    callers = [msgspec.structs.replace(one, caller=tokens.get(one.caller, one.caller)) for one in names.callers]
    return msgspec.structs.replace(names, callers=callers)


def _ask(client: HttpClient, found: Gathered) -> None:
    """The resources: what stands whatever the window, and the model's window."""
    names = ",".join((*STANDING, "model"))
    _take(client, f"/api/monitoring/snapshot?parts={names}&range=24h", found)
    if found.window != USUAL:
        # Whole minutes, so that everybody who looks within one shares what was counted.
        end = 60 * int(found.now // 60)
        span = (clock.iso(end - DAY * WINDOWS[found.window]), clock.iso(end))
        start, stop = (quote(moment, safe="") for moment in span)
        found.resources.model = None
        _take(client, f"/api/monitoring/snapshot?parts=model&from={start}&to={stop}", found)


def _take(client: HttpClient, path: str, found: Gathered) -> None:
    answer = client.get(path)
    if answer.status != 200:
        raise HttpUnavailable(f"the monitoring API responded with status {answer.status}")
    try:
        snapshot = received(answer.body)
    except msgspec.MsgspecError as error:
        raise HttpUnavailable(f"the monitoring API sent an unexpected response: {error}") from error
    found.as_of = found.as_of or snapshot.as_of
    for name in snapshot.down:
        word = {"postgres": "PostgreSQL", "redis": "Redis"}.get(name, name)
        if word not in found.away:
            found.away.append(word)
    for name, result in snapshot.resources.items():
        try:
            read = decoded(result, resources()[name])
        except msgspec.ValidationError as error:
            found.errors[name] = f"the monitoring API sent an unexpected response: {error}"
            continue
        if not isinstance(read.error, UnsetType):
            found.errors[name] = f"{read.error.title}: {read.error.detail}"
        else:
            setattr(found.resources, name, read.known)


def _stored(auth: AuthContext, live: Live, now: float) -> StoredModel:
    start, end = clock.to_datetime(now - BACK_DAYS * DAY), clock.to_datetime(now)
    config = auth.settings.section("review", ReviewConfig)
    with auth.database.transaction() as connection:
        found = StoredModel(
            holders=model_roles.holders(connection),
            roles=[one for one in model_roles.changes(connection, MOST) if one.at >= start],
            policies=alert_reads.of(connection, "policies", start=start, end=end, most=MOST),
            incidents=_incidents(connection, alert_reads.rules(connection), start),
            backlog=review.backlog(connection, config, now),
        )
    found.tokens = {f"token:{one.id}": one.name for one in tokens.listed(auth.database)}
    champion = found.holders.get(CHAMPION)
    found.runs = training_runs.listed(auth.database, MOST)
    if champion is not None:
        found.card = registry.card(auth.database, champion.version)
        found.report = next(iter(drift_reports.listed(auth.database, most=1, model_version=champion.version)), None)
    found.policy = policies.current(live, auth.database)
    return found


def _incidents(connection: Any, rules: list[Rule], start: datetime) -> list[Incident]:
    """Incidents of drift since `start`, and older ones that are still open."""
    wanted = [rule.id for rule in rules if rule_metadata.metric(rule.definition) == "drift"]
    found = [one for rule in wanted for one in alert_reads.incidents(connection, Filter(rule=rule, start=start))]
    known = {one.id for one in found}
    opened = [one for one in alert_reads.unresolved(connection) if one.rule in wanted and one.id not in known]
    return [*found, *opened]
