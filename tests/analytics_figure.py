"""A figure of a page of Analytics, and the query over raw rows that it has to equal."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from core.analytics.periods import Span
from core.db.engine import Connection


class Figure(NamedTuple):
    """`read` is what the page reads, as rows; `reference` a query over raw rows with `:start` and `:end`."""

    name: str
    read: Callable[[Connection, Span], Sequence[tuple[Any, ...]]]
    reference: str
