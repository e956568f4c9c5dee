"""Is the model good? What a window's numbers say, in one sentence that claims no more than the labels carry. Pure."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from msgspec import Struct

from core.models.performance.interval import Interval

Level = Literal["good", "watch", "bad", "unknown"]
WORDS: dict[Level, str] = {"good": "Good", "watch": "Watch", "bad": "Degraded", "unknown": "Not yet known"}
WIDEST = 0.30  # an interval of precision wider than this tells nobody anything
HALF = 0.5  # with fewer of the frauds known, even the bounds of recall say nothing


class Facts(Struct, frozen=True):
    """What is known of a window. `window` reads "the last 24 hours"; shares are 0..1.

    `flagged` and `frauds` are labelled ones, the cases behind precision and recall. `frauds_known` is the share of the
    window's frauds that should have their label by now, `mature_from` the share from which on that is all. `warns`:
    precision fell by more than the configured share of its baseline. `baseline_threshold` is where the baseline was
    measured, when the policy flags from another `threshold`; then precision compares with nothing.
    """

    window: str
    version: int | None
    total: int
    labelled: int
    flagged: int
    frauds: int
    precision: float | None
    precision_interval: Interval | None
    recall: float | None
    recall_interval: Interval | None
    baseline: float
    warns: bool
    frauds_known: float | None
    mature_from: float
    estimated: float | None = None
    estimated_interval: Interval | None = None
    threshold: float | None = None
    baseline_threshold: float | None = None


class Rating(Struct, frozen=True):
    """`level` is a colour role's name for the page, `word` the level as people say it."""

    level: Level
    word: str
    sentence: str


def verdict(facts: Facts) -> Rating:
    """The verdict of a window."""
    level = _level(facts)
    return Rating(level, WORDS[level], _sentence(facts))


def recall_bounds(recall: float, known: float) -> Interval:
    """Where recall ends when all labels are there: if every fraud not yet known was missed, and if every one was
    flagged (bounds without an assumption, Manski 1989)."""
    return recall * known, recall * known + 1 - known


class DayPrecision(NamedTuple):
    """A day's intervals of precision, measured and estimated, and the share of its frauds that is known."""

    measured: Interval | None
    estimated: Interval | None
    frauds_known: float | None


def parted(days: Iterable[DayPrecision], mature_from: float) -> tuple[int, int]:
    """Of how many mature days with both, measured and estimated precision have intervals that do not touch:
    (parted, mature days). Then fraud itself has changed, for the estimate follows every shift of the traffic."""
    apart = mature = 0
    for measured, estimated, known in days:
        if measured is None or estimated is None or (known or 0.0) < mature_from:
            continue
        mature += 1
        apart += measured[1] < estimated[0] or estimated[1] < measured[0]
    return apart, mature


def span(interval: Interval | None) -> str:
    """An interval as people write it: ` (0.54–0.67)`; nothing for None."""
    return "" if interval is None else f" ({interval[0]:.2f}–{interval[1]:.2f})"


def _level(facts: Facts) -> Level:
    bounds = facts.precision_interval
    if facts.version is None or facts.precision is None or bounds is None or bounds[1] - bounds[0] > WIDEST:
        return "unknown"
    if facts.baseline_threshold is not None:
        return "unknown"
    if not facts.warns:
        return "watch" if _foreseen(facts) else "good"
    return "bad" if bounds[1] < facts.baseline else "watch"


def _foreseen(facts: Facts) -> bool:
    """Whether the scores suggest a precision under the baseline, whatever the labels that are there say."""
    comparable = facts.baseline_threshold is None
    return comparable and facts.estimated_interval is not None and facts.estimated_interval[1] < facts.baseline


def _sentence(facts: Facts) -> str:
    if facts.version is None:
        return "No model is in service, so no transactions are scored."
    if not facts.total:
        return f"No transactions were scored in {facts.window}."
    if not facts.labelled:
        return f"None of the {facts.total:,} predictions in {facts.window} has a label yet{_expected(facts, '; ')}."
    if facts.precision is None:
        why = "none of the labelled predictions was flagged, so precision is not known"
        return f"{_mature(facts)}; {why}{_expected(facts, '; ')}."
    return f"{_precision(facts)}; {_mature(facts, True)}{_recall(facts)}{_expected(facts, '; ')}."


def _precision(facts: Facts) -> str:
    assert facts.precision is not None
    bounds = facts.precision_interval
    text = f"Precision {facts.precision:.2f}{span(bounds)}"
    if facts.baseline_threshold is not None:
        live = "" if facts.threshold is None else f" at threshold {facts.threshold:g}"
        measured = f"its baseline {facts.baseline:.2f} was measured at {facts.baseline_threshold:g}"
        return f"{text}{live}; {measured}, so they cannot be compared"
    change = 100 * (facts.precision - facts.baseline) / facts.baseline
    if abs(change) < 0.5:
        return f"{text}, at its baseline {facts.baseline:.2f}"
    side = f"{abs(change):.1f} % {'under' if change < 0 else 'over'} its baseline {facts.baseline:.2f}"
    if bounds is None:
        return f"{text}, {side}"
    if bounds[0] <= facts.baseline <= bounds[1]:
        return f"{text}, {side}, which {facts.flagged:,} labels cannot distinguish from chance"
    return f"{text}, {side}, a significant difference"


def _mature(facts: Facts, inside: bool = False) -> str:
    share = 100 * facts.labelled / facts.total
    text = f"labels are {share:.0f} % mature" if share >= 1 else f"labels are {share:.1g} % mature"
    return text if inside else text[:1].upper() + text[1:]


def _recall(facts: Facts) -> str:
    known = facts.frauds_known
    if facts.recall is None:
        return ", and no fraud is known"
    if known is None:
        return ", so recall is not known yet"
    if known >= facts.mature_from:
        return f" and {100 * known:.0f} % of its frauds known: recall {facts.recall:.2f}{span(facts.recall_interval)}"
    if known < HALF:
        return f" and about {100 * known:.0f} % of its frauds known, so recall is not known yet"
    low, high = recall_bounds(facts.recall, known)
    return f" and about {100 * known:.0f} % of its frauds known, so recall ends between {low:.2f} and {high:.2f}"


def _expected(facts: Facts, before: str) -> str:
    if facts.estimated is None:
        return ""
    under = ", under the baseline, once all labels have arrived" if _foreseen(facts) else ""
    return f"{before}the scores alone suggest precision {facts.estimated:.2f}{span(facts.estimated_interval)}{under}"
