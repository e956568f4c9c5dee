"""One evaluation of all rules as a pure function: readings and states in, new states and transitions out.

The worker calls it with what was gathered, a replay with what was recorded; both get the same answer.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from alerts.evaluate import sanitize
from alerts.evaluate.context import RuleContext
from alerts.evaluate.machine import Input, State, Timing, Transition, step
from alerts.evaluate.rule import Assessment, Reading
from alerts.evaluate.ruleset import Rule
from core import calendars, log
from core.config import Calendar
from core.errors import DatabaseUnavailable

Key = tuple[str, str]
OFF = "outside its calendar"
REMOVED = "the rule was removed"
UNREAD = "its data could not be read"
MOST_SERIES = 2000  # that open or end something in one evaluation, beside those of critical rules
OPENING = ("fired", "missing")
ERROR_SECONDS = 60.0  # how long a rule may fail before that is an incident, whatever its `no_data_after`


class TickInput(NamedTuple):
    """Everything one evaluation depends on beside the rules and the states; this is what is recorded.

    `readings` are those of each rule; `closed` incidents that people resolved; `elapsed` seconds since the evaluation
    before.
    """

    now: float
    elapsed: float
    readings: Mapping[str, list[Reading]]
    closed: frozenset[str] = frozenset()


class SeriesChange(NamedTuple):
    """What became of one series. `rule` is None when it was removed, `reading` when there was none."""

    key: Key
    rule: Rule | None
    reading: Reading | None
    verdict: Assessment
    before: State
    after: State
    transitions: list[Transition]

    @property
    def is_forgettable(self) -> bool:
        """Nothing is left to remember: no reading came and nothing is going on."""
        return (self.reading is None or self.reading.gone) and not self.after.is_active


def evaluate(
    rules: Iterable[Rule], states: Mapping[Key, State], seen: TickInput, windows: Mapping[str, Calendar]
) -> list[SeriesChange]:
    """Every series of every rule, once. A rule, a calendar or a state that fails is an error of its own series.

    Of the series of a rule that fail at a time one has the incident about it. In a storm only so many series change at
    a time, or what is critical would wait for all of them to be written.
    """
    changes: list[SeriesChange] = []
    met: set[Key] = set()
    failing = {rule for (rule, _), state in states.items() if state.error_incident}
    for rule in rules:
        hours = _hours(rule, windows, seen.now)
        for reading in seen.readings.get(rule.id, []):
            key = (rule.id, reading.series)
            met.add(key)
            verdict = hours or judge(rule, reading)
            state = states.get(key, State(since=seen.now))
            changes.append(_change(key, rule, reading, verdict, state, seen, rule.id in failing))
            if changes[-1].after.error_incident:
                failing.add(rule.id)
    by_id = {rule.id: rule for rule in rules}
    for key in states.keys() - met:
        rule_left = by_id.get(key[0])
        verdict = Assessment("no_data", None, "no data was read" if rule_left else REMOVED)
        changes.append(_change(key, rule_left, None, verdict, states[key], seen, key[0] in failing))
    return _bounded(changes)


def _bounded(changes: list[SeriesChange]) -> list[SeriesChange]:
    """The changes, without the transitions of series beyond the bound: these stay as they were and are judged anew.

    Critical rules are never held up. The others share the bound; of one rule, what opens comes before what ends, and a
    series that changed long ago before one that keeps changing.
    """
    places: dict[str, list[int]] = {}
    for place, change in enumerate(changes):
        if change.transitions and (change.rule is None or change.rule.config.severity != "critical"):
            places.setdefault(change.key[0], []).append(place)
    left = MOST_SERIES
    if sum(map(len, places.values())) <= left:
        return changes
    bounded = list(changes)
    for waiting, (_, found) in enumerate(sorted(places.items(), key=lambda one: len(one[1]))):
        share = left // (len(places) - waiting)
        left -= min(share, len(found))
        for place in sorted(found, key=lambda one: _turn(changes[one]))[share:]:
            bounded[place] = changes[place]._replace(after=changes[place].before, transitions=[])
    return bounded


def _turn(change: SeriesChange) -> tuple[bool, float]:
    opens = any(one.what in OPENING for one in change.transitions)
    return not opens, change.before.since


def _hours(rule: Rule, windows: Mapping[str, Calendar], now: float) -> Assessment | None:
    """What is judged of every series of a rule outside its calendar, or when they cannot be told; None within."""
    try:
        if rule.config.when is None or calendars.inside(windows[rule.config.when], now):
            return None
        return Assessment("good", None, OFF)
    except Exception as error:
        return Assessment("error", None, f"its calendar {rule.config.when!r} cannot be read: {error}"[:300])


def judge(rule: Rule, reading: Reading) -> Assessment:
    """The verdict of the rule's kind; a failing one is an error verdict."""
    if reading.error:
        return Assessment("error", None, reading.error)
    try:
        verdict = rule.kind.judge(reading, rule.parameters)
        if verdict.state not in ("bad", "good", "between", "no_data", "error"):
            raise ValueError(f"unknown state {verdict.state!r}")
        return Assessment(verdict.state, verdict.limit, sanitize.text(verdict.reason))
    except Exception as error:
        return Assessment("error", None, sanitize.text(f"evaluation failed: {error}")[:300])


def gather(
    rules: Iterable[Rule],
    context: RuleContext,
    failed: Callable[[str, Exception], None],
    between: Callable[[], None] = lambda: None,
) -> dict[str, list[Reading]]:
    """The readings of every rule; one that fails says so on each of its known series.

    `between` is called after each rule, for what must not wait for all of them. Raises DatabaseUnavailable when
    PostgreSQL is away altogether: then there is nothing to commit either.
    """
    found = {}
    for rule in rules:
        between()
        context.rule = rule.id
        try:
            found[rule.id] = _whole(sanitize.readings(rule.kind.gather(context, rule.parameters)), context)
        except Exception as error:
            if isinstance(error, DatabaseUnavailable):
                context.database.ping()  # It answers: then it is this rule's query that fails.
            failed(rule.id, error)
            series = sorted(context.all_series()) or [""]
            why = sanitize.text(f"{UNREAD}: {error or error.__class__.__name__}")[:300]
            found[rule.id] = [Reading(name, None, error=why) for name in series]
    return found


def is_judged(rules: Iterable[Rule], readings: Mapping[str, list[Reading]]) -> bool:
    """Whether any rule beside the watchdog, which cannot fail, was read."""
    found = [readings.get(rule.id, []) for rule in rules if rule.config.kind != "watchdog"]
    return not found or any(not series or any(not one.error for one in series) for series in found)


def _whole(readings: list[Reading], context: RuleContext) -> list[Reading]:
    """With the end of the series `''` under which a failure was kept before any series was known."""
    if "" in context.all_series() and all(reading.series for reading in readings):
        return [*readings, Reading("", None, gone=True)]
    return readings


def _change(
    key: Key,
    rule: Rule | None,
    reading: Reading | None,
    verdict: Assessment,
    state: State,
    seen: TickInput,
    is_failing: bool,
) -> SeriesChange:
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
    timing = rule.timing if rule else Timing()
    if verdict.state == "error":
        # Soon, also for a rule without incidents about missing data; and one for a rule, not one for each series.
        soon = min(timing.no_data_after or ERROR_SECONDS, ERROR_SECONDS)
        timing = timing._replace(no_data_after=0.0 if is_failing and not state.error_incident else soon)
    try:
        after, transitions = step(*key, state, timing, given)
    except Exception:
        log.get("evaluate").exception("a state could not be followed", rule=key[0], series=key[1])
        after, transitions = state, []
    return SeriesChange(key, rule, reading, verdict, state, after, transitions)
