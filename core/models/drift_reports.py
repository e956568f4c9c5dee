"""Drift reports in PostgreSQL: kept, listed newest first, loaded."""

from typing import Any

import msgspec

from core import codec
from core.db.engine import Connection, Database
from core.db.queries import query
from core.models.drift.report import Report

MOST = 200


def save(database: Database, report: Report, requested_by: str) -> int:
    """Keep a report; returns its number."""
    with database.transaction() as connection:
        return put(connection, report, requested_by)


def put(connection: Connection, report: Report, requested_by: str) -> int:
    """As `save`, in the caller's transaction."""
    values = {
        "created_at": report.created_at,
        "requested_by": requested_by,
        "model_version": report.model_version,
        "verdict": report.verdict,
        "share": report.share,
        "drifted": report.drifted,
        "judged": report.judged,
        "current_rows": report.current_rows,
        "reference": report.reference,
        "current": report.current,
        "summary": report.summary,
        "document": codec.encode(msgspec.to_builtins(report)).decode().replace("\\u0000", "\\ufffd"),
    }
    return int(connection.execute(query("drift_reports.insert"), values).scalar_one())


def listed(
    database: Database, below: int | None = None, most: int = 50, model_version: int | None = None
) -> list[dict[str, Any]]:
    """Reports newest first without their columns; `below` continues after the report of that number."""
    values = {"below": below, "most": min(most, MOST), "model_version": model_version}
    with database.transaction() as connection:
        return [dict(row) for row in connection.execute(query("drift_reports.listing"), values).mappings()]


def load(database: Database, number: int) -> Report | None:
    """A whole report, or None when there is none of that number."""
    with database.transaction() as connection:
        found = connection.execute(query("drift_reports.load"), {"id": number}).scalar()
    return None if found is None else msgspec.convert(found, Report)
