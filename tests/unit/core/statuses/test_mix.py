"""The usual counts: every combination once, and rows as the entrance takes them."""

import pytest

from core import settings
from core.statuses import mix
from core.statuses.mix import Mix

SMALL = Mix(
    per_minute={"approved": {"00": 10.0}, "denied": {"51": 2.0}}, dimensions={"gateway": {"A": 0.75, "B": 0.25}}
)


def test_rates_are_shared_among_the_dimensions() -> None:
    known = mix.cells(SMALL)
    assert known.rates.tolist() == pytest.approx([7.5, 2.5, 1.5, 0.5])
    assert known.values(known.cells[3]) == {"status": "denied", "auth_code": "51", "gateway": "B"}


def test_rows_name_only_what_there_was() -> None:
    (row,) = mix.cells(SMALL).rows("shop", 29_000_000, [0, 3, 0, 0])
    assert row == {
        "timestamp": "2025-02-19T21:20:00.000Z", "source": "shop", "count": 3, "status": "approved", "auth_code": "00",
        "gateway": "B",
    }  # fmt: skip


def test_the_file_of_the_simulator_has_them() -> None:
    found = mix.load(settings.load({}))
    assert "approved" in found.per_minute
    assert "gateway" in found.dimensions
