"""The page Alert quality (N2): which rules are worth their noise, and what would make one quieter."""

from collections.abc import Sequence
from typing import Any

from dash import html
from flask import g

from console import format, markup, quality
from console.actions import Done, Form, action
from console.auth.context import AuthContext
from console.chart_panel import chart_panel, column
from console.figures import alert_quality as figures
from console.page import Page, PageContext, Place, View
from console.pages.alert_quality import proposed
from console.panel import Column
from console.quality import Quality
from console.table import act, table
from core import clock
from core.alerting import alert_reads, judgements, proposals
from core.errors import BadInput

SPANS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "a year"}
USUAL = "30"
DAY = 86_400.0
EVERY = 30.0
COLUMNS = (
    Column("rule", "Rule", "two", "220px"), Column("told", "Notified", "int"), Column("night", "At night", "int"),
    Column("right", "Right", "int"), Column("wrong", "Wrong", "int"), Column("useless", "Useless", "int"),
    Column("precision", "Precision", "right"), Column("between", "95 % interval", "right"),
    Column("acknowledge", "Acknowledged after", "right"), Column("recover", "Recovered after", "right"),
    Column("cost", "Hours, estimated", "num"), Column("nothing", "Of them for nothing", "num"),
    Column("act", "", "act", "150px"),
)  # fmt: skip
EMPTY = "Nobody was notified in this span."


def content(context: PageContext) -> View:
    """Figures of all, by rule and by week; proposals that were asked for."""
    days = context.args.get("days", USUAL)
    days = days if days in SPANS else USUAL
    now, terms = clock.now(), context.auth.settings.config.quality
    with context.auth.database.transaction() as connection:
        told = judgements.told(connection, now - float(days) * DAY, now)
        titles = {rule.id: rule.title for rule in alert_reads.rules(connection)}
        asked = proposals.newest(connection)
    whole, weeks = quality.of(told, terms), quality.by_week(told, terms)
    rows = [
        _row(rule, titles.get(rule, rule), one, context.can("analyst") and rule in titles)
        for rule, one in quality.by_rule(told, terms).items()
    ]
    week_rows = [_week(f"{week:%Y-%m-%d}", one) for week, one in weeks.items()][::-1]
    chart = chart_panel(
        "weeks", "By week", figures.weeks(weeks), "Incidents by week, as people judged them",
        ["Week from", ">Notified", ">Right", ">Wrong", ">Useless", ">At night"], week_rows, f"weeks in {terms.zone}",
    )  # fmt: skip
    night = f"{terms.night_from:02}:00 to {terms.night_to:02}:00 {terms.zone}"
    note = f"night: {night}; an hour is {60 / terms.minutes:g} notifications" if terms.minutes else f"night: {night}"
    page = markup.page(
        "alert-quality",
        "Alert quality",
        _spans(context.prefix, days),
        markup.sheet("quality", "All rules", markup.figures(_facts(whole)), note=SPANS[days]) if told else None,
        html.Div([column(12, chart)], className="grid") if told else None,
        table("rules", "By rule", COLUMNS, rows, EMPTY, note=note),
        *proposed.sheets(asked, context.prefix),
        back=("All alerts", f"{context.prefix}alerts"),
        wide=True,
    )  # fmt: skip
    return View(page, every=EVERY)


def _spans(prefix: str, chosen: str) -> html.Nav:
    links = [
        html.A(
            label, href=f"{prefix}alerts/quality?days={days}",
            className=f"btn btn-sm btn-{'primary' if days == chosen else 'outline-secondary'}",
        )
        for days, label in SPANS.items()
    ]  # fmt: skip
    return html.Nav(links, className="d-flex flex-wrap gap-2 mb-3", id="spans")


def _facts(whole: Quality) -> dict[str, Any]:
    return {
        "Notified of": format.number(whole.incidents),
        "At night": format.number(whole.at_night),
        "Judged": format.number(whole.judged),
        "Precision": _precision(whole),
        "Acknowledged after": format.duration(whole.acknowledge),
        "Recovered after": format.duration(whole.recover),
        "Hours for nothing, estimated": format.number(whole.hours_for_nothing),
    }


def _precision(one: Quality) -> str:
    return format.NONE if one.precision is None else f"{100 * one.precision:.0f} %"


def _row(rule: str, title: str, one: Quality, can_ask: bool) -> list[Any]:
    between = one.interval
    return [
        rule, [title, rule, f"alerts?tab=rules#rule-{rule}"], one.incidents, one.at_night, one.right, one.wrong,
        one.useless, [_precision(one), -1.0 if one.precision is None else one.precision],
        [format.NONE if between is None else f"{100 * between[0]:.0f} to {100 * between[1]:.0f} %",
         -1.0 if between is None else between[0]],
        [format.duration(one.acknowledge), one.acknowledge or 0.0], [format.duration(one.recover), one.recover or 0.0],
        one.hours, one.hours_for_nothing,
        act("Find a quieter setting", f"alerts/quality/{rule}/propose") if can_ask and one.for_nothing else None,
    ]  # fmt: skip


def _week(name: str, one: Quality) -> Sequence[Any]:
    return [name, *(f"{value:,}" for value in (one.incidents, one.right, one.wrong, one.useless, one.at_night))]


@action("alerts/quality/<rule>/propose", role="analyst", name="rule_propose")
def propose(auth: AuthContext, form: Form) -> Done:
    """Ask for a quieter setting of a rule; a worker searches for one."""
    rule = form.names["rule"]
    with auth.database.transaction() as connection:
        if rule not in {one.id for one in alert_reads.rules(connection)}:
            raise BadInput("$.rule", "there is no such rule")
        proposals.request(connection, auth.audit, rule, g.session.user, clock.now())
    return Done("A worker searches. The result appears below.")


PAGE = Page(
    name="alert-quality",
    path="alerts/quality",
    title="Alert quality",
    role="viewer",
    content=content,
    place=Place(66, "n", "More"),
    actions=(propose,),
)
