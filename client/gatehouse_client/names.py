"""How exceptions and routes are called."""

from __future__ import annotations

from typing import Any


def error_type(error: BaseException) -> str:
    """The qualified name of an exception's type, such as `sqlalchemy.exc.OperationalError` or `ValueError`."""
    kind = type(error)
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def given(value: Any) -> str:
    """A route or a user's name that the application gave: text of bounded length, empty for anything else."""
    return value[:300] if isinstance(value, str) else ""
