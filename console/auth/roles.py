"""The four roles and their order; each may do what the one before it may."""

from typing import Literal, get_args

Role = Literal["viewer", "analyst", "operator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


def reaches(role: str, least: str) -> bool:
    """Whether `role` may do what `least` may. An unknown role reaches nothing."""
    known: tuple[str, ...] = ROLES
    return role in known and least in known and known.index(role) >= known.index(least)
