"""The shelf of runbooks: what each is about, and the rules that lead to it."""

from typing import Any

from console import markup, runbook_text
from console.page import Page, PageContext
from core.alerting import alert_reads


def content(context: PageContext) -> Any:
    """All of them."""
    with context.auth.database.transaction() as connection:
        known = runbook_text.rules_of(alert_reads.rules(connection))
    return markup.page(
        "runbooks",
        "Runbooks",
        markup.sheet(
            "shelf",
            "Runbooks",
            runbook_text.shelf(context.prefix, known),
            note="what to do when a rule fires",
        ),
        back=("All rules", f"{context.prefix}alerts?tab=rules"),
        wide=True,
    )


PAGE = Page(name="runbooks", path="alerts/runbooks", title="Runbooks", role="viewer", content=content, under="alerts")
