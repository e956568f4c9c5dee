"""A table as a file: what a browser shows of it, read from the HTML that the server makes of it.

The address names the table and how it is shown: its search, the columns that are hidden, and the one that it is sorted
by. `assets/js/parts/table.js` does the same in the browser.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Response

from console import figure_numbers
from console.format import NONE
from console.panel import Slot
from console.panel_layout import table_of
from core import clock
from core.errors import BadInput
from core.monitoring import TimeRange
from core.web import download

NUMBERS = "numbers-"  # the table behind a chart of a page
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
_TIMES = ("time", "when", "second")
_NO_VALUES = ("act", "links")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+")
_PUNCTUATION = re.compile(r"[-:]|\.\d+")


@dataclass(slots=True)
class Cell:
    """A cell, or a head: its attributes, its text, and the moment that it shows."""

    known: Mapping[str, str]
    text: str = ""
    time: str = ""

    @property
    def value(self) -> str:
        """What a file has of it."""
        return self.known.get("data-value") or self.time or ("" if self.text == NONE else self.text)

    @property
    def order(self) -> tuple[int, float, str]:
        """Where it stands in its column: numbers, and what is empty among them, before text."""
        text = self.known.get("data-order") or self.value
        try:
            return (0, float(text or 0), "")
        except ValueError:
            return (1, 0.0, text)


@dataclass(slots=True)
class Row:
    """A row: its key, its cells, and all its text."""

    key: str
    cells: list[Cell] = field(default_factory=list)
    text: str = ""


class Table(HTMLParser):
    """The first table in the element with an id; a search and filters by severity, if they stand above it."""

    def __init__(self, document: str, place: str) -> None:
        super().__init__()
        self.heads: list[Cell] = []
        self.rows: list[Row] = []
        self.is_searched = False
        self.severities: set[str] = set()
        self._place = place
        self._depth = 0
        self._is_over = False
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Into the element, and within it the heads, rows and cells."""
        known = {name: value or "" for name, value in attrs}
        if not self._depth and (self._is_over or known.get("id") != self._place):
            return
        self._depth += tag not in _VOID
        self.is_searched |= "data-search" in known
        if "data-severity" in known:
            self.severities.add(known["data-severity"])
        if tag == "th":
            self.heads.append(Cell(known))
        elif tag == "tr":
            self.rows.append(Row(known.get("data-key", "")))
        elif tag == "td":
            self.rows[-1].cells.append(Cell(known))
        elif tag == "time" and self.rows and self.rows[-1].cells:
            self.rows[-1].cells[-1].time = known.get("datetime", "")

    def handle_endtag(self, tag: str) -> None:
        """Out of the element again."""
        if self._depth:
            self._depth -= 1
            self._is_over = self._depth == 0 or tag == "table"
            self._depth = 0 if self._is_over else self._depth

    def handle_data(self, data: str) -> None:
        """The text of a head or a cell."""
        if not self._depth or not self.rows:
            return
        row = self.rows[-1]
        row.text += data
        if row.cells or self.heads:
            (row.cells or self.heads)[-1].text += data


def of_page(page: str, document: str, args: Mapping[str, str], span: Sequence[str] = (), counted: int = 0) -> Response:
    """The table `csv` of a page. A live one has a `span`, and may show only some of those that are `counted`."""
    place = args["csv"]
    table = Table(document, place)
    if not table.heads:
        raise BadInput("?csv", "must be a table of this page")
    rows = [row for row in table.rows if row.cells]
    if place.startswith(NUMBERS):
        lines = ([_ungrouped(cell.value) for cell in row.cells] for row in rows)
        name = _named([page, place.removeprefix(NUMBERS)], [f"{clock.iso(clock.now())[:16]}Z"])
        return download.csv([head.text for head in table.heads], lines, name)
    shown = _sorted(_found(table, rows, args), args.get("order", ""))
    hidden = args.get("hide", "").split(",")
    kept = [
        at for at, head in enumerate(table.heads)
        if head.known["data-kind"] not in _NO_VALUES and head.known["data-column"] not in hidden
    ]  # fmt: skip
    whole = max(counted, len(rows))
    held = f"{len(shown)}{f'-of-{whole}' if whole > len(shown) else ''}-rows"
    name = _named([place.rpartition("-")[0], held], _times(table.heads, shown) or span)
    return download.csv([table.heads[at].text for at in kept], _lines(shown, kept, len(rows), whole), name)


def of_slot(slot: Slot, content: Mapping[str, Any], shown: TimeRange | None, args: Mapping[str, str]) -> Response:
    """What a live panel shows in a slot: the rows of its table, or the numbers of its chart."""
    span = (shown.start, shown.end) if shown else ()
    if slot.kind == "figure":
        name = _named([args["csv"].rpartition("-")[0]], span)
        return download.attachment(figure_numbers.csv(content), "text/csv; charset=utf-8", name)
    rows = "".join(html for _, html in content.get("rows", []))
    document = f'<div id="{args["csv"]}">{table_of(slot, slot.label)}'.replace("<tbody>", f"<tbody>{rows}")
    return of_page("live", document, args, span, int(content.get("counts", {}).get("all", "0").replace(",", "")))


def _found(table: Table, rows: list[Row], args: Mapping[str, str]) -> list[Row]:
    if not table.is_searched:
        return rows
    words = args.get("q", "").lower().split()
    wanted = args.get("sev", "")
    severity = wanted if wanted in table.severities - {"all"} else ""

    def fits(row: Row) -> bool:
        text = f"{row.key} {row.text}".lower()
        ranks = [cell.value for cell in row.cells if "severity" in cell.known.get("class", "").split()]
        return all(word in text for word in words) and (not severity or severity in ranks)

    return [row for row in rows if fits(row)]


def _sorted(rows: list[Row], by: str) -> list[Row]:
    """By a column, counted from 1, downwards with a minus before it; without one as they are."""
    try:
        at = abs(int(by or 0)) - 1
        return rows if at < 0 else sorted(rows, key=lambda row: row.cells[at].order, reverse=by.startswith("-"))
    except (ValueError, IndexError):
        raise BadInput("?order", "must be the number of a column") from None


def _lines(shown: Sequence[Row], kept: Sequence[int], all_rows: int, whole: int) -> Iterator[Sequence[str]]:
    yield from ([row.cells[at].value for at in kept] for row in shown)
    if whole > len(shown):
        yield [f"{len(shown)} of {whole} rows: {'only the newest are shown' if whole > all_rows else 'filtered'}"]


def _times(heads: Sequence[Cell], rows: Sequence[Row]) -> list[str]:
    """From the oldest to the newest that a first column of times has."""
    at = next((at for at, head in enumerate(heads) if head.known["data-kind"] in _TIMES), None)
    times = [] if at is None else sorted(filter(None, (row.cells[at].value for row in rows)))
    return [times[0], times[-1]] if times else []


def _named(parts: Sequence[str], moments: Sequence[str]) -> str:
    stamps = [_PUNCTUATION.sub("", one)[:16] for one in moments]
    return "-".join(["gatehouse", *parts, *filter(None, stamps)]) + ".csv"


def _ungrouped(text: str) -> str:
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text
