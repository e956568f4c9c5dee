"""The page Statuses on real stores and the real monitoring API: what it says in every state, what people do there."""

import re
import time
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from sqlalchemy import text

from console.app import PREFIX
from core.db import leases
from core.db.engine import Database
from core.errors import DatabaseUnavailable
from core.http import HttpClient
from core.statuses import store
from core.statuses.episode import Stored
from core.web.app import App
from tests import incidents
from tests.components import Shown, document
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside
from tests.integration.statuses import story

Make = Callable[[str, str], Person]
NOW = time.time()


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


@pytest.fixture
def episode(app: App, db: Database) -> Stored:
    """An incident of the denied that goes on."""
    story.put(db, story.rows(NOW), NOW)
    story.judge(db, NOW)
    (found,) = episodes(db)
    return found


def episodes(db: Database) -> list[Stored]:
    with db.transaction() as connection:
        return store.episodes_between(connection, 0, 2**31 - 1)


def page(person: Person, path: str = "statuses", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def test_without_a_row_it_says_how_to_send_one(person: Make) -> None:
    told = words(page(person("vic", "viewer")))
    assert "No rows yet" in told
    assert "POST /api/transaction" in told
    assert "Test scenarios" not in told
    assert "Gateway down" in words(page(person("olga", "operator")))


def test_an_open_episode_is_on_top_with_what_moved(person: Make, episode: Stored) -> None:
    told = words(page(person("olga", "operator")))
    assert re.search(r"Denied [\d.]+ × usual since \d\d:\d\d", told)
    assert "mostly code 51 (insufficient funds)" in told
    assert told.index("mostly code 51") < told.index("Transactions a minute by status")
    assert "51 Insufficient funds" in told
    assert "Was right" in told
    assert "New normal" in told
    assert "Was right" not in words(page(person("vic", "viewer")))


def test_an_episode_has_a_page_of_its_own(person: Make, episode: Stored) -> None:
    told = words(page(person("vic", "viewer"), f"statuses/{episode.id}"))
    assert "What moved" in told
    assert "Denied against its line" in told
    assert "No slice of dimensions explains it" in told
    assert person("ann", "analyst").client.get(f"{PREFIX}statuses/nobody").status_code == 404


def test_the_incident_of_an_episode_is_one_click_away(person: Make, db: Database, episode: Stored) -> None:
    insert = (
        "INSERT INTO alert_rules (id, position, title, severity, definition, loaded_at)"
        " VALUES ('statuses', 1, 'Transaction statuses', 'high', CAST(:definition AS jsonb), now())"
    )
    with db.transaction() as connection:
        connection.execute(text(insert), {"definition": '{"kind": "status"}'})
    other = incidents.make(db, "statuses", NOW, series="elsewhere", episode="another")
    mine = incidents.make(db, "statuses", NOW, series="shop", episode=episode.id)
    hrefs = page(person("vic", "viewer")).values("href")
    assert any(mine in unquote(href) for href in hrefs)
    assert not any(other in unquote(href) for href in hrefs)


def test_codes_a_series_and_a_range_are_chosen_by_the_address(person: Make, episode: Stored) -> None:
    vic = person("vic", "viewer")
    told = words(page(vic, "statuses?by=code&range=1h&series=status:approved"))
    assert "Transactions a minute by code" in told
    assert "Approved against its line" in told
    assert "Showing the usual range" in words(page(vic, "statuses?source=nobody", 400))


def test_without_the_monitoring_api_episodes_are_still_shown(person: Make, episode: Stored, inside: Inside) -> None:
    inside.away = True
    told = words(page(person("vic", "viewer")))
    assert "The monitoring API cannot be reached." in told
    assert "mostly code 51" in told


def test_without_postgresql_the_page_says_so(
    person: Make, episode: Stored, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    vic = person("vic", "viewer")

    def gone(*_: object) -> None:
        raise DatabaseUnavailable("connection refused")

    monkeypatch.setattr("core.statuses.store.open_episodes", gone)
    assert "PostgreSQL cannot be reached." in words(page(vic, "statuses?range=15m"))
    inside.status = 503
    assert "PostgreSQL cannot be reached." in words(page(vic, "statuses?range=1h"))


def test_rows_that_nobody_judges_are_said(person: Make, db: Database) -> None:
    vic = person("vic", "viewer")
    now = time.time()
    story.put(db, story.rows(now, minutes=30), now)
    assert "Statuses are not being judged" in words(page(vic))
    leases.take(db, store.DUTY, "one", 60)
    said = words(page(vic, "statuses?range=24h"))
    assert "Judging what came in." in said
    assert "Statuses are not being judged" not in said
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM leases")
    story.judge(db, time.time())
    assert "Statuses are not being judged" not in words(page(vic, "statuses?range=6h"))  # not the answer of before


def test_what_an_operator_says_of_an_episode_is_kept_and_audited(person: Make, db: Database, episode: Stored) -> None:
    olga = person("olga", "operator")
    assert olga.post(f"statuses/{episode.id}/right")[0] < 400
    assert olga.post("statuses/nobody/right")[0] == 404
    assert person("vic", "viewer").post(f"statuses/{episode.id}/wrong")[0] == 403
    (found,) = episodes(db)
    assert (found.judgement, found.judged_by) == ("right", "olga")
    assert olga.post(f"statuses/{episode.id}/wrong")[0] < 400
    with db.transaction() as connection:
        said = [
            row[0]
            for row in connection.execute(
                text("SELECT after->>'judgement' FROM audit_log WHERE action = 'status.judge' ORDER BY seq")
            )
        ]
    assert said == ["right", "wrong"]


def test_a_new_normal_is_judged_at_once(person: Make, db: Database, episode: Stored) -> None:
    assert person("olga", "operator").post(f"statuses/{episode.id}/new-normal")[0] < 400
    with db.transaction() as connection:
        assert [row[0] for row in connection.execute(text("SELECT source FROM status_changes"))] == ["shop"]
    with db.raw() as connection, connection.cursor() as cursor:  # as if the word had been said in the story's time
        cursor.execute("UPDATE status_episodes SET judged_at = to_timestamp(%s)", (NOW + 30,))
    story.put(db, story.rows(NOW + 120, bad=8)[-20:], NOW + 120)
    story.judge(db, NOW + 180)
    assert all(one.new_normal for one in episodes(db)[0].evidence.moved)


def test_a_test_scenario_goes_through_the_entrance(person: Make, db: Database, inside: Inside) -> None:
    olga = person("olga", "operator")
    assert olga.post("statuses/test/gateway-down")[0] < 400
    assert {row["source"] for row in inside.sent} == {"test"}
    failed = [row for row in inside.sent if row["auth_code"] == "91"]
    at_b = sum(row["count"] for row in failed if row["gateway"] == "B")
    assert at_b > 40
    assert at_b > 0.5 * sum(row["count"] for row in failed)
    assert olga.post("statuses/test/nothing")[0] == 404
    assert person("ann", "analyst").post("statuses/test/launch")[0] == 403
    inside.away = True
    assert olga.post("statuses/test/launch")[0] == 503
