"""The page Alert quality, and how people say whether a notification was right: on the incident, by a signed link."""

import re
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from console.app import PREFIX
from core.alerting import judgements, proposals
from core.db.engine import Database
from core.web.app import App
from tests.alerting import fire, rule
from tests.components import Shown, document
from tests.integration.console.conftest import VARIABLES, Person

Make = Callable[[str, str], Person]
KIND = {"kind": "window", "unit": "%", "parameters": {"metric": "fraud_rate", "above": 3.0}}


def told(db: Database, number: int, judgement: str | None, name: str = "A1") -> None:
    """An incident of the last days that people were told of."""
    at = time.time() - 3600 * (number + 1)
    fire(db, name, f"i{number}", at, resolved=at + 1800, title="Fraud rate")
    with db.transaction() as connection:
        connection.execute(text("UPDATE incidents SET notified_at = opened_at WHERE id = :id"), {"id": f"i{number}"})
        if judgement:
            connection.execute(
                text("INSERT INTO incident_judgements VALUES (:id, :judgement, 'ann', now(), 'console')"),
                {"id": f"i{number}", "judgement": judgement},
            )


def page(person: Person, query: str = "") -> Shown:
    answer = person.client.get(f"{PREFIX}alerts/quality{query}")
    assert answer.status_code == 200
    return Shown(document(answer)["content"])


def said(db: Database) -> list[tuple[Any, ...]]:
    with db.transaction() as connection:
        found = connection.execute(text("SELECT incident_id, judgement, judged_by, via FROM incident_judgements"))
        return [tuple(row) for row in found]


def test_without_notifications_it_says_so(person: Make) -> None:
    assert "Nobody was notified in this span." in page(person("vic", "viewer"))


def test_rules_with_their_figures_equal_a_query_over_the_rows(person: Make, db: Database) -> None:
    rule(db, "A1", "Fraud rate", "high", KIND)
    rule(db, "A2", "Latency", "high", KIND)
    words = ["right", "right", "right", "wrong", "useless", None]
    for number, word in enumerate(words):
        told(db, number, word)
    told(db, 6, "right", "A2")
    shown = page(person("ann", "analyst"), "?days=7")
    rows = {row[0]: row for row in shown.rows(-1)}
    with db.transaction() as connection:
        known = connection.execute(
            text(
                "SELECT rule, count(*), count(*) FILTER (WHERE judgement = 'right'),"
                " count(*) FILTER (WHERE judgement = 'wrong'), count(*) FILTER (WHERE judgement = 'useless')"
                " FROM incidents LEFT JOIN incident_judgements ON id = incident_id GROUP BY 1"
            )
        )
        reference = {row[0]: [str(value) for value in row[1:]] for row in known}
    for name, (count, *counts) in reference.items():
        found = rows[name]
        assert found[2] == count
        assert found[4:7] == counts
    assert rows["A1"][7] == "60 %"
    assert rows["A2"][7] == "–"
    assert "alerts/quality/A1/propose" in str(shown.values("data-act"))
    assert "alerts/quality/A2/propose" not in str(shown.values("data-act"))
    assert "propose" not in str(page(person("vic", "viewer")).values("data-act"))


def test_a_search_is_a_job_and_its_result_is_shown(person: Make, db: Database) -> None:
    rule(db, "A1", "Fraud rate", "high", KIND)
    told(db, 1, "wrong")
    ann = person("ann", "analyst")
    assert ann.post("alerts/quality/A1/propose")[0] == 303
    assert ann.post("alerts/quality/none/propose")[0] == 400
    assert "A worker searches" in page(ann)
    result = {
        "rule": "A1", "start": 0.0, "end": 1.0, "tried": 36, "right": 4, "false": 9, "why": "",
        "before": {"pages": 13, "false": 9, "unjudged": 2, "delay": 0.0},
        "after": {"pages": 5, "false": 1, "unjudged": 0, "delay": 120.0},
        "set": {"for": "12m", "above": 3.3, "group": True},
    }  # fmt: skip
    with db.transaction() as connection:
        job = connection.execute(text("SELECT job FROM rule_proposals")).scalar_one()
        proposals.answer(connection, job, result)
        connection.execute(text("UPDATE jobs SET state = 'done', finished_at = now() WHERE id = :id"), {"id": job})
    shown = page(ann)
    assert "None that was right is lost. 2 that nobody judged would not fire" in shown.text
    assert "group = true" in shown.text
    assert 'for = "12m"' in shown.text
    assert "in parameters: above = 3.3" in shown.text


def test_on_the_incident_it_is_one_click_and_the_last_word_counts(person: Make, db: Database) -> None:
    rule(db, "A1", "Fraud rate", "high", KIND)
    told(db, 1, None)
    ann = person("ann", "analyst")
    for word in ("wrong", "right"):
        assert ann.post(f"alerts/incidents/i1/judge/{word}")[0] == 303
    assert said(db) == [("i1", "right", "ann", "console")]
    assert ann.post("alerts/incidents/i1/judge/odd")[0] == 400
    assert ann.post("alerts/incidents/none/judge/right")[0] == 404
    assert person("vic", "viewer").post("alerts/incidents/i1/judge/wrong")[0] == 403
    shown = ann.client.get(f"{PREFIX}alerts/incidents/i1?fragment=1").get_json()["content"]
    assert "Right, said by ann." in shown
    with db.transaction() as connection:
        actions = connection.execute(text("SELECT count(*) FROM audit_log WHERE action = 'incident.judge'"))
        assert actions.scalar_one() == 2


def test_a_signed_link_needs_no_session_and_judges_only_when_a_button_is_pressed(app: App, db: Database) -> None:
    told(db, 1, None)
    key = judgements.link_key(VARIABLES["GATEHOUSE_SECRET_KEY"])
    client, address = app.test_client(), f"{PREFIX}login/judge/{judgements.token(key, 'i1', time.time())}"
    shown = client.get(address).get_data(as_text=True)
    assert "Was it right to notify you?" in shown
    assert said(db) == [], "a preview or a mail filter follows links"
    [csrf] = re.findall(r'name="csrf" value="([^"]+)"', shown)
    assert client.post(address, data={"judgement": "useless"}).status_code == 400
    assert client.post(address, data={"judgement": "odd", "csrf": csrf}).status_code == 400
    assert said(db) == []
    assert "recorded as useless" in client.post(address, data={"judgement": "useless", "csrf": csrf}).text
    assert said(db) == [("i1", "useless", "signed link", "link")]


def test_links_that_are_old_altered_or_of_nothing_are_gone(app: App, db: Database) -> None:
    told(db, 1, None)
    key = judgements.link_key(VARIABLES["GATEHOUSE_SECRET_KEY"])
    good = judgements.token(key, "i1", time.time())
    for token in (
        judgements.token(key, "i1", time.time() - judgements.LINK_SECONDS - 1),
        judgements.token(key, "none", time.time()), good[:-1], "x", "%00",
    ):  # fmt: skip
        for method in ("get", "post"):
            answer = getattr(app.test_client(), method)(f"{PREFIX}login/judge/{token}")
            assert answer.status_code in (400, 410)
    assert said(db) == []
