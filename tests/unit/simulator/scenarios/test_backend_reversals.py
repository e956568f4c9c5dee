"""backend-reversals: a series that is mostly zero alarms within minutes, and nothing else."""

import pytest

from tests.unit.simulator.scenarios.judged import alarms, changes, counts


def test_reversals_alarm_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert alarms(counts("status", changes(monkeypatch, "backend-reversals"))) == {"backend_reversed"}
