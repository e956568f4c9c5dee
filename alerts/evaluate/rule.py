"""The contract of a kind of rule: a module of `alerts/evaluate/rules/` with KIND, Parameters, gather and judge.

`gather(context, parameters)` reads what it needs through the tick's shared context and returns one `Reading` for each
series; `judge(reading, parameters)` is pure. Everything after that (for, hysteresis, flapping, missing data) is the
state machine's, the same for all kinds. `FACTS` are examples of the facts that its readings carry, for summaries;
`check(parameters, settings)`, where a kind has it, says what is wrong with parameters beside the other files.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, Protocol, cast

from msgspec import Struct

from alerts.evaluate.context import RuleContext
from core.config import Count, Frozen
from core.discovery import kinds

Judgement = Literal["bad", "good", "between", "no_data", "error"]


class Reading(NamedTuple):
    """What one series of a rule says now: `value` None is missing data, `n` how many samples it stands on.

    `error` says why the value could not be had. `gone` means that the series exists no more. `band` is the usual range
    where the rule learns it. `details` are facts for people, JSON-able; nothing is judged by them.
    """

    series: str
    value: float | None
    n: int = 0
    error: str = ""
    gone: bool = False
    band: tuple[float, float] | None = None
    details: Mapping[str, Any] = {}


class Assessment(NamedTuple):
    """A reading judged. `limit` is the limit that counts, in the value's unit; `reason` is for people."""

    state: Judgement
    limit: float | None = None
    reason: str = ""


class Limits(Frozen, frozen=True, kw_only=True):
    """Base of the parameters of rules with limits.

    Bad is a value > `above` or < `below`. Once firing, recovery needs a value ≤ `recovered_below` and ≥
    `recovered_above` where given (hysteresis). Fewer than `minimum` samples are missing data.
    """

    above: float | None = None
    below: float | None = None
    recovered_below: float | None = None
    recovered_above: float | None = None
    minimum: Count = 1

    def __post_init__(self) -> None:
        if self.above is None and self.below is None:
            raise ValueError("above or below is needed: without a limit the rule never fires")
        if self.above is not None and self.below is not None and self.below > self.above:
            raise ValueError("below must not be greater than above: every value would violate the limit")
        if self.above is not None and self.recovered_below is not None and self.recovered_below > self.above:
            raise ValueError("recovered_below must not be greater than above")
        if self.below is not None and self.recovered_above is not None and self.recovered_above < self.below:
            raise ValueError("recovered_above must not be less than below")


class Kind(Protocol):
    """What a module of `alerts/evaluate/rules/` offers."""

    KIND: str
    FACTS: Mapping[str, Any]
    Parameters: type[Struct]

    @property
    def gather(self) -> Callable[[RuleContext, Any], list[Reading]]:
        """Read the present values; an exception becomes an `error` reading of every known series."""

    @property
    def judge(self) -> Callable[[Reading, Any], Assessment]:
        """Judge one reading; pure."""


def all_kinds() -> dict[str, Kind]:
    """Every kind of rule by its name. Raises ConfigError when a module is incomplete."""
    return cast(dict[str, Kind], kinds("alerts.evaluate.rules", "FACTS", "Parameters", "gather", "judge"))


def against(limits: Limits, reading: Reading) -> Assessment:
    """The verdict of plain limits; what most kinds judge by."""
    value = reading.value
    limit = limits.above if limits.above is not None else limits.below
    if reading.error:
        return Assessment("error", limit, reading.error)
    if value is None:
        return Assessment("no_data", limit, str(reading.details.get("missing", "no data")))
    if reading.n < limits.minimum:
        return Assessment("no_data", limit, f"{reading.n} samples, at least {limits.minimum} are needed")
    if limits.above is not None and value > limits.above:
        return Assessment("bad", limits.above)
    if limits.below is not None and value < limits.below:
        return Assessment("bad", limits.below)
    short_above = limits.recovered_below is not None and value > limits.recovered_below
    short_below = limits.recovered_above is not None and value < limits.recovered_above
    return Assessment("between" if short_above or short_below else "good", limit)
