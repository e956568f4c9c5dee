"""What the page Statuses and the page of an episode are put together from: charts with their numbers, names, chips."""

from collections.abc import Sequence
from typing import Any

from dash import html

from console import format, markup
from console.attributes import attributes
from console.panel import Column
from console.panel_layout import icon
from console.table import plain_table
from core import clock, codec
from core.statuses.codes import titled
from core.statuses.episode import MINUTE, Moved, Stored, chance, leading

LISTED = 120  # rows behind a chart, the newest
JUDGED = {
    "right": ("good", "check-circle-fill", "Was right"), "wrong": ("blocked", "x-octagon-fill", "Was wrong"),
    "new-normal": ("ok", "arrow-repeat", "New normal"), "": ("", "dash-circle", "Not judged"),
}  # fmt: skip


def address(one: Stored) -> str:
    """Of an episode's page, under the prefix."""
    return f"statuses/{one.id}"


def label(kind: str, name: str) -> str:
    """A series as people read it: `denied`, `51 Insufficient funds`, `total volume`."""
    if kind == "volume":
        return f"volume of {name}" if name else "total volume"
    return titled(name) if kind == "code" else name or "feed"


def finding(one: Stored) -> str:
    """The headline as a sentence begins."""
    text = one.evidence.headline or "Episode"
    return text[:1].upper() + text[1:]


def seen(one: Stored) -> str:
    """How probable it is by chance, as its headline says it."""
    moved = one.evidence.moved
    return f"p < {chance(leading(moved).nats if moved else 0.0)}"


def points(one: Moved) -> str:
    """The change of a share in percentage points; of a volume in percent of the usual."""
    if one.kind == "silence":
        return format.NONE
    if one.kind == "volume":
        return format.NONE if not one.usual else f"{100 * (one.now / one.usual - 1):+.0f} %".replace("-", "−")
    return f"{one.points:+.1f} points".replace("-", "−")


def minute(value: int) -> Any:
    """A minute of the epoch, UTC."""
    at = clock.to_datetime(value * MINUTE)
    return html.Time(f"{at:%Y-%m-%d %H:%M}", dateTime=at.isoformat(), className="mono")


def lasted(one: Stored, now: float) -> str:
    """From its onset to its end, or until now."""
    end = now if one.told is None else (one.ended or one.told) * MINUTE
    return format.duration(max(60.0, end - one.onset * MINUTE))


def chart(
    name: str, title: str, figure: Any, about: str, heads: Sequence[str], rows: Sequence[Sequence[Any]],
    note: str = "", tools: Sequence[Any] = (),
) -> html.Section:  # fmt: skip
    """A panel with a chart and the numbers behind it; `heads` with a leading ">" align right."""
    drawn = codec.encode(figure).decode()
    known = {"data-figure": drawn, "aria-label": about}
    box = html.Div(
        className="chart", role="figure", id=f"chart-{name}",
        style={"minHeight": figure["layout"].get("height", 240)}, **attributes(known),
    )  # fmt: skip
    columns = [
        Column(f"{at}", head.lstrip(">"), "right" if head[:1] == ">" else "text") for at, head in enumerate(heads)
    ]
    table = plain_table(
        f"rows-{name}", f"{title}, as a table", columns, [[at, *row] for at, row in enumerate(rows[:LISTED])]
    )
    numbers = html.Details(
        [html.Summary(f"The newest {LISTED} numbers" if len(rows) > LISTED else "The numbers"), table],
        className="under-chart",
        id=f"numbers-{name}",
    )
    save = html.Button(
        [icon("download"), "CSV"], className="btn btn-sm btn-outline-secondary ms-auto", type="button",
        title="Download the numbers as CSV", **attributes({"data-csv": name, "aria-label": f"Download {title} as CSV"}),
    )  # fmt: skip
    return markup.sheet(name, title, box, numbers, note=note, tools=[*tools, save])


def column(width: int, panel: html.Section) -> html.Div:
    """A panel in so many twelfths of a wide screen."""
    return html.Div(panel, className=f"g-col-12 g-col-xl-{width}")
