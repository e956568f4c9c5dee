"""Hours and days of endpoints (`collector/rollup.py`)."""

from collector import rollup
from core.db.engine import Database


def run(database: Database, now: float) -> int:
    """Sum up what is stale and over; how many hours and days that were. Raises DatabaseUnavailable."""
    return rollup.run(database, now, "endpoint_rollup")
