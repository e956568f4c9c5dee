"""Runs a backtest: readings of every instant through the evaluator that works live, then what came of it."""

import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from alerts.backtest import series as own
from alerts.backtest.history import History
from alerts.backtest.series import Ticks
from alerts.backtest.spec import BacktestResult, Chart, Point, Result, Series, Spec, varied
from alerts.backtest.track import Firings
from alerts.durations import seconds
from alerts.evaluate import alert_states
from alerts.evaluate.evaluation import Key, SeriesChange, TickInput, evaluate
from alerts.evaluate.machine import State
from alerts.evaluate.rule import Limits, Reading
from alerts.evaluate.ruleset import Rule, Rules
from alerts.evaluate.tick_log import decode
from core.config import Calendar
from core.db.engine import Database
from core.errors import BadInput
from core.settings import Settings

LONGEST = 31 * 86400.0
POINTS = 1500
FLAP = 300.0
COARSE = 60.0
DAY = 86400.0


class Source(NamedTuple):
    """Where readings come from; `streams(rule)` gives them for a variant, with the seconds between two of them: one
    stream, or one for each series of a file. `step` is what lies between two on the whole.
    """

    name: str
    start: float
    end: float
    step: float
    streams: Callable[[Rule], list[tuple[float, Ticks]]]


def run(settings: Settings, database: Database | None, rules: Rules, spec: Spec, now: float) -> Result:
    """The result of a backtest. Raises BadInput for what cannot be tested, DatabaseUnavailable."""
    configured = rules.by_id().get(spec.rule)
    if configured is None:
        raise BadInput("$.rule", f"there is no rule {spec.rule!r}; known: {', '.join(rules.by_id())}")
    variants = [(variant, varied(configured.config, rules.settings, variant)) for variant in spec.variants]
    if spec.series is not None:
        source = from_series(spec.series)
    elif database is None:
        raise BadInput("$.series", "without a database only a series can be tested")
    else:
        span = (spec.start, min(spec.end, now))
        source = stored(settings, database, rules, [rule for _, rule in variants], span, now)
    outcomes, chart, count = [], None, 0
    for variant, rule in variants:
        seen = Followed()
        for step, ticks in source.streams(rule):
            follow(rule, ticks, settings.config.windows, step, seen)
        count = seen.count
        outcomes.append(outcome(variant.name, variant.set, rule, seen, source))
        chart = chart or seen.chart(configured.config.unit if spec.series is None else spec.series.unit)
    assert chart is not None
    config = configured.config
    return Result(config.id, config.title, source.name, source.start, source.end, source.step, count, outcomes, chart)


class Followed(Firings):
    """What became of a rule over all ticks."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.judged = 0
        self.unjudged: Counter[str] = Counter()
        self.points: dict[str, list[tuple[float, float | None, tuple[float, float] | None]]] = {}

    def take(self, now: float, change: SeriesChange) -> None:
        """One series at one tick."""
        super().take(now, change)
        reading = change.reading
        if reading is not None:
            self.judged += 1
            if change.verdict.state in ("no_data", "error"):
                self.unjudged["no value" if reading.value is None else change.verdict.reason or "no data"] += 1
            self.points.setdefault(change.key[1], []).append((now, reading.value, reading.band))

    def chart(self, unit: str) -> Chart:
        """The series that fired most, else the first; at most 1,500 points, the extremes of each step kept."""
        names = sorted(self.points, key=lambda name: -sum(one.series == name for one in self.firings))
        found = self.points[names[0]] if names else []
        band = [(at, *one) for at, _, one in found[:: max(1, len(found) // POINTS)] if one is not None]
        return Chart(names[0] if names else "", unit, thinned([(at, value) for at, value, _ in found]), band)


def follow(
    rule: Rule, ticks: Ticks, windows: dict[str, Calendar], step: float, found: Followed | None = None
) -> Followed:
    """Every tick through the evaluator, noted in `found`; two ticks further apart than three steps have a gap between
    them.
    """
    found = Followed() if found is None else found
    states, before = dict[Key, State](), None
    for now, readings in ticks:
        elapsed = now - before if before is not None and 0 < now - before <= 3 * step else 0.0
        for change in evaluate([rule], states, TickInput(now, elapsed, {rule.id: readings}), windows):
            states[change.key] = change.after
            if change.is_forgettable:
                del states[change.key]
            found.take(now, change)
        found.count, before = found.count + 1, now
    return found


def outcome(name: str, changed: dict[str, Any], rule: Rule, seen: Followed, source: Source) -> BacktestResult:
    """The figures of one variant."""
    limits = rule.parameters if isinstance(rule.parameters, Limits) else None
    lengths = [(one.end if one.end is not None else source.end) - one.start for one in seen.firings]
    waits = [one.start - one.began for one in seen.firings]
    days = max(source.end - source.start, 1.0) / DAY
    return BacktestResult(
        name=name,
        set=changed,
        above=limits.above if limits else None,
        below=limits.below if limits else None,
        firings=seen.firings,
        firing_seconds=round(sum(lengths), 3),
        detect_seconds=round(statistics.median(waits), 3) if waits else None,
        flaps=sum(one.end is not None and one.end - one.start < FLAP for one in seen.firings),
        pages=len(seen.firings),
        pages_per_day=round(len(seen.firings) / days, 3),
        missing=seen.missing,
        judged=seen.judged,
        unjudged=seen.unjudged.total(),
        why=_why(rule, seen, source),
    )


def _why(rule: Rule, seen: Followed, source: Source) -> str:
    """Why most of what could not be judged could not."""
    if not seen.unjudged:
        return ""
    [(reason, _)] = seen.unjudged.most_common(1)
    hint = own.advice(rule, source.step) if source.name == "series" and reason != "no value" else ""
    return f"{reason}: {hint}" if hint else reason


def from_series(series: Series) -> Source:
    """Readings from series of one's own. Raises BadInput when their times do not ascend."""
    found = own.parts(series)
    steps = statistics.median(part.step for part in found)
    start = min(part.points[0][0] for part in found)
    end = max(part.points[-1][0] for part in found)
    return Source("series", start, end, steps, lambda rule: [(part.step, own.ticks(rule, part)) for part in found])


def stored(
    settings: Settings,
    database: Database,
    rules: Rules,
    variants: list[Rule],
    span: tuple[float, float],
    now: float,
    most: float = LONGEST,
) -> Source:
    """Stored readings of [start, end), at most `most` seconds, for variants of one rule. Raises BadInput."""
    start, end = span
    if not 0 < end - start <= most:
        raise BadInput("$.to", "a backtest must cover more than 0 and at most 31 days, ending no later than now")
    if not hasattr(variants[0].kind, "past"):
        return _recorded(database, rules, variants[0].id, start, end)
    longest = max(seconds(rule.parameters.window) for rule in variants)
    history = History(settings, database, start, end, longest, now)
    step = rules.settings.interval if end - start <= DAY and history.width < COARSE else COARSE

    def ticks(rule: Rule) -> Iterator[tuple[float, list[Reading]]]:
        past = rule.kind.past(history, rule.parameters)  # type: ignore[attr-defined]
        for number in range(int((end - start) // step) + 1):
            at = start + number * step
            yield at, past(at)

    return Source("history", start, end, step, lambda rule: [(step, ticks(rule))])


def _recorded(database: Database, rules: Rules, rule_id: str, start: float, end: float) -> Source:
    """What the worker recorded, for kinds whose readings are not kept otherwise."""

    def ticks(_: Rule) -> Iterator[tuple[float, list[Reading]]]:
        with database.transaction() as connection:
            for _at, data in alert_states.ticks(connection, start, end):
                seen = decode(data).seen
                if rule_id in seen.readings:
                    yield seen.now, list(seen.readings[rule_id])

    step = rules.settings.lapse / 3
    return Source("recorded", start, end, step, lambda rule: [(step, ticks(rule))])


def thinned(points: list[Point]) -> list[Point]:
    """At most 1,500 points: of each step the lowest and the highest, so that no peak is lost."""
    if len(points) <= POINTS:
        return points
    size = -(-len(points) // (POINTS // 2))
    kept: list[Point] = []
    for i in range(0, len(points), size):
        step = [point for point in points[i : i + size] if point[1] is not None]
        if not step:
            kept.append((points[i][0], None))
            continue
        ends = {min(step, key=_value), max(step, key=_value)}
        kept += sorted(ends)
    return kept


def _value(point: Point) -> float:
    return point[1] if point[1] is not None else 0.0
