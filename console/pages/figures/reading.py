"""What the pages of custom figures show, from the monitoring API: what an address asks for, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from console.figures.bins import Bins
from core.errors import HttpUnavailable
from core.figures.overview import LENGTHS, ROUTE, USUAL, CustomFigures
from core.http import HttpClient


@dataclass
class Shown:
    """What the API answered; `span` is the range as arguments of an address. `away` says what cannot be reached,
    `refused` why the address was not understood.
    """

    span: dict[str, str]
    found: CustomFigures | None = None
    away: str = ""
    refused: str = ""

    def query(self, **more: str) -> str:
        """The query of an address with the same range."""
        kept = {**more, **self.span}
        return f"?{urlencode(kept)}" if kept else ""


def span(args: Mapping[str, str]) -> dict[str, str]:
    """The range that an address asks for; the usual one is left out, and so is one that there is not."""
    start, end = args.get("from", "")[:64], args.get("to", "")[:64]
    if start and end:
        return {"from": start, "to": end}
    length = args.get("range", "")
    return {"range": length} if length in LENGTHS and length != USUAL else {}


def read(client: HttpClient, args: Mapping[str, str], name: str = "") -> Shown:
    """All figures, or one."""
    shown = Shown(span(args))
    try:
        answer = client.get(f"{ROUTE}{shown.query(**({'name': name} if name else {}))}")
        if answer.status == 400:
            shown.refused = str(answer.json().get("detail", "The address is not understood"))
        elif answer.status == 503:
            shown.away = "PostgreSQL"
        elif answer.status != 200:
            raise HttpUnavailable(f"the monitoring API answered {answer.status}")
        else:
            shown.found = msgspec.json.decode(answer.body, type=CustomFigures)
    except (HttpUnavailable, msgspec.MsgspecError):
        shown.away = "the monitoring API"
    return shown


def bins(found: CustomFigures) -> Bins:
    """The bins of an answer."""
    return Bins(found.first, found.after, found.step)
