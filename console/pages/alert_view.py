"""What the Alerts page shows, put together from what is stored. Pure but for `gathered`, which reads it all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console import format, rule_format
from console.pages.paging import titles
from core.alerting import alert_reads, rule_metadata, silences
from core.alerting import silence_store as stored
from core.alerting.alert_reads import Rule, State
from core.alerting.incident import Incident
from core.alerting.silences import Silence
from core.clock import to_datetime

ALIVE_SECONDS = 60.0
ENDING_SECONDS = 900.0  # a silence that ends so soon is warned of
_SEVERITIES = ("critical", "high", "medium", "low")


@dataclass(frozen=True)
class RuleRow:
    """A series of a rule as a table shows it. `leads`: the first row of its rule."""

    rule: Rule
    state: State | None
    word: str
    muted: Silence | None
    leads: bool

    @property
    def key(self) -> str:
        """What tells rows apart."""
        return f"{self.rule.id}/{self.state.series if self.state else ''}"

    @property
    def kind(self) -> str:
        """What it measures."""
        return rule_metadata.metric(self.rule.definition)

    @property
    def unit(self) -> str:
        """The unit of its values."""
        return rule_metadata.unit(self.rule.definition)

    @property
    def limit(self) -> str:
        """Its limits as text."""
        found = rule_metadata.limits(self.rule.definition)
        told = [rule_format.limited(value, self.unit, self.rule.definition, sign) for sign, value in found]
        return " or ".join(told) or format.NONE

    @property
    def value(self) -> str:
        """What it measured last, as text."""
        return rule_format.measured(self.state.value if self.state else None, self.unit, self.rule.definition)

    @property
    def hold(self) -> str:
        """How long it must hold before it fires."""
        return rule_metadata.hold(self.rule.definition)

    @property
    def runbook(self) -> str:
        """The name of its runbook."""
        return rule_metadata.runbook(self.rule.definition, self.rule.id)

    @property
    def channels(self) -> list[str]:
        """Who is told."""
        return list(self.rule.definition.get("channels") or [])

    @property
    def actions(self) -> list[str]:
        """What the system does by itself or offers."""
        return list(self.rule.definition.get("actions") or [])


@dataclass(frozen=True)
class Overview:
    """All that is on now. `silenced` are (incident, the silence that mutes it); `inhibited` follow from others."""

    judged: bool
    judged_at: datetime | None
    rules: list[RuleRow]
    firing: list[Incident]
    silenced: list[tuple[Incident, Silence]]
    in_force: list[Silence]
    off: dict[str, Any] | None
    ending: list[Silence] = field(default_factory=list)
    inhibited: list[Incident] = field(default_factory=list)

    @property
    def pending(self) -> list[RuleRow]:
        """Series whose condition holds, though not yet for long enough."""
        return [row for row in self.rules if row.state and row.state.phase == "pending"]

    @property
    def announced(self) -> str:
        """What a screen reader is told when it changes."""
        names = titles([one.title for one in self.firing])
        return f"{len(self.firing)} firing: {names}" if names else "No alerts are firing"


def gathered(connection: Any, now: float) -> Overview:
    """Read and put together. Raises DatabaseUnavailable."""
    return overview(
        alert_reads.rules(connection),
        alert_reads.states(connection),
        [one for one in alert_reads.unresolved(connection) if one.kind != "canary"],
        stored.in_force(connection, now),
        alert_reads.switch_is_off(connection, "actions"),
        now,
    )


def overview(
    rules: Sequence[Rule],
    states: Sequence[State],
    incidents: Sequence[Incident],
    quiet: Sequence[Silence],
    off: dict[str, Any] | None,
    now: float,
) -> Overview:
    """What is on now; pure."""
    at = to_datetime(now)
    judged_at = max((state.evaluated_at for state in states), default=None)
    in_hand = {one.id for one in incidents if one.status == "acknowledged"}
    rows = []
    for rule in rules:
        mine: list[State | None] = [state for state in states if state.rule == rule.id]
        for index, state in enumerate(mine or [None]):
            mute = silences.first(quiet, rule.id, state.series if state else "", rule.severity, now)
            rows.append(RuleRow(rule, state, word(rule, state, mute, in_hand), mute, index == 0))
    muted = [(one, silences.first(quiet, one.rule, one.series, one.severity, now)) for one in incidents]
    return Overview(
        judged=judged_at is not None and (at - judged_at).total_seconds() < ALIVE_SECONDS,
        judged_at=judged_at,
        rules=rows,
        firing=sorted((one for one, mute in muted if mute is None and not one.is_inhibited), key=urgency),
        silenced=[(one, mute) for one, mute in muted if mute is not None],
        in_force=list(quiet),
        off=off,
        inhibited=sorted((one for one, mute in muted if mute is None and one.is_inhibited), key=urgency),
        ending=[one for one in quiet if (one.ends_at - at).total_seconds() < ENDING_SECONDS],
    )


def word(rule: Rule, state: State | None, mute: Silence | None, in_hand: set[str]) -> str:
    """The state of a rule in one word: what a person should know first."""
    if state is None:
        return "waiting"
    if not rule_metadata.tells(rule.definition):
        return "inactive"
    if mute and state.phase != "inactive":
        return "silenced"
    if state.phase == "firing":
        return "acknowledged" if state.incident_id in in_hand else "firing"
    return state.health if state.health != "ok" else state.phase


def urgency(one: Incident) -> tuple[Any, ...]:
    """Sorts incidents: what nobody has in hand first, then by severity, then the oldest."""
    return one.status != "open", _SEVERITIES.index(one.severity), one.began_at, one.id


def channels(connection: Any, since: datetime, now: datetime) -> list[dict[str, Any]]:
    """Each channel with how it fares and its last test. Raises DatabaseUnavailable."""
    counts = {row["channel"]: row for row in alert_reads.of(connection, "outbox_by_channel", since=since)}
    tests = {row["channel"]: row for row in alert_reads.of(connection, "tests")}
    found = []
    for row in alert_reads.of(connection, "channels", now=now):
        name = row["channel"]
        test = tests.get(name)
        found.append(
            {
                **row,
                "name": name,
                "in_trouble": bool(
                    row["last_error_at"] and (row["last_ok_at"] or row["last_error_at"]) <= row["last_error_at"]
                ),
                **{key: (counts.get(name) or {}).get(key, 0) for key in ("sent", "waiting", "dead")},
                "test": test and {**test, "words": outcome(test)},
            }
        )
    return found


def outcome(message: dict[str, Any]) -> str:
    """What became of a message, in a few words."""
    tries = f"{message['attempts']} {'try' if message['attempts'] == 1 else 'tries'}"
    if message["state"] == "sent":
        return receipt(message["receipt"]) or "accepted"
    if message["state"] == "pending":
        return f"{message['last_error']} ({tries})" if message["last_error"] else "waiting to be sent"
    return f"{message['last_error'] or 'not sent'} ({tries})"


def receipt(found: Any) -> str:
    """A receipt in a few words: its status, then what else the receiver said."""
    if not isinstance(found, dict):
        return "" if found is None else str(found)
    rest = found.get("details")
    parts = [str(found.get("status") or "")]
    if isinstance(rest, dict):
        parts += [f"{key} {value}" for key, value in rest.items() if isinstance(value, str | int | float)]
    return ", ".join(part for part in parts if part)[:200]
