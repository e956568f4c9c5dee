"""The Model page on real stores and the real monitoring API: its story, its windows, what is away, a retraining."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from console.app import PREFIX
from console.model_page import data
from core import clock, codec
from core.audit.chain import Audit
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, HttpUnavailable
from core.events.types import Prediction
from core.http import HttpClient, HttpResponse
from core.identity import tokens
from core.models import registry, training_runs
from core.pipeline.writer import Writer
from core.web import input_counts
from core.web.app import App
from core.web.input_counts import Cell
from tests import model_world
from tests.components import Shown, document, texts
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]


class Inside(HttpClient):
    """The monitoring API of this process instead of the network; `away` is that of its process."""

    def __init__(self, api: App) -> None:
        super().__init__("http://inside")
        self._client = api.test_client()
        self.away = False
        self.strange = ""  # the resource that has another shape, as of another release

    def get(
        self, path: str, params: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> HttpResponse:
        if self.away:
            raise HttpUnavailable("connection refused")
        answer = self._client.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found = answer.json
        if self.strange in found["parts"]:
            found["parts"][self.strange]["data"] = {"something": "else"}
        return HttpResponse(200, {}, codec.encode(found))


@pytest.fixture
def inside(monitoring_api: App) -> Inside:
    return Inside(monitoring_api)


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


@pytest.fixture
def champion(app: App, db: Database, live: Live) -> int:
    """A model that serves, of which nothing else is known."""
    version = registry.save(
        db, algorithm="boosted", artefact=b"x", features=["x"], reference=[], metrics={}, fingerprint="f"
    )
    registry.promote(live, db, version)
    return version


@pytest.fixture
def life(app: App, db: Database, live: Live) -> model_world.Life:
    return model_world.fill(db, live)


class Read(str):
    """Every text of the page, those of attributes too; `shown` has what is read."""

    shown: Shown


def page(person: Person, query: str = "", status: int = 200) -> Read:
    answer = person.client.get(f"{PREFIX}model{query}")
    assert answer.status_code == status
    content = document(answer)["content"]
    found = Read("\n".join(texts(content)))
    found.shown = Shown(content)
    return found


def words(html: Read) -> str:
    """What is read, in one line."""
    return re.sub(r"\s+", " ", html.shown.text)


def test_without_a_model_it_says_what_to_do(person: Make) -> None:
    html = page(person("vic", "viewer"))
    assert "No model in service yet" in html
    assert "python -m ml train" in html
    assert "Train a first model" in html
    assert "Start an emergency retraining" not in html


def test_a_model_that_has_scored_nothing_says_so_everywhere(champion: int, person: Make) -> None:
    text = words(page(person("vic", "viewer")))
    assert "No transactions were scored in the last 24 hours" in text
    assert "Drift needs at least 100 predictions" in text
    assert "No model in shadow mode" in text
    assert "this model has none" in text
    assert "nan" not in text.lower().split()


def test_a_resource_of_another_shape_is_said_where_it_would_be(champion: int, person: Make, inside: Inside) -> None:
    inside.strange = "drift"
    text = words(page(person("vic", "viewer")))
    assert "The monitoring API sent an unexpected response" in text
    assert "No transactions were scored in the last 24 hours" in text


def test_predictions_without_a_label_are_no_verdict(champion: int, person: Make, db: Database) -> None:
    now = time.time()
    made = [
        Prediction(
            id=f"p{n}", transaction_id=f"p{n}", timestamp=now - n - 60, score=n / 40, threshold=0.6, decision="REVIEW"
        )
        for n in range(40)
    ]
    Writer(db, 0.7).store(made, now)
    text = words(page(person("vic", "viewer")))
    assert "None of the 40 predictions in the last 24 hours has a label yet" in text
    assert "Not yet known" in text


def test_it_tells_the_whole_story(life: model_world.Life, person: Make) -> None:
    html = page(person("vic", "viewer"), "?window=14d")
    text = words(html)
    assert re.search(r"Precision 0\.\d\d \(0\.\d\d–0\.\d\d\), \d+\.\d % (over|under) its baseline 0\.67", text)
    assert re.search(r"\d+\.?\d* % of 1,600 predictions have a label", text)
    assert "1 of 2 features drifted: amount" in text
    assert f"Model {life.champion} became champion: the first" in text
    assert "Training run 1 (manual) failed: too few frauds are known" in text
    assert "The last training run (1) failed" in text
    assert f"Promote model {life.challenger}: it is better" in text
    assert "amount has drifted" in text
    names = [
        "performance",
        "label-delay",
        "calibration",
        "trade-off",
        "drift-days",
        "feature-amount",
        "scores",
        "changes",
    ]
    lines = html.split("\n")
    assert all(f"numbers-{name}" in lines and name in lines for name in names)
    assert sum(line.startswith('{"data":') for line in lines) == 9
    assert "Operators only" in text  # a viewer sees why there is no button


@pytest.mark.parametrize("window", ["24h", "7d", "14d", "30d"])
def test_each_window_counts_its_own(life: model_world.Life, person: Make, window: str) -> None:
    html = page(person("vic", "viewer"), f"?window={window}")
    total = {"24h": 159, "7d": 1119, "14d": 1600, "30d": 1600}[window]
    found = re.search(r"of ([\d,]+) predictions have a label", words(html))
    assert found
    assert int(found.group(1).replace(",", "")) == pytest.approx(total, abs=2)
    assert f"window={window}#good" in html
    assert html.shown.values("aria-current").count("true") == 1, "one window is marked"


def test_a_window_that_is_none_is_named(life: model_world.Life, person: Make) -> None:
    html = page(person("vic", "viewer"), "?window=<b>", 400)
    assert "Unknown window" in html
    assert "<b>#" not in html


def test_only_what_changed_is_sent_again(life: model_world.Life, person: Make) -> None:
    client = person("vic", "viewer").client
    first = client.get(f"{PREFIX}model?window=7d&fragment=1")
    assert b"<html" not in first.data
    assert b'role=\\"status\\"' in first.data
    again = client.get(f"{PREFIX}model?window=7d&fragment=1", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code in (200, 304)


def test_without_the_api_what_is_stored_is_still_told(life: model_world.Life, person: Make, inside: Inside) -> None:
    inside.away = True
    text = words(page(person("vic", "viewer")))
    assert "The monitoring API cannot be reached." in text
    assert "Unavailable" in text
    assert "No performance yet" not in text
    assert "No labels yet" not in text
    assert f"Model {life.champion} became champion" in text
    assert "No advice while the figures are unavailable" in text


def test_without_postgresql_the_page_says_so(
    life: model_world.Life, person: Make, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = person("vic", "viewer")

    def away(*_: Any) -> Any:
        raise DatabaseUnavailable("connection refused")

    monkeypatch.setattr(data, "_stored", away)
    monkeypatch.setattr(data, "_ask", lambda _, found: found.away.append("PostgreSQL"))  # as the API says too
    text = words(page(viewer))
    assert "PostgreSQL cannot be reached." in text
    assert "PostgreSQL and PostgreSQL" not in text
    assert "this model has none" not in text
    assert "Advice needs the model's figures" in text


def test_an_operator_asks_for_a_retraining_once_and_it_is_audited(champion: int, person: Make, db: Database) -> None:
    status, _ = person("ann", "analyst").post("model/retrain", reason="fraud has changed")
    assert status == 403
    olga = person("olga", "operator")
    for _ in range(2):
        status, _ = olga.post("model/retrain", reason="fraud has changed")
        assert status == 303
    (run,) = training_runs.listed(db)
    assert (run.kind, run.state, run.requested_by, run.reason) == ("emergency", "queued", "olga", "fraud has changed")
    with db.transaction() as connection:
        rows = connection.execute(text("SELECT actor, target FROM audit_log WHERE action = 'training.request'")).all()
    assert [tuple(row) for row in rows] == [("olga", f"run:{run.id}")]
    assert "A retraining (emergency) is queued" in page(olga)


def test_a_retraining_without_a_reason_is_refused_by_its_field(champion: int, person: Make, db: Database) -> None:
    olga = person("olga", "operator")
    for reason in ("  ", "x" * 501):
        status, answer = olga.post("model/retrain", reason=reason)
        assert status == 400
        assert codec.decode(answer.encode())["fields"]["reason"].startswith("Enter a reason of at most 500 characters")
    assert training_runs.listed(db) == []


def test_a_retraining_wants_a_second_factor_that_was_shown_lately(
    champion: int, person: Make, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = person("olga", "operator")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 1500)
    status, html = olga.post("model/retrain", reason="fraud has changed")
    assert status == 403
    assert "fraud has changed" in html, "the change is carried along"
    assert training_runs.listed(db) == []


def test_a_broken_integration_shows_within_a_minute(champion: int, person: Make, db: Database, live: Live) -> None:
    token, _ = tokens.create(db, Audit("k" * 40), "ticket shop", ["score"], "admin")
    assert "No unknown or missing names" in page(person("vic", "viewer"))
    minute = input_counts.MINUTE * int(time.time() // input_counts.MINUTE)
    shop = f"token:{token}"
    cells = {Cell(shop, "requests"): 40, Cell(shop, "feature", "PriceDeviation", "price_deviation"): 40}
    input_counts.add(live, minute, {**cells, Cell(shop, "missing", "price_deviation"): 40})
    with live.reach() as client:  # what is shown is at most ten seconds old; the test does not wait for them
        client.delete(keys.snapshot("24h"))
    html = page(person("vera", "viewer"))
    section = html[html.index("\ninputs\n") : html.index("\nchanged\n")]
    assert "ticket shop" in section
    assert "PriceDeviation" in section
    assert "price_deviation" in section
    assert '{"data":' in section
    assert shop not in section
