"""gateway-down: failed and code 91 rise within minutes, approvals fall, and other gateways go on."""

import pytest

from simulator import statuses
from tests.unit.simulator.scenarios.judged import START, alarms, changes, counts
from tests.unit.simulator.scenarios.play import CONFIG


def test_failures_and_their_code_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    what = changes(monkeypatch, "gateway-down")
    assert "failed" in alarms(counts("status", what))
    assert "91" in alarms(counts("auth_code", what))


def test_it_is_gateway_b_whose_approvals_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    found = statuses.rows(START, CONFIG, changes(monkeypatch, "gateway-down"))
    approved = {
        name: sum(row["count"] for row in found if (row["gateway"], row["status"]) == (name, "approved"))
        for name in "ABC"
    }
    failed = sum(row["count"] for row in found if (row["gateway"], row["auth_code"]) == ("B", "91"))
    assert approved["B"] < approved["C"] < approved["A"]
    assert failed > 8
