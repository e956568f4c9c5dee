"""The slice that explains a share is named with the incident, from the raw rows of it."""

import random
import re
from typing import Any

import pytest

from alerts.respond.actions.locate import SHARES, located, told
from core.alerting import action_runs
from core.events.types import Prediction, Request, Transaction
from core.statuses.slices.search import NO_SLICE
from tests.integration.alerts.respond.actions.conftest import START, Stage


def scored(stage: Stage, draw: random.Random, at: float, name: str, blocked: float) -> list[Any]:
    event = draw.choice(["opera", "derby", "gala"])
    decision = "BLOCKED" if draw.random() < (blocked if event == "derby" else 0.02) else "APPROVED"
    common: dict[str, Any] = {"id": name, "transaction_id": name, "timestamp": at, "amount": draw.uniform(20, 300)}
    score = 0.95 if decision == "BLOCKED" else 0.05
    ip = f"198.51.{draw.randrange(3)}.7"
    prediction = Prediction(**common, score=score, decision=decision, threshold=0.5, model_version=3, ip=ip)  # type: ignore[arg-type]
    return [prediction, Transaction(**common, type="purchase", event_id=event)]


def test_blocked_transactions_of_one_event_are_named(stage: Stage) -> None:
    draw = random.Random(5)
    rows = [one for n in range(800) for one in scored(stage, draw, START - 700 - n * 20, f"b{n}", 0.02)]
    rows += [one for n in range(400) for one in scored(stage, draw, START - 590 + n, f"d{n}", 0.5)]
    stage.stores.writer.store(rows, START)
    run = stage.done("locate-blocked")
    assert run.state == "applied", run.message
    assert run.message.startswith("event = derby: ")
    assert run.revert_at is None
    with stage.stores.database.transaction() as connection:
        [found] = action_runs.artefacts(connection, run.id)
    assert found.name == "where-blocked.json"


def test_requests_that_fail_at_one_path_are_named(stage: Stage) -> None:
    draw = random.Random(6)
    rows: list[Any] = []
    for n in range(900):
        path, late = draw.choice(["/buy", "/list", "/login"]), n >= 600
        status = 503 if late and path == "/buy" and draw.random() < 0.6 else 200
        at = START - 290 + n % 280 if late else START - 4000 + n
        rows.append(
            Request(
                id=f"r{n}", timestamp=at, ip="198.51.100.7", method="POST", path=path, status=status, duration_ms=5.0
            )
        )
    stage.stores.writer.store(rows, START)
    run = stage.done("locate-errors", rule="error-rate")
    assert re.match(r"path = /buy: \d+\.\d% \(\d+ of \d+\) in the last 5 min, 0\.0% \(0 of ", run.message), run.message


@pytest.mark.parametrize("share", sorted(SHARES))
def test_nothing_is_named_where_there_is_nothing(stage: Stage, share: str) -> None:
    run = stage.done(f"locate-{share}")
    assert (run.state, run.message) == ("applied", NO_SLICE)


def test_rows_without_attributes_are_searched_too() -> None:
    rows = [(n >= 300, n >= 300 and n % 2 == 0, 50.0 + n % 3, None, None, None, None, "x") for n in range(600)]
    assert told(located(rows, SHARES["blocked"], "up"), 10, 24) == NO_SLICE


def test_a_slice_that_was_always_bad_is_told_by_its_number() -> None:
    """Twice as many as before, and as bad as before: the counts say what the shares do not."""
    quiet = [(False, n % 50 == 0, 50.0, 1, "gala", None, None, "x") for n in range(3000)]
    rows = quiet + [(False, True, 50.0, 1, None, None, None, "x")] * 3
    rows += [(True, False, 50.0, 1, "gala", None, None, "x")] * 200
    rows += [(True, True, 50.0, 1, None, None, None, "x")] * 47
    said = told(located(rows, SHARES["blocked"], "up"), 10, 24)
    assert said.startswith(
        "event = missing: 100.0% (47 of 47) in the last 10 min, 100.0% (3 of 3) in the 24 h before, "
    )
