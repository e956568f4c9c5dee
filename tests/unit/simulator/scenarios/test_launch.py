"""launch: ten times as many of everything page nobody."""

import pytest

from tests.unit.simulator.scenarios.judged import USUAL, alarms, changes, counts


def test_ten_times_as_many_page_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    what = changes(monkeypatch, "launch")
    found = counts("status", what)
    approved = found["approved"]
    assert sum(approved[USUAL:]) / 5 > 8 * sum(approved[:USUAL]) / USUAL
    assert alarms(found) == alarms(counts("auth_code", what)) == set()
