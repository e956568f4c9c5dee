"""Whom an incident is about: the account and the addresses that its rule found. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from alerts.respond.action import Declined, Incident
from core.alerting.action_runs import Run

OWN = ("console", "gatehouse")


def account(incident: Incident, run: Run) -> str:
    """The account: of the run, of the incident's details, or its series. Raises Declined when there is none."""
    found = _first(("account", "actor"), (run.parameters, incident.details)) or incident.series
    if not str(found).strip():
        raise Declined("the incident has no account")
    return str(found).strip().lower()


def reported_account(incident: Incident, run: Run) -> str:
    """The account whose failures were reported, empty when the incident names none."""
    found = _first(("account", "actor"), (run.parameters, incident.details)) or incident.series
    return str(found).strip().lower()


def is_own(incident: Incident, run: Run) -> bool | None:
    """Whether the account is one of our own console's; None when the rule does not say."""
    source = _first(("realm", "source"), (run.parameters, incident.details))
    return None if source is None else str(source) in OWN


def addresses(incident: Incident, run: Run) -> list[str]:
    """The addresses, as they were reported, each once."""
    found: list[str] = []
    for where in (run.parameters, incident.details):
        many = where.get("ips")
        single = where.get("ip")
        found += [str(one) for one in many] if isinstance(many, list) else []
        found += [str(single)] if single else []
    return list(dict.fromkeys(found))


def wallets(incident: Incident, run: Run) -> list[str]:
    """The wallets, as they were reported, each once."""
    found: list[str] = []
    for where in (run.parameters, incident.details):
        many = where.get("wallets")
        single = where.get("wallet")
        found += [str(one) for one in many] if isinstance(many, list) else []
        found += [str(single)] if single else []
    return list(dict.fromkeys(found))


def _first(names: Iterable[str], places: Iterable[Mapping[str, Any]]) -> Any:
    names = tuple(names)
    return next((place[name] for place in places for name in names if place.get(name)), None)
