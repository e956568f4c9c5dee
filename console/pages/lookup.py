"""What an address names by its number: one way to look it up, and to say that it is not there."""

from collections.abc import Callable
from typing import TypeVar

from flask import abort

from core.db.engine import Database

T = TypeVar("T")
LARGEST = 2**62  # well inside PostgreSQL's bigint; a larger number would be an error there, not an empty answer


def get_or_404(database: Database, read: Callable[[Database, int], T | None], number: int, missing: str) -> T:
    """What `read` finds under `number`. 404 with the sentence `missing` for nothing, and for what no row can have."""
    found = read(database, number) if 0 < number < LARGEST else None
    return found if found is not None else abort(404, missing)
