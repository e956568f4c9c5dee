"""Role changes as a table, of all models or of one."""

from collections.abc import Sequence

from dash import html

from console.panel import Column
from console.table import table, when
from core.models.roles import RoleChange

COLUMNS = (
    Column("at", "When (UTC)", "when"),
    Column("role", "Role"),
    Column("kind", "Change"),
    Column("models", "Models", "page"),
    Column("by", "By"),
    Column("why", "Reason", "long"),
)


def changes_table(title: str, changes: Sequence[RoleChange]) -> html.Section:
    """Who gave which role to which model, newest first."""
    rows = [
        [
            f"c{change.id}", when(change.at), change.role, change.kind,
            [f"{change.before or '–'} → {change.after}", f"model/versions/{change.after}"], change.actor,
            change.reason or "–",
        ]
        for change in changes
    ]  # fmt: skip
    return table("changes", title, COLUMNS, rows, "No role changes yet.", "newest first")
