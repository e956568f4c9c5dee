"""The job that makes a drift report: the report and the answer to the request are there together or not at all."""

import time

import pytest

from core.models import drift_reports, drift_requests
from core.models.drift_requests import DriftRequest, Wanted
from core.settings import Settings
from core.stores import Stores
from core.web.metrics import Metrics
from ml import worker
from ml.drift import reports
from tests.integration.core.models.test_drift_reports import report
from tests.training import quick

NOW = time.time()


def made(stores: Stores, settings: Settings) -> DriftRequest:
    """The request after a worker did it."""
    with stores.database.transaction() as connection:
        drift_requests.request(connection, stores.audit, Wanted(NOW - 100, NOW), "ann")
    assert worker.jobs(settings, stores, quick(), Metrics()).step("drift", NOW)
    with stores.database.transaction() as connection:
        (found,) = drift_requests.newest(connection)
    return found


def test_a_request_is_answered_by_a_report(stores: Stores, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "of_span", lambda *_: report(1.0))
    found = made(stores, settings)
    assert found.state == "done"
    assert found.report is not None
    assert drift_reports.load(stores.database, found.report) == report(1.0)


def test_what_cannot_be_compared_says_why(stores: Stores, settings: Settings) -> None:
    found = made(stores, settings)
    assert (found.state, found.report) == ("failed", None)
    assert found.message.startswith("no model has been promoted yet: ")


def test_no_report_is_left_behind_without_its_answer(
    stores: Stores, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "of_span", lambda *_: report(1.0))
    monkeypatch.setattr(drift_requests, "answer", lambda *_: 1 / 0)
    assert made(stores, settings).state == "failed"
    assert drift_reports.listed(stores.database) == []
