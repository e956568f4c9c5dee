"""issuer-declines: denied and codes 51 and 05 rise within minutes, at one issuer."""

import pytest

from simulator import statuses
from tests.unit.simulator.scenarios.judged import alarms, changes, counts
from tests.unit.simulator.scenarios.play import CONFIG


def test_denials_and_their_codes_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    what = changes(monkeypatch, "issuer-declines")
    assert "denied" in alarms(counts("status", what))
    assert {"51", "05"} <= alarms(counts("auth_code", what))


def test_four_times_as_many_are_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    known = statuses.cells(CONFIG.statuses)
    denied = [cell.status == "denied" for cell in known.cells]
    rates = statuses.changed(known, changes(monkeypatch, "issuer-declines"))
    assert 3.5 < rates[denied].sum() / known.rates[denied].sum() < 4.5
    assert rates.sum() == pytest.approx(known.rates.sum())
