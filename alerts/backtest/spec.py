"""What a backtest is asked for and what it answers; both are JSON in `backtests` and documented in docs/alerts.md."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from alerts.config import AlertsConfig, RuleConfig
from alerts.evaluate import rule as contract
from alerts.evaluate.rule import Kind
from alerts.evaluate.ruleset import Rule, build
from core.errors import BadInput

TIMING = {"for": "hold", "keep_firing_for": "keep_firing_for", "no_data_after": "no_data_after"}
TIMING |= {name: name for name in ("group", "group_wait", "group_lasting")}
Point = tuple[float, float | None]


class Variant(Struct, forbid_unknown_fields=True):
    """The rule with some fields set otherwise: `for`, `keep_firing_for`, `no_data_after`, `group`, `group_wait`,
    `group_lasting`, or parameters by name.
    """

    name: Annotated[str, Meta(min_length=1, max_length=60)] = "as configured"
    set: dict[str, Any] = {}


class Series(Struct, forbid_unknown_fields=True):
    """A series of one's own: points of (epoch seconds, value), ascending; None is missing. `parts` are several series
    of one file by name, instead of `points`. `unit` is what the values are in.
    """

    name: str
    points: Annotated[list[Point], Meta(max_length=500_000)] = []
    parts: Annotated[dict[str, list[Point]], Meta(max_length=200)] = {}
    unit: Annotated[str, Meta(max_length=20)] = ""


class Spec(Struct, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    """A rule over [from, to) in epoch seconds, or over a series; up to four variants beside each other."""

    rule: str
    start: float = 0.0
    end: float = 0.0
    variants: Annotated[list[Variant], Meta(min_length=1, max_length=4)] = msgspec.field(
        default_factory=lambda: [Variant()]
    )
    series: Series | None = None


class Firing(Struct):
    """One firing. `began` is when it first was bad, `start` when it fired; `end` is None when it never resolved."""

    series: str
    began: float
    start: float
    end: float | None
    peak: float | None


class BacktestResult(Struct):
    """One variant: its firings, the median seconds from bad to fired, flaps, and how often people would be told.

    A flap is a firing that resolved within five minutes. `missing` counts incidents about missing data. Of `judged`
    values, `unjudged` could not be judged, for the reason `why`: then nothing fired because nothing could.
    """

    name: str
    set: dict[str, Any]
    above: float | None
    below: float | None
    firings: list[Firing]
    firing_seconds: float
    detect_seconds: float | None
    flaps: int
    pages: int
    pages_per_day: float
    missing: int
    judged: int = 0
    unjudged: int = 0
    why: str = ""


class Chart(Struct):
    """The series judged, thinned for drawing: (time, value), and (time, low, high) where there is a usual range."""

    series: str
    unit: str
    points: list[Point]
    band: list[tuple[float, float, float]]


class Result(Struct, rename={"start": "from", "end": "to"}):
    """`source`: history, recorded or series; `step` seconds between two evaluations."""

    rule: str
    title: str
    source: str
    start: float
    end: float
    step: float
    evaluations: int
    variants: list[BacktestResult]
    chart: Chart


def decode(raw: Any) -> Spec:
    """A spec from JSON-able values. Raises BadInput naming the field."""
    try:
        return msgspec.convert(raw, Spec)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `")
        raise BadInput(place.rstrip("`") or "$", reason) from None


def varied(config: RuleConfig, general: AlertsConfig, variant: Variant, kinds: dict[str, Kind] | None = None) -> Rule:
    """The rule of a variant; a recovery limit keeps its distance when its limit is moved alone.

    Raises BadInput naming the field that does not exist or does not fit.
    """
    timing = {TIMING[name]: value for name, value in variant.set.items() if name in TIMING}
    parameters = {**config.parameters, **{k: v for k, v in variant.set.items() if k not in TIMING}}
    for limit, recovered in (("above", "recovered_below"), ("below", "recovered_above")):
        before, tried = config.parameters.get(limit), variant.set.get(limit)
        if (
            recovered in config.parameters
            and recovered not in variant.set
            and before
            and isinstance(tried, int | float)
        ):
            parameters[recovered] = config.parameters[recovered] * tried / before
    raw = {**msgspec.to_builtins(config), "parameters": parameters}
    raw |= {("for" if name == "hold" else name): value for name, value in timing.items()}
    try:
        changed = msgspec.convert(raw, RuleConfig)
        return build(changed, general, kinds or contract.all_kinds(), {})
    except (msgspec.ValidationError, ValueError) as error:
        raise BadInput(f"$.variants[{variant.name!r}].set", str(error)) from None
