"""The shape of what the dashboard shows: rows of panels with their queries."""

from dataclasses import dataclass, field
from typing import Literal

OK, WARN, BAD = "green", "orange", "red"


@dataclass(frozen=True)
class Query:
    """One expression and its legend; `exemplars` asks for the correlation ids behind a histogram."""

    expr: str
    legend: str = ""
    exemplars: bool = False


@dataclass(frozen=True)
class Panel:
    """One panel. `steps` are (from, colour) after a base of `base`; `words` names single values."""

    title: str
    about: str
    queries: tuple[Query, ...]
    unit: str = "short"
    kind: Literal["stat", "timeseries"] = "timeseries"
    width: int = 8
    base: str = OK
    steps: tuple[tuple[float, str], ...] = ()
    words: dict[float, str] = field(default_factory=dict)
    lowest: float | None = 0
    decimals: int | None = None


@dataclass(frozen=True)
class Row:
    """A heading and its panels."""

    title: str
    panels: tuple[Panel, ...]
