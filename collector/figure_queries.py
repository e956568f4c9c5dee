"""Custom figures that are queries: `config/figures.toml` names them, `config/figures/<name>.sql` has each.

A query returns a column `value`, and may return `series` and `time` (a timestamp, or epoch seconds).
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from collector.figure import LEAST_EVERY, MOST_EVERY, Figure, FigureContext, Point
from core.config import Frozen
from core.errors import BadInput, ConfigError
from core.settings import Settings

FOLDER = "figures"
MOST_FIGURES = 100
COLUMNS = {"time", "series", "value"}
# What may hold a semicolon that ends nothing: text, names, comments.
_QUOTED = re.compile(
    r"[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(\$\w*\$).*?\1|--[^\n]*|/\*.*?\*/", re.DOTALL
)


class QueryConfig(Frozen, frozen=True):
    """One figure: its file is `config/figures/<name>.sql`."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,59}\Z")]
    title: Annotated[str, Meta(min_length=1, max_length=100)]
    unit: Annotated[str, Meta(max_length=20)] = ""
    every_seconds: Annotated[float, Meta(ge=LEAST_EVERY, le=MOST_EVERY)] = 60.0
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 5.0


class FiguresConfig(Frozen, frozen=True):
    """`figures.toml`."""

    figure: Annotated[list[QueryConfig], Meta(max_length=MOST_FIGURES)] = []

    def __post_init__(self) -> None:
        names = [one.name for one in self.figure]
        for name in {one for one in names if names.count(one) > 1}:
            raise ValueError(f"two figures are called {name!r}")


def check(settings: Settings) -> None:
    """Raises ConfigError with what is wrong in figures.toml and its queries."""
    problems: list[str] = []
    for one in load(settings).figure:
        try:
            statement(settings.config_dir / FOLDER / f"{one.name}.sql")
        except BadInput as error:
            problems.append(f"{FOLDER}/{one.name}.sql: {error.reason}")
    if problems:
        raise ConfigError(problems)


def load(settings: Settings) -> FiguresConfig:
    """The file; without it, as in folders of older releases, there are no such figures. Raises ConfigError."""
    if not (settings.config_dir / "figures.toml").exists():
        return FiguresConfig()
    return settings.section("figures", FiguresConfig)


def figures(settings: Settings) -> dict[str, Figure]:
    """All of them by their name. Raises ConfigError."""
    return {
        one.name: Figure(
            one.title, one.unit, one.every_seconds,
            partial(_compute, settings.config_dir / FOLDER / f"{one.name}.sql"), one.timeout_seconds,
        )
        for one in load(settings).figure
    }  # fmt: skip


def statement(path: Path) -> str:
    """The one statement of a file. Raises BadInput."""
    try:
        text = path.read_text().strip().rstrip(";")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("query", f"the file cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not _QUOTED.sub("", text).strip():
        raise BadInput("query", "the file has no statement")
    if ";" in _QUOTED.sub("", text):
        raise BadInput("query", "the file has more than one statement")
    return text


def _compute(path: Path, context: FigureContext) -> list[Point]:
    return [point for row in context.rows(statement(path)) if (point := _point(row)) is not None]


def _point(row: Mapping[str, Any]) -> Point | None:
    if "value" not in row or not row.keys() <= COLUMNS:
        raise BadInput("query", f"its columns are {', '.join(row)}; expected value, and series and time at most")
    value, time = row["value"], row.get("time")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise BadInput("value", f"expected a number, got {type(value).__name__}")
    if isinstance(time, datetime):
        time = (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    elif time is not None and not isinstance(time, (int, float, Decimal)):
        raise BadInput("time", f"expected a timestamp, got {type(time).__name__}")
    if time is not None and not math.isfinite(time):
        raise BadInput("time", f"{time} is none")
    return Point(float(value), str(row.get("series") or ""), None if time is None else float(time))
