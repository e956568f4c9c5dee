"""One runbook, for whoever was woken: its text, and what fires now of the rules that lead to it."""

import re
from collections.abc import Sequence
from typing import Any

from dash import html
from flask import abort

from console import incident_parts, markup, runbook_text
from console.page import Page, PageContext, View
from console.pages.status_style import look
from core.alerting import alert_reads, rule_metadata
from core.alerting.incident import Incident

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\Z")


def content(context: PageContext) -> View:
    """The runbook of a rule's id, or of its own name."""
    asked, prefix = str(context.names["name"]), context.prefix
    if not _NAME.match(asked):
        abort(404, "This runbook does not exist.")
    with context.auth.database.transaction() as connection:
        rules = alert_reads.rules(connection)
        unresolved = [one for one in alert_reads.unresolved(connection) if one.kind != "canary"]
    of_rule = {rule.id: rule_metadata.runbook(rule.definition, rule.id) for rule in rules}
    wanted = (asked, of_rule.get(asked, ""), runbook_text.ANYTHING)
    name = next((found for found in wanted if found in runbook_text.names()), None)
    if name is None or (asked not in of_rule and name != asked):
        abort(404, "This runbook does not exist.")
    known = runbook_text.rules_of(rules)
    mine = {rule.id for rule in known.get(name, [])}
    title = f"Runbook {name}"
    page = markup.page(
        "runbook",
        title,
        html.Div(
            [
                html.Div(_text(prefix, name)),
                html.Div(
                    [
                        *_firing(prefix, [one for one in unresolved if one.rule in mine]),
                        markup.sheet("shelf", "Runbooks", runbook_text.shelf(prefix, known, name)),
                    ]
                ),
            ],
            className="incident-grid",
        ),
        back=("All rules", f"{prefix}alerts?tab=rules"),
        wide=True,
    )
    return View(page, title=title)


def _text(prefix: str, name: str) -> html.Section:
    body = runbook_text.rendered(runbook_text.text_of(name), f"{prefix}alerts/runbooks/")
    return html.Section(html.Div(body, className="body prose"), className="panel sheet")


def _firing(prefix: str, found: Sequence[Incident]) -> list[Any]:
    if not found:
        return []
    lines = [
        html.Li([markup.chip(*look(one.severity)), *incident_parts.named(prefix, one), markup.since(one.began_at)])
        for one in found
    ]
    return [markup.sheet("firing", "Firing now", html.Ul(lines, className="lines"))]


PAGE = Page(
    name="runbook", path="alerts/runbooks/<name>", title="Runbook", role="viewer", content=content, under="alerts"
)
