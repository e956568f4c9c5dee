"""The state machine of one series of a rule (A6). Pure: state, judgement and time in, state and transitions out.

Time counts only where it was seen: the seconds between two evaluations count towards `for`, `keep_firing_for` and the
others when both had data and lay close together. So missing data, and a worker that was away, neither fire nor
resolve anything; and a state that went through JSON behaves as one that did not.

Phases: inactive, pending (bad, not yet for long enough), firing. Beside the phase stands the health of the data: ok,
no_data, error; each has an incident of its own when it lasts.
"""

from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from alerts.evaluate.rule import Judgement
from core.alerting.incident import Kind, identify

Phase = Literal["inactive", "pending", "firing"]
Health = Literal["ok", "no_data", "error"]
What = Literal[
    "pending", "cancelled", "fired", "resolved", "flapping", "changed", "dismissed", "missing", "found", "closed"
]
ROUNDING = 1e-3  # PostgreSQL keeps microseconds


class Timing(NamedTuple):
    """Seconds and counts of a rule; see alerts/config.py."""

    hold: float = 0.0
    keep: float = 0.0
    no_data_after: float = 600.0
    reopen_after: float = 1800.0
    flap_firings: int = 4
    flap_within: float = 3600.0
    flap_calm: float = 900.0


class State(Struct, frozen=True, omit_defaults=True):
    """All that is known of a series. `since`, `began` and the times in `firings` are epoch seconds; the rest seconds.

    `held` is how long it was seen bad while pending, `calm` how long good while firing, `ignored` how long bad since a
    person resolved the incident, `unseen` how long data has been missing or in error.
    """

    phase: Phase = "inactive"
    since: float = 0.0
    began: float = 0.0
    held: float = 0.0
    calm: float = 0.0
    is_calm: bool = False
    incident: str = ""
    dismissed: bool = False
    ignored: float = 0.0
    firings: tuple[float, ...] = ()
    flapping: bool = False
    health: Health = "ok"
    unseen: float = 0.0
    no_data_incident: str = ""
    error_incident: str = ""
    value: float | None = None
    peak: float | None = None
    fingerprint: str = ""

    @property
    def is_active(self) -> bool:
        """Something is going on that is not over without a further evaluation."""
        return self.phase != "inactive" or bool(self.no_data_incident or self.error_incident)

    @property
    def incidents(self) -> tuple[str, ...]:
        """The incidents that this state believes open."""
        return tuple(filter(None, (self.incident, self.no_data_incident, self.error_incident)))


class Transition(NamedTuple):
    """Something that people should read about. `incident` is '' when it has none; `kind` is the incident's."""

    what: What
    at: float
    incident: str = ""
    kind: Kind = "alert"
    reason: str = ""


class Input(NamedTuple):
    """One evaluation: `elapsed` seconds since the one before (0 when that does not count), `lapse` made it 0.

    `limit` and `value` are for the peak; `closed` are incidents of this series that a person resolved; `gone` says
    that the series, or its rule, exists no more; `reason` is for people.
    """

    judgement: Judgement
    now: float
    elapsed: float
    value: float | None = None
    limit: float | None = None
    closed: frozenset[str] = frozenset()
    gone: bool = False
    fingerprint: str = ""
    reason: str = ""


def step(rule: str, series: str, state: State, timing: Timing, seen: Input) -> tuple[State, list[Transition]]:
    """One evaluation of a series."""
    state, done = _adopt(state, seen)
    if seen.gone:
        return _end(state, seen, done)
    if seen.judgement in ("no_data", "error"):
        return _missing(rule, series, state, timing, seen, done)
    if state.health != "ok":
        done += [
            Transition("found", seen.now, incident, kind)
            for incident, kind in _health_incidents(state)
            if incident not in seen.closed
        ]
        state = replace(state, health="ok", unseen=0.0, no_data_incident="", error_incident="")
        seen = seen._replace(elapsed=0.0)
    state = replace(state, value=seen.value)
    if state.phase == "firing":
        return _firing(rule, series, state, timing, seen, done)
    return _waiting(rule, series, state, timing, seen, done)


def _adopt(state: State, seen: Input) -> tuple[State, list[Transition]]:
    """The rule changed: what was pending under the old one starts anew; what fires goes on and is judged anew."""
    if seen.gone or state.fingerprint == seen.fingerprint:
        return state, []
    known, state = state.fingerprint, replace(state, fingerprint=seen.fingerprint)
    if not known or state.phase == "inactive":
        return state, []
    done = [Transition("changed", seen.now, state.incident, reason="the rule's configuration changed")]
    if state.phase == "pending":
        return replace(state, phase="inactive", since=seen.now, began=0.0, held=0.0), done
    return replace(state, calm=0.0, is_calm=False), done


def _waiting(
    rule: str, series: str, state: State, timing: Timing, seen: Input, done: list[Transition]
) -> tuple[State, list[Transition]]:
    if seen.judgement != "bad":
        if state.phase == "pending":
            done.append(Transition("cancelled", seen.now, reason=seen.reason))
            state = replace(state, phase="inactive", since=seen.now, began=0.0, held=0.0)
        return state, done
    if state.phase == "inactive":
        state = replace(state, phase="pending", since=seen.now, began=seen.now, held=0.0)
        if timing.hold > 0:
            done.append(Transition("pending", seen.now, reason=seen.reason))
    else:
        state = replace(state, held=state.held + seen.elapsed)
    if state.held + ROUNDING >= timing.hold:
        return _fire(rule, series, state, timing, seen, done)
    return state, done


def _fire(
    rule: str, series: str, state: State, timing: Timing, seen: Input, done: list[Transition]
) -> tuple[State, list[Transition]]:
    recent = (*(at for at in state.firings if seen.now - at < timing.flap_within), seen.now)[-timing.flap_firings :]
    incident = identify(rule, series, "alert", seen.now)
    done.append(Transition("fired", seen.now, incident, reason=seen.reason))
    flapping = len(recent) >= timing.flap_firings
    if flapping and not state.flapping:
        done.append(Transition("flapping", seen.now, incident, reason=f"{len(recent)} firings in a short time"))
    state = replace(
        state,
        phase="firing",
        since=seen.now,
        began=state.began or seen.now,
        held=0.0,
        incident=incident,
        dismissed=False,
        ignored=0.0,
        firings=recent,
        flapping=flapping,
        peak=seen.value,
    )
    return state, done


def _firing(
    rule: str, series: str, state: State, timing: Timing, seen: Input, done: list[Transition]
) -> tuple[State, list[Transition]]:
    if state.incident and state.incident in seen.closed:
        done.append(Transition("dismissed", seen.now, state.incident))
        state = replace(state, incident="", dismissed=True, ignored=0.0)
        seen = seen._replace(elapsed=0.0)
    if seen.judgement == "bad":
        state = replace(state, calm=0.0, is_calm=False, peak=_worse(state.peak, seen))
        if not state.dismissed:
            return state, done
        state = replace(state, ignored=state.ignored + seen.elapsed)
        if state.ignored + ROUNDING < timing.reopen_after:
            return state, done
        return _fire(rule, series, state, timing, seen._replace(reason=seen.reason or "condition still true"), done)
    if seen.judgement == "between":
        return replace(state, calm=0.0, is_calm=False), done
    state = replace(state, calm=state.calm + seen.elapsed if state.is_calm else 0.0, is_calm=True)
    wanted = max(timing.keep, timing.flap_calm if state.flapping else 0.0)
    if state.calm + ROUNDING < wanted:
        return state, done
    if state.incident:
        done.append(Transition("resolved", seen.now, state.incident, reason=seen.reason))
    return State(
        since=seen.now,
        firings=() if state.flapping else state.firings,
        value=seen.value,
        fingerprint=state.fingerprint,
    ), done


def _missing(
    rule: str, series: str, state: State, timing: Timing, seen: Input, done: list[Transition]
) -> tuple[State, list[Transition]]:
    kind: Literal["no_data", "error"] = "error" if seen.judgement == "error" else "no_data"
    same = state.health == kind
    state = replace(state, health=kind, unseen=state.unseen + seen.elapsed if same else 0.0, value=None)
    if state.incident and state.incident in seen.closed:
        done.append(Transition("dismissed", seen.now, state.incident))
        state = replace(state, incident="", dismissed=True, ignored=0.0)
    known = state.error_incident if kind == "error" else state.no_data_incident
    if known or not timing.no_data_after or state.unseen + ROUNDING < timing.no_data_after:
        return state, done
    incident = identify(rule, series, kind, seen.now)
    done.append(Transition("missing", seen.now, incident, kind, seen.reason))
    if kind == "error":
        return replace(state, error_incident=incident), done
    return replace(state, no_data_incident=incident), done


def _end(state: State, seen: Input, done: list[Transition]) -> tuple[State, list[Transition]]:
    reason = seen.reason or "no longer monitored"
    incidents = [(state.incident, "alert"), *_health_incidents(state)]
    for incident, kind in incidents:
        if incident and incident not in seen.closed:
            done.append(Transition("closed", seen.now, incident, kind, reason))
    return State(since=seen.now), done


def _health_incidents(state: State) -> list[tuple[str, Kind]]:
    found: list[tuple[str, Kind]] = [(state.no_data_incident, "no_data"), (state.error_incident, "error")]
    return [(incident, kind) for incident, kind in found if incident]


def _worse(peak: float | None, seen: Input) -> float | None:
    if peak is None or seen.value is None:
        return seen.value if peak is None else peak
    high = seen.limit is None or seen.value > seen.limit
    return max(peak, seen.value) if high else min(peak, seen.value)
