"""The Alerts page: what fires, is pending or silenced, the rules, channels with test-send, actions, and the history."""

from typing import Any
from urllib.parse import urlencode

from dash import html

from console import markup
from console.attributes import attributes
from console.page import File, Page, PageContext, Place, View
from console.pages import alert_view
from console.pages.alert_view import Overview
from console.pages.alerts import action_runs, channels, history, lists
from core import clock
from core.alerting import alert_reads

EVERY = 5.0
TABS = ("firing", "pending", "silenced", "rules", "channels", "actions", "history")


def content(context: PageContext) -> View:
    """What is wrong with the system's own watch on top, the tabs, and what the chosen one shows."""
    asked = context.args.get("tab", "")
    tab = asked if asked in TABS else TABS[0]
    now = clock.now()
    with context.auth.database.transaction() as connection:
        seen = alert_view.gathered(connection, now)
        shown = _tab(connection, context, tab, seen, now)
    page = markup.page(
        "alerts",
        "Alerts",
        html.Div(seen.announced, id="said", className="visually-hidden", role="status"),
        html.Div(_notes(seen, context.prefix), id="notes"),
        _tabs(seen, context.prefix, tab),
        html.Div(shown, id=f"shown-{tab}"),
        wide=True,
    )
    return View(page, every=0.0 if tab == "history" else EVERY)


def _tab(connection: Any, context: PageContext, tab: str, seen: Overview, now: float) -> list[Any]:
    number = context.args.get("page", "")[:8]
    operates, prefix, at = context.can("operator"), context.prefix, clock.to_datetime(now)
    place = lists.Place(prefix, {"tab": tab}, number if number.isdecimal() else "", operates)
    if tab == "channels":
        found = alert_view.channels(connection, clock.to_datetime(now - 86_400), at)
        return [channels.shown(found, prefix, at, operates)]
    if tab == "actions":
        runs = alert_reads.of(connection, "runs_open", most=100)
        return [action_runs.shown(runs), action_runs.the_switch(seen.off, prefix, operates)]
    if tab == "history":
        return [history.shown(connection, context.args, prefix, at)]
    if tab == "firing":
        return lists.firing(seen, place)
    return [{"pending": lists.pending, "silenced": lists.silenced, "rules": lists.rules}[tab](seen, place)]


def _notes(seen: Overview, prefix: str) -> list[Any]:
    """What everybody has to know before they believe the page."""
    found = []
    if not seen.judged:
        last = f"Last evaluation: {markup.minute(seen.judged_at)} UTC. "
        known = last if seen.judged_at else "No alert worker has run yet. "
        told = [
            html.B("The rules are not being evaluated. "),
            known,
            "No notifications are sent until an alert worker is running.",
        ]
        found.append(markup.said(told, "exclamation-triangle-fill", "bad"))
    if seen.off:
        when, who, why = markup.minute(seen.off["at"]), seen.off["actor"], seen.off["reason"]
        told = [html.B("Automatic actions are off. "), f"{who} turned them off at {when} UTC: {why}"]
        tools = [markup.way("Actions", f"{prefix}alerts?tab=actions")]
        found.append(markup.said(told, "power", "warn", tools=tools))
    for one in seen.ending:
        text = f"A silence of {one.owner} ends at {markup.minute(one.ends_at)} UTC: {one.reason}"
        tools = [markup.way("Silences", f"{prefix}alerts/silences")]
        found.append(markup.said(text, "bell-slash", "warn", tools=tools))
    return found


def _tabs(seen: Overview, prefix: str, here: str) -> html.Nav:
    counts = {
        "firing": len(seen.firing),
        "pending": len(seen.pending),
        "silenced": len(seen.silenced),
        "rules": sum(row.leads for row in seen.rules),
    }
    return html.Nav(
        [_link(tab, prefix, here, counts.get(tab)) for tab in TABS],
        className="nav nav-underline tabs flex-nowrap overflow-auto border-bottom mb-3",
        **attributes({"aria-label": "Alerts"}),
    )


def _link(tab: str, prefix: str, here: str, count: int | None) -> html.A:
    hot = "chip badge blocked" if tab == "firing" and count else "chip badge"
    number: list[Any] = [] if count is None else [" ", html.B(str(count), className=hot, id=f"count-{tab}")]
    return html.A(
        [tab.capitalize(), *number],
        href=f"{prefix}alerts?{urlencode({'tab': tab})}",
        id=f"tab-{tab}",
        className="nav-link" + (" active" if tab == here else ""),
        **attributes({"aria-current": "page"} if tab == here else {}),
    )


PAGE = Page(
    name="alerts",
    path="alerts",
    title="Alerts",
    role="viewer",
    content=content,
    place=Place(20, "a"),
    actions=(channels.test, channels.resume, action_runs.switch),
    files=(File("alerts_csv", "alerts.csv", history.download),),
)
