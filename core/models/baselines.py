"""What is kept of each model's data in PostgreSQL: the drift reference and the calibration of its scores."""

import msgspec

from core import codec
from core.db.engine import Database
from core.db.queries import query
from core.models.drift import baseline as fitted
from core.models.drift.baseline import Baseline
from core.models.performance.calibration import Calibration


def put(database: Database, version: int, baseline: Baseline, calibration: Calibration | None) -> None:
    """Keep both for a registered model, instead of what was kept before."""
    values = {
        "version": version,
        "baseline": codec.encode(baseline.as_json()).decode(),
        "calibration": None if calibration is None else codec.encode(msgspec.to_builtins(calibration)).decode(),
    }
    with database.transaction() as connection:
        connection.execute(query("drift_reports.put_baseline"), values)


def baseline(database: Database, version: int) -> Baseline | None:
    """The drift reference of a model; None when none was kept (a model from before there were any)."""
    with database.transaction() as connection:
        found = connection.execute(query("drift_reports.baseline"), {"version": version}).scalar()
    return None if found is None else fitted.from_json(found)


def calibration(database: Database, version: int) -> Calibration | None:
    """The calibration of a model's scores; None when none was kept."""
    with database.transaction() as connection:
        found = connection.execute(query("drift_reports.calibration"), {"version": version}).scalar()
    return None if found is None else msgspec.convert(found, Calibration)
