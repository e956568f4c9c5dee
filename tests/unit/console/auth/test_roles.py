"""Each role may do what the one before it may."""

import pytest

from console.auth.roles import ROLES, reaches


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("least", ROLES)
def test_roles_are_ordered(role: str, least: str) -> None:
    assert reaches(role, least) is (ROLES.index(role) >= ROLES.index(least))


def test_an_unknown_role_reaches_nothing_and_nothing_reaches_an_unknown_one() -> None:
    assert not reaches("root", "viewer")
    assert not reaches("admin", "")
