"""The page of the threshold simulator on real stores: what it shows, who may apply, step-up, proposals."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from console.app import PREFIX
from core import codec
from core.db.engine import Database
from core.db.redis_client import Live
from core.db.replica import HistoryReader, ReplicaRead
from core.events.types import Label, Prediction
from core.pipeline.writer import Writer
from core.transactions import policies
from core.web.app import App
from tests.components import Shown, shown
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
CHOSEN = {"fraud_threshold": "0.55", "review_from": "0.3", "block_from": "0.65"}


@pytest.fixture
def stored(app: App, db: Database) -> float:
    """Forty predictions of every score, the high half of them labelled."""
    now = time.time()
    made = [
        Prediction(
            id=f"t{n}",
            transaction_id=f"t{n}",
            timestamp=now - 60 * n,
            score=n / 40,
            threshold=0.6,
            decision="BLOCKED" if n >= 28 else "APPROVED",
            amount=100.0,
        )
        for n in range(40)
    ]
    said = [
        Label(id=f"t{n}", transaction_id=f"t{n}", label="fraud" if n > 24 else "legit", source="analyst", timestamp=now)
        for n in range(20, 36)
    ]
    Writer(db, 0.7).store([*made, *said], now)
    return now


def page(person: Person, query: str = "", status: int = 200) -> Shown:
    return shown(person.client, f"{PREFIX}thresholds{query}", status)


def curve(page: Shown) -> Any:
    return codec.decode(page.values("data-curve")[0].encode())


def test_it_counts_a_span_and_says_what_is_unknown(stored: float, person: Make) -> None:
    html = page(person("vic", "viewer"), "?span=24h")
    assert curve(html)["n_unknown"][140] == 4
    assert "of 12 that were blocked 4 are unknown" in html
    assert "Apply thresholds" not in html
    assert "Save as proposal" not in html


def test_it_says_how_it_counted(stored: float, person: Make, db: Database) -> None:
    vic = person("vic", "viewer")
    assert "No hold-out transaction has a label in this range" in page(vic, "?span=24h")
    shared = {"id": "h", "transaction_id": "h", "timestamp": stored - 60}
    held = Prediction(**shared, score=0.95, threshold=0.6, decision="REVIEW", holdout=0.1, amount=8.0)  # type: ignore[arg-type]
    Writer(db, 0.7).store([held, Label(**shared, label="fraud", source="analyst")], stored)  # type: ignore[arg-type]
    assert "Each label counts once: 1 of the hold-out has a label" in page(vic, "?span=7d")


def test_it_says_when_a_replica_counted(stored: float, person: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "read replica" not in page(person("vic", "viewer"), "?span=24h")
    monkeypatch.setattr(HistoryReader, "read", lambda self, work: ReplicaRead(work(self.place()[0]), 2.5))
    assert "from a read replica up to 4 s behind" in page(person("ann", "analyst"), "?span=7d")


@pytest.mark.parametrize("span", ["2y", "2026-01-01..2026-12-31", "soon..2026-01-01"])
def test_a_span_that_is_none_is_named(person: Make, span: str) -> None:
    assert "w-span" in page(person("vic", "viewer"), f"?span={span}", 400).values("id")


def test_nothing_stored_is_a_sentence(person: Make) -> None:
    assert "No predictions in this range." in page(person("vic", "viewer"))


def test_an_operator_puts_thresholds_in_force(stored: float, person: Make, db: Database, live: Live) -> None:
    status, _ = person("ann", "analyst").post("thresholds/apply", **CHOSEN)
    assert status == 403
    olga = person("olga", "operator")
    status, _ = olga.post("thresholds/apply", **CHOSEN)
    assert status == 303
    policy = policies.current(live, db)
    assert policy
    assert (policy.profile, policy.fraud_threshold, policy.block_from) == ("custom", 0.55, 0.65)
    with db.transaction() as connection:
        row = connection.execute(text("SELECT actor, before, after FROM audit_log WHERE action = 'policy.put'")).one()
    assert (row.actor, row.after["block_from"]) == ("olga", 0.65)
    status, said = olga.post("thresholds/apply", **{**CHOSEN, "review_from": "0.9"})
    assert status == 400
    assert "review_from" in said


def test_applying_wants_a_second_factor_that_was_shown_lately(
    app: App, stored: float, person: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core import clock

    olga = person("olga", "operator")
    token = olga.token()
    later = clock.now() + 1500
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = olga.client.post(f"{PREFIX}thresholds/apply", data={"csrf": token, **CHOSEN})
    assert answer.status_code == 403
    assert "0.65" in answer.get_data(as_text=True), "the change is carried along"


def test_a_proposal_is_kept_shown_adopted_and_discarded(stored: float, person: Make, db: Database) -> None:
    ann, olga = person("ann", "analyst"), person("olga", "operator")
    for note in ("less fraud", "=more()"):
        assert ann.post("thresholds/proposals", **CHOSEN, note=note, span="24h")[0] == 303
    html = page(olga)
    assert "less fraud" in html
    assert "0.650" in html
    assert ann.post("thresholds/proposals/1/adopt")[0] == 403
    assert olga.post("thresholds/proposals/1/adopt")[0] == 303
    assert ann.post("thresholds/proposals/2/discard")[0] == 303
    assert ann.post("thresholds/proposals/2/discard")[0] == 409
    policy = policies.newest(db)
    assert policy
    assert policy.review_from == 0.3
    assert "version 1" in page(ann)
