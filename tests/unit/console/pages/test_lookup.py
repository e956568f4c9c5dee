"""What an address names by its number: found, or said not to be there; never asked of PostgreSQL when it cannot be."""

from typing import Any

import pytest
from werkzeug.exceptions import NotFound

from console.pages.lookup import LARGEST, get_or_404

ASKED: list[int] = []


def read(_: Any, number: int) -> str | None:
    ASKED.append(number)
    return "found" if number == 7 else None


def test_what_is_there_is_found() -> None:
    database: Any = None
    assert get_or_404(database, read, 7, "There is none.") == "found"


@pytest.mark.parametrize("number", [8, 0, -1, LARGEST, 10**30])
def test_what_is_not_there_is_said(number: int) -> None:
    ASKED.clear()
    database: Any = None
    with pytest.raises(NotFound) as told:
        get_or_404(database, read, number, "There is none.")
    assert told.value.description == "There is none."
    assert ([8] if number == 8 else []) == ASKED
