"""What wants action now, worst first: incidents, and what no rule watches: slow services, fallen precision.

While nobody judges the rules, the list says so and names by itself what they would have: KPIs, services, drift.
"""

from typing import Any, get_args

import msgspec

from api.context import ResourceContext, milliseconds
from api.window import Window
from core import clock
from core.events.base import Severity
from core.monitoring.alerts import Alerts
from core.monitoring.drift import Drift
from core.monitoring.health import Health
from core.monitoring.kpis import Kpis
from core.monitoring.model import Model
from core.monitoring.trouble import ActiveProblem, ActiveProblems

NAME = "trouble"
REFRESH = 5.0
_ORDER = get_args(Severity)
_METRIC = {"api_latency_p95": "latency_p95"}  # what rules call a KPI, where it differs


def read(context: ResourceContext, window: Window) -> ActiveProblems:
    """Judged from what the other resources say now."""
    return judged(
        context.resource("alerts", Alerts),
        context.resource("kpis", Kpis),
        context.resource("health", Health),
        context.resource("model", Model),
        context.resource("drift", Drift),
        context.resource("trouble", ActiveProblems),
        milliseconds(context.now),
    )


def judged(
    alerts: Alerts | None,
    kpis: Kpis | None,
    health: Health | None,
    model: Model | None,
    drift: Drift | None,
    before: ActiveProblems | None,
    now: int,
) -> ActiveProblems:
    """The list from the other resources and the list before (None when there is none); pure."""
    named = {problem.id: problem.since for problem in before or []}
    watched = {rule.metric for rule in alerts.rules} if alerts and alerts.judged else set()
    others = (*_kpis(kpis, watched), *_services(health, watched), *_model(model), *_drift(drift, watched))
    first_named = (
        msgspec.structs.replace(problem, since=named.get(problem.id, now)) for problem in (*_worker(alerts), *others)
    )
    return sorted([*_incidents(alerts), *first_named], key=_urgency)


def _urgency(problem: ActiveProblem) -> tuple[Any, ...]:
    handled = bool(problem.acknowledged_by or problem.silenced_by)
    return handled, _ORDER.index(problem.severity), problem.incident is None, problem.id


def _incidents(alerts: Alerts | None) -> list[ActiveProblem]:
    return [
        ActiveProblem(
            id=f"incident-{one.id}",
            severity=one.severity,
            title=one.title,
            detail=one.summary,
            target="#alert_rules",
            since=one.began,
            incident=one.id,
            acknowledged_by=one.acknowledged_by if one.status == "acknowledged" else None,
            silenced_by=one.silenced_by,
        )
        for one in (alerts.incidents if alerts else ())
    ]


def _worker(alerts: Alerts | None) -> list[ActiveProblem]:
    if alerts is None:
        return []
    found = []
    if not alerts.judged:
        at = alerts.judged_at
        last = f"last evaluation at {clock.iso(at / 1000)[11:19]} UTC" if at else "no alert worker has run yet"
        detail = f"{last}; no notifications are sent until a worker is running"
        found.append(_problem("alerts-unjudged", "high", "Alert rules are not being evaluated", detail, "#alert_rules"))
    if off := alerts.actions_off:
        detail = f"by {off.actor}: {off.reason}"
        found.append(_problem("actions-off", "low", "Automatic actions are off", detail, "#alert_rules"))
    return found


def _kpis(kpis: Kpis | None, watched: set[str]) -> list[ActiveProblem]:
    return [
        _problem(
            f"kpi-{card.key}",
            "high" if card.key == "fraud_rate" else "medium",
            f"{card.title}: {shown(card.value)} {card.unit}".rstrip(),
            card.reason,
            "#kpis",
        )
        for card in (kpis.cards if kpis else ())
        if card.status == "alert" and card.value is not None and _METRIC.get(card.key, card.key) not in watched
    ]


def _services(health: Health | None, watched: set[str]) -> list[ActiveProblem]:
    return [
        _problem(
            f"service-{service.name}",
            "critical" if service.status == "DOWN" else "medium",
            f"{service.title} is {service.status}",
            ". ".join(text for text in (service.detail, service.suggestion) if text),
            "#health",
        )
        for service in (health.services if health else ())
        if service.status == "SLOW" or (service.status == "DOWN" and "service" not in watched)
    ]


def _model(model: Model | None) -> list[ActiveProblem]:
    warning = model.warning if model else None
    return [_problem("model-precision", "medium", warning.text, warning.action, "#model")] if warning else []


def _drift(drift: Drift | None, watched: set[str]) -> list[ActiveProblem]:
    if drift is None or drift.status != "drifted" or "drift" in watched:
        return []
    worst = drift.features[0]
    return [
        _problem(
            "model-drift",
            "medium",
            f"Drift on {worst.name}: KL {worst.kl:.2f}",
            f"above {drift.threshold:g}: retrain, or check what changed in this feature",
            "#drift",
        )
    ]


def _problem(name: str, severity: Severity, title: str, detail: str, target: str) -> ActiveProblem:
    """One that is no incident; since when is not known here."""
    return ActiveProblem(
        id=name, severity=severity, title=title, detail=detail, target=target, since=0, incident=None,
        acknowledged_by=None, silenced_by=None,
    )  # fmt: skip


def shown(value: float) -> str:
    """A number for a sentence: at most three significant figures, thousands separated."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{float(f'{value:.3g}'):g}"
