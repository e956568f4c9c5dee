"""One evaluation of all rules as a pure function: readings and states in, new states and transitions out.

The worker calls it with what was gathered, a replay with what was recorded; both get the same answer.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from alerts.context import Context
from alerts.machine import Input, State, Timing, Transition, step
from alerts.rule import Reading, Verdict
from alerts.ruleset import Rule
from core import calendars
from core.config import Calendar
from core.errors import DatabaseAway

Key = tuple[str, str]
OFF = "outside its hours"
REMOVED = "the rule was removed"


class Seen(NamedTuple):
    """Everything one evaluation depends on beside the rules and the states; this is what is recorded.

    `readings` are those of each rule; `closed` incidents that people resolved; `elapsed` seconds since the evaluation
    before.
    """

    now: float
    elapsed: float
    readings: Mapping[str, list[Reading]]
    closed: frozenset[str] = frozenset()


class Change(NamedTuple):
    """What became of one series. `rule` is None when it was removed, `reading` when there was none."""

    key: Key
    rule: Rule | None
    reading: Reading | None
    verdict: Verdict
    before: State
    after: State
    transitions: list[Transition]

    @property
    def is_forgettable(self) -> bool:
        """Nothing is left to remember: no reading came and nothing is going on."""
        return (self.reading is None or self.reading.gone) and not self.after.is_active


def evaluate(
    rules: Iterable[Rule], states: Mapping[Key, State], seen: Seen, windows: Mapping[str, Calendar]
) -> list[Change]:
    """Every series of every rule, once."""
    changes: list[Change] = []
    met: set[Key] = set()
    for rule in rules:
        is_on = rule.config.when is None or calendars.inside(windows[rule.config.when], seen.now)
        for reading in seen.readings.get(rule.id, []):
            key = (rule.id, reading.series)
            met.add(key)
            verdict = judge(rule, reading) if is_on else Verdict("good", None, OFF)
            changes.append(_change(key, rule, reading, verdict, states.get(key, State(since=seen.now)), seen))
    by_id = {rule.id: rule for rule in rules}
    for key in states.keys() - met:
        rule_left = by_id.get(key[0])
        verdict = Verdict("no_data", None, "nothing was read" if rule_left else REMOVED)
        changes.append(_change(key, rule_left, None, verdict, states[key], seen))
    return changes


def judge(rule: Rule, reading: Reading) -> Verdict:
    """The verdict of the rule's kind; a failing one is an error verdict."""
    if reading.error:
        return Verdict("error", None, reading.error)
    try:
        return rule.kind.judge(reading, rule.parameters)
    except Exception as error:
        return Verdict("error", None, f"judging failed: {error}")


def gather(
    rules: Iterable[Rule], context: Context, failed: Callable[[str, Exception], None]
) -> dict[str, list[Reading]]:
    """The readings of every rule; one that fails says so on each of its known series.

    Raises DatabaseAway when PostgreSQL is away altogether: then there is nothing to commit either.
    """
    found = {}
    for rule in rules:
        context.rule = rule.id
        try:
            found[rule.id] = _whole(rule.kind.gather(context, rule.parameters), context)
        except Exception as error:
            if isinstance(error, DatabaseAway):
                context.database.ping()  # It answers: then it is this rule's query that fails.
            failed(rule.id, error)
            series = sorted(context.all_series()) or [""]
            found[rule.id] = [Reading(name, None, error=f"it could not be read: {error}"[:300]) for name in series]
    return found


def _whole(readings: list[Reading], context: Context) -> list[Reading]:
    """With the end of the series `''` under which a failure was kept before any series was known."""
    if "" in context.all_series() and all(reading.series for reading in readings):
        return [*readings, Reading("", None, gone=True)]
    return readings


def _change(key: Key, rule: Rule | None, reading: Reading | None, verdict: Verdict, state: State, seen: Seen) -> Change:
    gone = rule is None or (not state.is_active if reading is None else reading.gone)
    given = Input(
        judgement=verdict.state,
        now=seen.now,
        elapsed=seen.elapsed,
        value=reading.value if reading else None,
        limit=verdict.limit,
        closed=seen.closed,
        gone=gone,
        fingerprint=rule.fingerprint if rule else "",
        reason=REMOVED if rule is None else verdict.reason,
    )
    after, transitions = step(*key, state, rule.timing if rule else Timing(), given)
    return Change(key, rule, reading, verdict, state, after, transitions)


def decode(text: str) -> State:
    """A state from its JSON; one that cannot be read (of a newer version) starts anew."""
    try:
        return msgspec.json.decode(text, type=State)
    except msgspec.DecodeError:
        return State()
