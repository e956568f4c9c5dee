"""Reports are kept whole and listed newest first."""

import numpy as np

from core.db.engine import Database
from core.models import drift_reports
from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from core.models.drift.report import Report
from ml.drift.judge import judge


def report(shift: float) -> Report:
    random = np.random.default_rng(1)
    return judge(fit({"x": random.normal(size=500)}), {"x": random.normal(shift, 1, 300)}, DriftParams(), 1e9)


def test_a_report_comes_back_whole(db: Database) -> None:
    number = drift_reports.save(db, report(1.0), "anna")
    assert drift_reports.load(db, number) == report(1.0)
    assert drift_reports.load(db, number + 1) is None


def test_reports_are_listed_newest_first_in_pages(db: Database) -> None:
    numbers = [drift_reports.save(db, report(shift), "anna") for shift in (0.0, 1.0, 2.0)]
    first = drift_reports.listed(db, most=2)
    assert [row["id"] for row in first] == numbers[:0:-1]
    assert [row["id"] for row in drift_reports.listed(db, below=first[-1]["id"])] == numbers[:1]
    assert (first[0]["verdict"], first[0]["drifted"], first[0]["requested_by"]) == ("retrain", 1, "anna")
    assert drift_reports.listed(db, model_version=7) == []


def test_text_that_postgresql_refuses_is_kept_readable(db: Database) -> None:
    odd = judge(fit({"a\0b": ["x\0y", "z"] * 60}), {"a\0b": ["x\0y", "z"] * 60}, DriftParams(), 1e9)
    found = drift_reports.load(db, drift_reports.save(db, odd, "anna"))
    assert found is not None
    assert found.columns[0].name == "a\ufffdb"
