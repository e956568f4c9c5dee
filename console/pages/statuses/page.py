"""The page Statuses: open episodes, counts with what is expected, evidence, thresholds, rows, how to send; and the page
of each episode.
"""

from datetime import timedelta
from typing import Any

from dash import html

from console import format, markup
from console.attributes import attributes
from console.chart_panel import column
from console.page import Page, PageContext, Place, View
from console.pages.statuses import charts, episodes, judging, one, parts, reading, sending, series
from console.pages.statuses.reading import FRESH, OLD, Shown
from console.panel import Column
from console.panel_layout import icon
from console.table import table
from core import clock, codec
from core.statuses.codes import titled
from core.statuses.episode import MINUTE
from core.statuses.overview import LENGTHS, CountRow

EVERY = 5.0
ROWS = (
    Column("time", "Minute (UTC)", "time", "92px"), Column("status", "Status"), Column("code", "Code"),
    Column("count", "Count", "int", "64px"), Column("where", "Dimensions", "tags"),
    Column("late", "After", "right", "72px"),
)  # fmt: skip
OWN = "Rows of this source come from our own transactions and predictions."
NO_ROWS = "No rows in the last day."


def content(context: PageContext) -> View:
    """Everything about one source; what cannot be reached is said above the rest."""
    now = clock.now()
    found = reading.read(context.auth, context.auth.api, reading.asked(context.args), now)
    prefix = context.prefix
    known = found.overview
    is_empty = known is not None and not known.sources
    body: list[Any] = [_empty(context)] if is_empty else _body(found, context)
    shown = markup.page(
        "statuses",
        "Statuses",
        html.Div(_announced(found), className="visually-hidden", role="status"),
        html.Div(_notes(found), id="notes"),
        *([] if is_empty or known is None else [_pickers(found, prefix)]),
        *body,
        wide=True,
    )
    return View(shown, status=400 if found.refused else 200, every=EVERY)


def _body(found: Shown, context: PageContext) -> list[Any]:
    prefix = context.prefix
    top = [episodes.opened(found, context), episodes.quiet(found)]
    if found.overview is None:
        return [*top, episodes.past(found, context) if "PostgreSQL" not in found.away else None]
    return [
        *top,
        _grid((8, charts.counts(found, prefix)), (4, charts.approval(found) or _facts(found))),
        _grid((8, charts.against(found)), (4, series.evidence(found, prefix))),
        episodes.past(found, context),
        series.thresholds(found),
        html.Div(
            [
                html.Div(
                    [
                        part
                        for part in (
                            charts.profile(found),
                            sending.sheet(context, found.overview.source),
                            sending.tests(context),
                        )
                        if part
                    ],
                    className="g-col-12 g-col-xl-5",
                ),
                column(7, _rows(found)),
            ],
            className="grid align-items-start",
        ),
    ]


def _grid(*panels: tuple[int, html.Section | None]) -> html.Div:
    """Panels beside each other; one that stands alone has the whole width."""
    shown = [(width, panel) for width, panel in panels if panel is not None]
    return html.Div([column(12 if len(shown) == 1 else width, panel) for width, panel in shown], className="grid")


def _announced(found: Shown) -> str:
    count = len(found.open)
    return f"{count} open episode{'' if count == 1 else 's'}"


def _notes(found: Shown) -> list[Any]:
    """What everybody has to know before they believe the page."""
    notes: list[Any] = []
    if found.refused:
        notes.append(markup.said(f"{found.refused.rstrip('.')}. Showing the usual range.", "x-octagon-fill", "bad"))
    if found.away:
        words = " and ".join(found.away)
        more = " Showing the data still available; this page recovers automatically."
        head = html.B(f"{words[:1].upper()}{words[1:]} cannot be reached.")
        notes.append(markup.said([head, more], "wifi-off", "bad", "not-reached"))
    one = found.source
    if one is None:
        return notes
    if one.problem:
        notes.append(markup.said([html.B("The newest rows could not be judged: "), one.problem], "bug", "bad"))
    is_fresh = found.now - one.received_at < FRESH
    behind = found.now - ((one.judged or one.first - 1) + 1) * MINUTE
    if is_fresh and behind > OLD and found.now - one.newest * MINUTE < OLD + FRESH:
        last = f"The last judged minute ended {format.duration(behind)} ago. " if one.judged else ""
        if found.overview and found.overview.is_judging:
            what = [html.B("Judging what came in. "), last, "New episodes open when it has caught up."]
            notes.append(markup.said(what, "hourglass-split", "warn", "catching-up"))
            return notes
        told = [
            html.B("Statuses are not being judged. "),
            last,
            "No episode opens until python -m statuses worker runs.",
        ]
        notes.append(markup.said(told, "exclamation-triangle-fill", "bad", "not-judged"))
    return notes


def _pickers(found: Shown, prefix: str) -> html.Div:
    """Source, and how old the feed is."""
    known, asked = found.overview, found.asked
    assert known is not None
    sources = [
        _way(
            f"{one.source} (test data)" if one.source == sending.SOURCE else one.source,
            f"{prefix}statuses{asked.query(source=one.source, series='')}",
            one.source == known.source,
        )
        for one in known.sources
    ]
    group = html.Div(sources, className="btn-group flex-wrap", role="group", **attributes({"aria-label": "Source"}))
    return html.Div(
        [
            group if len(sources) > 1 else None,
            html.Div(_feed(found), className="d-flex flex-wrap align-items-center gap-2 ms-md-auto", id="feed"),
        ],
        className="d-flex flex-wrap align-items-center gap-2 mb-3",
        id="pickers",
    )


def _way(words: str, address: str, here: bool) -> html.A:
    known = {"aria-current": "true"} if here else {}
    looks = f"btn btn-sm btn-outline-secondary{' active' if here else ''}"
    return html.A(words, href=address, className=looks, **attributes(known))


def _feed(found: Shown) -> list[Any]:
    """Age of the feed, judged minute, late rows."""
    one = found.source
    if one is None:
        return []
    age = found.now - one.received_at
    role, picture, word = ("good", "check-circle-fill", "Live") if age < 90 else (
        ("review", "clock", "Delayed") if age < FRESH else ("", "dash-circle", "No new rows")
    )  # fmt: skip
    judged = clock.to_datetime((one.judged + 1) * MINUTE) if one.judged is not None else None
    late = (
        [
            html.Span(
                f"{one.late:,} minute{'' if one.late == 1 else 's'} changed late", className="small text-body-secondary"
            )
        ]
        if one.late
        else []
    )
    return [
        html.Span(one.source, className="badge border fw-normal text-body-secondary mono"),
        markup.chip(role, picture, word),
        html.Span(["last row ", markup.since(clock.to_datetime(one.received_at))], className="small"),
        html.Span(
            ["judged to ", html.Span(f"{judged:%H:%M}" if judged else format.NONE, className="mono")],
            className="small text-body-secondary",
            title=f"{judged:%Y-%m-%d %H:%M} UTC" if judged else "not judged yet",
        ),
        *late,
    ]


def _facts(found: Shown) -> html.Section:
    """In place of an approval rate, where the source has none: what is known of it."""
    one, known = found.source, found.overview
    assert one is not None
    assert known is not None
    facts = {
        "First minute": parts.minute(one.first),
        "Newest minute": parts.minute(one.newest),
        "Series": f"{len(known.series)}",
        "Line": f"{known.line:.1f} nats",
    }
    return markup.sheet("source", "Source", markup.pairs(facts))


def _rows(found: Shown) -> html.Section:
    known = found.overview
    listed = known.rows if known else []
    rows = [_row(place, one) for place, one in enumerate(listed)]
    empty = OWN if known and known.source in ("scoring", "sales") else NO_ROWS
    return table(
        "rows",
        "Recent rows",
        ROWS,
        rows,
        empty,
        note=f"the newest {len(rows)}, and how long after their minute they came" if rows else "",
        whole=False,
    )


def _row(place: int, one: CountRow) -> list[Any]:
    late = timedelta(seconds=max(0.0, one.received_at - one.minute * MINUTE)).total_seconds()
    return [
        f"{place}", one.minute * MINUTE * 1000, one.status or format.NONE,
        titled(one.code) if one.code else format.NONE, one.count, dimensions(one.dimensions) or None,
        format.duration(late),
    ]  # fmt: skip


def dimensions(text: str) -> list[str]:
    """Names and values of a row, as tags; stored as JSON with or without its braces."""
    try:
        found = codec.decode(text if text.startswith("{") else f"{{{text}}}")
    except ValueError:
        return [text]
    return [f"{name} {value}" for name, value in found.items()] if isinstance(found, dict) else [text]


def _empty(context: PageContext) -> html.Div:
    """No source at all: how to send the first row."""
    text = "Rows show here within a minute. Thirty minutes teach what is usual; then each incident is found."
    parts_ = [
        html.Section(
            html.Div(
                [icon("graph-up"), html.B("No rows yet"), html.Span(text)],
                className="says d-flex flex-column align-items-center gap-2 p-4 text-center text-body-secondary",
            ),
            className="panel sheet card mb-3",
            id="nothing-yet",
        ),
        html.Div(
            [part for part in (sending.sheet(context, ""), sending.tests(context)) if part],
            className="grid cols-1 cols-xl-2",
        ),
    ]
    return html.Div(parts_)


PAGES = (
    Page(
        name="statuses",
        path="statuses",
        title="Statuses",
        role="viewer",
        content=content,
        place=Place(15, "p"),
        actions=(*judging.EVERY, sending.test),
        ranges=tuple(LENGTHS),
    ),
    Page(
        name="status_episode",
        path="statuses/<episode_id>",
        title="Status episode",
        role="viewer",
        content=one.content,
        under="statuses",
    ),
)
