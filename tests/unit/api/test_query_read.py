"""Rows of a named query become the resource's type, or it says what is wrong."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from api.query_read import QueryRead, resource
from core.errors import GatehouseError
from core.monitoring import DeclaredRead


class Hour(msgspec.Struct, frozen=True):
    """Sales from `t` (ms)."""

    t: int
    usd: float


ROWS = [{"t": datetime(2026, 1, 2, tzinfo=UTC), "usd": Decimal("12.50")}]


def test_rows_are_a_list_or_the_only_one() -> None:
    hour = Hour(1_767_312_000_000, 12.5)
    assert resource(ROWS, list[Hour]) == [hour]
    assert resource(ROWS, Hour) == hour
    assert resource([], list[Hour]) == []
    with pytest.raises(GatehouseError, match="found nothing"):
        resource([], Hour)


@pytest.mark.parametrize("row", [{"t": 1}, {"t": "late", "usd": 1.0}, {"t": 1, "usd": None}])
def test_other_columns_are_an_error(row: dict) -> None:
    with pytest.raises(msgspec.ValidationError):
        resource([row], list[Hour])


def test_it_offers_what_a_module_does() -> None:
    read = QueryRead("hours", DeclaredRead(list[Hour], "sales.hours", 5.0, "Sales by hour."))
    assert (read.NAME, read.REFRESH, read.__doc__) == ("hours", 5.0, "Sales by hour.")
