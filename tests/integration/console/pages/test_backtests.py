"""Asking for a backtest on the page: what becomes of the form, what is refused by the field, what the answer shows."""

import io
import time
from collections.abc import Callable
from typing import Any

import pytest

from console.app import PREFIX
from core.alerting import backtests
from core.db.engine import Database
from tests.alerting import rule
from tests.components import document, seen
from tests.integration.console.conftest import Person
from tests.jobs import answer_backtest, claimed, end
from tests.unit.console.figures.test_backtest import result

Make = Callable[[str, str], Person]


@pytest.fixture
def rules(db: Database) -> Database:
    limit = {"metric": "fraud_rate", "window": "10m", "above": 3.0}
    rule(db, "A1", "Fraud rate", "high", {"kind": "window", "unit": "%", "for": "10m", "parameters": limit})
    rule(db, "watchdog", "Watchdog", "low", {"kind": "watchdog", "incident": False})
    return db


def newest(db: Database) -> Any:
    job = claimed(db, backtests.JOB, time.time())
    with db.transaction() as connection:
        found = backtests.of_job(connection, job.id)
    return job, found.id, found.spec


def upload(person: Person, content: bytes, **typed: str) -> tuple[int, str]:
    data = {"csrf": person.token(), "rule": "A1", "file": (io.BytesIO(content), "series.csv"), **typed}
    answer = person.client.post(f"{PREFIX}alerts/backtests", data=data, content_type="multipart/form-data")
    return answer.status_code, answer.get_data(as_text=True)


def test_a_second_threshold_is_tried_beside_the_configured_one(person: Make, rules: Database) -> None:
    analyst = person("ann", "analyst")
    assert analyst.post("alerts/backtests", rule="A1", span="6h", limit="4.5", hold="5m")[0] == 303
    job, number, spec = newest(rules)
    assert [variant["set"] for variant in spec["variants"]] == [{}, {"above": 4.5, "for": "5m"}]
    assert spec["to"] - spec["from"] == 6 * 3600
    page = seen(analyst.client.get(f"{PREFIX}alerts/backtests/{number}"))
    assert "Running" in page
    answer_backtest(rules, job, result(), time.time())
    page = seen(analyst.client.get(f"{PREFIX}alerts/backtests/{number}"))
    assert "Comparison" in page
    assert "still firing" in page
    assert document(analyst.client.get(f"{PREFIX}alerts/backtests/{number}"))["every"] == 0
    lines = analyst.client.get(f"{PREFIX}alerts/backtests/{number}.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 3
    assert seen(analyst.client.get(f"{PREFIX}alerts/backtests")).count(f"alerts/backtests/{number}\n") == 1


def test_one_that_failed_says_why(person: Make, rules: Database) -> None:
    viewer = person("vic", "viewer")
    assert viewer.post("alerts/backtests", rule="A1")[0] == 403
    assert person("ann", "analyst").post("alerts/backtests", rule="A1")[0] == 303
    job, number, _ = newest(rules)
    end(rules, job, "failed", "nothing is stored of that span", time.time())
    assert "nothing is stored of that span" in seen(viewer.client.get(f"{PREFIX}alerts/backtests/{number}"))
    assert viewer.client.get(f"{PREFIX}alerts/backtests/999").status_code == 404


def test_a_series_of_ones_own_goes_to_the_worker_in_order(person: Make, rules: Database) -> None:
    content = b"timestamp,value\n2030-01-01T00:05:00Z,2\n2030-01-01T00:00:00,1.5\n1893456600,\n"
    assert upload(person("ann", "analyst"), content)[0] == 303
    *_, spec = newest(rules)
    assert spec["series"]["name"] == "series.csv"
    assert spec["series"]["points"] == [[1893456000.0, 1.5], [1893456300.0, 2.0], [1893456600.0, None]]


def test_a_long_form_goes_to_the_worker_as_several_series(person: Make, rules: Database) -> None:
    content = b"timestamp,value,kind\n2030-01-01T00:00:00Z,2,a\n2030-01-01T00:00:00Z,3,b\n2030-01-01T00:01:00Z,4,a\n"
    status, page = upload(person("ann", "analyst"), content, unit="req")
    assert (status, "et a series column (kind)" in page) == (400, True)
    assert upload(person("ben", "analyst"), content, by="kind", unit="req")[0] == 303
    job, number, spec = newest(rules)
    assert spec["series"]["parts"] == {"a": [[1893456000.0, 2.0], [1893456060.0, 4.0]], "b": [[1893456000.0, 3.0]]}
    answer = result()
    answer["source"] = "series"
    answer["variants"][0] |= {"firings": [], "judged": 24, "unjudged": 24, "why": "too little is known"}
    answer_backtest(rules, job, answer, time.time())
    shown = seen(person("cat", "viewer").client.get(f"{PREFIX}alerts/backtests/{number}"))
    assert "24 of 24 points could not be evaluated: too little is known" in shown
    assert "Nothing could be evaluated" in shown
    assert "points, one every" in shown


@pytest.mark.parametrize(("typed", "words"), [
    ({"rule": "none"}, "Choose a rule"), ({"limit": "much"}, "Must be a number"),
        ({"hold": "long"}, "Must be a duration"),
    ({"span": "9y"}, "from the list"), ({"from": "2030-01-02T00:00"}, "both times"),
    ({"from": "2030-01-02T00:00", "to": "2030-01-01T00:00"}, "later than from"),
    ({"from": "2030-01-02T00:00", "to": "2030-03-01T00:00"}, "at most 31 days"),
    ({"rule": "watchdog", "limit": "1"}, "no limit to change"),
])  # fmt: skip
def test_a_wrong_field_is_named(person: Make, rules: Database, typed: dict[str, str], words: str) -> None:
    status, page = person("ann", "analyst").post("alerts/backtests", **{"rule": "A1", "hold": "7m", **typed})
    assert status == 400
    assert words in page


@pytest.mark.parametrize(("content", "words"), [
    (b"a,b\n1,2\n", "no column 'timestamp'"), (b"timestamp,value\n1,2\n", "fewer than two"),
    (b"timestamp,value\nsoon,2\n", "row 2, column timestamp"),
    (b"timestamp,value\n1,2\n2,much\n", "row 3, column value"),
    (b"\xff\xfe", "is empty"), (b"\xff\xfea", "not UTF-16"), (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
])  # fmt: skip
def test_a_file_that_is_wrong_is_named_with_row_and_column(
    person: Make, rules: Database, content: bytes, words: str
) -> None:
    status, page = upload(person("ann", "analyst"), content)
    assert (status, words in page, "The file series.csv" in page) == (400, True, True)
