"""What the form of a drift report asks for, and what is wrong with it by field."""

import pytest

from console.pages.drift.requesting import DAY, wanted_of
from core.models.drift_requests import Wanted

NOW = 1_800_000_000.0
EMPTY = {"span": "7", "from": "", "to": "", "version": "", "threshold": ""}


def test_a_span_up_to_now_of_the_champion() -> None:
    wrong: dict[str, str] = {}
    assert wanted_of(EMPTY, NOW, {"3"}, wrong) == Wanted(NOW - 7 * DAY, NOW)
    assert not wrong


def test_times_of_its_own_outrank_the_span() -> None:
    typed = {**EMPTY, "from": "2026-01-01T00:00", "to": "2026-01-02T00:00", "version": "3", "threshold": "25,5 %"}
    found = wanted_of(typed, NOW, {"3"}, {})
    assert found is not None
    assert (found.end - found.start, found.version, found.threshold) == (DAY, 3, 0.255)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"span": "9"}, "span"),
        ({"from": "2026-01-01T00:00"}, "to"),
        ({"from": "yesterday", "to": "2026-01-01T00:00"}, "from"),
        ({"from": "2026-01-02T00:00", "to": "2026-01-01T00:00"}, "to"),
        ({"from": "2020-01-02T00:00", "to": "2026-01-01T00:00"}, "from"),
        ({"version": "7"}, "version"),
        ({"threshold": "101"}, "threshold"),
        ({"threshold": "nan"}, "threshold"),
        ({"threshold": "much"}, "threshold"),
    ],
)
def test_what_is_wrong_is_said_by_its_field(more: dict[str, str], field: str) -> None:
    wrong: dict[str, str] = {}
    assert wanted_of({**EMPTY, **more}, NOW, {"3"}, wrong) is None
    assert list(wrong) == [field]
