"""The bar: which pages it offers to a role, in one order."""

from collections.abc import Mapping
from typing import NamedTuple

from console.auth import permissions
from console.auth.roles import reaches
from console.page import Page


class Link(NamedTuple):
    """A page in the bar: its endpoint, address (under the prefix), words, and the key that follows `g`.

    Those of one `group` are in a menu of that name; `order` sorts them.
    """

    name: str
    address: str
    words: str
    key: str
    group: str = ""
    order: int = 0


def bar(pages: Mapping[str, Page]) -> tuple[Link, ...]:
    """Everything that has a place in the bar, in its order."""
    own = [
        Link(page.name, page.path, page.label, page.place.key, page.place.group, page.place.order)
        for page in pages.values()
        if page.place
    ]
    return tuple(sorted(own, key=lambda link: link.order))


def offered(links: tuple[Link, ...], prefix: str, role: str) -> list[Link]:
    """Those that a role may open, with their whole addresses."""
    return [link._replace(address=prefix + link.address) for link in links if _is_open(link, role)]


def _is_open(link: Link, role: str) -> bool:
    name = link.name if link.address else ""
    return name in permissions.REQUIRED_ROLE and reaches(role, permissions.REQUIRED_ROLE[name])
