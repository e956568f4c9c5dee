"""A row in the table of roles asks for nothing more than it says."""

import pytest

from console.auth import permissions


@pytest.mark.parametrize(
    ("more", "steps_up", "is_page"),
    [({}, False, False), ({"step_up": True}, True, False), ({"page": True}, False, True)],
)
def test_a_row_is_no_page_and_wants_no_factor_unless_it_says_so(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, bool], steps_up: bool, is_page: bool
) -> None:
    monkeypatch.setattr(permissions, "REQUIRED_ROLE", {})
    monkeypatch.setattr(permissions, "STEP_UP_REQUIRED", set())
    monkeypatch.setattr(permissions, "PAGES", set())
    permissions.admit("x", "analyst", **more)
    assert permissions.REQUIRED_ROLE == {"x": "analyst"}
    assert ("x" in permissions.STEP_UP_REQUIRED, "x" in permissions.PAGES) == (steps_up, is_page)
