"""The contract of a page: its address, title, least role and place in the bar, its panels, its actions and its content.

`console/pages/<subject>.py`, or `page.py` in a folder of that name where it is long, holds one `PAGE`, or `PAGES` where
a subject has several. Route, access rules, navigation, refresh and keyboard follow from it (`console/region.py`);
nothing else has to be edited to add a page. Other modules there are what several pages share.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from console.actions import Action
from console.auth.context import AuthContext
from console.auth.roles import Role, reaches
from console.auth.sessions import Session
from console.panel import Panel
from core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class PageContext:
    """Who asks for a page, and with which query: what `content` and `File.send` get."""

    auth: AuthContext
    session: Session
    args: Mapping[str, str]
    names: Mapping[str, Any] = field(default_factory=dict)  # from the address

    @property
    def prefix(self) -> str:
        """What every address of the console begins with."""
        return self.auth.prefix

    def can(self, role: Role) -> bool:
        """Whether the person may do what `role` may."""
        return reaches(self.session.role, role)


@dataclass(frozen=True, slots=True)
class View:
    """What `content` may return instead of bare components: with a title of its own, a status, or a pace.

    A view that moves is asked for again after `every` seconds, and what differs is put in place.
    """

    content: Any
    title: str = ""
    status: int = 200
    every: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bar shows a page: sorted by `order`, in the menu `group` if any. `key` follows `g` on the keyboard."""

    order: int
    key: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Something to download below a page, for whoever may see the page, unless it says which role may."""

    name: str
    path: str
    send: Callable[[PageContext], Response]
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `name` is its endpoint and its row in the access rules; `path` is its address under the prefix.

    A path may hold names (`users/<int:user_id>`), which `content` finds in its context. A page that is `under` another
    has no place in the bar: that one is marked while it shows.
    `content` returns Dash components; it is called for each visit. Panels are drawn by `console/live.py` and keep
    themselves up to date. A `short` title is what the bar and its menus show. `ranges` are the time ranges
    that the bar offers while a page without panels shows: it finds the chosen one in its query (`range`, or `from` and
    `to`; none: an hour), and a view that moves follows it.
    """

    name: str
    path: str
    title: str
    role: Role
    content: Callable[[PageContext], Any]
    place: Place | None = None
    short: str = ""
    panels: Mapping[str, Panel] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    files: tuple[File, ...] = ()
    under: str = ""
    ranges: tuple[str, ...] = ()

    @property
    def endpoint(self) -> str:
        """Its name among Flask's endpoints; that of Dash's own index is its path, which is empty."""
        return self.name if self.path else ""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The names of all its routes."""
        return (self.endpoint, *(one.name for one in self.actions), *(one.name for one in self.files))

    @property
    def label(self) -> str:
        """What the bar calls it."""
        return self.short or self.title


def discover_pages(package: str = "console.pages") -> dict[str, Page]:
    """Every page by its name. Raises ConfigError when one has no PAGE, or two share a name, a path or a key."""
    pages: dict[str, Page] = {}
    problems: list[str] = []
    for name, found in _subjects(package):
        for page in found:
            if not isinstance(page, Page):
                problems.append(f"{name} has no PAGE")
            elif page.name in pages or page.path in {one.path for one in pages.values()}:
                problems.append(f"{name}: another page has its name or its path")
            else:
                pages[page.name] = page
    keys = [page.place.key for page in pages.values() if page.place]
    problems += [f"two pages have the key {key!r}" for key in sorted(set(keys)) if keys.count(key) > 1]
    names = [name for page in pages.values() for name in page.endpoints]
    problems += [f"two routes have the name {name!r}" for name in sorted(set(names)) if names.count(name) > 1]
    if problems:
        raise ConfigError(problems)
    return pages


def _subjects(package: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Each module that is to hold pages, and what it holds: any with PAGE or PAGES, and `page` of every folder."""
    root = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{package}.{info.name}{'.page' if info.ispkg else ''}")
        found = getattr(module, "PAGES", None) or (getattr(module, "PAGE", None),)
        if info.ispkg or found != (None,):
            yield module.__name__, tuple(found)
