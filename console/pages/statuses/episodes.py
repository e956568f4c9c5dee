"""Episodes on the page Statuses: the open ones as cards with what people say of them, the past ones in a table."""

from typing import Any

from dash import html

from console import format, forms, incident_parts, markup
from console.page import PageContext
from console.pages.statuses import parts
from console.pages.statuses.reading import Shown
from console.panel import Column
from console.panel_layout import icon
from console.table import act, table
from core import clock
from core.alerting.incident import Incident
from core.statuses.episode import MINUTE, Stored, leading

NEW_NORMAL = "The detector accepts the current level as usual at once, and the episode ends."
COLUMNS = (
    Column("what", "What", "what", "320px"), Column("since", "Since (UTC)", "when", "130px"),
    Column("length", "Duration", "right", "90px"), Column("points", "Change", "right", "110px"),
    Column("judged", "Judgement", "state", "130px"), Column("act", "", "act", "210px"),
)  # fmt: skip
PAST_EMPTY = "No past episodes in this range."


def opened(found: Shown, context: PageContext) -> html.Div:
    """A card for each open episode, those of other sources too; or that there is none."""
    if not found.open:
        return html.Div(id="open-episodes")
    cards = [card(one, found.incidents.get(one.id), context, found.now) for one in found.open]
    return html.Div(cards, id="open-episodes")


def card(one: Stored, incident: Incident | None, context: PageContext, now: float, alone: bool = False) -> html.Section:
    """What is wrong, since when, how sure, where, and what can be done about it; `alone`: on its own page."""
    over = one.told is not None
    role = "good" if over else "blocked" if one.pages else "ok"
    state = ("good", "check-circle-fill", "Recovered") if over else (
        ("blocked", "bell-fill", "Open") if one.pages else ("ok", "info-circle-fill", "Open, informational")
    )  # fmt: skip
    chips = [
        markup.chip(*state),
        html.Span(one.source, className="badge border fw-normal text-body-secondary mono"),
        *([] if one.live else [markup.chip("", "clock", "From history", "Detected in old rows; never pages")]),
        *([markup.chip(*parts.JUDGED[one.judgement], _who(one))] if one.judgement else []),
    ]
    head = markup.link(parts.finding(one), context.prefix + parts.address(one), "text-reset text-decoration-none")
    what = [
        html.P(chips, className="d-flex flex-wrap align-items-center gap-2 mb-2"),
        *([] if alone else [html.P(head, className="fs-5 text-break mb-1")]),
        html.P(_lines(one), className="text-body-secondary small mb-0"),
    ]
    facts = {"Since": markup.since(clock.to_datetime(one.onset * MINUTE)), "By chance": parts.seen(one)}
    if over:
        facts = {"Duration": parts.lasted(one, now), "By chance": parts.seen(one)}
    return html.Section(
        [
            html.Div(what, className="flex-fill"),
            markup.figures(facts),
            html.Div(_buttons(one, incident, context, alone), className="lead-do d-flex flex-wrap gap-2"),
        ],
        className=f"panel sheet card lead {role}",
        id=f"episode-{one.id}",
    )


def _who(one: Stored) -> str:
    at = clock.to_datetime(one.judged_at).strftime(" at %Y-%m-%d %H:%M UTC") if one.judged_at else ""
    return f"{one.judged_by}{at}"


def _lines(one: Stored) -> list[Any]:
    """What moved, before and now, and where."""
    said: list[Any] = []
    for each in one.evidence.moved[:4]:
        if each.kind == "silence":
            continue
        if each.kind == "volume":
            text = f"{format.number(each.usual)} → {format.number(each.now)}/min"
        else:
            text = f"{each.share_before:.1f} → {each.share_now:.1f} % of all"
        said += [html.B(parts.label(each.kind, each.name)), f" {text}", html.Span(" · ")]
    if slices := one.evidence.where:
        first = slices[0]
        place = ", ".join(f"{name} {value}" for name, value in first.where.items())
        said.append(f"where: {place} ({100 * first.explains:.0f} % of it)")
    elif one.evidence.everywhere:
        said.append("where: everywhere")
    elif said:
        said.pop()
    return said


def _buttons(one: Stored, incident: Incident | None, context: PageContext, alone: bool) -> list[Any]:
    root = context.prefix + parts.address(one)
    found: list[Any] = [] if alone else [markup.way("Details", root, "graph-up")]
    if incident is not None:
        found.append(markup.way("Incident", context.prefix + incident_parts.address(incident.id), "bell-fill"))
    if context.can("operator"):
        for judgement, words in (("right", "Was right"), ("wrong", "Was wrong")):
            if one.judgement != judgement:
                found.append(forms.press(words, f"{root}/{judgement}"))
        if one.told is None and one.judgement != "new-normal":
            found.append(forms.press("New normal", f"{root}/new-normal", NEW_NORMAL))
    return found


def past(found: Shown, context: PageContext) -> html.Section:
    """Episodes of the range that are over, the newest first."""
    operates = context.can("operator")
    rows = [_row(one, found, context.prefix, operates) for one in found.past]
    return table("past", "Past episodes", COLUMNS, rows, PAST_EMPTY, note="of this range, newest first")


def _row(one: Stored, found: Shown, prefix: str, operates: bool) -> list[Any]:
    first = leading(one.evidence.moved) if one.evidence.moved else None
    root = prefix + parts.address(one)
    acts = [
        act(words, f"{root}/{judgement}")
        for judgement, words in (("right", "Right"), ("wrong", "Wrong"))
        if operates and one.judgement != judgement
    ]
    incident = found.incidents.get(one.id)
    more = f"incident {incident.id}" if incident else "" if one.pages else "informational"
    return [
        one.id, [parts.finding(one), parts.address(one), "", more], one.onset * MINUTE * 1000,
        parts.lasted(one, found.now), parts.points(first) if first else format.NONE,
        [*parts.JUDGED[one.judgement], _who(one)], acts or None,
    ]  # fmt: skip


def quiet(found: Shown) -> Any:
    """That nothing is open, where the judge is at work."""
    if found.open or found.overview is None or not found.overview.source:
        return None
    return html.P(
        [icon("check-circle-fill"), " No open episodes."], className="text-body-secondary small mb-2", id="no-episodes"
    )
