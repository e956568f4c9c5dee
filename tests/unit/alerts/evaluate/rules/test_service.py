"""Services: DOWN is bad, an old check is missing data, a service that was removed is gone."""

from typing import Any

import pytest

from alerts.evaluate.rules import service
from alerts.evaluate.rules.service import Parameters, readings
from core.clock import to_datetime
from core.config import ServiceConfig

NOW = 1_800_000_000.0
SERVICES = [ServiceConfig("redis", "Redis Cache", "redis", 10, 5.0, "look at its memory")]


def row(status: str, age: float) -> Any:
    return ("redis", to_datetime(NOW - age), status, 3.0, "refused")


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([row("UP", 5)], "good"),
        ([row("SLOW", 5)], "good"),
        ([row("DOWN", 5)], "bad"),
        ([row("DOWN", 61)], "no_data"),
        ([], "no_data"),
    ],
)
def test_what_a_check_means(rows: list[Any], state: str) -> None:
    [reading] = readings(SERVICES, rows, frozenset(), NOW, 60.0)
    assert service.judge(reading, Parameters(above=1)).state == state


def test_the_reading_says_what_to_do() -> None:
    [reading] = readings(SERVICES, [row("DOWN", 5)], frozenset(), NOW, 60.0)
    assert reading.details["detail"] == "refused"
    assert reading.details["suggestion"] == "look at its memory"


def test_a_removed_service_is_gone() -> None:
    found = readings(SERVICES, [row("UP", 5)], frozenset({"siem", "redis"}), NOW, 60.0)
    assert [(one.series, one.gone) for one in found] == [("redis", False), ("siem", True)]
