"""Puts the addresses and wallets of an incident on the threat list (A4): with an end, extended when seen again.

What the platform reported is listed for scoring and for the platform; our own door does not refuse it (X8), and so many
entries follow from one token's reports in an hour. Never an address of a network that is let in without a limit, or of
a proxy that we trust: who lists those locks themselves out, and an attacker could make them do so. The rate limiter and
scoring read the list.
"""

from alerts.respond import incident_subject, report_bounds
from alerts.respond.action import ActionContext, ActionResult, Declined
from alerts.respond.security_events import tell
from core.alerting.action_runs import Run
from core.config import Frozen, Hours
from core.errors import BadInput, Unreachable
from core.events import senders
from core.security import threat_store
from core.security.threat_store import New, Threat
from core.security.threats import ThreatKind, canonical
from core.web.client import Network, networks, within

KIND = "threat_list"


class Parameters(Frozen, frozen=True):
    """`hours` until an entry ends; `most` entries of one incident."""

    hours: Hours = 72.0
    most: int = 50


def apply(context: ActionContext, run: Run) -> ActionResult:
    """List them. Raises Declined when there is nothing that may be listed."""
    limits = context.settings.config.limits
    spared = networks([*limits.allow_networks, *limits.operations_networks, *limits.trusted_proxies])
    wanted, left_out = _wanted(context, run, spared)
    if not wanted:
        raise Declined("; ".join(left_out) or "the incident has no IP address or wallet")
    until = context.now + context.parameters.hours * 3600
    own = incident_subject.is_own(context.incident, run) or False
    made: list[Threat] = []
    for kind, value in wanted[: context.parameters.most]:
        if not own and (
            why := report_bounds.excess(
                context, incident_subject.reported_account(context.incident, run), "threat", value
            )
        ):
            left_out.append(why)
            continue
        made.append(_put(context, kind, value, until, own))
    if not made:
        raise Declined("; ".join(left_out))
    for entry in made:
        ip = entry.value if entry.kind == "ip" else None
        text = f"{entry.value} added to the threat list: {context.why}"
        tell(context, run, "high", f"threat-listed-{entry.kind}", text, category="threat", ip=ip)
    words = [f"{entry.value} until {entry.until:%Y-%m-%d %H:%M} UTC" if entry.until else entry.value for entry in made]
    return ActionResult(
        "; ".join([f"on the threat list: {', '.join(words)}", *left_out]),
        None,
        {"entries": [{"kind": entry.kind, "value": entry.value, "until": entry.until} for entry in made]},
        then=lambda: _mirror(context),
    )


def _wanted(
    context: ActionContext, run: Run, spared: tuple[Network, ...]
) -> tuple[list[tuple[ThreatKind, str]], list[str]]:
    """What to list, and for everything that is not listed a word why."""
    wanted: list[tuple[ThreatKind, str]] = []
    left_out: list[str] = []
    found = [("ip", one) for one in incident_subject.addresses(context.incident, run)]
    for kind, value in [*found, *(("wallet", one) for one in incident_subject.wallets(context.incident, run))]:
        try:
            known = canonical(kind, value)
        except BadInput as error:
            left_out.append(f"{value[:60]} was skipped: {error.reason}")
            continue
        if kind == "ip" and within(known, spared):
            left_out.append(f"{known} was skipped: it is in an always-allowed network")
        else:
            wanted.append(("ip" if kind == "ip" else "wallet", known))
    return wanted, left_out


def _put(context: ActionContext, kind: ThreatKind, value: str, until: float, own: bool) -> Threat:
    source = f"{'' if own else senders.REPORTED}rule {context.incident.rule}"
    entry = New(kind, value, context.why, source, until, context.incident.id)
    return threat_store.put(
        context.connection, context.stores.audit, entry, context.actor, context.now, context.incident.correlation_id
    )


def _mirror(context: ActionContext) -> None:
    try:
        threat_store.mirror(context.stores.database, context.stores.live, context.now)
    except Unreachable:
        return  # the collector copies it within seconds
