"""The contract of a panel: what it is called, where it stands, which resources it needs, and how it draws.

`draw` is pure: it takes the resources it names as typed values of `core.monitoring`, by their names, and returns the
content of its slots by name. The page
(`console.pages.live`) lays the slots out once; the browser fills each slot by its kind; `console.live` draws
each panel once per tick for everybody.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

SECTIONS = {
    "kpis": "Key figures",
    "fraud": "Real-time fraud detection",
    "traffic": "Rate limits and traffic",
    "model": "Model performance",
    "health": "System health",
    "security": "Security events and alert rules",  # unlike the panel in it: landmarks have names of their own
}

KINDS = frozenset({"cards", "chips", "facts", "figure", "matrix", "meters", "notes", "rows", "strip", "tiles"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a `rows` slot. `kind` tells the browser how to show and sort the cell:

    text, mono, time (epoch ms or ISO), int, score, usd, kl, decision, severity, limit, status, alert, ip, txn,
    which opens the transaction, and page: `[words, address under the prefix]`.
    """

    key: str
    label: str
    kind: str = "text"
    width: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a panel's body that one kind of content fills. `head` puts it beside the title."""

    name: str
    kind: str
    columns: tuple[Column, ...] = ()
    head: bool = False
    label: str = ""
    filters: tuple[str, ...] = ()
    search: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"slot {self.name}: unknown kind {self.kind!r}")


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of the live page.

    `parts` are resources of the monitoring API, `extras` those that it can do without: None while there are no data of
    them. `draw` takes each as an argument of its name. `pages` are links to where there
    is more: words, and the address under the prefix. `width` is in twelfths of a
    wide screen; `order` sorts the panels of one section. `bare` panels have no frame.
    """

    name: str
    title: str
    section: str
    order: int
    parts: tuple[str, ...]
    slots: tuple[Slot, ...]
    draw: Callable[..., dict[str, Any]]
    width: int = 12
    note: str = ""
    bare: bool = False
    tags: tuple[str, ...] = field(default=())
    extras: tuple[str, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.section not in SECTIONS and self.section != "top":
            raise ValueError(f"panel {self.name}: unknown section {self.section!r}")


def empty(why: str) -> dict[str, str]:
    """Content of a slot that has nothing to show: a sentence that says why and what to do."""
    return {"empty": why}
