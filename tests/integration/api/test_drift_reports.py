"""Drift reports over HTTP: listed in pages, whole, as files, compared; what is not there is a 404 by name."""

import numpy as np
import pytest
from flask.testing import FlaskClient

from core.db.engine import Database
from core.models import drift_reports
from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from ml.drift.judge import judge
from tests.integration.api.making import get

PATH = "/api/v1/drift-reports"


@pytest.fixture
def numbers(db: Database) -> list[int]:
    """A quiet report and one in which a column with a nasty name moved."""
    random = np.random.default_rng(1)
    base = fit({"<b>x": random.normal(size=500), "y": random.normal(size=500)})
    tables = [{"<b>x": random.normal(shift, 1, 300), "y": random.normal(size=300)} for shift in (0.0, 1.0)]
    return [drift_reports.save(db, judge(base, table, DriftParams(), 1.7e9), "anna") for table in tables]


def test_the_list_is_newest_first_in_pages(client: FlaskClient, numbers: list[int]) -> None:
    first = get(client, f"{PATH}?limit=1")
    assert [report["id"] for report in first["reports"]] == numbers[1:]
    assert first["reports"][0]["verdict"] == "retrain"
    assert first["reports"][0]["created_at"] == "2023-11-14T22:13:20.000Z"
    rest = get(client, f"{PATH}?limit=5&below={first['next']}")
    assert ([report["id"] for report in rest["reports"]], rest["next"]) == (numbers[:1], None)
    assert get(client, f"{PATH}?model_version=3")["reports"] == []


def test_one_report_whole_and_as_files(client: FlaskClient, numbers: list[int]) -> None:
    report = get(client, f"{PATH}/{numbers[1]}")
    assert [(column["name"], column["state"]) for column in report["columns"]] == [("<b>x", "drifted"), ("y", "stable")]
    saved = client.get(f"{PATH}/{numbers[1]}/json")
    assert saved.json == report
    assert saved.headers["Content-Disposition"] == f'attachment; filename="drift-report-{numbers[1]}.json"'
    page = client.get(f"{PATH}/{numbers[1]}/html")
    assert page.content_type == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "&lt;b&gt;x" in page.text
    assert "<b>x" not in page.text


def test_two_reports_side_by_side(client: FlaskClient, numbers: list[int]) -> None:
    found = get(client, f"{PATH}/compare?first={numbers[0]}&second={numbers[1]}")
    assert (found["verdict_before"], found["verdict_after"]) == ("ok", "retrain")
    assert [(change["name"], change["kind"]) for change in found["columns"]] == [("<b>x", "began"), ("y", "same")]


@pytest.mark.parametrize("tail", ["/999", "/999/html", "/999/json", f"/{10**30}"])
def test_an_unknown_number_is_a_404(client: FlaskClient, tail: str) -> None:
    answer = client.get(PATH + tail)
    assert (answer.status_code, answer.json["field"]) == (404, "number")


@pytest.mark.parametrize(
    ("query", "field"),
    [("?limit=0", "?limit"), ("?below=x", "?below"), ("?what=1", "?what"), ("/compare?first=1", "?second")],
)
def test_wrong_arguments_are_named(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(PATH + query)
    assert answer.status_code == 400
    assert field.strip("?") in answer.text


def test_comparing_with_nothing_names_the_argument(client: FlaskClient, numbers: list[int]) -> None:
    answer = client.get(f"{PATH}/compare?first={numbers[0]}&second=999")
    assert (answer.status_code, answer.json["field"]) == (400, "?second")
